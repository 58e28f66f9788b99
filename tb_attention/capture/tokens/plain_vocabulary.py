"""What tokenizers share that are not of transformers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tb_attention.capture.tokens.vocabulary import Encoded
from tb_attention.errors import InvalidInput


def encoded(texts: tuple[str, ...], encode: Callable[[str], Any]) -> Encoded:
    """The ids of the texts, joined, with their segments where there are two.

    Raises:
        InvalidInput: `encode` gives no ids.
    """
    ids: list[int] = []
    segments: list[int] = []
    for number, text in enumerate(texts):
        found = _ids_in(encode(text))
        ids += found
        segments += [number] * len(found)
    return Encoded(tuple(ids), segments=tuple(segments) if len(texts) > 1 else ())


def _ids_in(found: Any) -> list[int]:
    """Ids in an array, an Encoding, a dict as transformers has it, or a batch of one."""
    found = getattr(found, "ids", found)
    found = found["input_ids"] if isinstance(found, Mapping) and "input_ids" in found else found
    found = found.tolist() if hasattr(found, "tolist") else list(found)
    if len(found) == 1 and isinstance(found[0], list | tuple):
        (found,) = found
    if not all(hasattr(one, "__index__") for one in found):
        raise InvalidInput(
            f"the tokenizer's encode gives {found[0]!r} and no ids: give token ids instead of the "
            "text."
        )
    return [int(one) for one in found]


def spelled(spell: Callable[[int], Any], ids: Sequence[int]) -> list[bytes]:
    """What `spell` returns for each id; its number where it does not have it.

    Embeddings are often padded to more ids than the tokenizer has.

    Raises:
        InvalidInput: it has none of them.
    """
    found: list[Any] = []
    missing: Exception | None = None
    for one in ids:
        try:
            text = spell(one)
        except InvalidInput:
            raise
        except (LookupError, ValueError, OverflowError) as error:
            text, missing = None, error
        except Exception as error:  # tokenizers raise what they like
            raise InvalidInput(
                f"the tokenizer fails on token id {one} ({error}): give the model's own tokenizer."
            ) from error
        found.append(text.encode("utf-8", "replace") if isinstance(text, str) else text)
    if ids and not any(isinstance(text, bytes) for text in found):
        raise InvalidInput(
            f"token id {ids[0]} is not in the tokenizer's vocabulary: give the model's own "
            "tokenizer."
        ) from missing
    return [
        text if isinstance(text, bytes) else str(one).encode()
        for one, text in zip(ids, found, strict=True)
    ]
