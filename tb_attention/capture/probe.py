"""One forward pass of one example: a model and a text or token ids go in, a captures.Capture comes out."""

from __future__ import annotations

import inspect
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

import torch

from tb_attention.capture.hf import capture_attention
from tb_attention.capture.recorder import Recorder, has_rotary
from tb_attention.capture.tokens import sequence_of
from tb_attention.capture.undisturbed import undisturbed
from tb_attention.captures import ENCODER, Capture, Stack
from tb_attention.errors import InvalidInput, NoAttention


def capture(model: torch.nn.Module, text_or_ids: Any, tokenizer: Any = None, *, layers: Collection[int] | None = None) -> Capture:
    """The tokens, queries and keys of one forward pass of one example, in evaluation mode; the model is left exactly as it was.

    text_or_ids: a text, for which `tokenizer` (of Hugging Face) is needed, or token ids [T] or [1, T]; with a tokenizer the ids
    get their texts. layers: which layers are kept (default: all). Query and key are torch tensors on the CPU, in the model's
    dtype. Raises InvalidInput for a text that is empty or longer than the model's positions, ids outside the vocabulary, layers
    that are not there; NoAttention where the model makes no call that can be seen.
    """
    sequence = sequence_of(text_or_ids, tokenizer)
    unwrapped = _unwrapped(model)
    config: Any = getattr(unwrapped, "config", None)
    text_config = config.get_text_config() if hasattr(config, "get_text_config") else config
    _check_ids(sequence.ids, unwrapped, text_config)
    recorder = Recorder(text_config)
    with undisturbed(model), capture_attention(model, recorder):
        _forward(model if _sharded(model) else _backbone(unwrapped), sequence.ids)
    stacks = _chosen(recorder.stacks(), layers)
    if not stacks:
        raise NoAttention(
            f"no attention was seen in {type(unwrapped).__name__}: no layer of it calls an attention function of transformers, "
            "so there is nothing to log."
        )
    if all(stack.name == ENCODER for stack in stacks):
        sequence = replace(sequence, name=ENCODER)
    return Capture(getattr(config, "name_or_path", "") or type(unwrapped).__name__, (sequence,), stacks)


def _unwrapped(model: Any) -> Any:
    """The model inside of DistributedDataParallel, torch.compile and PEFT, whose adapters are in its layers."""
    while True:
        if isinstance(inner := getattr(model, "_orig_mod", None), torch.nn.Module):
            model = inner
        elif hasattr(model, "get_base_model"):
            if any(config.is_prompt_learning for config in model.peft_config.values()):
                raise InvalidInput(
                    "prompt and prefix tuning put tokens without ids before the text, which cannot be captured: "
                    "give model.get_base_model(), which has no adapter."
                )
            model = model.get_base_model()
        elif not hasattr(model, "config") and isinstance(inner := getattr(model, "module", None), torch.nn.Module):
            model = inner
        else:
            return model


def _backbone(model: Any) -> Any:
    """The model without its head, which takes a third of the time of a small model."""
    return getattr(model, "base_model", model)


def runs_on_all_processes(model: torch.nn.Module) -> bool:
    """Whether parameters are spread over processes (FSDP, DeepSpeed ZeRO 3, tensor parallel), so that all must run the model."""
    return _sharded(model) or any(hasattr(parameter, "ds_id") for parameter in model.parameters())


def _sharded(model: torch.nn.Module) -> bool:
    """Whether only the whole model can gather its parameters: FSDP2 and tensor parallel (DTensor), or FSDP1."""
    wrapped = any(type(module).__name__ == "FullyShardedDataParallel" for module in model.modules())
    return wrapped or any(hasattr(parameter, "device_mesh") for parameter in model.parameters())


def _forward(model: Any, ids: Sequence[int]) -> None:
    accepted = inspect.signature(model.forward).parameters
    device = next((parameter.device for parameter in model.parameters() if parameter.device.type != "meta"), torch.device("cpu"))
    tokens = torch.tensor([ids], device=device)
    options: dict[str, Any] = {"attention_mask": torch.ones_like(tokens), "use_cache": False}
    model(tokens, **{name: value for name, value in options.items() if name in accepted})


def _check_ids(ids: Sequence[int], model: Any, config: Any) -> None:
    """Before the forward pass: on an accelerator a wrong index cannot be recovered from."""
    positions, length = getattr(config, "max_position_embeddings", None), len(ids)
    # Rotary embeddings have no table that ends.
    if positions is not None and length > positions and not has_rotary(config):
        raise InvalidInput(f"the text has {length} tokens and the model {positions} positions: shorten it by {length - positions} tokens.")
    embeddings = model.get_input_embeddings() if hasattr(model, "get_input_embeddings") else None
    vocabulary = getattr(embeddings, "num_embeddings", None)
    wrong = next((token for token in ids if token < 0 or (vocabulary is not None and token >= vocabulary)), None)
    if wrong is not None:
        raise InvalidInput(f"token id {wrong} is not in the model's vocabulary of {vocabulary} tokens: use the tokenizer of this model.")


def _chosen(stacks: tuple[Stack, ...], layers: Collection[int] | None) -> tuple[Stack, ...]:
    if layers is None:
        return stacks
    there = {index for stack in stacks for index in stack.layers}
    if not layers or not there.issuperset(layers):
        raise InvalidInput(f"layers are {sorted(layers)}, the model has {sorted(there)}: choose among these, or None for all.")
    kept = (replace(stack, layers={i: layer for i, layer in stack.layers.items() if i in layers}) for stack in stacks)
    return tuple(stack for stack in kept if stack.layers)
