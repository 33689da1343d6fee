"""Requests of the police and other authorities: a reason to look, never a ground to share (S0-22).

Whoever asks, an enquiry about a missing person gets one and the same answer, whether or not we hold
anything; nothing here looks for the person that is asked about (E08).
"""
