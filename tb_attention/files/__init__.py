"""Directories and files of this machine or at a URL: reading ranges of bytes, writing records."""
