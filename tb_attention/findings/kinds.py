"""All kinds of findings, in the order in which they are shown.

A new one is a function that yields findings and a row in the KINDS of its file, and a row in
docs/metrics.md.
"""

from __future__ import annotations

from tb_attention.findings import births, cuts, documents, effects, health, likeness, patterns

KINDS = (
    *health.KINDS,
    *documents.KINDS,
    *effects.KINDS,
    *cuts.KINDS,
    *births.KINDS,
    *patterns.KINDS,
    *likeness.KINDS,
)
"""What goes wrong comes first, then what heads do to the output, where they look, what is alike."""

ORDER = {kind.name: place for place, kind in enumerate(KINDS)}
"""Name -> its place in KINDS."""
