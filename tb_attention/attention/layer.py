"""One attention layer: the tensors that its attention weights follow from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from tb_attention.errors import InvalidInput, NotLogged

Array = Any
"""An array of numpy, torch or another library that follows the array API."""


@dataclass(frozen=True)
class Check:
    """Whether weights times values are what the model's attention function gave.

    Args:
        error: largest difference of its output on a few queries, over the largest value of the
            head; None: not compared.
        unchecked: why it was not compared, in words that follow "not checked, because"; "" if that
            is not known.
        wrong: whether it is another attention, of which nothing may be shown.
    """

    error: float | None = None
    unchecked: str = ""
    wrong: bool = False


def worst(checks: Iterable[Check]) -> Check:
    """The check of a layer that was seen in parts: the largest error, and whether any is wrong.

    Example:
        >>> worst([Check(1e-6), Check(3e-4), Check(unchecked="dropout is on")])
        Check(error=0.0003, unchecked='', wrong=False)

    Args:
        checks: of the parts. Where none was compared, the first reason is kept.
    """
    checks = list(checks)
    errors = [one.error for one in checks if one.error is not None]
    why = "" if errors else next((one.unchecked for one in checks if one.unchecked), "")
    return Check(max(errors, default=None), why, any(one.wrong for one in checks))


@dataclass(frozen=True, eq=False)
class AttentionLayer:
    """The tensors of one attention layer for one example, from which its weights follow.

    Either `query` and `key`, or `weights` where the model gives nothing else. How weights follow
    from query and key: `tb_attention.attention.softmax.weights`.

    Example:
        >>> query, key = np.random.randn(8, 10, 64), np.random.randn(2, 10, 64)
        >>> layer = AttentionLayer(query, key, scale=64**-0.5)  # 8 query heads share 2 key heads
        >>> layer.heads, layer.key_heads, layer.queries, layer.keys
        (8, 2, 10, 10)

    Args:
        query: floating [heads, queries, neurons], as it enters the attention function: after rotary
            embedding, before scale.
        key: floating [key_heads, keys, neurons], as it enters the attention function; heads must be
            a multiple of key_heads.
        weights: floating [heads, queries, keys], the weights themselves, where there are no query
            and key.
        scale: what q . k is multiplied with.
        causal: whether query i sees key j only where j <= i + query_start.
        query_start: position of the first query among the keys; other than 0 only where keys begin
            before the queries.
        mask: bool [1 or heads, queries, keys], True where a key may be seen; None: all, but for
            `causal`.
        bias: floating [1 or heads, queries, keys], added to the scores after the soft cap; None:
            nothing.
        softcap: scores become softcap * tanh(score / softcap) before bias and masks; None: no soft
            cap.
        sinks: floating [heads], one logit per head that takes part in the softmax and is then
            dropped, so that weights sum to less than 1; None: no sink.
        module: name of the attention module in the model, such as "transformer.h.0.attn".
        rotary: whether rotary position embedding has been applied to query and key.
        implementation: attention implementation that the model was running, such as "sdpa".
        check: how far its weights are from what the model itself computed.
        value_norms: floating [heads, keys], the length of what each key gives to a query head that
            looks at nothing else: ||v_j W_O||, with the value v_j and the head's part of the output
            projection W_O; None where values are not known.
        projection: name of the module with W_O; "" where value_norms are those of v_j alone.
        arriving: whether the weights of this layer are shares of what arrives, see `arrived`.

    Raises:
        InvalidInput: neither query and key nor weights are given, or shapes or dtypes do not fit
            each other.
    """

    query: Array = None
    key: Array = None
    weights: Array = None
    scale: float = 1.0
    causal: bool = True
    query_start: int = 0
    mask: Array = None
    bias: Array = None
    softcap: float | None = None
    sinks: Array = None
    module: str = ""
    rotary: bool = False
    implementation: str = ""
    check: Check = Check()
    value_norms: Array = None
    projection: str = ""
    arriving: bool = False

    def __post_init__(self) -> None:
        if self.weights is None:
            if self.query is None or self.key is None:
                raise InvalidInput("an attention layer needs query and key, or weights.")
            if self.query.ndim != 3 or self.key.ndim != 3:
                raise InvalidInput(
                    f"query and key must be [heads, tokens, neurons]; they are {self.query.shape} "
                    f"and {self.key.shape}."
                )
            if self.query.shape[2] != self.key.shape[2]:
                raise InvalidInput(
                    f"query has {self.query.shape[2]} neurons and key {self.key.shape[2]}: they "
                    "must be equal."
                )
            if not self.key.shape[0] or self.query.shape[0] % self.key.shape[0]:
                raise InvalidInput(
                    f"{self.query.shape[0]} query heads cannot share {self.key.shape[0]} key heads "
                    "evenly."
                )
        elif self.weights.ndim != 3:
            raise InvalidInput(
                f"weights must be [heads, queries, keys]; they are {self.weights.shape}."
            )
        self._check_what_is_added()

    def _check_what_is_added(self) -> None:
        """Raises InvalidInput for a mask, a bias, sinks or norms that do not fit the layer."""
        rows = (self.queries, self.keys)
        for name, array in (("mask", self.mask), ("bias", self.bias)):
            if array is None:
                continue
            shape = tuple(array.shape)
            if len(shape) != 3 or shape[0] not in (1, self.heads) or shape[1:] != rows:
                raise InvalidInput(
                    f"the {name} must be [1 or {self.heads} heads, {rows[0]} queries, "
                    f"{rows[1]} keys]; it is {list(shape)}."
                )
        if self.mask is not None and _dtype(self.mask) != "bool":
            raise InvalidInput(
                f"the mask has the dtype {_dtype(self.mask)}: give bool, where True may be seen; "
                "numbers that are added to the scores are the bias."
            )
        if self.bias is not None and _dtype(self.bias) == "bool":
            raise InvalidInput(
                "the bias has the dtype bool: give numbers that are added to the scores; "
                "what may be seen is the mask."
            )
        if self.sinks is not None and tuple(self.sinks.shape) != (self.heads,):
            raise InvalidInput(
                f"sinks must be one number for each of {self.heads} heads; "
                f"they are {list(self.sinks.shape)}."
            )
        norms = self.value_norms
        if norms is not None and tuple(norms.shape) != (self.heads, self.keys):
            raise InvalidInput(
                f"value_norms must be [{self.heads} heads, {self.keys} keys]; they are "
                f"{list(norms.shape)}."
            )

    @property
    def heads(self) -> int:
        """Number of query heads."""
        return int((self.query if self.weights is None else self.weights).shape[0])

    @property
    def queries(self) -> int:
        """Number of query tokens."""
        return int((self.query if self.weights is None else self.weights).shape[1])

    @property
    def keys(self) -> int:
        """Number of key tokens."""
        return int(self.key.shape[1] if self.weights is None else self.weights.shape[2])

    @property
    def key_heads(self) -> int:
        """Number of key heads; query head h uses key head h // (heads // key_heads)."""
        return int((self.key if self.weights is None else self.weights).shape[0])

    def arrived(self) -> AttentionLayer:
        """The same layer with shares of what arrives in place of its weights.

        The weight of query i on key j, times the length of what the key gives (value_norms), over
        the sum of these products: rows sum to 1. What a sink takes counts for nothing.

        Example:
            >>> from tb_attention.attention import softmax
            >>> weights = np.float32([[[0.75, 0.25]]])
            >>> layer = AttentionLayer(weights=weights, value_norms=np.float32([[1, 3]]))
            >>> softmax.weights(layer.arrived())
            array([[[0.5, 0.5]]], dtype=float32)

        Raises:
            NotLogged: value_norms are not known.
        """
        if self.value_norms is None:
            raise NotLogged(
                "What arrives is not known: the lengths of values were not logged, as in logs of "
                "tb-attention 0.1 and where a model gives only its weights. Log it anew, or ask "
                "for weights."
            )
        return replace(self, arriving=True)

    def head(self, head: int) -> AttentionLayer:
        """The same layer with this query head only, and the key head that it uses.

        Args:
            head: 0-based index of the query head.

        Returns:
            A layer with heads == key_heads == 1. Its arrays are views.
        """

        def of(array: Array | None) -> Array | None:
            return array if array is None or array.shape[0] == 1 else array[head : head + 1]

        key_head = head // (self.heads // self.key_heads)
        key = None if self.key is None else self.key[key_head : key_head + 1]
        arrays: Any = {
            name: of(getattr(self, name)) for name in ("query", "weights", "mask", "bias", "sinks")
        }
        norms = None if self.value_norms is None else self.value_norms[head : head + 1]
        return replace(self, key=key, value_norms=norms, **arrays)


def _dtype(array: Array) -> str:
    """Name of the array's dtype, which torch writes with a "torch." before it and numpy without."""
    return str(array.dtype).rpartition(".")[2]
