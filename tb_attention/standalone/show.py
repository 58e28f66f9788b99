"""show: attention as a page, of whatever has it."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from tb_attention.effects.options import Effects
from tb_attention.errors import InvalidInput, LoggingFailed, NotLogged
from tb_attention.log.arrays import capture_arrays
from tb_attention.log.logger import AttentionLogger
from tb_attention.record.capture import Capture
from tb_attention.record.probes import tag_of
from tb_attention.standalone.page import Page, make_page
from tb_attention.store.chosen import Choice, chosen
from tb_attention.store.store import Store

TAG = "attention"
"""Of what has no text that it could be named after."""

_INPUTS = ("_ids", "_mask", "_values", "_features", "_embeds")
"""How inputs of models of transformers are named."""

Names = str | Collection[str]


def show(
    what: Any,
    text: Any = None,
    *,
    tokenizer: Any = None,
    tokens: Any = None,
    run: Names | None = None,
    tag: Names | None = None,
    steps: Collection[int] | None = None,
    layers: Collection[int] | None = None,
    effects: Effects | bool = False,
    dtype: str | None = None,
    height: int = 720,
) -> Page:
    """The whole tab in the cell of a notebook, or as one file, without a server.

    The page makes the weights of the queries and keys that it holds: 2.4 MB for GPT-2 small and 64
    tokens, and as much for each further step.

    Example:
        >>> page = show(model, "The doctor asked the nurse.", tokenizer=tokenizer)
        >>> page = show({0: model, 100: model}, ["The doctor", "The nurse"], tokenizer=tokenizer)
        >>> page = show("runs", tag="doctor-she")
        >>> page.save("attention.html").name
        'attention.html'

    Args:
        what: a model; a dict step -> model, or step -> function that returns one; weights
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
        steps: of a log directory the numbers of the steps; None: all.
        layers: numbers of the layers whose queries and keys the page holds; None: all.
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
    options: dict[str, Any] = {"layers": layers, "dtype": dtype, "height": height, "say": print}
    if isinstance(what, str | os.PathLike):
        choice = Choice(_names(run), _names(tag), steps)
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
            for log in _logs(what, text, tokenizer, tokens, tag):
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


Log = Callable[[AttentionLogger], None]
"""Logs one capture."""


def _logs(what: Any, text: Any, tokenizer: Any, tokens: Any, tag: Any) -> Iterator[Log]:
    """What is to be logged, a capture at a time."""
    if _is_model(what):
        yield from _of_models({0: what}, text, tokenizer, tokens, tag)
    elif isinstance(what, Capture):
        yield _written(what, tag or TAG, 0)
    elif _is_of(what, Capture):
        for name, each in what.items() if isinstance(what, Mapping) else enumerate(what):
            if isinstance(name, str):
                yield _written(each, name, 0)
            else:
                yield _written(each, tag or TAG, int(name))
    elif isinstance(what, Mapping) and all(isinstance(step, int) for step in what):
        yield from _of_models(what, text, tokenizer, tokens, tag)
    elif isinstance(what, Mapping | list | tuple) or hasattr(what, "shape"):
        names = text if tokens is None else tokens
        if names is None:
            raise InvalidInput("weights need their tokens: show(weights, tokens).")
        yield _written(capture_arrays(names, what), tag or TAG, 0)
    else:
        raise InvalidInput(
            f"show takes a model and a text, weights and tokens, a Capture, or a log directory; "
            f"this is of the type {type(what).__name__}."
        )


def _of_models(
    models: Mapping[int, Any], text: Any, tokenizer: Any, tokens: Any, tag: Any
) -> Iterator[Log]:
    if text is None:
        raise InvalidInput(
            'a model needs what it reads: show(model, "The doctor asked.", tokenizer=tokenizer).'
        )
    texts = _texts(text, tag)
    for step, given in models.items():
        model = given if _is_model(given) else given()
        for name, each in texts.items():
            yield _logged(model, each, name, step, tokenizer, tokens)


def _logged(model: Any, text: Any, tag: str, step: int, tokenizer: Any, tokens: Any) -> Log:
    def log(logger: AttentionLogger) -> None:
        logger.log(model, text, tag=tag, step=step, tokenizer=tokenizer, tokens=tokens)

    return log


def _written(capture: Capture, tag: str, step: int) -> Log:
    def log(logger: AttentionLogger) -> None:
        logger.write(capture, tag=tag, step=step)

    return log


def _texts(text: Any, tag: str | None) -> dict[str, Any]:
    """Tag -> text. A mapping of inputs of the model, as a tokenizer returns it, is one."""
    if isinstance(text, str):
        return {tag or tag_of(text): text}
    if isinstance(text, list) and text and all(isinstance(each, str) for each in text):
        return _named(text)
    if isinstance(text, Mapping) and text and not _is_inputs(text):
        return {str(name): each for name, each in text.items()}
    return {tag or TAG: text}


def _is_inputs(given: Mapping[Any, Any]) -> bool:
    """Whether these are the inputs of a model, as a tokenizer or processor returns them."""
    return any(
        hasattr(each, "shape") or str(name).endswith(_INPUTS) for name, each in given.items()
    )


def _named(texts: list[str]) -> dict[str, str]:
    """Texts by tags of their own, also where they begin with the same words."""
    found: dict[str, str] = {}
    for text in texts:
        name = tag_of(text)
        same = sum(other == name or other.startswith(f"{name} ") for other in found)
        found[f"{name} {same + 1}" if same else name] = text
    return found


def _is_model(what: Any) -> bool:
    return hasattr(what, "named_modules") and hasattr(what, "forward")


def _is_of(what: Any, kind: type) -> bool:
    entries = what.values() if isinstance(what, Mapping) else what
    return (
        isinstance(what, Mapping | list | tuple)
        and bool(what)
        and all(isinstance(each, kind) for each in entries)
    )


def _run_name(run: Any, what: Any) -> str:
    """The name of the directory that the run is named after."""
    first = next(iter(what.values()), None) if isinstance(what, Mapping) else what
    name = run or (type(first).__name__ if _is_model(first) else TAG)
    return re.sub(r"[^\w .-]", "_", str(name)).strip(". ") or TAG


def _names(given: Names | None) -> Collection[str] | None:
    return (given,) if isinstance(given, str) else given


def _title(run: Names | None, tag: Names | None) -> str:
    named = [name for name in (run, tag) if isinstance(name, str)]
    return " · ".join(["Attention", *named])
