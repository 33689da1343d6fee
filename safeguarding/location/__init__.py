"""Asking a provider of ours where somebody is: rarely, by two people, to save a life (S0-23)."""
