"""Models with several towers, beside their own eager attention: each stack has its own tokens."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from tb_attention.capture import capture
from tb_attention.capture.passes import watch_passes
from tb_attention.record.capture import Capture
from tests.support.eager_weights import largest_error, run_eagerly
from tests.support.towers import IDS, MIXED, PICTURE, TOWERS, llava, pixels, sharp

FLOAT32 = 1e-5


def shapes(captured: Capture) -> dict[str, tuple[int, int]]:
    """Queries and keys of each stack, whose sequences have as many tokens."""
    found = {}
    for stack in captured.stacks:
        (shape,) = {(layer.queries, layer.keys) for layer in stack.layers.values()}
        sequences = (
            captured.sequences[stack.query_sequence],
            captured.sequences[stack.key_sequence],
        )
        assert tuple(map(len, sequences)) == shape
        found[stack.name] = shape
    return found


@pytest.mark.parametrize("name", TOWERS)
def test_each_tower_has_its_own_stack(name: str) -> None:
    make, given, expected = TOWERS[name]
    model = sharp(make())
    with watch_passes(model) as passes, torch.no_grad():
        model(**given)
    captured = passes.captures()[0]
    assert shapes(captured) == expected
    own = run_eagerly(model, lambda other: other(**given))
    # The head of SigLIP is a MultiheadAttention of torch, which no function of transformers runs.
    stacks = tuple(one for one in captured.stacks if (name, one.name) != ("siglip", "cross"))
    assert largest_error(Capture("", captured.sequences, stacks), own) <= FLOAT32
    checks = [layer.check for stack in captured.stacks for layer in stack.layers.values()]
    assert all(check.error is not None and check.error < 1e-4 for check in checks)


@pytest.mark.parametrize(
    "name", ["clip", "siglip", "dual encoder", "llava", "bert2bert", "whisper"]
)
def test_a_probe_sees_them_as_well(name: str) -> None:
    make, given, expected = TOWERS[name]
    assert shapes(capture(sharp(make()), given)) == expected


def test_tokens_are_those_of_the_tower() -> None:
    make, given, _ = TOWERS["clip"]
    captured = capture(sharp(make()), given)
    words, patches = captured.sequences[1], captured.sequences[0]
    assert words.ids == tuple(IDS[0].tolist()) and not patches.ids
    assert patches.tokens[:2] == (b"[CLS]", b"patch 0,0")


def test_each_text_has_its_own_images_and_its_own_padding() -> None:
    """A text with two images beside one with one image, which is padded."""
    model = sharp(llava())
    two = torch.cat([MIXED[:, 2:18], torch.tensor([[5, 6]]), MIXED[:, 2:18]], 1)
    one = torch.cat([MIXED, torch.zeros(1, 14, dtype=torch.long)], 1)
    mask = torch.ones(2, 34, dtype=torch.long)
    mask[1, 20:] = 0
    given = {
        "input_ids": torch.cat([two, one]),
        "attention_mask": mask,
        "pixel_values": pixels(images=3),
    }
    with watch_passes(model, (0, 1)) as passes, torch.no_grad():
        model(**given)
    captured = passes.captures()
    assert shapes(captured[0]) == {"encoder": (17, 17), "encoder 2": (17, 17), "decoder": (34, 34)}
    assert shapes(captured[1]) == {"encoder": (17, 17), "decoder": (20, 20)}
    assert captured[1].sequences[-1].ids == tuple(MIXED[0].tolist()), "without its padding"
    own = run_eagerly(model, lambda other: other(**given))
    for example, images in ((0, (0, 1)), (1, (2,))):
        vision = [stack for stack in captured[example].stacks if stack.name != "decoder"]
        for stack, row in zip(vision, images, strict=True):
            each = Capture("", captured[example].sequences, (stack,))
            assert largest_error(each, own, (row,)) <= FLOAT32
    (text,) = [stack for stack in captured[1].stacks if stack.name == "decoder"]
    own = {name: [call[:, :, :20, :20] for call in calls] for name, calls in own.items()}
    assert largest_error(Capture("", captured[1].sequences, (text,)), own, (1,)) <= FLOAT32


def test_images_whose_texts_are_unknown_are_left_out_with_a_note() -> None:
    """Three images for four places of eight tokens each."""
    model = sharp(llava())
    ids = torch.cat([MIXED, torch.cat([MIXED[:, :18], torch.tensor([[PICTURE, 9]])], 1)])
    cut = model.model.get_image_features
    model.model.get_image_features = lambda *args, **options: _shorter(cut(*args, **options))
    with watch_passes(model, (0, 1)) as passes, torch.no_grad():
        model(input_ids=ids, pixel_values=pixels(images=3))
    for captured in passes.captures().values():
        assert shapes(captured) == {"decoder": (20, 20)}
        assert captured.notes[-1].startswith("model.vision_tower left out: it is not known which")


def _shorter(output: Any) -> Any:
    """As many patches as there are places, whichever image they are of."""
    output.pooler_output = (torch.cat(list(output.pooler_output))[:33],)
    return output


def test_a_text_without_an_image_has_one_stack() -> None:
    model = sharp(llava())
    with watch_passes(model) as passes, torch.no_grad():
        model(input_ids=IDS)
    assert shapes(passes.captures()[0]) == {"decoder": (8, 8)}
