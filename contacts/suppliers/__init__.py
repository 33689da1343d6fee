"""Who carries what for us, how often we look at each of them, and what stops when we do not."""
