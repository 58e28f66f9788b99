"""Models of one's own, beside torch's own weights: a module that runs twice is two passes."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from tb_attention.attention import softmax
from tb_attention.capture.passes import watch_passes
from tb_attention.errors import InvalidInput
from tb_attention.record.capture import Capture
from tests.support.own_towers import (
    SHORT,
    A,
    B,
    Beside,
    Distillation,
    Fusion,
    InlineSiamese,
    Looped,
    Meeting,
    OfTransformers,
    SharedLayer,
    Siamese,
    Summary,
    TorchSiamese,
    Tower,
    Translator,
    albert,
    bert,
    torchs_own_weights,
)
from tests.support.torch_models import WIDTH, built
from tests.support.towers import pixels

Shown = dict[str, tuple[list[int], tuple[int, int]]]
"""Stack -> its layers, and its queries and keys."""


def seen(model: Any, *given: torch.Tensor) -> Capture:
    with watch_passes(model) as passes, torch.no_grad():
        model(*given)
    return passes.captures()[0]


def shown(captured: Capture) -> Shown:
    return {
        stack.name: (list(stack.layers), (layer.queries, layer.keys))
        for stack in captured.stacks
        for layer in list(stack.layers.values())[:1]
    }


def check(captured: Capture, model: Any, *given: torch.Tensor) -> None:
    """Each layer is one of torch's calls, and each of these is one layer."""
    own = copy.deepcopy(model)
    for part in own.modules():
        if hasattr(part, "set_attn_implementation"):
            part.set_attn_implementation("sdpa")
    for part in own.modules():
        if isinstance(part, nn.MultiheadAttention):  # with weights it calls nothing
            part.register_forward_pre_hook(
                lambda _, args, options: (args, options | {"need_weights": False}),
                with_kwargs=True,
            )
    fast = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with torchs_own_weights() as left, torch.no_grad():
            own(*given)
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)
    for stack in captured.stacks:
        for layer in stack.layers.values():
            weights = np.asarray(softmax.weights(layer))
            same = [
                place
                for place, one in enumerate(left)
                if one.shape == weights.shape and np.abs(one.numpy() - weights).max() <= 1e-5
            ]
            assert same, f"{stack.name} {layer.module} is none of torch's calls"
            del left[same[0]]
    assert not left


