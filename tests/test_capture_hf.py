"""Captures of Hugging Face models, against the attentions that the same models give themselves in eager evaluation mode."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import transformers
from hypothesis import given
from hypothesis import strategies as st
from tensorboard.util import tensor_util
from torch.nn.attention.flex_attention import create_block_mask
from transformers.models.gpt2 import modeling_gpt2

from tb_attention.attention import softmax
from tb_attention.capture import AttentionCall, capture, capture_attention
from tb_attention.capture.masks import Masks
from tb_attention.errors import InvalidInput, NoAttention
from tb_attention.record import summary
from tb_attention.record.capture import Capture

torch.set_num_threads(1)

IDS = torch.randint(3, 99, (20,), generator=torch.Generator().manual_seed(0)).tolist()
SMALL = {
    "vocab_size": 99,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 64,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "pad_token_id": 0,
}
GPT2 = {
    "n_layer": 2,
    "n_embd": 32,
    "n_head": 4,
    "vocab_size": 99,
    "n_positions": 64,
    "bos_token_id": 1,
    "eos_token_id": 2,
}
MODELS: dict[str, dict[str, Any]] = {
    "GPT2Config": GPT2,
    "LlamaConfig": SMALL,
    "MistralConfig": SMALL | {"sliding_window": 8},
    "Gemma2Config": SMALL
    | {
        "head_dim": 8,
        "sliding_window": 8,
        "attn_logit_softcapping": 5.0,
        "query_pre_attn_scalar": 8,
    },
    "GptOssConfig": SMALL
    | {"head_dim": 8, "sliding_window": 8, "num_local_experts": 2, "num_experts_per_tok": 1},
    "Llama4TextConfig": SMALL
    | {
        "head_dim": 8,
        "attention_chunk_size": 8,
        "num_local_experts": 2,
        "intermediate_size_mlp": 48,
        "no_rope_layers": [1, 0],
    },
    "GraniteConfig": SMALL | {"attention_multiplier": 0.3},
}
HAS_SDPA = [name for name in MODELS if name not in ("Gemma2Config", "GptOssConfig")]


def model_of(name: str = "GPT2Config", implementation: str = "sdpa", **options: Any) -> Any:
    """A tiny random model whose attention is not flat."""
    torch.manual_seed(0)
    config = getattr(transformers, name)(
        **MODELS[name] | options, attn_implementation=implementation
    )
    model = transformers.AutoModelForCausalLM.from_config(config)
    for parameter in model.parameters():
        if parameter.ndim > 1:
            parameter.data.normal_(0, 0.25)
    return model.train()


def own_attentions(model: Any, ids: list[int] = IDS) -> list[np.ndarray[Any, Any]]:
    """[heads, queries, keys] of every layer, as the model itself gives them."""
    model.eval()
    model.set_attn_implementation("eager")
    with torch.no_grad():
        attentions = model(torch.tensor([ids]), output_attentions=True, use_cache=False).attentions
    return [attention[0].float().numpy() for attention in attentions]


def recomputed(captured: Capture) -> list[np.ndarray[Any, Any]]:
    return [
        np.asarray(softmax.weights(layer)) for _, layer in sorted(captured.stacks[0].layers.items())
    ]


def largest_difference(first: list[Any], second: list[Any]) -> float:
    return max(float(np.abs(one - other).max()) for one, other in zip(first, second, strict=True))


@pytest.mark.parametrize(
    ("name", "implementation"),
    [(name, "sdpa") for name in HAS_SDPA] + [(name, "eager") for name in MODELS],
)
def test_recomputed_weights_are_the_models_own(name: str, implementation: str) -> None:
    model = model_of(name, implementation)
    captured = capture(model, IDS)
    own = own_attentions(model)
    assert captured.stacks[0].name == "decoder"
    assert captured.sequences[0].ids == tuple(IDS)
    assert max(weights.max(axis=2).mean() for weights in own) > 0.3, (
        "flat attention would prove nothing"
    )
    assert largest_difference(recomputed(captured), own) <= 1e-5


@pytest.mark.parametrize("name", MODELS)
def test_recomputed_weights_through_the_float16_store(name: str) -> None:
    model = model_of(name, "sdpa" if name in HAS_SDPA else "eager")
    events = list(
        summary.capture_events(capture(model, IDS), tag="probe", step=0, wall_time=0, session="s")
    )
    tensors = {
        value.tag: tensor_util.make_ndarray(value.tensor)
        for event in events
        for value in event.summary.value
    }
    stack = summary.parse_plugin_data(
        events[-1].summary.value[0].metadata.plugin_data.content
    ).capture.stacks[0]
    layers = [
        summary.read_layer("probe", stack, layer, tensors.__getitem__) for layer in stack.layers
    ]
    assert tensors["probe/decoder/0/query"].dtype == np.float16
    assert (
        largest_difference([softmax.weights(layer) for layer in layers], own_attentions(model))
        <= 2e-3
    )


def test_what_is_said_of_the_layers() -> None:
    layers = capture(model_of("Llama4TextConfig"), IDS).stacks[0].layers
    assert (layers[0].heads, layers[0].key_heads, layers[0].module) == (
        4,
        2,
        "model.layers.0.self_attn",
    )
    assert [layer.rotary for layer in layers.values()] == [True, False]
    assert [layer.mask is None for layer in layers.values()] == [False, True], (
        "chunks are a mask, plain causality is not"
    )
    assert all(layer.causal for layer in layers.values())
    assert capture(model_of(), IDS).model == "GPT2LMHeadModel"


def test_one_mask_for_the_layers_that_share_it() -> None:
    for implementation in ("sdpa", "eager"):
        layers = capture(model_of("MistralConfig", implementation), IDS).stacks[0].layers
        assert layers[0].mask is layers[1].mask
        i, j = np.indices((20, 20))
        np.testing.assert_array_equal(layers[0].mask[0], (j <= i) & (i - j < 8))


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.bfloat16, 3e-2), (torch.float16, 4e-3)])
def test_models_in_half_precision(dtype: torch.dtype, tolerance: float) -> None:
    model = model_of().to(dtype)
    captured = capture(model, IDS)
    assert captured.stacks[0].layers[0].query.dtype == dtype
    assert largest_difference(recomputed(captured), own_attentions(model)) <= tolerance


def test_layers_can_be_chosen() -> None:
    model = model_of()
    assert list(capture(model, IDS, layers=[1]).stacks[0].layers) == [1]
    with pytest.raises(InvalidInput, match=r"layers are \[1, 2\], the model has \[0, 1\]"):
        capture(model, IDS, layers=[1, 2])


class Noisy(torch.nn.Module):
    """Draws random numbers in evaluation mode too, keeps a table that it makes, and can be made to fail."""

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


def test_wrong_inputs() -> None:
    model = model_of()
    wrong: list[tuple[Any, str]] = [
        ([5] * 65, "65 tokens and the model 64 positions: shorten it by 1 token"),
        ([5, 99], "token id 99 is not in the model's vocabulary of 99 tokens"),
        ([5, -1], "token id -1 is not in"),
        ([], "no token ids"),
        ([[1, 2], [3, 4]], "2 examples: give one"),
        ("a text", "needs a tokenizer"),
        (5.5, "not float"),
        ([0.5], "a text or token ids are needed"),
    ]
    for given_input, message in wrong:
        with pytest.raises(InvalidInput, match=message):
            capture(model, given_input)
    assert capture(model, torch.tensor([IDS])).sequences == capture(model, np.array(IDS)).sequences


def test_rotary_positions_do_not_end() -> None:
    model = model_of("LlamaConfig", max_position_embeddings=8)
    assert largest_difference(recomputed(capture(model, IDS)), own_attentions(model)) <= 1e-5


def test_a_model_without_attention_says_so() -> None:
    with pytest.raises(NoAttention, match="no attention was seen in Embedding"):
        capture(torch.nn.Embedding(99, 4), IDS)


def test_an_encoder_is_an_encoder_stack() -> None:
    options = {name: value for name, value in SMALL.items() if name != "num_key_value_heads"}
    model = transformers.BertModel(transformers.BertConfig(**options))
    captured = capture(model, IDS)
    assert (captured.stacks[0].name, captured.sequences[0].name) == ("encoder", "encoder")
    assert largest_difference(recomputed(captured), own_attentions(model)) <= 1e-5


def call_with(
    mask: Any, implementation: str = "sdpa", queries: int = 6, keys: int = 6, **options: Any
) -> AttentionCall:
    module = torch.nn.Module()
    module.is_causal = options.pop("causal", True)
    return AttentionCall(
        "h.0",
        implementation,
        module,
        torch.zeros(1, 2, queries, 4),
        torch.zeros(1, 2, keys, 4),
        mask,
        options,
    )


def allowed(call: AttentionCall) -> np.ndarray[Any, Any]:
    """bool [1 or heads, queries, keys] as AttentionLayer means it."""
    seen = Masks().of(call)
    i, j = np.indices((call.query.shape[2], call.key.shape[2]))
    causal = (j <= i + seen.query_start) if seen.causal else np.ones_like(i, dtype=bool)
    return causal[None] & (True if seen.mask is None else seen.mask.numpy())


def test_flags_mean_what_the_implementation_makes_of_them() -> None:
    i, j = np.indices((6, 6))
    np.testing.assert_array_equal(allowed(call_with(None))[0], j <= i)
    np.testing.assert_array_equal(allowed(call_with(None, causal=False))[0], j >= 0)
    np.testing.assert_array_equal(allowed(call_with(None, is_causal=False))[0], j >= 0)
    np.testing.assert_array_equal(allowed(call_with(None, "eager"))[0], j >= 0)
    np.testing.assert_array_equal(allowed(call_with(None, sliding_window=2))[0], j <= i)
    window = call_with(None, "flash_attention_2", sliding_window=2)
    np.testing.assert_array_equal(allowed(window)[0], (j <= i) & (i - j < 2))
    band = call_with(None, "flash_attention_2", causal=False, sliding_window=2)
    np.testing.assert_array_equal(allowed(band)[0], abs(i - j) < 2)
    padded = call_with(torch.tensor([[1, 1, 1, 1, 0, 0]]), "flash_attention_2")
    np.testing.assert_array_equal(allowed(padded)[0], (j <= i) & (j < 4))
    i, j = np.indices((2, 6))
    np.testing.assert_array_equal(
        allowed(call_with(None, "flash_attention_2", queries=2))[0], j <= i + 4
    )
    np.testing.assert_array_equal(allowed(call_with(None, "sdpa", queries=2))[0], j <= i)
    assert allowed(call_with(None, queries=1)).all()


def test_a_flex_block_mask() -> None:
    block = create_block_mask(
        lambda b, h, q, k: (q >= k) & (q - k < 3), 1, None, 6, 6, device="cpu"
    )
    i, j = np.indices((6, 6))
    np.testing.assert_array_equal(
        allowed(call_with(block, "flex_attention"))[0], (j <= i) & (i - j < 3)
    )


def test_biases_add_up_and_causality_comes_out() -> None:
    lowest = torch.finfo(torch.float32).min
    lower = torch.ones(6, 6).tril().bool()
    inside = torch.where(lower, torch.arange(36.0).reshape(6, 6), lowest)[None, None]
    position = torch.full((1, 2, 6, 6), 0.5)
    seen = Masks().of(call_with(inside, position_bias=position))
    assert (seen.causal, seen.mask) == (True, None)
    expected = torch.where(lower, torch.arange(36.0).reshape(6, 6), 0.0) + 0.5
    assert torch.equal(seen.bias, expected.expand(2, 6, 6))
    assert Masks().of(call_with(torch.where(lower, 0.0, lowest)[None, None])).bias is None


@given(
    st.integers(1, 7),
    st.integers(1, 7),
    st.integers(1, 2),
    st.booleans(),
    st.randoms(use_true_random=False),
    st.floats(0, 1),
)
def test_any_complete_mask_is_kept_exactly(
    queries: int, more: int, heads: int, added: bool, random: Any, dense: float
) -> None:
    keys = queries + more - 1
    shape = (1, heads, queries, keys)
    wanted = np.array([random.random() <= dense for _ in range(heads * queries * keys)]).reshape(
        shape
    )
    mask = torch.tensor(wanted)
    if added:
        mask = torch.where(mask, 0.0, torch.finfo(torch.float32).min)
    result = allowed(call_with(mask, queries=queries, keys=keys))
    np.testing.assert_array_equal(np.broadcast_to(result, shape[1:]), wanted[0])
