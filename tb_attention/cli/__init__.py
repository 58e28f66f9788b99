"""The commands of tb-attention, a file each.

main.py reads the arguments and imports only the command that runs.
"""
