"""Logs attention that is there already as arrays of numpy, JAX, TensorFlow or torch.

Needs numpy only.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from tb_attention.attention.layer import AttentionLayer
from tb_attention.errors import InvalidInput
from tb_attention.log.logger import AttentionLogger
from tb_attention.record.capture import (
    CROSS,
    DECODER,
    ENCODER,
    Capture,
    Stack,
    TokenSequence,
    check_tokens,
)

GIVEN = "given"
"""The projection of a layer whose value norms were given, with a projection that has no name."""

_LARGEST_SUM = 1.02
"""Of a row of weights: in bfloat16 they may sum to a little more than 1."""


def log_arrays(
    log_dir: Any,
    tokens: Any,
    weights: Any = None,
    *,
    tag: str,
    step: int,
    query: Any = None,
    key: Any = None,
    scale: float | None = None,
    causal: bool = True,
    mask: Any = None,
    bias: Any = None,
    value_norms: Any = None,
    ids: Any = (),
    segments: Any = (),
    model: str = "",
) -> None:
    """Logs one capture of arrays: weights, or queries and keys, of one example.

    An encoder-decoder model gives dicts: `tokens`, `ids` and `segments` by "encoder" and "decoder";
    the other arrays by "encoder", "decoder" and "cross", of which the decoder is causal.

    Example:
        >>> tokens = ["The", " doctor", " asked"]
        >>> query, key = np.random.randn(2, 4, 12, 3, 16)  # 4 layers of 12 heads, 3 tokens
        >>> log_arrays("runs/arrays", tokens, query=query, key=key, tag="doctor", step=0)

    Args:
        log_dir: a run directory or a SummaryWriter; or an AttentionLogger, where there are several
            captures to log, so that all are in one file.
        tokens: T strings or bytes.
        weights: [heads, T, T] for each layer, after the softmax. A first axis of 1 before these is
            dropped, so the `attentions` of a Hugging Face model, as BertViz takes them, will do.
            Layers are a list, a first axis, or a dict layer -> array, which may leave layers out.
        tag: name of the probe, followed over steps.
        step: training step, 0 or more.
        query: [heads, T, neurons] for each layer, as it enters the attention function; instead of
            weights. The neuron view needs it.
        key: [key_heads, T, neurons] for each layer, as it enters the attention function.
        scale: what query . key is multiplied with; None: 1 / sqrt(neurons).
        causal: of queries and keys, whether query i sees no key after it.
        mask: of queries and keys, bool [T, T] or [heads, T, T], True where a key may be seen.
        bias: of queries and keys, [T, T] or [heads, T, T], added to the scores.
        value_norms: [heads, T] for each layer, the length ||v W_O|| of the value of each key after
            the head's part of the output projection; for what arrives.
        ids: T token ids, for the head metrics of repeated tokens.
        segments: T numbers, 0 is sentence A and 1 is B.
        model: name of the model.

    Raises:
        InvalidInput: the arrays do not fit each other, or weights are no weights.
    """
    options: dict[str, Any] = {
        "scale": scale,
        "causal": causal,
        "mask": mask,
        "bias": bias,
        "value_norms": value_norms,
        "ids": ids,
        "segments": segments,
    }
    capture = capture_arrays(tokens, weights, query=query, key=key, model=model, **options)
    with (
        nullcontext(log_dir)
        if isinstance(log_dir, AttentionLogger)
        else AttentionLogger(log_dir, strict=True) as logger
    ):
        logger.write(capture, tag=tag, step=step)


def capture_arrays(
    tokens: Any,
    weights: Any = None,
    *,
    query: Any = None,
    key: Any = None,
    scale: float | None = None,
    causal: bool = True,
    mask: Any = None,
    bias: Any = None,
    value_norms: Any = None,
    ids: Any = (),
    segments: Any = (),
    model: str = "",
) -> Capture:
    """A capture made of arrays, which are copied; the arguments are those of `log_arrays`.

    Raises:
        InvalidInput: the arrays do not fit each other, or weights are no weights.
    """
    if (query is None) != (key is None) or (query is None) == (weights is None):
        raise InvalidInput("give either weights, or query and key.")
    several = isinstance(tokens, Mapping)
    stacks: dict[str, dict[int, AttentionLayer]] = {}
    for name in (ENCODER, DECODER, CROSS) if several else (DECODER,):
        w, q, k = (_of(given, name, several) for given in (weights, query, key))
        if w is not None or q is not None:
            after = {
                "mask": _flags(_of(mask, name, several)),
                "bias": _of_heads(_of(bias, name, several)),
            }
            made = _layers(w, q, k, scale, name == DECODER if several else causal, after)
            norms = _of(value_norms, name, several)
            stacks[name] = made if norms is None else _with_norms(made, norms)
    if not stacks:
        raise InvalidInput(
            'the arrays are under none of the names "encoder", "decoder" and "cross".'
        )
    if not several and not all(layer.causal for layer in stacks[DECODER].values()):
        stacks = {ENCODER: stacks[DECODER]}
    names = [name for name in (ENCODER, DECODER) if (name in tokens if several else name in stacks)]
    ends = {name: (DECODER, ENCODER) if name == CROSS else (name, name) for name in stacks}
    missing = next((end for pair in ends.values() for end in pair if end not in names), None)
    if missing is not None:
        raise InvalidInput(
            f"the tokens of the {missing} are missing: give "
            'tokens={"encoder": [...], "decoder": [...]}.'
        )
    sequences = [
        _sequence(name, *(_of(given, name, several) for given in (tokens, ids, segments)))
        for name in names
    ]
    found = tuple(
        Stack(name, layers, *(names.index(end) for end in ends[name]))
        for name, layers in stacks.items()
    )
    check_tokens(sequences, found)
    return Capture(model, tuple(sequences), found)


def _of(given: Any, name: str, several: bool) -> Any:
    """What is given for one stack or sequence."""
    return given.get(name) if several and isinstance(given, Mapping) else given


def _layers(
    weights: Any, query: Any, key: Any, scale: float | None, causal: bool, after: dict[str, Any]
) -> dict[int, AttentionLayer]:
    if weights is not None:
        layers = {}
        for index, array in _numbered(weights).items():
            three = _three(array)
            _check_weights(three, index)
            square = three.shape[1] == three.shape[2]
            layers[index] = AttentionLayer(
                weights=three, causal=square and not np.triu(three, 1).any()
            )
        return layers
    queries, keys = _numbered(query), _numbered(key)
    if queries.keys() != keys.keys():
        raise InvalidInput(
            f"query has the layers {sorted(queries)}, key {sorted(keys)}: give both for each layer."
        )
    layers = {}
    for index in queries:
        three = _three(queries[index])
        factor = three.shape[2] ** -0.5 if scale is None else float(scale)
        layers[index] = AttentionLayer(
            query=three, key=_three(keys[index]), scale=factor, causal=causal, **after
        )
    return layers


def _with_norms(layers: dict[int, AttentionLayer], norms: Any) -> dict[int, AttentionLayer]:
    """The layers with the norms of their values; the projection is not known by its name."""
    numbered = _numbered(norms)
    if not numbered.keys() <= layers.keys():
        raise InvalidInput(
            f"value_norms have the layers {sorted(numbered)}, the others are {sorted(layers)}: "
            "give norms of the same layers."
        )
    made = {
        index: replace(
            layers[index], value_norms=np.array(_numpy(array), np.float32), projection=GIVEN
        )
        for index, array in numbered.items()
    }
    return {**layers, **made}


def _check_weights(weights: npt.NDArray[np.float32], layer: int) -> None:
    """Rows may sum to less than 1, where a sink takes the rest; NaN is logged as it is."""
    if np.any(weights < 0):
        raise InvalidInput(
            "a weight is negative: give the weights after the softmax, or query and key."
        )
    largest = float(np.nanmax(weights.sum(axis=2), initial=0.0))
    if largest > _LARGEST_SUM:
        raise InvalidInput(
            f"the weights of a query of layer {layer} sum to {largest:.3g}, not to 1: give the "
            "weights after the softmax and before dropout, as [heads, queries, keys]."
        )


def _numbered(layers: Any) -> dict[int, Any]:
    """Layer -> array, of a dict, a list or tuple, or an array with layers as its first axis.

    None is a layer without attention.
    """
    if not isinstance(layers, Mapping):
        layers = dict(enumerate(layers))
    there = {_layer_number(index): array for index, array in layers.items() if array is not None}
    if not there:
        raise InvalidInput(
            "there are no layers: give at least one array. Models of transformers return "
            'attentions only where they were loaded with attn_implementation="eager".'
        )
    return there


def _layer_number(given: Any) -> int:
    try:
        return int(given)
    except (TypeError, ValueError):
        raise InvalidInput(
            f"{given!r} is not the number of a layer: give a list of layers or a dict layer -> "
            "array; of encoder and decoder dicts of both arrays and tokens; of what a model of "
            "transformers returns its attentions."
        ) from None


def _three(array: Any) -> npt.NDArray[np.float32]:
    """A float32 copy [heads, queries, keys or neurons], without a first axis of 1 before these."""
    numbers = _numpy(array)
    if numbers.ndim == 4 and numbers.shape[0] > 1:
        raise InvalidInput(f"there are {numbers.shape[0]} examples: give one, such as array[:1].")
    numbers = numbers[0] if numbers.ndim == 4 else numbers
    if numbers.ndim != 3:
        raise InvalidInput(
            "a layer is [heads, tokens, tokens or neurons], or that with a first axis of 1; it is "
            f"{list(numbers.shape)}."
        )
    return np.array(numbers, dtype=np.float32)


def _flags(array: Any) -> npt.NDArray[Any] | None:
    """A mask, which may be written with 0 and 1 too."""
    mask = _of_heads(array)
    if mask is None or not np.isin(mask, (0, 1)).all():
        return mask
    return mask.astype(bool)


def _of_heads(array: Any) -> npt.NDArray[Any] | None:
    """[1 or heads, queries, keys], of that or of [queries, keys]."""
    if array is None:
        return None
    numbers = np.array(_numpy(array))
    return numbers[None] if numbers.ndim == 2 else numbers


def _numpy(array: Any) -> npt.NDArray[Any]:
    """An array of any library as numpy.

    torch's tensors may need gradients, be on an accelerator, or have a dtype that numpy lacks.
    """
    if hasattr(array, "detach"):
        array = array.detach().cpu()
        array = array.float() if array.is_floating_point() else array
    return np.asarray(array)


def _sequence(name: str, tokens: Any, ids: Any, segments: Any) -> TokenSequence:
    if isinstance(tokens, str | bytes):
        raise InvalidInput("tokens are one text: give a list with one string for each token.")
    written = tuple(token if isinstance(token, bytes) else str(token).encode() for token in tokens)
    numbers = [
        tuple(int(number) for number in _numpy(given if given is not None else ()).ravel())
        for given in (ids, segments)
    ]
    return TokenSequence(written, name=name, ids=numbers[0], segments=numbers[1])
