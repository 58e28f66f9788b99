"""Attention logging inside of training frameworks."""
