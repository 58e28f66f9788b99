"""Calls of attention functions, wherever they are called from."""
