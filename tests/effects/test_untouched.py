"""Trainings in which effects are measured are bit for bit those in which nothing is."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from typing import Any

import pytest
import torch
from peft import LoraConfig, get_peft_model
from torch import distributed, nn
from torch.utils.checkpoint import checkpoint

from tb_attention.capture import capture
from tb_attention.effects.measure import measure_effects
from tb_attention.effects.options import Effects
from tb_attention.log.logger import AttentionLogger
from tb_attention.record.capture import Capture
from tests.support.cut_heads import cut, large
from tests.support.device import DEVICE
from tests.support.models import gpt2
from tests.support.torch_models import Block, Heads, Small

# Of transformers 5, whose older names transformers 4 needs.
pytestmark = [
    pytest.mark.filterwarnings("ignore:.*gradient_checkpointing:FutureWarning"),
    pytest.mark.filterwarnings("ignore:None of the inputs have requires_grad:UserWarning"),
]

IDS = [5, 3, 8, 5, 3, 9, 10, 4, 7, 5, 3, 8]
STEPS = 3


class Checkpointed(nn.Module):
    """A block that is computed again in the backward pass."""

    def __init__(self, reentrant: bool) -> None:
        super().__init__()
        self.block, self.reentrant = Block(Heads()), reentrant

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return checkpoint(self.block, x, use_reentrant=self.reentrant)


def plain(**options: Any) -> Any:
    return large(gpt2(**options)).train()


def checkpointed() -> Any:
    model = plain()
    model.gradient_checkpointing_enable()
    return model


def lora() -> Any:
    config = LoraConfig(r=2, target_modules=["c_attn", "c_proj"], fan_in_fan_out=True)
    return get_peft_model(plain(), config)


def frozen() -> Any:
    model = plain()
    for parameter in model.transformer.h[0].parameters():
        parameter.requires_grad = False
    return model


def own(layer: Callable[[], nn.Module]) -> Any:
    return large(Small(layer(), layer())).train()


def hooked() -> Any:
    """With a hook on the gradients of a module, which must not see ours."""
    model = plain()
    model.seen = 0

    def sees(*_: Any) -> None:
        model.seen += 1

    model.transformer.h[1].register_full_backward_hook(sees)
    return model


@contextmanager
def alone() -> Iterator[None]:
    """A group of one process."""
    with tempfile.NamedTemporaryFile() as file:
        distributed.init_process_group(
            "gloo", init_method=f"file://{file.name}", rank=0, world_size=1
        )
        try:
            yield
        finally:
            distributed.destroy_process_group()


MODELS: dict[str, Callable[[], Any]] = {
    "sdpa": plain,
    "eager": lambda: plain(attn_implementation="eager"),
    "gradient checkpointing": checkpointed,
    "checkpoints of torch": lambda: own(lambda: Checkpointed(False)),
    "reentrant checkpoints of torch": lambda: own(lambda: Checkpointed(True)),
    "LoRA": lora,
    "frozen layers": frozen,
    "bfloat16": lambda: plain().bfloat16(),
    "compiled": lambda: torch.compile(plain(), backend="eager"),
    "hooks of gradients": hooked,
    "DDP": lambda: nn.parallel.DistributedDataParallel(plain().to(DEVICE)),
}


def trained(make: Callable[[], Any], measures: bool, autocast: bool = False) -> tuple[Any, ...]:
    """Weights, losses, random numbers and what was found of a few steps."""
    torch.manual_seed(7)
    model = make().to(DEVICE)
    inner = model
    optimizer = torch.optim.AdamW([one for one in model.parameters() if one.requires_grad], 1e-2)
    ids, losses, found = torch.tensor([IDS] * 2, device=DEVICE), [], []
    for _ in range(STEPS):
        with torch.autocast(DEVICE.type, torch.bfloat16) if autocast else nullcontext():
            output = model(ids)
            logits = output if isinstance(output, torch.Tensor) else output.logits
            loss = nn.functional.cross_entropy(
                logits[:, :-1].flatten(0, 1).float(), ids[:, 1:].flatten()
            )
            loss.backward()
            if measures:  # between the backward pass and the step, where gradients are
                found.append(effects_of(model))
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    state = {name: one.detach().clone() for name, one in inner.state_dict().items()}
    modes = [module.training for module in inner.modules()]
    learns = [one.requires_grad for one in inner.parameters()]
    return state, losses, torch.rand(3), modes, learns, getattr(model, "seen", 0), found


def effects_of(model: Any, **options: Any) -> Capture:
    captured = capture(model, IDS)
    return measure_effects(
        model, IDS, capture=captured, effects=Effects(**{"heads": 2, "controls": 1, **options})
    )


def check(make: Callable[[], Any], autocast: bool = False) -> list[Capture]:
    before, after = (trained(make, measures, autocast) for measures in (False, True))
    for name, one in before[0].items():
        assert torch.equal(one, after[0][name]), name
    assert before[1:2] + before[3:6] == after[1:2] + after[3:6]
    assert torch.equal(before[2], after[2])
    for one in after[6]:
        assert one.notes == ()
        (effect,) = one.effects
        assert len(effect.estimate) == len(effect.exact) == 2
        assert all(abs(values).max() > 0 for values in effect.estimate.values())
    return after[6]


@pytest.mark.parametrize("name", MODELS)
def test_a_training_stays_as_it_was(name: str) -> None:
    with alone() if name == "DDP" else nullcontext():
        check(MODELS[name])


@pytest.mark.parametrize("name", ["sdpa", "LoRA", "gradient checkpointing"])
def test_a_training_under_autocast_stays_as_it_was(name: str) -> None:
    check(MODELS[name], autocast=True)


def test_wrappers_change_nothing_of_what_is_found() -> None:
    expected = check(MODELS["sdpa"])
    for name in ("gradient checkpointing", "compiled", "hooks of gradients"):
        for one, other in zip(check(MODELS[name]), expected, strict=True):
            same(one, other)


def same(one: Capture, other: Capture) -> None:
    (mine,), (others,) = one.effects, other.effects
    for row, values in mine.exact.items():
        torch.testing.assert_close(values, others.exact[row], equal_nan=True)
        torch.testing.assert_close(mine.estimate[row], others.estimate[row])


@pytest.mark.parametrize("context", [torch.no_grad, torch.inference_mode])
def test_where_the_caller_has_no_gradients(context: Callable[[], Any]) -> None:
    model = large(gpt2()).to(DEVICE)
    expected = effects_of(model)
    with context():
        found = effects_of(model)
        assert not torch.is_grad_enabled()
    same(found, expected)


def test_a_model_that_was_made_in_inference_mode_has_no_estimates() -> None:
    with torch.inference_mode():
        model = large(gpt2()).to(DEVICE)
    found = effects_of(model, exact="all")
    (effect,) = found.effects
    assert (effect.estimate, len(effect.exact)) == ({}, 2)
    assert any("not estimated" in note for note in found.notes)


def test_a_frozen_model_has_estimates() -> None:
    model = large(gpt2()).requires_grad_(False).to(DEVICE)
    same(effects_of(model), effects_of(large(gpt2()).to(DEVICE)))
    assert not any(one.requires_grad for one in model.parameters())


def test_no_parameter_gets_a_gradient() -> None:
    model = large(gpt2()).to(DEVICE)
    effects_of(model)
    assert all(one.grad is None for one in model.parameters())


def test_whoever_waits_for_a_pass_of_the_training_does_not_get_ours(tmp_path: Any) -> None:
    model = plain().to(DEVICE)
    with AttentionLogger(tmp_path, strict=True) as logger:
        logger.capture_next(model, tag="batch", step=0)
        effects_of(model)
        assert logger.bytes == 0
        model(torch.tensor([IDS] * 3, device=DEVICE)).logits.sum().backward()
        assert logger.bytes > 0


def test_a_head_without_output_has_no_effect_in_half_precision() -> None:
    model = cut(large(gpt2()), "transformer.h.0.attn.c_proj", 2, 1).bfloat16().to(DEVICE)
    exact = effects_of(model, exact="all").effects[0].exact
    assert exact["decoder", 0][1] == 0
    assert exact["decoder", 0][0] != 0


def test_parameters_that_are_spread_over_processes() -> None:
    model = large(gpt2()).to(DEVICE)
    captured = capture(model, IDS)
    next(model.parameters()).ds_id = 0
    found = measure_effects(model, IDS, capture=captured, effects=Effects())
    assert found.effects == ()
    assert "spread over processes" in found.notes[-1]


def test_a_pass_of_another_thread_is_not_cut() -> None:
    model = large(gpt2()).to(DEVICE)
    ids, stop = torch.tensor([IDS], device=DEVICE), threading.Event()
    with torch.no_grad():
        expected = model(ids).logits

    def runs() -> list[bool]:
        same = []
        with torch.no_grad():
            while not stop.is_set():
                same.append(torch.equal(model(ids).logits, expected))
        return same

    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(runs)
        found = effects_of(model, exact="all")
        stop.set()
        assert all(other.result())
    assert found.notes == ()
