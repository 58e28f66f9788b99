"""What only an accelerator has: its kernels, half precision, and a training that is the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
import transformers

from tb_attention import AttentionLogger
from tb_attention.attention import softmax
from tb_attention.capture import capture
from tb_attention.record.capture import Capture

pytestmark = [
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device"),
    pytest.mark.filterwarnings("ignore"),  # those of compilers
]

ROUNDED = {torch.float32: 1e-4, torch.float16: 5e-3, torch.bfloat16: 5e-2}
"""What rounding may do to a weight: half precision makes two models of two kernels."""

TOKENS = 96


def model_of(kind: str, attention: str, dtype: torch.dtype) -> Any:
    """Four layers, sharp enough that attention is not flat; the same weights for all."""
    sizes = {
        "gpt2": {"n_layer": 4, "n_embd": 256, "n_head": 4, "vocab_size": 500},
        "llama": {
            "num_hidden_layers": 4,
            "hidden_size": 256,
            "intermediate_size": 256,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
            "vocab_size": 500,
        },
    }[kind]
    config = transformers.AutoConfig.for_model(kind, **sizes)
    torch.manual_seed(0)
    model = transformers.AutoModelForCausalLM.from_config(config, attn_implementation=attention)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim > 1:
                parameter.normal_(0, 1.0 / parameter[0].numel() ** 0.5)
    return model.to("cuda", dtype).eval()


def ids() -> torch.Tensor:
    return torch.randint(500, (1, TOKENS), generator=torch.Generator().manual_seed(1)).cuda()


def largest_error(captured: Capture, own: Any) -> float:
    layers = captured.stacks[0].layers.values()
    assert len(layers) == len(own) == 4
    return max(
        float((torch.as_tensor(softmax.weights(layer)) - weights[0].float().cpu()).abs().max())
        for layer, weights in zip(layers, own, strict=True)
    )


@pytest.mark.parametrize("dtype", ROUNDED, ids=str)
@pytest.mark.parametrize(
    ("kind", "attention"),
    [
        ("gpt2", "eager"),
        ("gpt2", "sdpa"),
        ("llama", "eager"),
        ("llama", "sdpa"),
        ("llama", "flex_attention"),
    ],
)
def test_every_kernel_shows_the_attention_of_the_eager_model(
    kind: str, attention: str, dtype: torch.dtype
) -> None:
    captured = capture(model_of(kind, attention, dtype), ids())
    with torch.no_grad():
        own = model_of(kind, "eager", dtype)(ids(), output_attentions=True).attentions
    assert largest_error(captured, own) <= ROUNDED[dtype]
    for layer in captured.stacks[0].layers.values():
        assert layer.check.error is not None
        assert layer.query is None or torch.as_tensor(layer.query).device.type == "cpu"


@pytest.mark.parametrize("kind", ["gpt2", "llama"])
def test_values_arrive_with_the_lengths_that_they_have_on_the_cpu(kind: str) -> None:
    model = model_of(kind, "sdpa", torch.float32)
    there, here = capture(model, ids()), capture(model.cpu(), ids().cpu())
    pairs = zip(there.stacks[0].layers.values(), here.stacks[0].layers.values(), strict=True)
    for one, other in pairs:
        assert one.projection == other.projection != ""
        assert one.value_norms is not None and other.value_norms is not None
        torch.testing.assert_close(
            torch.as_tensor(one.value_norms),
            torch.as_tensor(other.value_norms),
            rtol=1e-3,
            atol=1e-4,
        )


@pytest.mark.parametrize("kind", ["gpt2", "llama"])
def test_a_generation_is_that_of_one_pass(kind: str, tmp_path: Path) -> None:
    model = model_of(kind, "sdpa", torch.float32)
    from tb_attention.capture.passes import watch_passes

    with watch_passes(model) as seen:
        returned = model.generate(ids(), max_new_tokens=8, do_sample=False)
    with torch.no_grad():
        eager = model_of(kind, "eager", torch.float32)
        own = eager(returned[:, :-1], output_attentions=True).attentions
    assert largest_error(seen.captures(None)[0], own) <= ROUNDED[torch.float32]


def trained(directory: Path | None, *, autocast: bool) -> list[torch.Tensor]:
    """The weights after some steps, with dropout, logged or not."""
    torch.manual_seed(3)
    torch.use_deterministic_algorithms(True, warn_only=True)
    model = model_of("gpt2", "sdpa", torch.float32).train()
    optimizer = torch.optim.AdamW(model.parameters(), 1e-3)
    with AttentionLogger(directory, strict=True) as logger:
        for step in range(4):
            logger.log(model, ids(), tag="probe", step=step)
            with torch.autocast("cuda", torch.bfloat16, enabled=autocast):
                loss = model(ids(), labels=ids()).loss
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
    torch.use_deterministic_algorithms(False)
    return [parameter.detach().cpu() for parameter in model.parameters()]


@pytest.mark.parametrize("autocast", [False, True])
def test_a_training_goes_on_bit_for_bit(tmp_path: Path, autocast: bool) -> None:
    plain, logged = trained(None, autocast=autocast), trained(tmp_path, autocast=autocast)
    assert all(torch.equal(one, other) for one, other in zip(plain, logged, strict=True))


def test_a_compiled_model(tmp_path: Path) -> None:
    model = model_of("llama", "sdpa", torch.float32)
    with torch.no_grad():
        own = model_of("llama", "eager", torch.float32)(ids(), output_attentions=True).attentions
        compiled = torch.compile(model)
        before = compiled(ids()).logits
        captured = capture(compiled, ids())
        assert torch.equal(compiled(ids()).logits, before)
    assert largest_error(captured, own) <= ROUNDED[torch.float32]
