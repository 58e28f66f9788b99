"""What a model is run with, beside what its tokenizer and transformers themselves make of it."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
import torch
import transformers

from tb_attention.attention import softmax
from tb_attention.capture import capture, watch_passes
from tb_attention.capture.streams.inputs import inputs_of
from tb_attention.errors import InvalidInput
from tb_attention.record.capture import Capture
from tests.support.architectures import ARCHITECTURES, inputs, random_model
from tests.support.tokenizers import tokenizer


def model_of(name: str, implementation: str | None = None) -> Any:
    return random_model(name, ARCHITECTURES[name], implementation)


def same_weights(one: Capture, other: Capture) -> bool:
    pairs = zip(one.stacks, other.stacks, strict=True)
    return all(
        torch.equal(softmax.weights(a), softmax.weights(b))
        for ours, theirs in pairs
        for a, b in zip(ours.layers.values(), theirs.layers.values(), strict=True)
    )


@pytest.mark.parametrize("name", ["bert", "xlnet", "deberta"])
def test_a_pair_of_texts_keeps_its_segments(name: str) -> None:
    encoded = tokenizer()("the doctor slept", "she asked the nurse", return_tensors="pt")
    model = model_of(name)
    captured = capture(model, ("the doctor slept", "she asked the nurse"), tokenizer())
    sequence = captured.sequences[0]
    assert sequence.ids == tuple(encoded["input_ids"][0].tolist())
    assert sequence.segments == tuple(encoded["token_type_ids"][0].tolist()) == (0,) * 5 + (1,) * 5
    cut = [
        sequence.text[start:end] for start, end in zip(sequence.starts, sequence.ends, strict=True)
    ]
    assert cut == ["", "the", "doctor", "slept", "", "she", "asked", "the", "nurse", ""]
    eager = model_of(name, "eager")
    with torch.no_grad():
        own = eager(**encoded, output_attentions=True).attentions
        other = eager(encoded["input_ids"], output_attentions=True).attentions
    ours = [softmax.weights(layer) for layer in captured.stacks[0].layers.values()]
    assert max(float((a - b[0]).abs().max()) for a, b in zip(ours, own, strict=True)) <= 1e-5
    assert (
        name == "deberta"
        or max(float((a - b[0]).abs().max()) for a, b in zip(ours, other, strict=True)) > 1e-2
    )


def test_segments_where_the_model_knows_none() -> None:
    sequence = capture(
        model_of("roberta"), ("the doctor", "she slept"), tokenizer(segments=False)
    ).sequences[0]
    assert sequence.segments == (0, 0, 0, 0, 1, 1, 1)


def test_the_decoder_reads_a_text_as_in_training() -> None:
    config = transformers.T5Config(**ARCHITECTURES["t5"].config)
    model = transformers.T5ForConditionalGeneration(config)
    words = tokenizer(segments=False)
    labels = words(text_target="she slept", return_tensors="pt")["input_ids"]
    model.config.eos_token_id = 3
    shifted = model._shift_right(labels)[0].tolist()
    captured = capture(model, "the doctor", words, decoder="she slept")
    assert captured.sequences[1].ids == tuple(shifted) == (0, 2, 7, 6)
    assert captured.sequences[1].tokens == (b"[PAD]", b"[CLS]", b"she", b"slept")
    assert [(s.name, s.query_sequence, s.key_sequence) for s in captured.stacks] == [
        ("encoder", 0, 0),
        ("decoder", 1, 1),
        ("cross", 1, 0),
    ]
    given = {"input_ids": words("the doctor", return_tensors="pt")["input_ids"], "labels": labels}
    assert same_weights(captured, capture(model, given, words))
    assert same_weights(
        captured, capture(model, "the doctor", words, decoder=torch.tensor([shifted]))
    )


def test_without_a_text_the_decoder_reads_the_start_token() -> None:
    captured = capture(model_of("bart"), [5, 6, 7])
    assert captured.sequences[1].ids == (2,)
    assert [softmax.weights(layer).shape for layer in captured.stacks[2].layers.values()] == [
        (4, 1, 3)
    ] * 2


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("vit", ["[CLS]", "patch 0,0", "patch 0,1"]),
        ("deit", ["[CLS]", "[DIST]", "patch 0,0"]),
        ("dinov2_with_registers", ["[CLS]", "[REG 0]", "[REG 1]"]),
        ("siglip_vision_model", ["patch 0,0", "patch 0,1", "patch 0,2"]),
    ],
)
def test_patches_are_tokens(name: str, expected: list[str]) -> None:
    model = model_of(name)
    pixels = inputs(model, ARCHITECTURES[name])["pixel_values"]
    captured = capture(model, pixels)
    assert [token.decode() for token in captured.sequences[0].tokens][:3] == expected
    assert (
        captured.sequences[0].tokens[-1] == b"patch 3,3" and captured.sequences[0].name == "encoder"
    )
    assert same_weights(captured, capture(model, pixels[0].numpy())), "a batch axis may be left out"


def test_sizes_of_a_pyramid() -> None:
    model = model_of("segformer")
    captured = capture(model, torch.randn(3, 16, 32))
    sizes = [
        [
            (len(captured.sequences[i]), captured.sequences[i].tokens[-1])
            for i in (s.query_sequence, s.key_sequence)
        ]
        for s in captured.stacks
    ]
    assert sizes == [[(128, b"patch 7,15"), (32, b"patch 3,7")], [(32, b"patch 3,7")] * 2]


def test_sound_and_the_text_of_its_decoder() -> None:
    model = model_of("whisper")
    captured = capture(model, torch.randn(8, 32), decoder=[3, 4, 5])
    assert [len(sequence) for sequence in captured.sequences] == [16, 3]
    assert captured.sequences[0].tokens[:2] == (b"0", b"1")


def test_embeddings_in_place_of_ids() -> None:
    model = model_of("llama")
    ids = torch.tensor([[5, 6, 7, 8]])
    assert same_weights(
        capture(model, ids), capture(model, model.get_input_embeddings()(ids)[0].detach())
    )


def test_padding_inside_of_a_mapping_with_tokens() -> None:
    given = tokenizer()("the doctor slept", padding="max_length", max_length=9, return_tensors="np")
    captured = capture(model_of("bert"), given, tokenizer())
    assert captured.sequences[0].tokens == (b"[CLS]", b"the", b"doctor", b"slept", b"[SEP]")
    assert all(layer.mask is None for layer in captured.stacks[0].layers.values())


def test_a_hole_in_the_mask_stays_a_mask() -> None:
    given = {
        "input_ids": torch.tensor([[5, 6, 7, 8, 0]]),
        "attention_mask": torch.tensor([[1, 1, 0, 1, 0]]),
    }
    weights = softmax.weights(capture(model_of("llama"), given).stacks[0].layers[0])
    assert (
        weights.shape == (4, 4, 4) and not weights[:, 3, 2].any() and weights[:, 3, [0, 1, 3]].all()
    )


def test_numbers_are_in_the_dtype_of_the_model() -> None:
    model = model_of("vit").to(torch.bfloat16)
    given = inputs_of(model, np.zeros((3, 16, 16)))
    pixels = given.options["pixel_values"]
    assert pixels.dtype == torch.bfloat16 and pixels.shape == (1, 3, 16, 16)


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("vit", [5, 6], "reads no text: give its pixel_values"),
        ("bert", {"input_ids": [[5, 6], [7, 8]]}, "there are 2 examples"),
        ("bert", {"input_ids": [[5, 6]], "attention_mask": [[0, 0]]}, "hides every token"),
        ("bert", ("the doctor", ""), "a text needs a tokenizer"),
        ("bert", torch.tensor([5.0, 6.0]), r"floating numbers \[2\] are no inputs_embeds"),
        ("vit", np.zeros((16, 16)), r"floating numbers \[16, 16\] are no pixel_values"),
        ("bert", [5.0, 6.0], "token ids are integers"),
        ("bert", {"input_ids": torch.tensor([[5.0, 6.0]])}, "token ids are integers"),
    ],
)
def test_what_a_model_cannot_take(name: str, given: Any, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        capture(model_of(name), given)


def test_a_decoder_text_for_a_model_without_decoder() -> None:
    with pytest.raises(InvalidInput, match="leave `decoder` out"):
        capture(model_of("gpt2"), [5, 6], decoder=[7])
    with pytest.raises(InvalidInput, match="needs a tokenizer"):
        capture(model_of("bart"), [5, 6], decoder="she slept")


class Named(torch.nn.Module):
    def forward(self, *, tokens: Any) -> Any:
        return tokens


class Paired(torch.nn.Module):
    def forward(self, source: Any, target: Any, scale: float = 1.0) -> Any:
        return source


@pytest.mark.parametrize(
    ("model", "sentence"),
    [(Named(), "{'tokens': ...}"), (Paired(), "{'source': ..., 'target': ...}")],
)
def test_a_forward_function_that_takes_more_than_tokens(model: Any, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=re.escape(sentence)):
        capture(model, [5, 6])


class Pipeline:
    """Holds a model, as pipelines of transformers do."""

    def __init__(self) -> None:
        self.model = model_of("gpt2")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (Pipeline(), "a Pipeline is no torch.nn.Module: give its `.model`"),
        ("gpt2", "'gpt2' is a name, not a model: load it first"),
        (Pipeline, "Pipeline is a class, not a model"),
        (print, "a torch.nn.Module is needed as the model, not builtin_function_or_method"),
    ],
)
def test_what_is_no_model(given: Any, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=re.escape(sentence)):
        capture(given, [5, 6])
    with pytest.raises(InvalidInput, match=re.escape(sentence)), watch_passes(given):
        pass
