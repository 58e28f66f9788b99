"""Reads captures from a log directory: which there are, and what the views ask of them.

Needs no torch.
"""
