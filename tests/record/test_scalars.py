"""Head metrics as scalars in TensorBoard's accumulator, against the tensor that was committed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from torch.utils.tensorboard import SummaryWriter

from tb_attention.attention import softmax
from tb_attention.attention.head_metrics import METRIC_NAMES
from tb_attention.attention.measure import measure_layer
from tb_attention.errors import InvalidInput
from tb_attention.log.logger import AttentionLogger
from tests.support.logs import capture


def scalars_in(directory: Path) -> dict[str, list[tuple[int, float]]]:
    accumulator = EventAccumulator(str(directory), size_guidance={"scalars": 0, "tensors": 0})
    accumulator.Reload()
    return {
        tag: [(event.step, event.value) for event in accumulator.Scalars(tag)]
        for tag in accumulator.Tags()["scalars"]
    }


def own(step: int, name: str) -> np.ndarray:
    """[layers, heads], from the weights."""
    captured = capture(seed=step)
    measured = [
        measure_layer(layer, captured.sequences[0].ids)[0]
        for layer in captured.stacks[0].layers.values()
    ]
    return np.stack(measured)[:, :, METRIC_NAMES.index(name)]


@pytest.mark.parametrize("writer", [str, SummaryWriter])
def test_mean_and_maximum_of_each_layer(tmp_path: Path, writer: type) -> None:
    where = writer(tmp_path)
    with AttentionLogger(where, scalars=["entropy", "first_token", "induction"]) as logger:
        for step in (0, 7):
            logger.write(capture(seed=step), tag="probe", step=step)
    if isinstance(where, SummaryWriter):
        where.close()
    found = scalars_in(tmp_path)
    assert set(found) == {
        f"attention/probe/{name}.{layer}.{of}"
        for name in ("entropy", "first_token")
        for layer in (0, 1)
        for of in ("mean", "max")
    }, "induction is not defined where no token comes twice"
    for layer in (0, 1):
        first_token = [
            softmax.weights(capture(seed=step).stacks[0].layers[layer])[:, 1:, 0].mean(axis=1)
            for step in (0, 7)
        ]
        for of, function in (("mean", np.mean), ("max", np.max)):
            steps, values = zip(*found[f"attention/probe/first_token.{layer}.{of}"], strict=True)
            assert steps == (0, 7)
            np.testing.assert_allclose(values, [function(one) for one in first_token], rtol=1e-5)


def test_chosen_heads_have_scalars_of_their_own(tmp_path: Path) -> None:
    with AttentionLogger(tmp_path, scalars=["entropy"], heads=[1, 3], layers=[1]) as logger:
        logger.write(capture(seed=3), tag="probe", step=3)
    found = scalars_in(tmp_path)
    for head in (1, 3):
        ((step, value),) = found[f"attention/probe/entropy.1.head{head}"]
        assert step == 3
        np.testing.assert_allclose(value, own(3, "entropy")[1, head], rtol=1e-5)


def test_several_stacks_are_named(tmp_path: Path) -> None:
    one = capture()
    stacks = (one.stacks[0], replace(one.stacks[0], name="encoder 2"))
    with AttentionLogger(tmp_path, scalars=["entropy"], layers=[0]) as logger:
        logger.write(replace(one, stacks=stacks), tag="probe", step=0)
    assert {tag.rpartition(".")[0] for tag in scalars_in(tmp_path)} == {
        "attention/probe/entropy.decoder.0",
        "attention/probe/entropy.encoder_2.0",
    }


def test_wrong_names(tmp_path: Path) -> None:
    for wrong in (["entropie"], "entropy"):
        with pytest.raises(InvalidInput, match="choose among entropy, "):
            AttentionLogger(tmp_path, scalars=wrong)
