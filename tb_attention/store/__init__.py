"""Finds the captures of a log directory and reads them; needs no torch."""
