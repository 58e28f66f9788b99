"""Where a needle stands in a prompt, by characters, bytes or token ids, or that it does not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import GPT2Config, GPT2LMHeadModel

from tb_attention import AttentionLogger
from tb_attention.record.capture import Capture, Span, TokenSequence
from tb_attention.record.needle import mark_needle, needle_of
from tests.attention.test_needle import direct
from tests.support.stores import store_of

TOKENS = (b"The", b" key", b" is", b" 4", b"2", b".", b" key", b" 4", b"2")
IDS = (3, 1, 4, 7, 5, 0, 1, 7, 5)


def marked(needle: str | list[int], **known: object) -> Capture:
    sequence = TokenSequence(TOKENS, ids=IDS, **{"prompt": 6, **known})  # type: ignore[arg-type]
    return mark_needle(Capture("m", (sequence,), ()), needle)


def test_by_bytes_characters_and_ids() -> None:
    text = b"".join(TOKENS).decode()
    ends = np.cumsum([len(token) for token in TOKENS]).tolist()
    where = {"text": text, "starts": (0, *ends[:-1]), "ends": tuple(ends)}
    for known in ({}, where):
        for needle, first, last in (("42", 3, 4), (" 42", 3, 4), ("key is", 1, 2), ("y", 1, 1)):
            assert marked(needle, **known).sequences[0].spans == (Span("needle", first, last),)
    assert marked([7, 5]).sequences[0].spans == (Span("needle", 3, 4),)
    found = needle_of(marked("42").sequences[0])
    assert found is not None and (found.first, found.last, found.prompt) == (3, 4, 6)


@pytest.mark.parametrize("needle", ["43", "", "2. key", [7, 6], []])
def test_a_needle_that_is_not_in_the_prompt_is_said(needle: str | list[int]) -> None:
    capture = marked(needle)
    assert capture.sequences[0].spans == ()
    assert "is not in the prompt: there is no retrieval score." in capture.notes[0]


def test_without_a_generation_there_is_none() -> None:
    assert "nothing was generated" in marked("42", prompt=None).notes[0]
    assert needle_of(TokenSequence(TOKENS, ids=IDS, spans=(Span("needle", 3, 4),))) is None


def test_a_logged_generation_has_its_retrieval(tmp_path: Path) -> None:
    """A model of few tokens that copies by chance, against its own eager attention."""
    torch.manual_seed(1)
    config = GPT2Config(n_layer=2, n_head=4, n_embd=32, n_positions=128, vocab_size=4)
    model = GPT2LMHeadModel(config).eval()
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if "c_attn" in name:
                weight.mul_(20)
    prompt = torch.randint(0, 4, (1, 12))
    needle = prompt[0, 2:7].tolist()
    with AttentionLogger(tmp_path, strict=True, float32=True) as logger:
        with logger.capture(model, tag="answer", step=0, needle=needle):
            written = model.generate(prompt, max_new_tokens=40, do_sample=True)
        with logger.capture(model, tag="without", step=0):
            model.generate(prompt, max_new_tokens=4, do_sample=False)
        with logger.capture(model, tag="absent", step=0, needle=[9]):
            model.generate(prompt, max_new_tokens=4, do_sample=False)
    store = store_of(tmp_path)
    message = store.message(store.find(".", "answer", 0))
    (span,) = message.sequences[0].spans
    assert span.name == "needle"
    model.set_attn_implementation("eager")
    fed = written[:, :-1]
    with torch.no_grad():
        attentions = model(fed, output_attentions=True).attentions
    found = needle_of(
        TokenSequence(
            (b"x",) * 51,
            ids=tuple(fed[0].tolist()),
            prompt=12,
            spans=(Span("needle", span.first, span.last),),
        )
    )
    assert found is not None
    table = store.head_metrics(store.steps(".", "answer"))
    measured = table.values[0, :, :, table.names.index("retrieval")]
    expected = [
        [direct(head.numpy(), fed[0].tolist(), found) for head in of[0]] for of in attentions
    ]
    np.testing.assert_allclose(measured, expected)
    assert measured.any()
    assert "retrieval" not in store.head_metrics(store.steps(".", "without")).names
    (note,) = store.message(store.find(".", "absent", 0)).notes
    assert (
        note == "The needle with the tokens [9] is not in the prompt: there is no retrieval score."
    )
