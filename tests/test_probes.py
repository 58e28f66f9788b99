"""Probes as a user may write them, and the built-in one on real models and tokenizers."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from tokenizers import Tokenizer, models
from transformers import (
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
)

from tb_attention import AttentionCallback, Repeated
from tb_attention.attention.head_metrics import METRIC_NAMES
from tb_attention.attention.measure import measure
from tb_attention.capture import capture
from tb_attention.cli.probes import read_probes
from tb_attention.errors import InvalidInput
from tb_attention.integrations.training import TrainingLog
from tb_attention.record.probes import probes_of
from tb_attention.store.index import Index
from tb_attention.store.logdir import Root
from tb_attention.store.store import Store

WORDS = ["<s>", "<pad>", "<extra>", *(f"w{number}" for number in range(97))]


def gpt2(positions: int = 64, vocabulary: int = 128, **options: Any) -> GPT2LMHeadModel:
    sizes = {"n_embd": 16, "n_layer": 1, "n_head": 2, "bos_token_id": None, "eos_token_id": None}
    return GPT2LMHeadModel(
        GPT2Config(n_positions=positions, vocab_size=vocabulary, **{**sizes, **options})
    )


def tokenizer(**special: str) -> PreTrainedTokenizerFast:
    words = Tokenizer(
        models.WordLevel({word: number for number, word in enumerate(WORDS)}, unk_token="w0")
    )
    return PreTrainedTokenizerFast(tokenizer_object=words, **special)


def ids_of(model: Any, tokenizer: Any = None, probe: Repeated | None = None) -> tuple[int, ...]:
    return capture(model, probe or Repeated(), tokenizer).sequences[0].ids


def test_a_list_is_texts_tagged_texts_and_the_repeated_probe() -> None:
    probes = probes_of(
        [
            "The doctor asked. She",
            ("other", "The nurse"),
            "repeated",
            ("a-word", "repeated"),
            ("ids", [1, 2]),
        ]
    )
    assert probes == {
        "the-doctor-asked-she": "The doctor asked. She", "other": "The nurse", "repeated": Repeated(), "a-word": "repeated", "ids": [1, 2],
    }  # fmt: skip
    assert probes_of([Repeated(tokens=5)]) == {"repeated": Repeated(tokens=5)}


def test_in_a_mapping_repeated_is_a_text_like_any_other() -> None:
    assert probes_of({"word": "repeated", "probe": Repeated(seed=1)}) == {
        "word": "repeated",
        "probe": Repeated(seed=1),
    }


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("The doctor", "give a dict of tags and texts, or a list of texts"),
        (Repeated(), "give a dict of tags and texts, or a list of texts"),
        (3, "give a dict of tags and texts, or a list of texts"),
        (["same", "same"], "the tag same is there twice"),
        (["repeated", "repeated"], "the tag repeated is there twice"),
        ([("a", "b", "c")], r'a text, \(tag, text\), or "repeated"'),
        ([[1, 2]], r'a text, \(tag, text\), or "repeated"'),
    ],
)
def test_what_is_no_probe(given: Any, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        probes_of(given)


def test_random_tokens_come_twice_behind_the_first_token_of_the_tokenizer() -> None:
    ids = ids_of(
        gpt2(positions=100),
        tokenizer(bos_token="<s>", pad_token="<pad>", additional_special_tokens=["<extra>"]),
    )
    assert (len(ids), ids[0]) == (65, 0)
    assert ids[1:33] == ids[33:]
    assert len(set(ids[1:33])) == 32
    assert set(ids[1:]) <= set(range(3, 100)), (
        "of the model's 128 ids the tokenizer knows 100, and 3 of these are special"
    )
    assert ids == ids_of(
        gpt2(positions=100),
        tokenizer(bos_token="<s>", pad_token="<pad>", additional_special_tokens=["<extra>"]),
    )


def test_without_a_tokenizer_the_config_says_what_is_special() -> None:
    ids = ids_of(gpt2(positions=20, vocabulary=12, eos_token_id=7, bos_token_id=7))
    assert len(ids) == 20
    assert ids[:10] == ids[10:]
    assert 7 not in ids


@pytest.mark.parametrize(
    ("positions", "vocabulary", "expected"), [(21, 100, 20), (64, 10, 20), (1024, 5000, 64)]
)
def test_the_length_fits_the_model(positions: int, vocabulary: int, expected: int) -> None:
    assert len(ids_of(gpt2(positions, vocabulary))) == expected


def test_rotary_models_have_no_end_and_other_seeds_give_other_tokens() -> None:
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=90, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16, max_position_embeddings=8,
            bos_token_id=1, eos_token_id=[2, 3],
        )
    )  # fmt: skip
    ids = ids_of(model)
    assert len(ids) == 64
    assert not {1, 2, 3} & set(ids)
    assert ids_of(model, probe=Repeated(seed=1)) != ids
    assert len(ids_of(model, probe=Repeated(tokens=5))) == 10


def test_a_plain_torch_model_needs_to_say_its_vocabulary() -> None:
    class Plain(torch.nn.Module):
        def __init__(self, config: Any) -> None:
            super().__init__()
            self.config, self.embedding = config, torch.nn.Embedding(30, 8)

        def forward(self, ids: torch.Tensor) -> torch.Tensor:
            x = self.embedding(ids)[:, None]
            return torch.nn.functional.scaled_dot_product_attention(x, x, x, is_causal=True)

    assert len(ids_of(Plain(SimpleNamespace(vocab_size=30, block_size=16)))) == 16
    with pytest.raises(InvalidInput, match="give a tokenizer, or token ids"):
        ids_of(Plain(SimpleNamespace()))


def test_no_room() -> None:
    with pytest.raises(
        InvalidInput, match="has 9 tokens twice, and this model has room for 2 to 8"
    ):
        ids_of(gpt2(16), probe=Repeated(tokens=9))
    with pytest.raises(InvalidInput, match="room for 2 to 1"):
        ids_of(gpt2(3))


def test_induction_is_defined_on_it() -> None:
    captured = capture(gpt2(), Repeated())
    layer = captured.stacks[0].layers[0]
    measured, _ = measure(layer, captured.sequences[0].ids)
    scores = measured[:, [METRIC_NAMES.index("induction"), METRIC_NAMES.index("duplicate_token")]]
    assert ((scores > 0) & (scores < 0.2)).all(), "an untrained head looks everywhere"


def test_the_callback_takes_a_list_and_refuses_what_is_no_probe() -> None:
    AttentionCallback(["A text", "repeated"])
    with pytest.raises(InvalidInput, match="the tag repeated is there twice"):
        AttentionCallback(["repeated", Repeated()])


def test_a_training_logs_it_at_every_step_with_the_same_tokens(tmp_path: Path) -> None:
    log = TrainingLog(["w1 w2 w3", "repeated"], 1, (), tokenizer(bos_token="<s>"), {"strict": True})
    model = gpt2()
    log.begin_step(0, model, lambda: tmp_path)
    log.end(1, model, lambda: tmp_path)
    log.close()
    index = Index([Root(str(tmp_path))])
    index.refresh()
    store = Store(index)
    found = {tag: store.steps(".", tag) for tag in index.snapshot.runs["."]}
    assert {tag: list(steps) for tag, steps in found.items()} == {
        "repeated": [0, 1],
        "w1-w2-w3": [0, 1],
    }
    before, after = (
        [*store.message(location).sequences[0].ids] for location in found["repeated"].values()
    )
    assert before == after
    assert before[1:32] == before[32:], (
        "31 tokens fit twice, with the first token, into 64 positions"
    )


def test_a_line_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "probes.txt"
    path.write_text("doctor: The doctor asked.\nrepeated\nword: repeated\n")
    assert read_probes(path) == {
        "doctor": "The doctor asked.",
        "repeated": Repeated(),
        "word": "repeated",
    }
