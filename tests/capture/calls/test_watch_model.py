"""A model that is watched computes what it did, and nothing of it is left replaced."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers.models.gpt2 import modeling_gpt2

from tb_attention.capture import capture, capture_attention
from tests.support.causal_models import (
    IDS,
    largest_difference,
    model_of,
    own_attentions,
    recomputed,
)


class Noisy(torch.nn.Module):
    """A model that is hard to leave as it was.

    It draws random numbers in evaluation mode too, keeps a table that it makes, and can be made to
    fail.
    """

    def __init__(self) -> None:
        super().__init__()
        self.fails = False
        self.table: torch.Tensor | None = None

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        if self.table is None:
            self.table = torch.ones(32, device=hidden.device)
        if self.fails:
            raise RuntimeError("out of luck")
        return (hidden + 0.1 * torch.rand_like(hidden)) * self.table


def state_of(model: Any) -> tuple[Any, ...]:
    """All that a forward pass could change, in comparable form."""
    return (
        [module.training for module in model.modules()],
        [parameter.requires_grad for parameter in model.parameters()],
        [
            parameter.grad if parameter.grad is None else parameter.grad.tolist()
            for parameter in model.parameters()
        ],
        [parameter.tolist() for parameter in model.parameters()],
        torch.get_rng_state().tolist(),
        model.config.to_json_string(),
        model.config._attn_implementation,
        torch.is_grad_enabled(),
        dict(modeling_gpt2.ALL_ATTENTION_FUNCTIONS.items()),
        modeling_gpt2.ALL_ATTENTION_FUNCTIONS._local_mapping.copy(),
        modeling_gpt2.eager_attention_forward,
        sorted(name for name in vars(model)),
    )


@pytest.mark.parametrize("fails", [False, True])
def test_the_model_is_left_as_it_was(fails: bool) -> None:
    model = model_of()
    model.transformer.h[1].eval()
    model.transformer.wte.requires_grad_(False)
    model(torch.tensor([IDS]), labels=torch.tensor([IDS])).loss.backward()
    noisy = model.transformer.h[0].mlp.extra = Noisy()
    handle = model.transformer.h[0].mlp.register_forward_hook(
        lambda module, args, output: noisy(output)
    )
    noisy.fails = fails
    before = state_of(model)
    if fails:
        with pytest.raises(RuntimeError, match="out of luck"):
            capture(model, IDS)
    else:
        capture(model, IDS)
    assert state_of(model) == before
    noisy.fails = False
    model(
        torch.tensor([IDS]), labels=torch.tensor([IDS])
    ).loss.backward()  # also what it kept can be trained with
    handle.remove()


def test_a_probe_inside_of_autocast_takes_no_gradient_away() -> None:
    def gradients(probe: bool) -> list[torch.Tensor]:
        model = model_of().eval()
        with torch.autocast("cpu", torch.bfloat16):
            if probe:
                assert capture(model, IDS).stacks[0].layers[0].query.dtype == torch.bfloat16
            model(torch.tensor([IDS]), labels=torch.tensor([IDS])).loss.backward()
        return [parameter.grad for parameter in model.parameters()]

    assert all(
        torch.equal(one, other)
        for one, other in zip(gradients(False), gradients(True), strict=True)
    )


def test_a_training_step_is_watched_once_and_not_changed() -> None:
    def step(watched: bool, checkpointing: bool) -> tuple[list[str], list[torch.Tensor]]:
        model = model_of()
        if checkpointing:
            # Named gradient_checkpointing_enable before transformers 5.
            getattr(model, "activation_checkpointing_enable", model.gradient_checkpointing_enable)()
        seen: list[str] = []
        torch.manual_seed(1)
        with (
            capture_attention(model, lambda call: seen.append(call.name))
            if watched
            else torch.enable_grad()
        ):
            model(torch.tensor([IDS]), labels=torch.tensor([IDS]), use_cache=False).loss.backward()
        return seen, [parameter.grad for parameter in model.parameters()]

    _, expected = step(watched=False, checkpointing=False)
    for checkpointing in (False, True):
        seen, gradients = step(watched=True, checkpointing=checkpointing)
        assert seen == ["transformer.h.0.attn", "transformer.h.1.attn"]
        assert all(torch.equal(one, other) for one, other in zip(gradients, expected, strict=True))


def test_nested_captures_of_two_models_of_one_class() -> None:
    first, second = model_of(), model_of(n_layer=1)
    outer: list[str] = []
    inner: list[str] = []
    registry = dict(modeling_gpt2.ALL_ATTENTION_FUNCTIONS.items())
    with capture_attention(first, lambda call: outer.append(call.name)):
        with (
            pytest.raises(ZeroDivisionError),
            capture_attention(second, lambda call: inner.append(call.name)),
        ):
            first(torch.tensor([IDS]))
            second(torch.tensor([IDS]))
            raise ZeroDivisionError
        first(torch.tensor([IDS]))
        second(torch.tensor([IDS]))
    first(torch.tensor([IDS]))
    assert outer == ["transformer.h.0.attn", "transformer.h.1.attn"] * 2
    assert inner == ["transformer.h.0.attn"]
    assert dict(modeling_gpt2.ALL_ATTENTION_FUNCTIONS.items()) == registry


def test_another_thread_is_not_watched() -> None:
    model = model_of()
    seen: list[str] = []
    with capture_attention(model, lambda call: seen.append(call.name)):
        thread = threading.Thread(target=lambda: model(torch.tensor([IDS])))
        thread.start()
        thread.join()
    assert seen == []


def test_a_compiled_model_is_captured_without_being_compiled_anew() -> None:
    graphs: list[Any] = []

    def backend(graph: Any, inputs: Any) -> Callable[..., Any]:
        graphs.append(graph)
        return graph.forward  # type: ignore[no-any-return]

    model = model_of().eval()
    inputs = torch.tensor([IDS])
    own = own_attentions(model_of())
    for block in model.transformer.h:
        block.compile(backend=backend)
    compiled = torch.compile(model, backend=backend)
    with torch.no_grad():
        for one in (model, compiled):
            expected = one(inputs, use_cache=False).logits
            number = len(graphs)
            assert number
            captured = capture(one, IDS)
            assert captured.stacks[0].layers[0].module == "transformer.h.0.attn"
            assert largest_difference(recomputed(captured), own) <= 1e-5
            assert torch.equal(one(inputs, use_cache=False).logits, expected)
            assert len(graphs) == number


@contextmanager
def process_group(directory: Path) -> Iterator[None]:
    torch.distributed.init_process_group(
        "gloo", init_method=f"file://{directory}/group", rank=0, world_size=1
    )
    try:
        yield
    finally:
        torch.distributed.destroy_process_group()


def test_distributed_models(tmp_path: Path) -> None:
    expected = recomputed(capture(model_of(), IDS))
    with process_group(tmp_path):
        parallel = torch.nn.parallel.DistributedDataParallel(model_of())
        captured = capture(parallel, IDS)
        assert captured.stacks[0].layers[1].module == "transformer.h.1.attn"
        assert largest_difference(recomputed(captured), expected) == 0
        sharded = model_of()
        mesh = torch.distributed.device_mesh.init_device_mesh("cpu", (1,))
        for block in sharded.transformer.h:
            torch.distributed.fsdp.fully_shard(block, mesh=mesh)
        torch.distributed.fsdp.fully_shard(sharded, mesh=mesh)
        captured = capture(sharded, IDS)
        assert captured.stacks[0].layers[1].module == "transformer.h.1.attn"
        assert largest_difference(recomputed(captured), expected) <= 1e-6
        sharded(torch.tensor([IDS]), labels=torch.tensor([IDS])).loss.backward()
