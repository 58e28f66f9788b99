"""show: attention as a page, of whatever has it."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Collection
from numbers import Integral
from pathlib import Path
from typing import Any

from tb_attention.effects.options import Effects
from tb_attention.errors import InvalidInput, LoggingFailed, NotLogged
from tb_attention.log.logger import AttentionLogger
from tb_attention.standalone.given import TAG, first_model, logs_of
from tb_attention.standalone.page import Page, make_page
from tb_attention.store.chosen import Choice, chosen
from tb_attention.store.store import Store

Names = str | Collection[str]
Numbers = int | Collection[int]


def show(
    what: Any,
    text: Any = None,
    *,
    tokenizer: Any = None,
    tokens: Any = None,
    run: Names | None = None,
    tag: Names | None = None,
    steps: Numbers | None = None,
    layers: Numbers | None = None,
    effects: Effects | bool = False,
    dtype: str | None = None,
    height: int = 720,
) -> Page:
    """The whole tab in the cell of a notebook, or as one file, without a server.

    The page makes the weights of the queries and keys that it holds: 3.4 MB for GPT-2 small and 64
    tokens, and 3.0 MB for each further step.

    Example:
        >>> page = show(model, "The doctor asked the nurse.", tokenizer=tokenizer)
        >>> page = show({0: model, 100: model}, ["The doctor", "The nurse"], tokenizer=tokenizer)
        >>> page = show("runs", tag="doctor-she")
        >>> page.save("attention.html").name
        'attention.html'

    Args:
        what: a model; a list of them (steps 0, 1, ...), a dict step -> model, or step -> function
            that returns one; weights
            [1, heads, T, T] of each layer, as `attentions` of transformers and BertViz have them,
            or a dict of such lists by "encoder", "decoder" and "cross"; a Capture, a list of them
            (steps 0, 1, ...), or a dict step -> Capture or tag -> Capture; or a log directory, a
            path or URL.
        text: of a model what it reads: a text or token ids, as AttentionLogger.log takes them, a
            list of texts, or a dict tag -> text. Of weights their tokens.
        tokenizer: of the model, see AttentionLogger.log.
        tokens: T strings of weights, or what the token ids of a model stand for; of encoder and
            decoder a dict with both.
        run: of a log directory the name of the run, or several; None: all. Otherwise the name that
            it gets.
        tag: of a log directory the name of the tag, or several; None: all. Otherwise the name that
            a single text gets.
        steps: of a log directory the number of a step, or several; None: all.
        layers: the number of a layer, or several, whose queries and keys the page holds; None: all.
        effects: of models, whether effects of heads are measured, and how; see AttentionLogger.
        dtype: "float16" or "float32", of the queries, keys and weights that the page holds; None:
            as they are stored, float16 where nothing else was chosen.
        height: of the frame in a notebook, in pixels.

    Returns:
        A page: a notebook shows it, `save` writes it to a file, and `html` is that file.

    Raises:
        InvalidInput: it is nothing of these, or the page would be too large; the sentence says what
            to choose.
        NotLogged: the log directory has no such run, tag or step.
        NoAttention: no attention was seen in the model.
    """
    if not isinstance(height, Integral) or height < 1:
        raise InvalidInput(f"height is {height!r}: give a number of pixels, such as 720.")
    options: dict[str, Any] = {
        "layers": _several(layers),
        "dtype": dtype,
        "height": height,
        "say": print,
    }
    if isinstance(what, str | os.PathLike):
        if text is not None:
            raise InvalidInput(
                f"{os.fspath(what)!r} is read as a log directory, which has its texts: leave the "
                "text out, or give the model itself instead of its name."
            )
        choice = Choice(_several(run), _several(tag), _several(steps))
        return make_page(_opened(os.fspath(what), choice), title=_title(run, tag), **options)
    if steps is not None:
        raise InvalidInput("steps choose among those of a log directory: leave them out.")
    for name in (run, tag):
        if not (name is None or isinstance(name, str)):
            raise InvalidInput("run and tag are one name each, unless a log directory is shown.")
    with tempfile.TemporaryDirectory(prefix="tb-attention-") as logs:
        directory = Path(logs, _run_name(run, what))
        # One session, so that steps may come in any order.
        with AttentionLogger(
            directory,
            strict=True,
            float32=dtype == "float32",
            effects=effects,
            session="show",
        ) as logger:
            for log in logs_of(what, text, tokenizer, tokens, tag):
                try:
                    log(logger)
                except LoggingFailed as error:  # whose sentence is about a training
                    raise InvalidInput(f"this could not be run: {error.__cause__}") from error
        return make_page(Store.open(logs), title=_title(run, tag), **options)


def _opened(directory: str, choice: Choice) -> Store:
    store = Store.open(directory)
    if not store.snapshot.runs:
        raise NotLogged(
            f"there is no attention in {directory}: give the directory that TensorBoard is started "
            "on."
        )
    return chosen(store, choice)


def _run_name(run: Any, what: Any) -> str:
    """The name of the directory that the run is named after."""
    model = first_model(what)
    name = run or (TAG if model is None else type(model).__name__)
    return re.sub(r"[^\w .-]", "_", str(name)).strip(". ") or TAG


def _several(given: Any) -> Any:
    """A name or number by itself as a collection of one."""
    return (given,) if isinstance(given, str | Integral) else given


def _title(run: Names | None, tag: Names | None) -> str:
    named = [name for name in (run, tag) if isinstance(name, str)]
    return " · ".join(["Attention", *named])
