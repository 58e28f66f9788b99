"""How large captures will be, before anything is logged."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from tb_attention.errors import InvalidInput

_NO_ATTENTION = ("linear_attention", "mamba", "conv", "recurrent")
"""What config.layer_types calls layers without attention."""

_OF_A_NORM = 4
"""Bytes: value norms are float32."""


def capture_bytes(
    model: Any,
    tokens: int,
    *,
    decoder_tokens: int | None = None,
    layers: Collection[int] | None = None,
    heads: Collection[int] | None = None,
    float32: bool = False,
) -> int:
    """Bytes of the queries, keys and value norms of one capture, as AttentionLogger stores them.

    Masks, and 1 KB a head for thumbnails, come to it. Models with attention code of their own,
    whose weights are stored, take heads x tokens x tokens numbers a layer instead.

    Example:
        >>> config = GPT2Config()  # GPT-2 small
        >>> capture_bytes(config, tokens=1024)
        38338560

    Args:
        model: a model of transformers, or its config.
        tokens: number of tokens of the text.
        decoder_tokens: number of tokens of the decoder's text, where there is one too; None: as
            many.
        layers: numbers of the layers that are kept; None: all.
        heads: query heads whose tensors are stored; None: all.
        float32: whether tensors are stored in float32 instead of float16.

    Raises:
        InvalidInput: the config does not say the sizes.
    """
    config = getattr(model, "config", model)
    config = config.get_text_config() if hasattr(config, "get_text_config") else config
    decoder_tokens = tokens if decoder_tokens is None else decoder_tokens
    if getattr(config, "is_encoder_decoder", False):
        encoder = _layers(config, ("encoder_layers", "num_hidden_layers"), layers)
        decoder = _layers(
            config, ("decoder_layers", "num_decoder_layers", "num_hidden_layers"), layers
        )
        ends = [
            (encoder, "encoder", tokens, tokens),
            (decoder, "decoder", decoder_tokens, decoder_tokens),
            (decoder, "decoder", decoder_tokens, tokens),
        ]
    else:
        count = _layers(config, ("num_hidden_layers",), layers)
        ends = [(count, "decoder", tokens, tokens)]
    each = 4 if float32 else 2
    return sum(
        count * _layer_bytes(config, side, queries, keys, chosen=heads, each=each)
        for count, side, queries, keys in ends
    )


def _layers(config: Any, names: tuple[str, ...], chosen: Collection[int] | None) -> int:
    """How many layers with attention there are, of the chosen ones."""
    kinds = getattr(config, "layer_types", None) or ["attention"] * _said(config, *names)
    with_attention = {index for index, kind in enumerate(kinds) if kind not in _NO_ATTENTION}
    return len(with_attention if chosen is None else with_attention.intersection(chosen))


def _layer_bytes(
    config: Any, side: str, queries: int, keys: int, *, chosen: Collection[int] | None, each: int
) -> int:
    """Bytes of the queries, keys and norms of one layer. each: of a number of queries and keys."""
    heads = _said(config, f"{side}_attention_heads", "num_attention_heads")
    key_heads = getattr(config, "num_key_value_heads", None) or heads
    neurons = (
        getattr(config, "head_dim", None)
        or getattr(config, "d_kv", None)
        or _said(config, "hidden_size") // heads
    )
    if latent := getattr(
        config, "qk_nope_head_dim", None
    ):  # queries and keys are compressed, and each head has a key of its own
        neurons, key_heads = latent + config.qk_rope_head_dim, heads
    if chosen is not None:
        key_heads, heads = len({head // (heads // key_heads) for head in chosen}), len(set(chosen))
    return int((heads * queries + key_heads * keys) * neurons * each + heads * keys * _OF_A_NORM)


def _said(config: Any, *names: str) -> int:
    found = next((value for name in names if (value := getattr(config, name, None))), None)
    if not isinstance(found, int):
        raise InvalidInput(
            f"{type(config).__name__} does not say {names[-1]}: the size of its captures is not "
            "known beforehand."
        )
    return found
