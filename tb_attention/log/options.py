"""What may be chosen when attention is logged: the one place that names, explains and checks it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import Field, dataclass, fields
from typing import Any, Literal, TypedDict, TypeVar

from tb_attention.effects.options import Effects, effects_of
from tb_attention.errors import InvalidInput
from tb_attention.record.scalars import check_names

Function = TypeVar("Function", bound=Callable[..., None])

_OPTIONS = re.compile(r"^ {4}options: .*\n(?: {8}.*\n)*", re.M)
"""The entry of all options in the docstring of a function."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """The options of AttentionLogger, most of which the callbacks of training frameworks take too.

    Attributes:
        every: steps that are no multiple of it are passed over.
        layers: which layers are kept; None: all.
        heads: query heads whose tensors are stored; None: all. Head metrics and thumbnails are of
            all heads in any case.
        float32: tensors are stored in float32 instead of float16.
        effects: True, or Effects(...): for each probe the losses of its tokens are logged, and what
            its heads do to its loss and to its answer (tb_attention.Effects, docs/effects.md). The
            loss is then in the Scalars tab, too. Not of examples of the training batch.
        without_adapter: of a model with an adapter of PEFT, each probe is logged once more with the
            adapter disabled, at the same step, in a run "without-adapter" below this one.
        scalars: names of head metrics that also go to the Scalars tab: mean and maximum over the
            heads of each layer, and the values of `heads` where these are given.
        inline: everything goes into the event file and there are no record files; TensorBoard then
            reads it all when it starts.
        sync: each capture is forced onto the disk, and the SummaryWriter flushed, when it is
            written; otherwise the system decides, and the SummaryWriter's flush_secs.
        queue_size: number of captures that may wait to be written.
        when_full: what `log` does when that many wait: "block" waits, "drop" leaves the capture
            out.
        strict: a failure is raised, at the latest by the next call, instead of a warning.
        session: name of the writer, see Capture.session in proto/attention.proto; None: a new one.
            Processes of one job that log different steps to one directory are given the same
            session, and then all of them write.
        event_file: whether an event file is written; only one of several processes may, because a
            second event file would hide the first.

    """

    every: int = 1
    layers: Collection[int] | None = None
    heads: Collection[int] | None = None
    float32: bool = False
    effects: Effects | bool = False
    without_adapter: bool = False
    scalars: Collection[str] = ()
    inline: bool = False
    sync: bool = False
    queue_size: int = 8
    when_full: Literal["block", "drop"] = "block"
    strict: bool = False
    session: str | None = None
    event_file: bool = True

    def __post_init__(self) -> None:
        if self.every < 1:
            raise InvalidInput(
                f"every is {self.every}: give the number of steps between two captures, 1 or more."
            )
        for name, numbers in (("layers", self.layers), ("heads", self.heads)):
            if numbers is not None and (not numbers or any(number < 0 for number in numbers)):
                raise InvalidInput(
                    f"{name} are {sorted(numbers)}: give numbers from 0 on, or None for all."
                )
        if self.queue_size < 1:
            raise InvalidInput(
                f"queue_size is {self.queue_size}: at least one capture must be able to wait."
            )
        if self.when_full not in ("block", "drop"):
            raise InvalidInput(f'when_full is {self.when_full!r}: it is "block" or "drop".')
        effects_of(self.effects)
        check_names(self.scalars)
        if self.inline and not self.event_file:
            raise InvalidInput(
                "inline=True writes into the event file, and event_file=False says that there is "
                "none."
            )


class CallbackOptions(TypedDict, total=False):
    """Names and types of the options that callbacks take, for type checkers.

    They cannot read them off the dataclass; a test holds that they are the same.
    """

    layers: Collection[int] | None
    heads: Collection[int] | None
    float32: bool
    effects: Effects | bool
    without_adapter: bool
    scalars: Collection[str]
    inline: bool
    sync: bool
    queue_size: int
    when_full: Literal["block", "drop"]
    strict: bool


class LoggerOptions(CallbackOptions, total=False):
    """Names and types of all options."""

    every: int
    session: str | None
    event_file: bool


def options_of(given: Mapping[str, Any], names: type, *, every: int | None = None) -> Options:
    """The options that were given by keyword.

    Args:
        given: option -> value.
        names: CallbackOptions or LoggerOptions, whose names are known.
        every: of a callback, which takes it beside the options.

    Returns:
        All options.

    Raises:
        TypeError: an option has another name.
        InvalidInput: an option has a value that cannot be used with any model.
    """
    known = [field.name for field in _fields(names)]
    if unknown := sorted(given.keys() - set(known)):
        raise TypeError(f"there is no option {unknown[0]!r}: the options are {', '.join(known)}.")
    return Options(**given) if every is None else Options(**given, every=every)


def shows_options(names: type) -> Callable[[Function], Function]:
    """Writes the options into the signature and docstring of a function that takes **options.

    help() and inspect.signature() then show each with its type and default, as if the function
    named them itself. In the docstring they take the place of the line that begins with "options:".
    """

    def show(function: Function) -> Function:
        signature = inspect.signature(function)
        shown = [
            parameter
            for parameter in signature.parameters.values()
            if parameter.kind is not inspect.Parameter.VAR_KEYWORD
        ]
        shown += [
            inspect.Parameter(
                field.name,
                inspect.Parameter.KEYWORD_ONLY,
                default=field.default,
                annotation=field.type,
            )
            for field in _fields(names)
        ]
        function.__signature__ = signature.replace(parameters=shown)  # type: ignore[attr-defined]
        if function.__doc__ and Options.__doc__:  # python -OO has none
            explained = _explained(inspect.cleandoc(Options.__doc__))
            lines = "".join(explained[field.name] for field in _fields(names))
            function.__doc__ = _OPTIONS.sub(lambda _: lines, inspect.cleandoc(function.__doc__))
        return function

    return show


def _fields(names: type) -> list[Field[Any]]:
    return [field for field in fields(Options) if field.name in names.__annotations__]


def _explained(docstring: str) -> dict[str, str]:
    """Option -> its lines in the docstring of Options."""
    parts = re.split(r"^(?= {4}\w+: )", f"{docstring}\n", flags=re.M)[1:]
    return {part.partition(":")[0].strip(): part for part in parts}
