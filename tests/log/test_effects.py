"""Losses, answers and effects beside the attention that is logged."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
from tokenizers.pre_tokenizers import WhitespaceSplit

from tb_attention import AttentionLogger, Effects, Probe
from tb_attention.capture import capture
from tb_attention.effects import measure
from tb_attention.effects.measure import measure_effects
from tb_attention.errors import InvalidInput, LoggingFailed
from tb_attention.record.effects import Cut, Effect, HeadPlace
from tests.record.test_scalars import scalars_in
from tests.support.logged import IDS, captures_in, gpt2, plain, record_files, warnings_in
from tests.support.probed import gpt2 as gpt2_of_words
from tests.support.probed import tokenizer

SMALL = Effects(heads=2, controls=1)
OF_EFFECTS = ("loss_effect", "loss_effect_estimate", "answer_effect", "answer_effect_estimate")
NURSE = Probe("w1 w2 w3 w4", answers=("w5", ("w6", "w7")))


def spaced() -> Any:
    """One token for each word between spaces."""
    made = tokenizer()
    made.backend_tokenizer.pre_tokenizer = WhitespaceSplit()
    return made


def test_effects_are_those_that_are_measured_on_the_model(tmp_path: Path) -> None:
    model = gpt2()
    with AttentionLogger(tmp_path, strict=True, effects=SMALL) as logger:
        logger.log(model, IDS, tag="all", step=0, effects=Effects(exact="all"))
        assert 0 < (first := logger.effects_seconds)
        logger.log(model, IDS, tag="some", step=0)
        assert first < (second := logger.effects_seconds)
        logger.log(model, IDS, tag="none", step=0, effects=False)
        assert second == logger.effects_seconds
    found = {tag: (message, tensors) for tag, _, message, tensors in captures_in(tmp_path)}
    expected = measure_effects(
        model, IDS, capture=capture(model, IDS), effects=Effects(exact="all")
    )
    message, tensors = found["all"]
    assert list(message.sequences[0].losses) == pytest.approx(
        expected.sequences[0].losses, nan_ok=True
    )
    assert message.effects[0].value == pytest.approx(expected.effects[0].value)
    table = tensors["all"][..., list(message.metrics).index("loss_effect")]
    for layer in (0, 1):
        np.testing.assert_allclose(
            table[layer], expected.effects[0].exact["decoder", layer], atol=1e-6
        )
    message, tensors = found["some"]
    measured = np.isfinite(tensors["some"][..., list(message.metrics).index("loss_effect")])
    assert 3 <= measured.sum() < 8 and len(message.effects[0].controls) == 1
    message, _ = found["none"]
    assert not message.effects and not message.sequences[0].losses
    assert not {*OF_EFFECTS} & {*message.metrics}
    loss = expected.effects[0].value
    assert scalars_in(tmp_path) == {
        f"attention/{tag}/loss": [(0, pytest.approx(loss, abs=1e-6))] for tag in ("all", "some")
    }


def test_answers_are_logged_at_every_step_without_effects(tmp_path: Path) -> None:
    model, words = gpt2_of_words(), spaced()
    with AttentionLogger(tmp_path, strict=True, scalars=["entropy"]) as logger:
        for step in (0, 5):
            logger.log(model, NURSE, tag="nurse", step=step, tokenizer=words)
    for _, _, message, _ in captures_in(tmp_path):
        (answer,) = message.effects
        assert (answer.number, answer.at) == ("answer", 3)
        assert ([*answer.first], [*answer.second]) == (["w5"], ["w6", "w7"])
        assert not {*OF_EFFECTS} & {*message.metrics}
    five, six, seven = words.convert_tokens_to_ids(["w5", "w6", "w7"])
    with torch.no_grad():
        logits = model.eval()(**words("w1 w2 w3 w4", return_tensors="pt")).logits[0, -1]
    expected = float(logits[five] - torch.logsumexp(logits[[six, seven]], 0))
    values = [(step, pytest.approx(expected, abs=1e-5)) for step in (0, 5)]
    found = scalars_in(tmp_path)
    assert found["attention/nurse/answer"] == values
    assert "attention/nurse/loss" not in found and "attention/nurse/entropy.0.mean" in found


def test_all_else_is_the_same_with_effects_and_without(tmp_path: Path) -> None:
    model, words = gpt2_of_words(), spaced()
    for name, probe, effects in (("on", NURSE, SMALL), ("off", NURSE.text, False)):
        with AttentionLogger(tmp_path / name, strict=True, effects=effects, session="one") as log:
            log.log(model, probe, tag="nurse", step=0, tokenizer=words)
    (on,), (off,) = captures_in(tmp_path / "on"), captures_in(tmp_path / "off")
    kept = [place for place, metric in enumerate(on[2].metrics) if metric not in OF_EFFECTS]
    assert len(on[2].metrics) - len(kept) == 4
    assert on[3].keys() == off[3].keys()
    for name, tensor in on[3].items():
        same = tensor[..., kept] if name == "nurse" else tensor
        assert same.tobytes() == off[3][name].tobytes() and same.dtype == off[3][name].dtype
    described = on[2]
    described.ClearField("effects")
    described.sequences[0].ClearField("losses")
    described.metrics[:] = [metric for metric in described.metrics if metric not in OF_EFFECTS]
    assert described.SerializeToString(deterministic=True) == off[2].SerializeToString(
        deterministic=True
    )
    layers = [
        [
            event.summary.SerializeToString(deterministic=True)
            for path in record_files(tmp_path / name)
            for event in list(EventFileLoader(str(path)).Load())[:-1]
        ]
        for name in ("on", "off")
    ]
    assert len(layers[0]) == 1 and layers[0] == layers[1]


def test_a_failure_of_effects_never_loses_the_capture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: Any, **__: Any) -> Any:
        raise RuntimeError("CUDA out of memory")

    monkeypatch.setattr(measure, "measure_effects", fails)
    with AttentionLogger(tmp_path / "a", effects=True) as logger:
        for step in (0, 1):
            logger.log(gpt2(), IDS, tag="probe", step=step)
    assert logger.lost == 0
    assert warnings_in(caplog) == [
        "not all that was asked for was measured of 'probe': CUDA out of memory. Its attention is "
        "logged all the same."
    ]
    for _, _, message, _ in captures_in(tmp_path / "a"):
        assert not message.effects
        assert list(message.notes) == [
            "Not all that was asked for was measured: CUDA out of memory."
        ]
    logger = AttentionLogger(tmp_path / "b", effects=True, strict=True)
    with pytest.raises(LoggingFailed, match="not all that was asked for was measured of 'probe'"):
        logger.log(gpt2(), IDS, tag="probe", step=0)
    logger.close()
    assert len(captures_in(tmp_path / "b")) == 1


def test_an_answer_of_two_tokens_is_a_sentence(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with AttentionLogger(tmp_path) as logger:
        probe = Probe("w1 w2", answers=("w5 w6", "w7"))
        logger.log(gpt2_of_words(), probe, tag="two", step=0, tokenizer=spaced())
        logger.log(gpt2_of_words(), probe, tag="loss", step=0, tokenizer=spaced(), effects=SMALL)
    assert [text.split(":")[0] for text in warnings_in(caplog)] == [
        "not all that was asked for was measured of 'two'",
        "not all that was asked for was measured of 'loss'",
    ]
    assert all("the answer 'w5 w6' is 2 tokens" in text for text in warnings_in(caplog))
    two, loss = (message for _, _, message, _ in captures_in(tmp_path))
    assert not two.effects and "the answer 'w5 w6'" in two.notes[0]
    assert [effect.number for effect in loss.effects] == ["loss"]
    assert "the answer 'w5 w6'" in loss.notes[0] and "loss_effect" in loss.metrics


def test_effects_on_a_generated_text_are_those_on_all_of_its_tokens(tmp_path: Path) -> None:
    model = gpt2().eval()
    with AttentionLogger(tmp_path, strict=True, effects=SMALL) as logger:
        with logger.capture(model, tag="generated", step=0):
            model.generate(torch.tensor([IDS]), max_new_tokens=5, do_sample=False)
        with logger.capture(model, tag="pass", step=0):
            model(torch.tensor([IDS]))
    (generated, one_pass) = (message for _, _, message, _ in captures_in(tmp_path))
    ids = list(generated.sequences[0].ids)
    assert generated.kind == "generation" and len(ids) == len(IDS) + 4
    with torch.no_grad():
        loss = float(model(torch.tensor([ids]), labels=torch.tensor([ids])).loss)
    assert generated.effects[0].value == pytest.approx(loss, abs=1e-5)
    assert len(generated.sequences[0].losses) == len(ids)
    assert one_pass.kind == "batch" and not one_pass.effects


def test_what_is_no_choice_of_effects() -> None:
    with pytest.raises(InvalidInput, match="effects is 'all': give True, or Effects"):
        AttentionLogger(None, effects="all")  # type: ignore[arg-type]


def test_a_capture_that_is_written_brings_its_effects(tmp_path: Path) -> None:
    exact = {("decoder", 0): np.array([0.5, np.nan], np.float32)}
    first, second = HeadPlace("decoder", 0, 0), HeadPlace("decoder", 1, 1)
    cuts = (Cut("small", (first,), 1.0), Cut("redundant", (first, second), 2.0))
    effect = Effect("loss", 1.0, exact=exact, controls=(first, second), cuts=cuts)
    one = plain()
    stack = one.stacks[0]
    two = replace(stack, layers={0: stack.layers[0], 1: stack.layers[0]})
    made = replace(one, stacks=(two,), effects=(effect,))
    with AttentionLogger(tmp_path, strict=True, layers=[0]) as logger:
        logger.write(made, tag="probe", step=0)
        with pytest.raises(InvalidInput, match="3 effects of the heads of layer 0 of decoder"):
            wrong = replace(effect, exact={("decoder", 0): np.zeros(3, np.float32)})
            logger.write(replace(one, effects=(wrong,)), tag="probe", step=1)
        with pytest.raises(InvalidInput, match="the effects do not fit the capture: effects on"):
            wrong = replace(effect, controls=(HeadPlace("decoder", 0, 2),))
            logger.write(replace(one, effects=(wrong,)), tag="probe", step=2)
    ((_, _, message, tensors),) = captures_in(tmp_path)
    (kept,) = message.effects
    assert [place.layer for place in kept.controls] == [0]
    assert [cut.name for cut in kept.cuts] == ["small"]
    column = list(message.metrics).index("loss_effect")
    np.testing.assert_array_equal(tensors["probe"][0, :, column], [0.5, np.nan])
