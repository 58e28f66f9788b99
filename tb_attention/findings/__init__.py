"""Findings: what a reader should look at, in sentences, from head metrics and distances.

Nothing here reads files.
"""
