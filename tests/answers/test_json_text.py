"""JSON of numbers that JSON has no words for."""

from __future__ import annotations

import json
import math

import pytest

from tb_attention.answers.json_text import json_text


def test_what_is_not_finite_is_spelled_at_any_depth() -> None:
    value = {"a": [1.5, (math.nan, {"b": math.inf})], "c": -math.inf, "d": [True, None, 3, "é"]}
    text = json_text(value)
    spelled = {"a": [1.5, ["NaN", {"b": "Infinity"}]], "c": "-Infinity", "d": [True, None, 3, "é"]}
    assert json.loads(text, parse_constant=lambda constant: pytest.fail(constant)) == spelled
    assert "é" in text
    assert json_text(value, ascii_only=True).isascii()
    assert json.loads(json_text(value, indent=1)) == spelled


def test_what_is_finite_is_plain_json() -> None:
    assert json_text({"a": [1, 2.5]}) == json.dumps({"a": [1, 2.5]})
