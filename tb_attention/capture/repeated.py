"""The built-in probe of repeated tokens, for one model and its tokenizer."""

from __future__ import annotations

from random import Random
from typing import Any

from tb_attention.capture.reading.recorder import has_rotary
from tb_attention.capture.streams.embedded import embeddings_of
from tb_attention.errors import InvalidInput
from tb_attention.record.probes import Repeated

_TOKENS = 32
"""Different tokens where the model has room.

With an idle head's 1/65 of the weight on each key, an induction head stands out.
"""

_POSITIONS = ("max_position_embeddings", "n_positions", "block_size", "max_seq_len")
"""Names of the number of positions in configs.

Of transformers, and of plain torch models such as nanoGPT.
"""

_SPECIAL = ("bos_token_id", "eos_token_id", "pad_token_id", "decoder_start_token_id")


_SIZES = ("__len__", "n_vocab", "get_vocab_size", "get_piece_size", "vocab_size")
"""What tokenizers call the number of their tokens."""


def repeated_ids(model: Any, tokenizer: Any, probe: Repeated) -> tuple[int, ...]:
    """Ids of the probe for this model, without wrappers.

    Raises:
        InvalidInput: the vocabulary is not known, or the tokens do not fit.
    """
    tokenizer = getattr(tokenizer, "tokenizer", tokenizer)
    config: Any = getattr(model, "config", None)
    config = config.get_text_config() if hasattr(config, "get_text_config") else config
    front = _front(tokenizer)
    special = _special(tokenizer, config)
    usable = [
        token for token in range(_vocabulary(model, tokenizer, config)) if token not in special
    ]
    positions = (
        None
        if has_rotary(config)
        else next(
            (n for name in _POSITIONS if isinstance(n := getattr(config, name, None), int)), None
        )
    )
    room = (
        len(usable)
        if positions is None or positions < 0
        else min(len(usable), (positions - len(front)) // 2)
    )
    tokens = min(_TOKENS, room) if probe.tokens is None else probe.tokens
    if not 2 <= tokens <= room:
        raise InvalidInput(
            f"the repeated probe has {tokens} tokens twice, and this model has room for 2 to "
            f"{room}."
        )
    chosen = Random(probe.seed).sample(usable, tokens)
    return (*front, *chosen, *chosen)


def _front(tokenizer: Any) -> tuple[int, ...]:
    for name in ("bos_token_id", "cls_token_id"):
        if isinstance(token := getattr(tokenizer, name, None), int):
            return (token,)
    return ()


def _special(tokenizer: Any, config: Any) -> set[int]:
    found = set(getattr(tokenizer, "all_special_ids", ())) | set(
        getattr(tokenizer, "added_tokens_decoder", ())
    )
    for name in _SPECIAL:
        token = getattr(config, name, None)
        found.update(
            token if isinstance(token, list) else [token] if isinstance(token, int) else []
        )
    return found


def _vocabulary(model: Any, tokenizer: Any, config: Any) -> int:
    """Number of tokens that both the model and its tokenizer know.

    Embeddings are often padded to a round number.
    """
    embeddings = embeddings_of(model)
    sizes = [getattr(embeddings, "num_embeddings", None), getattr(config, "vocab_size", None)]
    said = (_called(getattr(tokenizer, name, None)) for name in _SIZES)
    sizes.append(next((size for size in said if isinstance(size, int)), None))
    known = [size for size in sizes if isinstance(size, int)]
    if not known:
        raise InvalidInput(
            "the repeated probe needs to know the vocabulary: give a tokenizer, or token ids "
            "instead of the probe."
        )
    return min(known)


def _called(value: Any) -> Any:
    return value() if callable(value) else value
