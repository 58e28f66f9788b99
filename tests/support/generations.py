"""Models that generate, and their own attention over what they have written."""

from __future__ import annotations

import inspect
from functools import cache
from typing import Any

import torch
import transformers

from tb_attention.attention import softmax
from tb_attention.capture.calls.transformers_hook import EAGER
from tb_attention.record.capture import Capture
from tests.support.architectures import ARCHITECTURES, config_of
from tests.support.device import DEVICE, moved

TRANSFORMERS_4 = int(transformers.__version__.split(".")[0]) < 5

NEW, PROMPT, PAD = 12, 9, 3
FLOAT32 = 1e-4
"""With a cache tokens are multiplied in other groups than in one pass.

The errors of linear attention (qwen3_next) add up.
"""


def continued(model: Any, output: Any) -> dict[str, Any]:
    """The cache of an output, under the name by which the model takes it: another from 5.24 on."""
    accepted = inspect.signature(model.forward).parameters
    name = "cache" if "cache" in accepted else "past_key_values"
    return {name: getattr(output, name, None) or output.past_key_values}


@cache
def state_of(name: str) -> dict[str, torch.Tensor]:
    model = with_head(name)
    generator = torch.Generator().manual_seed(2)
    state = model.state_dict()
    # Tied weights are one tensor with two names.
    for tensor in {tensor.data_ptr(): tensor for tensor in state.values()}.values():
        if tensor.ndim > 1 and tensor.is_floating_point():
            tensor.copy_(
                torch.randn(tensor.shape, generator=generator)
                * ARCHITECTURES[name].sharp
                / tensor[0].numel() ** 0.5
            )
    return {key: tensor.clone() for key, tensor in state.items()}


def with_head(name: str, implementation: str | None = None) -> Any:
    two = ARCHITECTURES[name].reads == "pair"
    kind = transformers.AutoModelForSeq2SeqLM if two else transformers.AutoModelForCausalLM
    options = {} if implementation is None else {"attn_implementation": implementation}
    with torch.random.fork_rng():
        return kind.from_config(config_of(name, ARCHITECTURES[name]), **options)


def model_of(name: str, implementation: str | None = None) -> Any:
    if TRANSFORMERS_4 and name == "gemma2":
        implementation = EAGER  # its soft cap is ignored by sdpa there
    model = with_head(name, implementation)
    model.load_state_dict(state_of(name))
    model.generation_config.eos_token_id, model.generation_config.pad_token_id = None, 0
    return model.eval().to(DEVICE)


def prompts(name: str) -> dict[str, torch.Tensor]:
    """Two examples, the second shorter by PAD tokens."""
    ids = torch.randint(5, 99, (2, PROMPT), generator=torch.Generator().manual_seed(1))
    mask = torch.ones_like(ids)
    padding = slice(PROMPT - PAD, None) if ARCHITECTURES[name].reads == "pair" else slice(PAD)
    ids[1, padding], mask[1, padding] = 0, 0
    return moved({"input_ids": ids, "attention_mask": mask})


def own_attention(name: str, captured: Capture) -> dict[str, list[torch.Tensor]]:
    """Of one forward pass of the eager model over the sequences of the capture."""
    ids = {sequence.name: torch.tensor([sequence.ids]) for sequence in captured.sequences}
    given = (
        {"input_ids": ids["encoder"], "decoder_input_ids": ids["decoder"]}
        if "encoder" in ids
        else {"input_ids": ids["decoder"]}
    )
    with torch.no_grad():
        output = model_of(name, "eager")(
            **moved(given), use_cache=False, output_attentions=True, return_dict=True
        )
    names = {
        "encoder": "encoder_attentions",
        "decoder": "decoder_attentions",
        "cross": "cross_attentions",
    }
    return {
        stack: [
            layer[0].cpu()
            for layer in getattr(output, key, None) or getattr(output, "attentions", None) or ()
            if layer is not None
        ]
        for stack, key in names.items()
    }


def check(name: str, captured: Capture) -> None:
    own = own_attention(name, captured)
    for stack in captured.stacks:
        for layer, expected in zip(stack.layers.values(), own[stack.name], strict=True):
            assert softmax.weights(layer).shape == expected.shape
            assert float((softmax.weights(layer) - expected).abs().max()) <= FLOAT32
            assert float(expected[:, 3:].amax(-1).mean()) > 0.2, (
                "attention that is flat hides errors"
            )
