"""Generations after images: each text has its own, however many texts and beams there are.

Beside eager attention of the same steps: the prompt, then what was generated with its cache.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from tb_attention.attention import softmax
from tb_attention.capture.passes import watch_passes
from tb_attention.errors import InvalidInput
from tb_attention.record.capture import Capture
from tests.support.eager_weights import Weights, largest_error, run_eagerly
from tests.support.towers import MIXED, PICTURE, gemma3, llava, paligemma, pixels, sharp

MODELS: dict[str, Callable[[], Any]] = {"llava": llava, "paligemma": paligemma, "gemma3": gemma3}
WAYS: dict[str, dict[str, Any]] = {
    "greedy": {},
    "beams": {"num_beams": 2},
    "all beams": {"num_beams": 2, "num_return_sequences": 2},
    "several samples": {"do_sample": True, "num_return_sequences": 2},
}
SEEING = {"gemma3": (MIXED == PICTURE).long(), "paligemma": torch.zeros_like(MIXED)}
"""What kind of token each is: one of an image, and one of a prompt that sees itself."""
NEW = {"max_new_tokens": 4, "do_sample": False, "eos_token_id": None}

BOTH = torch.cat(
    [
        torch.cat([MIXED[:, 2:18], torch.tensor([[5, 6]]), MIXED[:, 2:18]], 1),
        torch.cat([torch.zeros(1, 14, dtype=torch.long), MIXED], 1),
    ]
)
"""A text with two images, and one with one image after padding."""


def steps(model: Any, ids: torch.Tensor, images: torch.Tensor, prompt: int, types: Any) -> Weights:
    """The eager weights of one text, over its prompt and then over the rest."""

    def run(other: Any) -> None:
        cache = other(ids[:, :prompt], pixel_values=images, **types).past_key_values
        other(ids[:, prompt:], past_key_values=cache)

    return run_eagerly(model, run)


def check(captured: Capture, ids: torch.Tensor, own: Weights, prompt: int, images: int) -> None:
    """Image towers first, then the text, whose rows came in two steps."""
    *towers, text = captured.stacks
    assert len(towers) == images and text.name == "decoder"
    sequence = captured.sequences[text.query_sequence]
    assert (sequence.ids, sequence.prompt) == (tuple(ids[0].tolist()), prompt)
    for row, stack in enumerate(towers):
        assert largest_error(Capture("", captured.sequences, (stack,)), own, (row,)) <= 1e-5
    assert list(text.layers) == [0, 1]
    for layer in text.layers.values():
        weights = torch.as_tensor(softmax.weights(layer))
        first, rest = (call[0] for call in own[layer.module])
        assert float((weights[:, :prompt, :prompt] - first).abs().max()) <= 1e-4
        assert float(weights[:, :prompt, prompt:].abs().max()) == 0, "what was not there yet"
        keys = rest.shape[2]  # a sliding window has the last ones
        assert float((weights[:, prompt:, -keys:] - rest).abs().max()) <= 1e-4


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("way", WAYS)
def test_a_text_with_an_image(name: str, way: str) -> None:
    model = sharp(MODELS[name]())
    types = {"token_type_ids": SEEING[name]} if name in SEEING else {}
    texts = WAYS[way].get("num_return_sequences", 1)
    with watch_passes(model, range(texts)) as passes, torch.no_grad():
        returned = model.generate(
            input_ids=MIXED, pixel_values=pixels(), **types, **NEW | WAYS[way]
        )
    for example, captured in passes.captures().items():
        ids = returned[example : example + 1, :-1]
        check(captured, ids, steps(model, ids, pixels(), 20, types), prompt=20, images=1)


@pytest.mark.filterwarnings("ignore")
def test_texts_with_other_numbers_of_images() -> None:
    """Two images, and one after padding."""
    model, images = sharp(llava()), pixels(3)
    given = {"input_ids": BOTH, "attention_mask": (BOTH != 0).long(), "pixel_values": images}
    with watch_passes(model, (0, 1)) as passes, torch.no_grad():
        returned = model.generate(**given, **NEW)
    for example, (start, mine) in enumerate(((0, images[:2]), (14, images[2:]))):
        captured = passes.captures()[example]
        ids = returned[example : example + 1, start:-1]
        own = steps(model, ids, mine, 34 - start, {})
        check(captured, ids, own, prompt=34 - start, images=len(mine))
    # The features of the images go from beam to beam in an order of their own.
    with watch_passes(model) as passes, torch.no_grad():
        model.generate(**given, **NEW | {"num_beams": 2})
    with pytest.raises(InvalidInput, match=r"another forward pass .* fails .* num_beams=1"):
        passes.captures()


def test_several_images_of_one_text_and_its_beams() -> None:
    model, images = sharp(llava()), pixels(2)
    with watch_passes(model) as passes, torch.no_grad():
        returned = model.generate(input_ids=BOTH[:1], pixel_values=images, **NEW | {"num_beams": 2})
    ids = returned[:, :-1]
    check(passes.captures()[0], ids, steps(model, ids, images, 34, {}), prompt=34, images=2)
