"""The inputs of a forward pass, from a text, ids, an image or prepared tensors."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import torch

from tb_attention.capture.tokens.sequence import sequence_of
from tb_attention.errors import InvalidInput
from tb_attention.record.capture import DECODER, ENCODER, Span, TokenSequence

_AXES = {"pixel_values": 4, "input_features": 3, "input_values": 2, "inputs_embeds": 3}
"""Inputs of transformers that are no ids, and how many axes they have with the batch axis."""


@dataclass(frozen=True, eq=False)
class Inputs:
    """The inputs of one forward pass with batch size 1, and what is known of the tokens.

    Attributes:
        arguments: without names, on the model's device.
        options: by name, on the model's device.
        sequences: "encoder" or "decoder" -> its tokens, with padding.
    """

    arguments: tuple[Any, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    sequences: Mapping[str, TokenSequence] = field(default_factory=dict)


def inputs_of(model: Any, given: Any, tokenizer: Any = None, decoder: Any = None) -> Inputs:
    """What `model` (without wrappers) is run with.

    Args:
        model: the model.
        given: a text, a pair of texts, ids [T] or [1, T]; pixels, audio features or embeddings as a
            floating tensor, with or without a batch axis of 1; or a mapping of the model's inputs.
        tokenizer: for texts.
        decoder: text or ids for the decoder of an encoder-decoder model; a text begins with the
            start token as in training, ids are taken as they are. None: the start token alone.

    Raises:
        InvalidInput: the model cannot take it.
    """
    config = getattr(model, "config", None)
    if not hasattr(model, "main_input_name"):
        return _plain(model, given, tokenizer, decoder)
    accepted = inspect.signature(model.forward).parameters
    two = bool(getattr(config, "is_encoder_decoder", False)) and "decoder_input_ids" in accepted
    if decoder is not None and not two:
        raise InvalidInput(f"{type(model).__name__} has one stack of tokens: leave `decoder` out.")
    main = ENCODER if two else DECODER
    if isinstance(given, Mapping):
        options, sequences = _prepared(given, tokenizer, main)
    elif is_floating(given):
        options, sequences = _dense(model, given, accepted), {}
    else:
        options, sequences = _tokens(model, given, tokenizer, main, accepted)
    if two and "decoder_input_ids" not in options:
        sequences[DECODER] = _decoder_sequence(model, decoder, given, tokenizer)
        options["decoder_input_ids"] = [sequences[DECODER].ids]
    options = {
        name: _tensor(model, value)
        for name, value in options.items()
        if name in accepted and value is not None
    }
    if "use_cache" in accepted:
        options["use_cache"] = False
    return Inputs((), options, sequences)


def is_floating(given: Any) -> bool:
    """Whether these are numbers for the model itself, and no ids."""
    kind = getattr(given, "dtype", None)
    return kind is not None and (
        kind.is_floating_point if isinstance(kind, torch.dtype) else kind.kind == "f"
    )


def shifted(target: tuple[int, ...], model: Any) -> tuple[int, ...]:
    """The ids a decoder reads to write `target`: the start token, and it without its end."""
    generation, config = getattr(model, "generation_config", None), model.config
    names = ("decoder_start_token_id", "bos_token_id", "pad_token_id", "eos_token_id")
    known = (getattr(source, name, None) for name in names for source in (generation, config))
    start = next((token for token in known if isinstance(token, int)), 0)
    end = getattr(config, "eos_token_id", None)
    body = target[:-1] if target and target[-1] == end else target
    return body if body[:1] == (start,) else (start, *body)


def _plain(model: torch.nn.Module, given: Any, tokenizer: Any, decoder: Any) -> Inputs:
    """The inputs of a model that is not of transformers, in order and without names."""
    if isinstance(given, Mapping):
        named = {name: _tensor(model, value) for name, value in given.items()}
        try:
            inspect.signature(model.forward).bind(**named)
        except TypeError:  # it takes the batch as it is
            return Inputs((named,))
        return Inputs((), named)
    two = decoder is not None
    sequences, arguments = {}, []
    for name, one in ((ENCODER if two else DECODER, given), (DECODER, decoder)):
        if one is not None and is_floating(one):
            arguments.append(_tensor(model, one))
        elif one is not None:
            sequences[name] = sequence_of(one, tokenizer, name=name)
            arguments.append(_tensor(model, [sequences[name].ids]))
    _check_forward(model, arguments)
    return Inputs(tuple(arguments), {}, sequences)


def _check_forward(model: torch.nn.Module, arguments: list[Any]) -> None:
    signature = inspect.signature(model.forward)
    try:
        signature.bind(*arguments)
    except TypeError as error:
        empty, single = inspect.Parameter.empty, inspect.Parameter.POSITIONAL_OR_KEYWORD
        named = [
            name
            for name, one in signature.parameters.items()
            if one.default is empty and one.kind in (single, inspect.Parameter.KEYWORD_ONLY)
        ]
        given = ", ".join(f"{name!r}: ..." for name in named)
        raise InvalidInput(
            f"{type(model).__name__}.forward takes more, or other, than the tokens ({error}): give "
            f"a dict of its arguments, {{{given}}}, with a batch of 1."
        ) from error


def _tokens(
    model: Any, given: Any, tokenizer: Any, name: str, accepted: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, TokenSequence]]:
    if "input_ids" not in accepted:
        raise InvalidInput(
            f"{type(model).__name__} reads no text: give its {model.main_input_name} as a tensor."
        )
    sequence = sequence_of(given, tokenizer, name=name)
    ids = sequence.ids
    options: dict[str, Any] = {"input_ids": [ids], "attention_mask": [(1,) * len(ids)]}
    if sequence.text and "token_type_ids" in getattr(tokenizer, "model_input_names", ()):
        options["token_type_ids"] = [sequence.segments or (0,) * len(ids)]
    return options, {name: sequence}


def _dense(model: Any, given: Any, accepted: Mapping[str, Any]) -> dict[str, Any]:
    names = [
        name for name in (model.main_input_name, *_AXES) if name in accepted and name != "input_ids"
    ]
    if not names:
        raise InvalidInput(
            f"{type(model).__name__} takes no floating numbers: give a text or token ids, which "
            "are integers."
        )
    tensor = torch.as_tensor(given)
    axes = _AXES.get(names[0], tensor.ndim)
    if tensor.ndim == axes - 1:
        tensor = tensor[None]
    if tensor.ndim != axes:
        raise InvalidInput(
            f"floating numbers {list(tensor.shape)} are no {names[0]}, which have {axes} axes with "
            "the batch; token ids are integers, as by ids.long()."
        )
    return {names[0]: tensor}


def _prepared(
    given: Mapping[str, Any], tokenizer: Any, main: str
) -> tuple[dict[str, Any], dict[str, TokenSequence]]:
    options, sequences = dict(given), {}
    for name, stack in (("input_ids", main), ("decoder_input_ids", DECODER)):
        if options.get(name) is not None:
            sequences[stack] = sequence_of(options[name], tokenizer, name=stack)
            options[name] = [sequences[stack].ids]
    return options, sequences


def _decoder_sequence(model: Any, decoder: Any, given: Any, tokenizer: Any) -> TokenSequence:
    labels = given.get("labels") if isinstance(given, Mapping) else None
    if decoder is None and labels is None:
        ids = shifted((), model)
    elif decoder is None:
        ids = shifted(tuple(token for token in sequence_of(labels).ids if token >= 0), model)
    elif isinstance(decoder, str):
        if callable(
            tokenizer
        ):  # as a target, which some tokenizers of transformers write otherwise
            ids = shifted(tuple(tokenizer(text_target=decoder)["input_ids"]), model)
        else:
            ids = shifted(sequence_of(decoder, tokenizer).ids, model)
    else:
        ids = sequence_of(decoder).ids
    return sequence_of(ids, tokenizer, name=DECODER)


def _tensor(model: torch.nn.Module, value: Any) -> Any:
    """On the model's device, and in its dtype where it is floating.

    What is no array stays as it is.
    """
    if not (hasattr(value, "dtype") or isinstance(value, list | tuple)):
        return value
    tensor = torch.as_tensor(value)
    there = (one for one in model.parameters() if one.device.type != "meta")
    if (first := next(there, None)) is None:
        return tensor
    tensor = tensor.to(first.device)
    if not tensor.is_floating_point():
        return tensor
    dtype = next(
        (one.dtype for one in itertools.chain([first], there) if one.is_floating_point()),
        tensor.dtype,
    )
    return tensor.to(dtype)


def real(mask: torch.Tensor) -> slice:
    """From the first to the last token that is no padding.

    mask: [T], 0 is padding.
    """
    places = mask.nonzero().flatten().tolist()
    if not places:
        raise InvalidInput("the attention mask hides every token: give an example that has tokens.")
    return slice(places[0], places[-1] + 1)


def cut_sequence(sequence: TokenSequence, kept: slice) -> TokenSequence:
    """The sequence with these tokens only."""
    names = ("tokens", "pieces", "ids", "starts", "ends", "special", "segments", "documents")
    parts: dict[str, Any] = {name: getattr(sequence, name)[kept] for name in names}
    first, stop, _ = kept.indices(len(sequence))
    spans = (
        Span(span.name, max(span.first, first) - first, min(span.last, stop - 1) - first)
        for span in sequence.spans
        if span.first < stop and span.last >= first
    )
    return replace(sequence, spans=tuple(spans), **parts)
