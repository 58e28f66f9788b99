"""Logs for the head view, and a page on them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
import torch
import transformers
from tokenizers import processors

from tb_attention import AttentionLogger
from tb_attention.capture import sequence_of
from tests.support.board import tensorboard
from tests.support.head_view import PAIR, TEXT, Logged, eager
from tests.support.pages import checked_page, tab_url
from tests.support.tokenizers import byte_level, wordpiece

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="session")
def logged(tmp_path_factory: pytest.TempPathFactory) -> Logged:
    logdir = tmp_path_factory.mktemp("logs")
    transformers.set_seed(0)
    tokenizer, pieces = byte_level(), wordpiece()
    pieces.backend_tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 1), ("[SEP]", 2)],
    )
    wide = {
        "vocab_size": len(tokenizer),
        "bos_token_id": 0,
        "eos_token_id": 0,
        "initializer_range": 0.25,
    }
    gpt = transformers.GPT2LMHeadModel(
        transformers.GPT2Config(n_positions=64, n_embd=96, n_layer=2, n_head=12, **wide)
    ).eval()
    bert = transformers.BertModel(
        transformers.BertConfig(
            vocab_size=len(pieces),
            hidden_size=32,
            num_hidden_layers=2,
            num_attention_heads=4,
            intermediate_size=32,
            initializer_range=0.4,
        )
    ).eval()
    t5 = transformers.T5ForConditionalGeneration(
        transformers.T5Config(
            vocab_size=len(tokenizer),
            d_model=32,
            d_kv=8,
            d_ff=32,
            num_layers=1,
            num_decoder_layers=2,
            num_heads=4,
            decoder_start_token_id=0,
        )
    ).eval()
    with AttentionLogger(logdir / "run", strict=True) as logger:
        for step in (0, 5):
            logger.log(gpt, TEXT, tag="text", step=step, tokenizer=tokenizer)
        logger.log(bert, PAIR, tag="pair", step=0, tokenizer=pieces)
        asked, smile = (tokenizer(text)["input_ids"] for text in ("the doctor asked", "a smile"))
        logger.log(t5, asked, tag="both", step=0, tokenizer=tokenizer, decoder=smile)
    for model in (gpt, bert, t5):
        model.set_attn_implementation("eager")
    with torch.no_grad():
        ids = tokenizer(TEXT, return_tensors="pt")["input_ids"]
        of_gpt = gpt(ids, output_attentions=True).attentions
        of_bert = bert(**pieces(*PAIR, return_tensors="pt"), output_attentions=True).attentions
        of_t5 = t5(
            input_ids=torch.tensor([asked]),
            decoder_input_ids=torch.tensor([smile]),
            output_attentions=True,
        ).cross_attentions
    return Logged(
        logdir, eager(of_gpt), eager(of_bert), eager(of_t5), sequence_of(TEXT, tokenizer).tokens
    )


@pytest.fixture(scope="module")
def page(
    logged: Logged, chromium: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Page]:
    """One page for all tests of a module, on which no text of a token runs."""
    with (
        tensorboard(tmp_path_factory.mktemp("board"), f"--logdir={logged.logdir}") as address,
        checked_page(chromium, 1400, 900) as page,
    ):
        page.goto(tab_url(address, view="head"))
        yield page
