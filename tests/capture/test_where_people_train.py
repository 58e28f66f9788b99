"""Attention as training code reaches it: stand-ins of other packages, whose kernels need a GPU."""

from __future__ import annotations

import types
from typing import Any

import numpy as np
import pytest
import torch
import transformers
from torch import nn
from torch.nn import functional

from tb_attention.capture import capture, watch_passes
from tb_attention.errors import NotUnderstood
from tests.support import kernels
from tests.support.attending import (
    TOKENS,
    Attention,
    Hidden,
    compared,
    helper,
    model_that,
    shown_weights,
)
from tests.support.registered import model_with, registered
from tests.support.torch_models import IDS, Block, Small, built


def test_like_nanochat() -> None:
    """A namespace with functions of a kernel from the hub, with arguments of FlashAttention 3."""
    code = (
        "def attend(module, q, k, v):\n"
        "    y = flash_attn.flash_attn_func(q, k, v, causal=True, window_size=(3, 0))\n"
        "    return y[0] if isinstance(y, tuple) else y"
    )
    attend = helper(code, flash_attn=kernels.of_flash_3()).attend
    captured = capture(model_that(attend), IDS)
    compared(captured)
    assert not shown_weights(captured)[0][:, 5, :2].any()


def test_like_unsloth(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another file's forward function in the place of that of transformers, and a dispatcher."""
    dispatch = helper(
        "def run_attention(config, q, k, v):\n"
        "    if config['flash']:\n"
        "        q, k, v = (one.transpose(1, 2) for one in (q, k, v))\n"
        "        return flash_attn_func(q, k, v, causal=True)\n"
        "    return sdpa(q, k, v, is_causal=True, enable_gqa=True).transpose(1, 2)",
        flash_attn_func=kernels.flash_attn_func,
        sdpa=functional.scaled_dot_product_attention,
    )
    patched = helper(
        "def forward(self, hidden_states, position_embeddings=None, **options):\n"
        "    shape = (*hidden_states.shape[:2], -1, self.head_dim)\n"
        "    made = (self.q_proj, self.k_proj, self.v_proj)\n"
        "    q, k, v = (one(hidden_states).view(shape).transpose(1, 2) for one in made)\n"
        "    q, k = rotary(q, k, *position_embeddings)\n"
        "    return self.o_proj(run_attention(CONFIG, q, k, v).flatten(2)), None",
        run_attention=dispatch.run_attention,
        rotary=transformers.models.llama.modeling_llama.apply_rotary_pos_emb,
        CONFIG={"flash": False},
    )
    config = transformers.LlamaConfig(
        vocab_size=50,
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
    )
    model = built(lambda: transformers.LlamaForCausalLM(config)).eval()
    plain = shown_weights(capture(model, IDS))
    attention = transformers.models.llama.modeling_llama.LlamaAttention
    for flash_is_there in (True, False):
        patched.CONFIG["flash"] = flash_is_there
        with monkeypatch.context() as patch:
            patch.setattr(attention, "forward", patched.forward)
            captured = capture(model, IDS)
        names = [layer.implementation for layer in captured.stacks[0].layers.values()]
        assert names == ["flash: flash_attn_func" if flash_is_there else "sdpa"] * 2
        for one, other in zip(shown_weights(captured), plain, strict=True):
            np.testing.assert_allclose(one, other, atol=1e-5)
    one_layer = model.model.layers[1].self_attn
    one_layer.forward = types.MethodType(patched.forward, one_layer)
    assert len(shown_weights(capture(model, IDS))) == 2


def test_like_torchtitan() -> None:
    """An inner module takes queries, keys and values; its class has a compiled function."""

    class Inner(nn.Module):
        def forward(self, q: Any, k: Any, v: Any, *, scale: float | None = None) -> Any:
            with torch.nn.attention.sdpa_kernel([torch.nn.attention.SDPBackend.MATH]):
                return functional.scaled_dot_product_attention(
                    q, k, v, scale=scale, is_causal=True, enable_gqa=True
                )

    class InnerVarlen(nn.Module):
        _compiled = staticmethod(torch.compile(kernels.flash_attn_varlen_func, backend="eager"))

        def forward(self, q: Any, k: Any, v: Any, *, scale: float | None = None) -> Any:
            q, k, v = (one.transpose(1, 2).flatten(0, 1) for one in (q, k, v))
            lengths = torch.tensor([0, len(q)], dtype=torch.int32)
            out = InnerVarlen._compiled(q, k, v, lengths, lengths, len(q), len(q), causal=True)
            return out[None].transpose(1, 2)

    class Outer(Attention):
        def __init__(self, inner: nn.Module) -> None:
            super().__init__(
                lambda self, q, k, v: self.inner_attention(
                    *(one.transpose(1, 2) for one in (q, k, v)), scale=None
                ).transpose(1, 2)
            )
            self.inner_attention = inner

    found = [
        capture(
            built(lambda kind=kind: Small(Block(Outer(kind())), Block(Outer(kind())))).eval(), IDS
        )
        for kind in (Inner, InnerVarlen)
    ]
    assert found[0].stacks[0].layers[1].module == "h.1.attn.inner_attention"
    for one, other in zip(*map(shown_weights, found), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


class DistributedAttention(nn.Module):
    """Of DeepSpeed Ulysses: each process has a part of the text, and heads for tokens inside."""

    def __init__(self, local: Any, processes: int) -> None:
        super().__init__()
        self.local_attn = local
        self.spg = types.SimpleNamespace(size=lambda: processes)

    def forward(self, q: Any, k: Any, v: Any) -> Any:
        parts = self.spg.size()
        q, k, v = (torch.cat([one] * parts, 1)[:, :, : one.shape[2] // parts] for one in (q, k, v))
        out = self.local_attn(q, k, v)[:, : q.shape[1] // parts]
        return torch.cat([out] * parts, 2)


def test_like_deepspeed_ulysses() -> None:
    """With one process it is captured, inside of the wrapper; with several a sentence refuses."""

    def attend(module: Any, q: Any, k: Any, v: Any) -> Any:
        return module.wrapper(q, k, v)

    local = helper(
        "def local(q, k, v): return flash_attn_func(q, k, v, causal=True)",
        flash_attn_func=kernels.flash_attn_func,
    )
    for processes in (1, 2):
        model = model_that(attend)
        for block in model.h:
            block.attn.wrapper = DistributedAttention(local.local, processes)
        if processes == 1:
            compared(capture(model, IDS))
            continue
        with pytest.raises(NotUnderstood, match=r"h\.0\.attn\.wrapper .* over 2 processes"):
            capture(model, IDS)


def test_a_registered_wrapper_that_gathers_the_text_from_other_processes_is_refused() -> None:
    """As DeepSpeed's UlyssesSPAttentionHF registers itself: a part of the text enters."""
    config = transformers.LlamaConfig(
        vocab_size=50, hidden_size=32, num_hidden_layers=2, num_attention_heads=4
    )
    other = torch.randn(1, 4, TOKENS, 8, generator=torch.Generator().manual_seed(0))

    def gathered(module: Any, q: Any, k: Any, v: Any, mask: Any, **_: Any) -> Any:
        k, v = (torch.cat([other, one], 2) for one in (k, v))
        seen = torch.ones(TOKENS, 2 * TOKENS, dtype=torch.bool).tril(TOKENS)
        out = functional.scaled_dot_product_attention(q, k, v, attn_mask=seen)
        return out.transpose(1, 2), None

    transformers.AttentionInterface.register("gathered", gathered)
    model = built(lambda: transformers.LlamaForCausalLM(config)).eval()
    model.config._attn_implementation = "gathered"
    with pytest.raises(NotUnderstood, match="spread over processes"):
        capture(model, IDS)


@pytest.mark.parametrize("hidden", [False, True])
def test_like_axolotl(hidden: bool) -> None:
    """A kernel that is registered with transformers, and packed rows, whose positions begin again.

    Whether the kernel is reached by a name or not.
    """
    kernel = Hidden(kernels.flash_attn_varlen_func) if hidden else kernels.flash_attn_varlen_func

    def attention(module: Any, q: Any, k: Any, v: Any, mask: Any, **options: Any) -> Any:
        places = options["position_ids"].flatten()
        ends = [*(places == 0).nonzero().flatten().tolist(), len(places)]
        lengths = torch.tensor(ends, dtype=torch.int32)
        q, k, v = (one.transpose(1, 2).flatten(0, 1) for one in (q, k, v))
        scale = {"softmax_scale": options["scaling"], "causal": True}
        return kernel(q, k, v, lengths, lengths, len(q), len(q), **scale)[None], None

    model = model_with("axolotl")
    positions = torch.tensor([[0, 1, 2, 0, 1, 2, 3, 4, 5, 6]])
    with registered("axolotl", attention, "flash_attention_2"), watch_passes(model) as passes:
        model(torch.arange(5, 15)[None], position_ids=positions, use_cache=False)
    captured = passes.captures()[0]
    compared(captured)
    assert captured.sequences[0].documents == (0,) * 3 + (1,) * 7
    assert all(not weights[:, 3:, :3].any() for weights in shown_weights(captured))
