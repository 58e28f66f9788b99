"""The lessons behind the question marks of the tab."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from tb_attention.findings.lessons import LESSONS


def answer_lessons() -> dict[str, Any]:
    """{"lessons": [...]}, as in docs/http.md."""
    return {"lessons": [asdict(lesson) for lesson in LESSONS]}
