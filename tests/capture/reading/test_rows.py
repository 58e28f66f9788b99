"""Which rows of a tower's batch belong to an example, beside the model's own eager attention."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from tb_attention.capture import capture
from tb_attention.capture.passes import watch_passes
from tb_attention.errors import NoAttention
from tb_attention.record.capture import Capture
from tests.support.eager_weights import largest_error, run_eagerly
from tests.support.odd_towers import (
    CHOICES,
    FRAMES,
    TWO_IMAGES,
    bridgetower,
    donut,
    groupvit,
    multiple_choice,
    pixtral,
    timesformer,
    xclip,
)
from tests.support.towers import IDS, pixels, sharp

FLOAT32 = 1e-5


def check_rows(captured: Capture, own: Any, rows: dict[str, int]) -> None:
    """Each of these stacks has the weights of this row, and has them of no other."""
    for stack in captured.stacks:
        for row in range(4) if stack.name in rows else ():
            one = Capture("", captured.sequences, (stack,))
            same = largest_error(one, own, (row,)) <= FLOAT32
            assert same == (row == rows[stack.name]), (stack.name, row)


@pytest.mark.parametrize("example", [0, 1])
def test_each_video_has_its_own_frames(example: int) -> None:
    model = sharp(xclip())
    given = {"input_ids": torch.cat([IDS, IDS + 9]), "pixel_values": FRAMES}
    with watch_passes(model, (0, 1)) as passes, torch.no_grad():
        model(**given)
    captured = passes.captures()[example]
    names = ["encoder", "encoder 2", "encoder 3", "decoder", "cross"]
    assert [stack.name for stack in captured.stacks] == names
    own = run_eagerly(model, lambda other: other(**given))
    own = {name: [torch.cat([one, one])[:4] for one in calls] for name, calls in own.items()}
    check_rows(captured, own, {"encoder": 2 * example, "encoder 2": 2 * example + 1})
    (note,) = captured.notes
    assert note.startswith("vision_model.encoder.layers.0.message_attn, vision_model.")


@pytest.mark.parametrize("example", [0, 1])
def test_each_question_has_its_own_answers(example: int) -> None:
    model = sharp(multiple_choice())
    with watch_passes(model, (0, 1)) as passes, torch.no_grad():
        model(input_ids=CHOICES)
    captured = passes.captures()[example]
    assert [one.ids for one in captured.sequences] == [(*c.tolist(),) for c in CHOICES[example]]
    own = run_eagerly(model, lambda other: other(input_ids=CHOICES))
    check_rows(captured, own, {"encoder": 2 * example, "encoder 2": 2 * example + 1})


def test_images_that_are_packed_into_one_row() -> None:
    model = sharp(pixtral())
    with watch_passes(model) as passes, torch.no_grad():
        model(**TWO_IMAGES)
    captured = passes.captures()[0]
    shapes = [(stack.name, stack.layers[0].queries) for stack in captured.stacks]
    assert shapes == [("encoder", 24), ("decoder", 27)] and not captured.notes
    own = run_eagerly(model, lambda other: other(**TWO_IMAGES))
    assert largest_error(captured, own) <= FLOAT32


def test_lists_of_layers_that_are_called_cross() -> None:
    model = sharp(bridgetower())
    given = {"input_ids": IDS, "pixel_values": pixels()}
    given["pixel_mask"] = torch.ones(1, 32, 32, dtype=torch.long)
    with watch_passes(model) as passes, torch.no_grad():
        model(**given)
    captured = passes.captures()[0]
    shapes = {
        stack.name: (list(stack.layers), layer.queries, layer.keys)
        for stack in captured.stacks
        for layer in list(stack.layers.values())[:1]
    }
    assert shapes == {
        "encoder": ([0, 1, 2], 8, 8),
        "encoder 2": ([0, 1, 2], 17, 17),
        "encoder 3": ([0, 1], 8, 8),
        "encoder 4": ([0, 1], 17, 17),
        "cross": ([0, 1], 8, 17),
        "cross 2": ([0, 1], 17, 8),
    }
    own = run_eagerly(model, lambda other: other(**given))
    # The image tower is made of MultiheadAttention of torch, which gives no weights here.
    stacks = tuple(stack for stack in captured.stacks if stack.name != "encoder 2")
    assert largest_error(Capture("", captured.sequences, stacks), own) <= FLOAT32


def test_what_is_not_seen_is_said() -> None:
    captured = capture(sharp(groupvit()), {"input_ids": IDS, "pixel_values": pixels()})
    assert [stack.name for stack in captured.stacks] == ["decoder"]
    assert "it returns no attention weights of one example" in captured.notes[0]
    assert captured.notes[0].startswith("the rest of the model left out")
    captured = capture(sharp(donut()), {"pixel_values": pixels()})
    assert [list(stack.layers) for stack in captured.stacks] == [[1]]
    assert captured.notes == (
        "layer 0 of the model left out: the weights that it returns are not those of one example "
        "over its tokens, but of parts of the input, such as windows of an image.",
    )
    with pytest.raises(NoAttention, match="no attention weights of one example over its tokens"):
        capture(sharp(timesformer()), {"pixel_values": pixels(4)[None]})
