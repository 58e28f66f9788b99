"""Parts of a model as models of their own, beside their own eager attention."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
import transformers as hf

from tb_attention.capture import capture
from tb_attention.capture.passes import watch_passes
from tests.support.eager_weights import largest_error, run_eagerly
from tests.support.towers import IDS, PAIR, TEXT, numbers, sharp

_T5 = {"vocab_size": 99, "d_model": 32, "d_kv": 8, "d_ff": 48, "num_layers": 2, "num_heads": 4}
_SOUND = {"num_mel_bins": 8, "max_source_positions": 16, "max_target_positions": 32}
_DECODER = TEXT | {"is_decoder": True}

ALONE: dict[str, tuple[Callable[[], Any], str]] = {
    "bart": (lambda: hf.BartForCausalLM(hf.BartConfig(**PAIR)), "decoder"),
    "mbart": (lambda: hf.MBartForCausalLM(hf.MBartConfig(**PAIR)), "decoder"),
    "marian": (lambda: hf.MarianForCausalLM(hf.MarianConfig(**PAIR)), "decoder"),
    "pegasus": (lambda: hf.PegasusForCausalLM(hf.PegasusConfig(**PAIR)), "decoder"),
    "blenderbot": (lambda: hf.BlenderbotForCausalLM(hf.BlenderbotConfig(**PAIR)), "decoder"),
    "plbart": (lambda: hf.PLBartForCausalLM(hf.PLBartConfig(**PAIR)), "decoder"),
    "whisper": (lambda: hf.WhisperForCausalLM(hf.WhisperConfig(**PAIR | _SOUND)), "decoder"),
    "bert": (lambda: hf.BertLMHeadModel(hf.BertConfig(**_DECODER)), "decoder"),
    "roberta": (lambda: hf.RobertaForCausalLM(hf.RobertaConfig(**_DECODER)), "decoder"),
    "bert generation": (
        lambda: hf.BertGenerationDecoder(hf.BertGenerationConfig(**_DECODER)),
        "decoder",
    ),
    "t5 encoder": (lambda: hf.T5EncoderModel(hf.T5Config(**_T5)), "encoder"),
    "encoder of bart": (lambda: hf.BartModel(hf.BartConfig(**PAIR)).get_encoder(), "encoder"),
    "decoder of bart": (lambda: hf.BartModel(hf.BartConfig(**PAIR)).get_decoder(), "decoder"),
    "encoder of t5": (lambda: hf.T5Model(hf.T5Config(**_T5)).get_encoder(), "encoder"),
}


@pytest.mark.parametrize("name", ALONE)
def test_a_part_alone(name: str) -> None:
    make, stack = ALONE[name]
    model = sharp(make())
    captured = capture(model, IDS)
    assert [(one.name, list(one.layers)) for one in captured.stacks] == [(stack, [0, 1])]
    assert captured.sequences[0].ids == tuple(IDS[0].tolist())
    own = run_eagerly(model, lambda other: other(input_ids=IDS, use_cache=False))
    assert largest_error(captured, own) <= 1e-5


@pytest.mark.parametrize("name", ["trocr", "prophetnet"])
def test_a_decoder_that_only_returns_weights(name: str) -> None:
    sizes = {f"num_{part}_{of}": 2 for part in ("encoder", "decoder") for of in ("layers",)}
    sizes |= {f"num_{part}_attention_heads": 4 for part in ("encoder", "decoder")}
    makes: dict[str, Callable[[], Any]] = {
        "trocr": lambda: hf.TrOCRForCausalLM(hf.TrOCRConfig(**PAIR)),
        "prophetnet": lambda: hf.ProphetNetForCausalLM(
            hf.ProphetNetConfig(vocab_size=99, hidden_size=32, pad_token_id=0, **sizes)
        ),
    }
    captured = capture(sharp(makes[name]()), IDS)
    assert [(one.name, list(one.layers)) for one in captured.stacks] == [("decoder", [0, 1])]
    assert captured.stacks[0].layers[0].weights.shape == (4, 8, 8)


def test_a_decoder_that_is_given_what_an_encoder_read() -> None:
    """As many states as tokens, of which nobody knows what they stand for."""
    model = sharp(hf.BartForCausalLM(hf.BartConfig(**PAIR)))
    given = {"input_ids": IDS, "encoder_hidden_states": numbers(1, 8, 32)}
    captured = capture(model, given)
    assert [one.name for one in captured.stacks] == ["decoder", "cross"]
    cross = captured.stacks[1]
    assert captured.sequences[cross.query_sequence].ids == tuple(IDS[0].tolist())
    assert captured.sequences[cross.key_sequence].tokens[:2] == (b"0", b"1")
    own = run_eagerly(model, lambda other: other(**given, use_cache=False))
    assert largest_error(captured, own) <= 1e-5


def test_a_decoder_alone_generates() -> None:
    config = hf.BartConfig(**PAIR | {"eos_token_id": None, "forced_eos_token_id": None})
    model = sharp(hf.BartForCausalLM(config))
    with watch_passes(model) as passes, torch.no_grad():
        returned = model.generate(IDS, max_new_tokens=4, do_sample=False)
    captured = passes.captures()[0]
    assert captured.sequences[0].ids == tuple(returned[0, :-1].tolist())
    assert captured.sequences[0].prompt == 8
    own = run_eagerly(model, lambda other: other(returned[:, :-1], use_cache=False))
    assert largest_error(captured, own) <= 1e-4
