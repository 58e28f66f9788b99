"""Names that are no UTF-8."""

from __future__ import annotations

import json
import os

import pytest

from tb_attention.files.names import shown_name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("plain", "plain"),
        ("naïve 名前", "naïve 名前"),
        (os.fsdecode(b"caf\xe9"), "caf\\xe9"),
        (os.fsdecode(b"\xff\xfe/\xc3\xa9"), "\\xff\\xfe/é"),
        ("half \ud800", "half \\xed\\xa0\\x80"),
        ("both \ud800 \udce9", "both \\xed\\xa0\\x80 \\xed\\xb3\\xa9"),
    ],
)
def test_a_name_can_be_shown_and_sent(name: str, shown: str) -> None:
    assert shown_name(name) == shown
    assert json.loads(json.dumps(shown_name(name), ensure_ascii=False).encode()) == shown