CASES: dict[str, tuple[Callable[[], Any], tuple[torch.Tensor, ...], Shown]] = {
    "siamese": (Siamese, (A, SHORT), {"encoder": ([0, 1], (8, 8)), "encoder 2": ([0, 1], (5, 5))}),
    "siamese, texts as long": (
        Siamese,
        (A, B),
        {"encoder": ([0, 1], (8, 8)), "encoder 2": ([0, 1], (8, 8))},
    ),
    "siamese, one text": (
        Siamese,
        (A, A),
        {"encoder": ([0, 1], (8, 8)), "encoder 2": ([0, 1], (8, 8))},
    ),
    "triplet": (
        lambda: Siamese(Tower(1)),
        (A, B, SHORT),
        {"encoder": ([0], (8, 8)), "encoder 2": ([0], (8, 8)), "encoder 3": ([0], (5, 5))},
    ),
    "siamese in one forward": (
        InlineSiamese,
        (A, B),
        {"encoder": ([0, 1], (8, 8)), "encoder 2": ([0, 1], (8, 8))},
    ),
    "siamese of torch": (
        TorchSiamese,
        (A, B),
        {"encoder": ([0, 1], (8, 8)), "encoder 2": ([0, 1], (8, 8))},
    ),
    "bert twice": (
        lambda: OfTransformers(bert()),
        (A, B),
        {"encoder": ([0, 1], (8, 8)), "encoder 2": ([0, 1], (8, 8))},
    ),
    "albert twice": (
        lambda: OfTransformers(albert()),
        (A, SHORT),
        {"encoder": ([0, 1], (8, 8)), "encoder 2": ([0, 1], (5, 5))},
    ),
    "shared layer": (SharedLayer, (A,), {"encoder": ([0, 1, 2], (8, 8))}),
    "looped": (Looped, (A,), {"encoder": ([0, 1, 2, 3, 4, 5], (8, 8))}),
    "teacher and student": (
        Distillation,
        (A,),
        {"encoder": ([0, 1], (8, 8)), "encoder 2": ([0, 1, 2], (8, 8))},
    ),
    "text and image": (
        Fusion,
        (A, pixels()),
        {
            "encoder": ([0, 1], (16, 16)),
            "encoder 2": ([0, 1], (8, 8)),
            "encoder 3": ([0], (24, 24)),
        },
    ),
    "towers that meet": (
        Meeting,
        (A, B),
        {"encoder": ([0, 1], (8, 8)), "encoder 2": ([0, 1], (8, 8)), "encoder 3": ([0], (8, 8))},
    ),
    "side by side": (Beside, (A,), {"encoder": ([0, 1, 2, 3], (8, 8))}),
    "translator": (
        Translator,
        (A, SHORT),
        {"encoder": ([0, 1], (8, 8)), "decoder": ([0, 1], (5, 5)), "cross": ([0, 1], (5, 8))},
    ),
    "translator, texts as long": (
        Translator,
        (A, B),
        {"encoder": ([0, 1], (8, 8)), "decoder": ([0, 1], (8, 8)), "cross": ([0, 1], (8, 8))},
    ),
    "summary": (Summary, (A,), {"encoder": ([0, 1], (4, 4)), "cross": ([0, 1], (4, 8))}),
    "summary as long as the text": (
        lambda: Summary(8),
        (A,),
        {"encoder": ([0, 1], (8, 8)), "cross": ([0, 1], (8, 8))},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_stacks_are_told_by_what_their_tensors_are_made_of(name: str) -> None:
    make, given, expected = CASES[name]
    model = built(make).eval()
    captured = seen(model, *given)
    assert shown(captured) == expected
    check(captured, model, *given)


def test_each_text_has_its_own_tokens() -> None:
    captured = seen(built(Siamese), A, SHORT)
    assert [one.ids for one in captured.sequences] == [(*A[0].tolist(),), (*SHORT[0].tolist(),)]
    captured = seen(built(Meeting), A, B)
    assert [one.ids for one in captured.sequences] == [(*A[0].tolist(),), (*B[0].tolist(),)]
    captured = seen(built(Translator), A, SHORT)
    (cross,) = [stack for stack in captured.stacks if stack.name == "cross"]
    assert captured.sequences[cross.query_sequence].ids == (*SHORT[0].tolist(),)
    assert captured.sequences[cross.key_sequence].ids == (*A[0].tolist(),)


@pytest.mark.parametrize("queries", [4, 8])
def test_queries_that_are_parameters_are_no_words(queries: int) -> None:
    captured = seen(built(lambda: Summary(queries)), A)
    own, cross = captured.stacks
    latents = captured.sequences[own.query_sequence]
    assert latents.tokens == tuple(b"%d" % place for place in range(queries)) and not latents.ids
    assert captured.sequences[cross.query_sequence].tokens == latents.tokens
    assert captured.sequences[cross.key_sequence].ids == (*A[0].tolist(),)


def test_the_student_comes_before_its_teacher() -> None:
    stacks = seen(built(Distillation), A).stacks
    modules = [next(iter(stack.layers.values())).module for stack in stacks]
    assert modules == ["student.layers.0.attn", "teacher.layers.0.attn"]


def test_texts_that_the_model_puts_into_one_batch_are_refused_and_their_tower_is_shown() -> None:
    class Stacked(Siamese):
        def forward(self, *texts: torch.Tensor) -> torch.Tensor:
            return self.tower(torch.cat(texts))

    model = built(Stacked)
    with pytest.raises(InvalidInput, match=r"over a batch of 2, .* given one of 1.*model\.part"):
        seen(model, A, B)
    with watch_passes(model.tower, (0, 1)) as passes, torch.no_grad():
        model(A, B)
    captured = passes.captures()
    assert [captured[row].sequences[0].ids for row in (0, 1)] == [
        (*A[0].tolist(),),
        (*B[0].tolist(),),
    ]


def test_the_batch_may_be_the_second_axis() -> None:
    class SecondAxis(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.wte = nn.Embedding(50, WIDTH)
            self.encoder = nn.TransformerEncoderLayer(WIDTH, 4, 32)
            self.decoder = nn.TransformerDecoderLayer(WIDTH, 4, 32)

        def forward(self, ids: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
            return self.decoder(self.wte(target), self.encoder(self.wte(ids)))

    model = built(SecondAxis)
    with watch_passes(model, (1,)) as passes, torch.no_grad():
        model(torch.cat([A, B]).T, torch.cat([SHORT, SHORT + 1]).T)
    captured = passes.captures()[1]
    assert [one.ids for one in captured.sequences] == [
        (*B[0].tolist(),),
        (*(SHORT + 1)[0].tolist(),),
    ]
