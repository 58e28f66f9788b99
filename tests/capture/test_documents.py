"""Documents that are packed into one row: what tells them apart, and that a leak is found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
import transformers

from tb_attention import AttentionLogger
from tb_attention.store.store import Store
from tests.support.planted import findings

IDS = torch.arange(5, 14)[None]
POSITIONS = torch.tensor([[0, 1, 2, 3, 0, 1, 2, 0, 1]])
DOCUMENTS = [0, 0, 0, 0, 1, 1, 1, 2, 2]


@pytest.fixture(scope="module")
def model() -> Any:
    torch.manual_seed(0)
    config = transformers.LlamaConfig(
        vocab_size=99,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        intermediate_size=48,
        pad_token_id=0,
        eos_token_id=None,
    )
    return transformers.LlamaForCausalLM(config).eval()


def logged(directory: Path, model: Any, **given: Any) -> tuple[list[int], list[str]]:
    """The documents that were logged, and the sentences about leaks."""
    with AttentionLogger(directory, strict=True) as logger, torch.no_grad():
        with logger.capture(model, tag="probe", step=0):
            model(**given, use_cache=False)
    store = Store.open(str(directory))
    documents = list(store.message(store.find(".", "probe", 0)).sequences[0].documents)
    leaks = [one["sentence"] for one in findings(directory) if one["kind"] == "leak"]
    return documents, leaks


def test_positions_that_begin_again(tmp_path: Path, model: Any) -> None:
    """transformers masks them by itself, so that nothing leaks."""
    assert logged(tmp_path, model, input_ids=IDS, position_ids=POSITIONS) == (DOCUMENTS, [])


def test_a_mask_that_lets_them_see_each_other(tmp_path: Path, model: Any) -> None:
    """As where a data collator hands a mask of ones of four axes beside the positions."""
    mask = torch.ones(1, 1, 9, 9).tril().bool()
    documents, leaks = logged(
        tmp_path, model, input_ids=IDS, position_ids=POSITIONS, attention_mask=mask
    )
    assert documents == DOCUMENTS
    assert len(leaks) == 1 and " and 2 more pairs of documents" in leaks[0]


def test_one_document(tmp_path: Path, model: Any) -> None:
    plain = torch.arange(9)[None]
    assert logged(tmp_path / "plain", model, input_ids=IDS, position_ids=plain) == ([], [])
    # Padding on the left begins at 0 too, and is cut off.
    padded = torch.tensor([[0, 0, 0, 1, 2, 3, 4, 5, 6]])
    mask = torch.tensor([[0, 0, 1, 1, 1, 1, 1, 1, 1]])
    given = {"input_ids": IDS, "position_ids": padded, "attention_mask": mask}
    assert logged(tmp_path / "padded", model, **given) == ([], [])
