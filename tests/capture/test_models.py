"""Every head of every layer of many architectures, beside the attention that the model returns.

`python -m tests.capture.test_models --write` writes docs/models.md anew.
"""

from __future__ import annotations

import re
import sys

import pytest
import torch
import transformers
from torch.nn import functional

from tb_attention.capture import capture
from tb_attention.errors import NoAttention
from tests.support.architecture_rows import WITHOUT
from tests.support.architectures import ARCHITECTURES, inputs, random_model
from tests.support.measured import FLOAT16, FLOAT32, Row, largest_error, measured, stored
from tests.support.own_attention import own_attention
from tests.support.repository import ROOT

DOCUMENT = ROOT / "docs" / "models.md"
PAD = 3
BY_HAND = "## Other attention functions"
"""What follows in the document is not written by this module."""


def padded(
    given: dict[str, torch.Tensor], side: str
) -> tuple[dict[str, torch.Tensor], slice, slice]:
    """The same inputs with padding, and where the tokens are.

    An encoder's or the only text is padded at this side, a decoder's always at the right.
    """
    result: dict[str, torch.Tensor] = {}
    places = []
    for ids, mask, left in (
        ("input_ids", "attention_mask", side == "left"),
        ("decoder_input_ids", "decoder_attention_mask", False),
    ):
        if ids in given:
            count = given[ids].shape[1]
            sides = (PAD, 0) if left else (0, PAD)
            result |= {
                ids: functional.pad(given[ids], sides),
                mask: functional.pad(torch.ones_like(given[ids]), sides),
            }
            places.append(slice(sides[0], sides[0] + count))
    return result, places[0], places[-1]


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_head_is_as_the_model_itself_computes_it(name: str) -> None:
    row = measured(name)
    assert row.float16 <= FLOAT16
    assert row.float32 <= FLOAT32
    assert 0.18 <= row.peak <= 0.9, "attention that is flat or hard hides errors"
    assert row.off is not None and row.off <= FLOAT32, "compared with the model's own output"


LOUD, LOUD_FLOAT16, LOUD_FLOAT32 = {"t5": 2.6, "mt5": 2.6}, 6e-3, 5e-5
"""Architectures that do not scale their scores.

With weights that make scores as trained models of the kind have.
"""


@pytest.mark.parametrize("name", LOUD)
def test_errors_grow_with_the_scores(name: str) -> None:
    row = measured(name, LOUD[name])
    assert row.score is not None and 60 <= row.score <= 100
    assert row.float16 <= LOUD_FLOAT16
    assert row.float32 <= LOUD_FLOAT32


PADDED = [
    (name, side)
    for name, one in ARCHITECTURES.items()
    if one.reads in ("text", "pair")
    for side in one.paddings
]


@pytest.mark.parametrize(("name", "side"), PADDED)
def test_padding_is_cut_off(name: str, side: str) -> None:
    architecture = ARCHITECTURES[name]
    model = random_model(name, architecture)
    plain = inputs(model, architecture)
    given, encoder, decoder = padded(plain, side)
    captured = capture(model, given)
    assert (
        captured.sequences[0].ids == tuple(plain["input_ids"][0].tolist())
        or len(captured.stacks) == 2
    )
    own = own_attention(random_model(name, architecture, "eager"), given)
    assert largest_error(stored(captured, float32=True), own, encoder, decoder) <= FLOAT32


@pytest.mark.parametrize("name", WITHOUT)
def test_a_model_without_attention_is_told(name: str) -> None:
    model = random_model(name, WITHOUT[name][1])
    with pytest.raises(NoAttention, match=f"no attention was seen in {type(model).__name__}"):
        capture(model, inputs(model, WITHOUT[name][1]))


@pytest.mark.parametrize(("name", "layers"), [("qwen3_next", [3]), ("jamba", [1, 3])])
def test_a_hybrid_shows_the_layers_that_have_attention(name: str, layers: list[int]) -> None:
    model = random_model(name, ARCHITECTURES[name])
    assert list(capture(model, inputs(model, ARCHITECTURES[name])).stacks[0].layers) == layers


def document() -> str:
    """docs/models.md."""
    lines = [
        "# Models",
        "",
        "Every architecture here is tested with a small random configuration: each head of each "
        "layer beside the attention that the model",
        "itself returns with eager attention. *Error* is the largest difference of a weight, after "
        "the float16 store (the default) and",
        f"the float32 store; the test allows {FLOAT16:.0e} and {FLOAT32:.0e}. *Score* is the "
        "largest score of that model before the",
        "softmax, of either sign: errors grow with it, see below.",
        "",
        "*Through* says how attention is seen: the functions that a model calls are watched for "
        "the time of one forward pass, so it keeps",
        "its fast attention. Only where it calls none are its own weights logged "
        "(`output_attentions`); then there is no neuron view.",
        "Other models that call the same functions work as well; so do models of plain torch.",
        "",
        "| architecture | stacks | logged | through | remarks | score | error, float16 | error, "
        "float32 |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, architecture in ARCHITECTURES.items():
        row = measured(name)
        lines.append(
            f"| {name} | {row.stacks} | {row.captured} | {row.through} | {architecture.note} | "
            f"{figures(row)} |"
        )
    lines += [
        "",
        "Models that do not scale their scores have large ones. The same architectures with "
        "weights that are further from 0: where such an",
        "error matters, log with `float32=True`.",
        "",
        "| architecture | score | error, float16 | error, float32 |",
        "|---|---|---|---|",
    ]
    lines += [f"| {name} | {figures(measured(name, sharp))} |" for name, sharp in LOUD.items()]
    lines += [
        "",
        "Nothing can be logged of these, and an error says so:",
        "",
        "| architecture | why |",
        "|---|---|",
    ]
    lines += [f"| {name} | {why} |" for name, (why, _) in WITHOUT.items()]
    written = DOCUMENT.read_text()
    return "\n".join([*lines, "", written[written.index(BY_HAND) :]])


def figures(row: Row) -> str:
    """The last cells of a line."""
    return (
        f"{'' if row.score is None else round(row.score)} | {row.float16:.0e} | {row.float32:.0e}"
    )


@pytest.mark.skipif(
    f"transformers=={transformers.__version__}" not in (ROOT / "constraints.txt").read_text(),
    reason="the document is of the version in constraints.txt",
)
def test_the_document_is_up_to_date() -> None:
    """The errors differ a little from machine to machine."""

    def words(text: str) -> str:
        return re.sub(r"\| \d* \| \de-\d\d \| \de[+-]\d\d \|$", "", text, flags=re.MULTILINE)

    assert words(DOCUMENT.read_text()) == words(document()), (
        "run: python -m tests.capture.test_models --write"
    )


if __name__ == "__main__" and sys.argv[1:] == ["--write"]:
    DOCUMENT.write_text(document())
