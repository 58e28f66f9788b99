"""The description of a capture."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from tb_attention.answers.capture import answer_capture
from tb_attention.answers.json_text import json_text
from tb_attention.attention.head_metrics import ALWAYS_LOGGED
from tb_attention.record.capture import Stack
from tests.support.captures import rich
from tests.support.logs import capture, events
from tests.support.stores import stored


def test_the_description_of_a_capture(tmp_path: Path) -> None:
    store = stored(tmp_path, events(5, of=rich()))
    answer = answer_capture(store, ".", store.find(".", "probe", 5))
    assert json.loads(json.dumps(answer, allow_nan=False)) == answer
    (sequence,) = answer["sequences"]
    assert sequence["tokens"] == ["The", r" \xE2\x82", r"\xAC", "\n", "<s>", "é", r"\xFF\xFE"]
    assert sequence["characters"] == [{"first": 1, "last": 2, "text": " €"}]
    assert (sequence["pieces"][1], sequence["ids"], sequence["prompt"]) == ("a", list(range(7)), 3)
    assert sequence["special"] == [False, False, False, False, True, False, False]
    decoder, encoder = answer["stacks"]
    assert [layer["layer"] for layer in decoder["layers"]] == [0, 2, 3]
    assert [layer["mask"] is None for layer in decoder["layers"]] == [True, False, False]
    assert [layer["key_heads"] for layer in decoder["layers"]] == [2, 4, 1]
    assert decoder["layers"][1]["softcap"] == 2.0
    assert len(decoder["layers"][2]["sinks"]) == 4
    assert encoder["layers"][0]["weights_only"] is True
    assert answer["metrics"] == list(ALWAYS_LOGGED)


def test_infinite_numbers_are_spelled_in_json(tmp_path: Path) -> None:
    made = capture()
    layers = {0: replace(made.stacks[0].layers[0], sinks=np.array([0, -np.inf, 0, 0], np.float32))}
    store = stored(tmp_path, events(of=replace(made, stacks=(Stack("decoder", layers),))))
    answer = answer_capture(store, ".", store.find(".", "probe", 0))
    assert answer["stacks"][0]["layers"][0]["sinks"] == [0, -np.inf, 0, 0]
    assert '"sinks": [0.0, "-Infinity", 0.0, 0.0]' in json_text(answer)
