"""The commands of tb-attention, a file each.

cli.py reads the arguments and imports only the command that runs.
"""
