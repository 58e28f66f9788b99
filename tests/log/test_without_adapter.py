"""A model that is logged without its adapter too: what it is then, and that it is as before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import peft
import pytest
import torch

from tb_attention import AttentionLogger
from tb_attention.answers.change import begin_change
from tb_attention.answers.weights import answer_weights
from tb_attention.capture import capture
from tb_attention.errors import InvalidInput
from tb_attention.log.size import capture_bytes
from tb_attention.store.store import Store
from tests.support.logged import IDS, captures_in, gpt2, warnings_in

# What PEFT asks of a model of transformers.
pytestmark = pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing.*:FutureWarning")

RUN, WITHOUT = "run", "run/without-adapter"


def adapted(trained: bool, **options: Any) -> Any:
    """A GPT-2 with LoRA in its queries, keys and values; B is 0 until it is trained."""
    model = peft.get_peft_model(
        gpt2(), peft.LoraConfig(target_modules=["c_attn"], fan_in_fan_out=True, **options)
    )
    if trained:
        for name, parameter in model.named_parameters():
            if "lora_B" in name:
                torch.nn.init.normal_(parameter, std=0.5)
    return model


def logged(directory: Path, model: Any) -> Store:
    with AttentionLogger(directory / RUN, strict=True, without_adapter=True) as logger:
        for step in (0, 10):
            logger.log(model, IDS, tag="probe", step=step, effects=step == 10)
    assert logger.bytes == 4 * capture_bytes(gpt2(), len(IDS))
    return Store.open(str(directory))


def distances(store: Store) -> np.ndarray:
    """Between the two runs at step 10, of each layer and head."""
    one, other = (store.find(run, "probe", 10) for run in (RUN, WITHOUT))
    change = begin_change(store, one, other)
    list(change.work)
    return np.asarray(change.value.arrays["distance"])


def test_an_adapter_that_is_not_trained_changes_nothing_at_all(tmp_path: Path) -> None:
    store = logged(tmp_path, adapted(trained=False))
    assert {run: list(tags["probe"]) for run, tags in store.snapshot.runs.items()} == {
        RUN: [0, 10],
        WITHOUT: [0, 10],
    }
    for layer in (0, 1):
        one, other = (
            answer_weights(store, store.find(run, "probe", 10), None, layer, None).arrays["weights"]
            for run in (RUN, WITHOUT)
        )
        assert np.abs(one - other).max() == 0
    assert distances(store).max() < 1e-4, "what float32 makes of a divergence of 0"
    with_it, without = (captures_in(tmp_path / run)[1] for run in (RUN, WITHOUT))
    assert with_it[3].keys() == without[3].keys()
    for name, tensor in with_it[3].items():
        assert tensor.tobytes() == without[3][name].tobytes(), name
    assert with_it[2].effects[0].value == without[2].effects[0].value


def test_what_a_trained_adapter_does_is_seen(tmp_path: Path) -> None:
    model = adapted(trained=True)
    store = logged(tmp_path, model)
    assert (distances(store) > 0.01).all()
    base = capture(gpt2(), IDS)
    for layer in (0, 1):
        stored = store.layer(store.find(WITHOUT, "probe", 10), None, layer)
        np.testing.assert_allclose(stored.query, base.stacks[0].layers[layer].query, atol=2e-3)
    losses = [store.output_numbers(store.steps(run, "probe"))[1][0].value for run in (RUN, WITHOUT)]
    with torch.no_grad():
        own = float(gpt2().eval()(torch.tensor([IDS]), labels=torch.tensor([IDS])).loss)
    assert losses[1] == pytest.approx(own, abs=1e-5)
    assert abs(losses[0] - own) > 1e-3


def state(model: Any) -> list[Any]:
    """What PEFT and torch know of the adapter."""
    layers = [module for module in model.modules() if hasattr(module, "_disable_adapters")]
    assert layers
    return [
        [(name, each.requires_grad, each.clone()) for name, each in model.named_parameters()],
        [(each._disable_adapters, each.active_adapters) for each in layers],
        [getattr(each, "merged_adapters", None) for each in layers],
        [each.training for each in model.modules()],
    ]


@pytest.mark.parametrize("way", ["trained", "frozen", "disabled", "two", "modules_to_save"])
def test_the_adapter_is_as_before(tmp_path: Path, way: str) -> None:
    more = {"modules_to_save": ["ln_f"]} if way == "modules_to_save" else {}
    model = adapted(trained=True, inference_mode=way == "frozen", **more)
    if way == "two":
        model.add_adapter("other", peft.LoraConfig(target_modules=["c_attn"], fan_in_fan_out=True))
        model.set_adapter("other")
    if way == "disabled":
        model.base_model.disable_adapter_layers()
    before = state(model)
    with AttentionLogger(tmp_path, strict=True, without_adapter=True) as logger:
        logger.log(model, IDS, tag="probe", step=0)
    for one, other in zip(before, state(model), strict=True):
        for a, b in zip(one, other, strict=True):
            if isinstance(a, tuple) and isinstance(a[-1], torch.Tensor):
                assert a[:-1] == b[:-1] and torch.equal(a[-1], b[-1])
            else:
                assert a == b


def test_it_is_as_before_where_the_model_fails(tmp_path: Path) -> None:
    model = adapted(trained=True)
    calls = []

    def second(*_: Any) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("no memory")

    model.base_model.model.transformer.h[1].register_forward_hook(second)
    before = state(model)
    with AttentionLogger(tmp_path, without_adapter=True) as logger:
        logger.log(model, IDS, tag="probe", step=0)
    assert (logger.lost, len(captures_in(tmp_path))) == (1, 1)
    assert state(model)[1] == before[1]


def test_a_model_without_an_adapter_is_a_sentence(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with AttentionLogger(tmp_path) as logger:
        for step in (0, 1):
            logger.log(gpt2(), IDS, tag="probe", step=step, without_adapter=True)
    assert warnings_in(caplog)[0] == (
        "'probe without adapter' is not logged: the model has no adapter of PEFT that can be "
        "disabled: leave without_adapter out."
    )
    assert len(captures_in(tmp_path)) == 2
    assert not (tmp_path / "without-adapter").exists()


def test_a_merged_adapter_is_a_sentence(tmp_path: Path) -> None:
    model = adapted(trained=True)
    model.merge_adapter()
    before = state(model)
    with AttentionLogger(tmp_path, strict=True, without_adapter=True) as logger:
        with pytest.raises(InvalidInput, match=r"merged .* call unmerge_adapter\(\) before"):
            logger.log(model, IDS, tag="probe", step=0)
    assert len(captures_in(tmp_path)) == 1
    assert state(model)[2] == before[2]
