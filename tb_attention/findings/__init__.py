"""Findings: what a reader should look at, said in sentences.

Head metrics and distances go in; nothing here reads files.
"""
