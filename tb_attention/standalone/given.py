"""What `show` was given, as captures to log."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from numbers import Integral
from typing import Any

from tb_attention.errors import InvalidInput
from tb_attention.log.arrays import capture_arrays
from tb_attention.log.logger import AttentionLogger
from tb_attention.record.capture import Capture
from tb_attention.record.probes import tag_of

TAG = "attention"
"""Of what has no text that it could be named after."""

_INPUTS = ("_ids", "_mask", "_values", "_features", "_embeds")
"""How inputs of models of transformers are named."""

Log = Callable[[AttentionLogger], None]
"""Logs one capture."""


def logs_of(what: Any, text: Any, tokenizer: Any, tokens: Any, tag: Any) -> Iterator[Log]:
    """What is to be logged, a capture at a time; the arguments are those of `show`.

    Raises:
        InvalidInput: it is nothing that has attention; the sentence says what to give.
    """
    models = _models_by_step(what)
    if models is not None:
        yield from _of_models(models, text, tokenizer, tokens, tag)
    elif isinstance(what, Capture):
        yield _written(what, tag or TAG, 0)
    elif _is_of(what, Capture):
        for name, each in what.items() if isinstance(what, Mapping) else enumerate(what):
            if isinstance(name, str):
                yield _written(each, name, 0)
            else:
                yield _written(each, tag or TAG, int(name))
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


def first_model(what: Any) -> Any:
    """The first model of what was given; None where there is none, or a function returns it."""
    models = _models_by_step(what) or {}
    return next((each for each in models.values() if is_model(each)), None)


def _models_by_step(what: Any) -> Mapping[int, Any] | None:
    """Step -> model, or a function that returns one; None where it is something else.

    Raises:
        InvalidInput: models have no steps, or something else is among them.
    """
    if is_model(what):
        return {0: what}
    if isinstance(what, list | tuple):
        what = dict(enumerate(what))
    if not isinstance(what, Mapping) or not any(map(_gives_model, what.values())):
        return None
    for step, each in what.items():
        if not isinstance(step, Integral):
            raise InvalidInput(
                f"{step!r} is not a step: models have numbers, as in show({{0: before, 1000: "
                "after}, text, tokenizer=tokenizer)."
            )
        if not _gives_model(each):
            raise InvalidInput(
                f"of step {step} there is something of the type {type(each).__name__}: give a "
                "model, or a function that returns one."
            )
    return {int(step): each for step, each in what.items()}


def _gives_model(what: Any) -> bool:
    return is_model(what) or (callable(what) and not hasattr(what, "shape"))


def _of_models(
    models: Mapping[int, Any], text: Any, tokenizer: Any, tokens: Any, tag: Any
) -> Iterator[Log]:
    if text is None:
        raise InvalidInput(
            'a model needs what it reads: show(model, "The doctor asked.", tokenizer=tokenizer).'
        )
    texts = _texts(text, tag)
    for step, given in models.items():
        model = given if is_model(given) else given()
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


def is_model(what: Any) -> bool:
    """Whether it is a module of torch, which is not imported for that."""
    return hasattr(what, "named_modules") and hasattr(what, "forward")


def _is_of(what: Any, kind: type) -> bool:
    entries = what.values() if isinstance(what, Mapping) else what
    return (
        isinstance(what, Mapping | list | tuple)
        and bool(what)
        and all(isinstance(each, kind) for each in entries)
    )
