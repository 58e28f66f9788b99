"""All kinds of findings; those that are as strong are shown in this order.

A new one is a function that yields findings and a row in the KINDS of its file, a lesson, and a row
in docs/metrics.md.
"""

from __future__ import annotations

from tb_attention.findings import (
    births,
    changes,
    cuts,
    documents,
    effects,
    health,
    likeness,
    other_texts,
    patterns,
    within,
)

KINDS = (
    *health.KINDS,
    *documents.KINDS,
    *effects.KINDS,
    *cuts.KINDS,
    *changes.KINDS,
    *births.KINDS,
    *within.KINDS,
    *patterns.KINDS,
    *other_texts.KINDS,
    *likeness.KINDS,
)
"""What goes wrong comes first, then what heads do to the output, what changed, where heads look.

At last what is alike."""

ORDER = {kind.name: place for place, kind in enumerate(KINDS)}
"""Name -> its place in KINDS."""
