"""Every head type and every kind of finding has a lesson, and docs/metrics.md has them all."""

from __future__ import annotations

from tb_attention.attention.head_types import TYPES
from tb_attention.findings.kinds import KINDS
from tb_attention.findings.lessons import LESSONS
from tests.support.repository import ROOT


def test_each_type_and_kind_has_one() -> None:
    names = [lesson.name for lesson in LESSONS]
    assert len(set(names)) == len(names)
    assert set(names) == {each.name for each in (*TYPES, *KINDS)}


def test_each_says_what_how_and_what_not() -> None:
    for lesson in LESSONS:
        for part in (lesson.what, lesson.measured, lesson.limits):
            assert part[0].isupper(), lesson.name
            assert part.endswith("."), lesson.name
        assert not lesson.source.endswith(".")
        assert len(lesson.what) < 400, "a short one"


def test_the_thresholds_are_those_of_the_types() -> None:
    told = {lesson.name: lesson.measured for lesson in LESSONS}
    for kind in TYPES:
        assert f"from {kind.threshold:g} on" in told[kind.name], kind.name


def test_the_document_has_them() -> None:
    document = " ".join((ROOT / "docs" / "metrics.md").read_text().split())
    for lesson in LESSONS:
        paragraph = f"**{lesson.name}.** {lesson.what} *Measured:* {lesson.measured} "
        paragraph += f"*Not said:* {lesson.limits}"
        paragraph += f" *Source:* {lesson.source}." if lesson.source else ""
        assert paragraph in document, lesson.name
