"""The pages of the on-call list."""
