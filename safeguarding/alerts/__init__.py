"""The pages on which an alert reaches people, and the way out for whoever owns an escalation."""
