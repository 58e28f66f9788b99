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
from tests.support.misfits import everything
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


def test_effects_and_losses(tmp_path: Path) -> None:
    store = stored(tmp_path, events(of=everything()))
    answer = answer_capture(store, ".", store.find(".", "probe", 0))
    assert answer["sequences"][0]["losses"][1:] == [1, 2, 3, 4, 5]
    assert answer["sequences"][1]["losses"] == []
    assert '"losses": ["NaN", 1.0, 2.0' in json_text(answer)
    loss, of_answers = answer["effects"]
    assert [loss[name] for name in ("number", "unit", "value", "replace", "answers")] == [
        "loss",
        "nats",
        3.0,
        "zero",
        None,
    ]
    control = {"stack": "decoder", "layer": 0, "head": 2}
    assert loss["controls"] == [control]
    assert [cut["name"] for cut in loss["cuts"]] == ["small", "random"]
    assert loss["cuts"][0]["heads"][1] == {"stack": "cross", "layer": 0, "head": 3}
    assert loss["cuts"][0]["losses"][1:] == [1, 2, 3, 4, 6.25]
    assert (loss["cuts"][1]["value"], loss["cuts"][1]["losses"]) == (np.inf, [])
    assert (of_answers["unit"], of_answers["replace"]) == ("logits", "mean")
    assert of_answers["answers"] == {"first": [" she"], "second": [" he", " they"], "at": 5}
    assert {"loss_effect", "loss_effect_estimate", "answer_effect"} <= set(answer["metrics"])


def test_infinite_numbers_are_spelled_in_json(tmp_path: Path) -> None:
    made = capture()
    layers = {0: replace(made.stacks[0].layers[0], sinks=np.array([0, -np.inf, 0, 0], np.float32))}
    store = stored(tmp_path, events(of=replace(made, stacks=(Stack("decoder", layers),))))
    answer = answer_capture(store, ".", store.find(".", "probe", 0))
    assert answer["stacks"][0]["layers"][0]["sinks"] == [0, -np.inf, 0, 0]
    assert '"sinks": [0.0, "-Infinity", 0.0, 0.0]' in json_text(answer)
