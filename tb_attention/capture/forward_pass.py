"""One forward pass of one example.

A model and a text or token ids go in, a captures.Capture comes out.
"""

from __future__ import annotations

import inspect
from collections.abc import Collection, Sequence
from typing import Any

import torch

from tb_attention.capture.assemble import assemble
from tb_attention.capture.eager import eager_stacks
from tb_attention.capture.eval_mode import undisturbed
from tb_attention.capture.inputs import Inputs, inputs_of
from tb_attention.capture.recorder import Recorder, has_rotary
from tb_attention.capture.repeated import repeated_ids
from tb_attention.capture.watch_model import watch
from tb_attention.capture.wrappers import backbone, name_of, sharded, unwrapped
from tb_attention.errors import InvalidInput, NoAttention
from tb_attention.record.capture import CROSS, DECODER, ENCODER, Capture, Stack, chosen_layers
from tb_attention.record.probes import Repeated

_ORDER = (ENCODER, DECODER, CROSS)


def capture(
    model: torch.nn.Module,
    text_or_ids: Any,
    tokenizer: Any = None,
    *,
    decoder: Any = None,
    layers: Collection[int] | None = None,
) -> Capture:
    """The tokens, queries and keys of one forward pass of one example, in evaluation mode.

    The model is left exactly as it was.

    text_or_ids: a text or a pair of texts, for which `tokenizer` (of Hugging Face) is needed; or
    token ids [T] or [1, T], which with a tokenizer get their texts; or floating numbers: pixels
    [channels, height, width], audio features, embeddings; or a mapping of the model's inputs, such
    as a tokenizer or processor gives, with one example, from which padding is cut; or Repeated(),
    random tokens of the model that come twice. decoder: text or ids that the decoder of an
    encoder-decoder model reads; by default its start token. A text is shifted by the start token as
    in training, ids are taken as they are. layers: which layers are kept (default: all).

    Tensors are on the CPU in the model's dtype. Layers that call an attention function of
    transformers or torch.nn.functional.scaled_dot_product_attention have queries and keys; of other
    transformers the weights that they return are taken. Raises InvalidInput for a text that is
    empty or longer than the model's positions, ids outside the vocabulary, layers that are not
    there; NoAttention where no attention can be seen.
    """
    inner = unwrapped(model)
    body = backbone(inner)
    config: Any = getattr(inner, "config", None)
    if isinstance(text_or_ids, Repeated):
        text_or_ids = repeated_ids(inner, tokenizer, text_or_ids)
    inputs = inputs_of(body, text_or_ids, tokenizer, decoder)
    _check(inputs, inner, config)
    runs = model if sharded(model) else body
    recorder = Recorder(config, batch=1)
    with undisturbed(model):
        with watch(model, recorder):
            runs(*inputs.arguments, **inputs.options)
        stacks = recorder.stacks()
        missing = _missing(stacks, config)
        if missing and _gives_weights(body):
            output = runs(
                *inputs.arguments, **inputs.options, output_attentions=True, return_dict=True
            )
            stacks += tuple(
                stack for stack in eager_stacks(output, config) if stack.name in missing
            )
    if not stacks:
        raise NoAttention(nothing_seen(inner))
    stacks = chosen_layers(
        tuple(sorted(stacks, key=lambda stack: _ORDER.index(stack.name))), layers
    )
    return assemble(
        name_of(inner),
        stacks,
        inputs.sequences,
        kept=inputs.kept,
        image=inputs.image,
        config=config,
    )


def _missing(stacks: Sequence[Stack], config: Any) -> set[str]:
    """Stacks that the model must have and no watcher saw."""
    if getattr(config, "is_encoder_decoder", False):
        return set(_ORDER) - {stack.name for stack in stacks}
    return set() if stacks else {DECODER, ENCODER}


def _gives_weights(model: Any) -> bool:
    accepted = inspect.signature(model.forward).parameters
    return hasattr(model, "main_input_name") and (
        "output_attentions" in accepted or "kwargs" in accepted
    )


def nothing_seen(model: Any) -> str:
    """Why there is no attention, and what to do."""
    name = type(model).__name__
    if hasattr(model, "main_input_name"):
        return (
            f"no attention was seen in {name}: no layer of it calls an attention function of transformers or torch, and it returns no "
            "attention weights, so there is nothing to log. If it has attention, load it with attn_implementation='eager'."
        )
    return (
        f"no attention was seen in {name}: no layer of it calls torch.nn.functional.scaled_dot_product_attention or is a "
        "torch.nn.MultiheadAttention. Use one of them, or log its arrays with tb_attention.log_arrays."
    )


def _check(inputs: Inputs, model: Any, config: Any) -> None:
    """Before the forward pass: on an accelerator a wrong index cannot be recovered from."""
    config = config.get_text_config() if hasattr(config, "get_text_config") else config
    for sequence in inputs.sequences.values():
        _check_ids(sequence.ids, model, config)


def _check_ids(ids: Sequence[int], model: Any, config: Any) -> None:
    positions, length = getattr(config, "max_position_embeddings", None) or 0, len(ids)
    # Rotary embeddings have no table that ends; where there is no limit at all some configs say -1.
    if 0 < positions < length and not has_rotary(config):
        raise InvalidInput(
            f"the text has {length} tokens and the model {positions} positions: shorten it by {length - positions} tokens."
        )
    embeddings = model.get_input_embeddings() if hasattr(model, "get_input_embeddings") else None
    vocabulary = getattr(embeddings, "num_embeddings", None)
    wrong = next(
        (token for token in ids if token < 0 or (vocabulary is not None and token >= vocabulary)),
        None,
    )
    if wrong is not None:
        raise InvalidInput(
            f"token id {wrong} is not in the model's vocabulary of {vocabulary} tokens: use the tokenizer of this model."
        )
