"""The options: named once, and shown by help() and inspect wherever they are taken."""

from __future__ import annotations

import dataclasses
import inspect
import pydoc
import typing
from typing import Any

import pytest

from tb_attention import AttentionCallback, AttentionLogger, LightningAttentionCallback
from tb_attention.errors import InvalidInput
from tb_attention.integrations.training import TrainingLog
from tb_attention.log.options import CallbackOptions, LoggerOptions, Options, options_of

OF_CALLBACKS = (
    "layers: 'Collection[int] | None' = None, heads: 'Collection[int] | None' = None, "
    "float32: 'bool' = False, effects: 'Effects | bool' = False, "
    "without_adapter: 'bool' = False, "
    "scalars: 'Collection[str]' = (), inline: 'bool' = False, "
    "sync: 'bool' = False, queue_size: 'int' = 8, "
    "when_full: \"Literal['block', 'drop']\" = 'block', strict: 'bool' = False"
)
BEFORE = (
    "(probes: 'Probes | None' = None, every: 'int' = 100, tokenizer: 'Any' = None, "
    "writer: 'Any' = None, *, examples: 'Collection[int]' = (), "
)
SIGNATURES = {
    AttentionLogger: f"(log_dir: 'Any', *, every: 'int' = 1, {OF_CALLBACKS}, "
    "session: 'str | None' = None, event_file: 'bool' = True) -> 'None'",
    AttentionCallback: f"{BEFORE}{OF_CALLBACKS}) -> 'None'",
    LightningAttentionCallback: f"{BEFORE}model: 'str | None' = None, {OF_CALLBACKS}) -> 'None'",
}


@pytest.mark.parametrize("taker", SIGNATURES)
def test_each_option_is_shown_with_its_type_its_default_and_a_sentence(taker: type) -> None:
    assert str(inspect.signature(taker)) == SIGNATURES[taker]
    shown = pydoc.plain(pydoc.render_doc(taker))
    for name, parameter in inspect.signature(taker).parameters.items():
        assert f" {name}: {parameter.annotation!r}" in shown
        assert f"         {name}: " in shown, f"{name} is explained"
    assert " options: " not in shown


def test_type_checkers_and_the_dataclass_have_the_same_options() -> None:
    types = typing.get_type_hints(Options)
    assert typing.get_type_hints(LoggerOptions) == types
    of_callbacks = typing.get_type_hints(CallbackOptions)
    assert of_callbacks.items() <= types.items()
    assert types.keys() - of_callbacks.keys() == {"every", "session", "event_file"}


def test_options_do_not_change() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Options().every = 2  # type: ignore[misc]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"every": 0}, "every is 0"),
        ({"layers": []}, "layers are"),
        ({"heads": [1, -1]}, r"heads are \[-1, 1\]"),
        ({"queue_size": 0}, "queue_size is 0"),
        ({"when_full": "wait"}, "when_full is 'wait'"),
        ({"effects": 3}, "effects is 3: give True, or Effects"),
        ({"scalars": ["entropie"]}, "'entropie' is not"),
        ({"inline": True, "event_file": False}, "event_file=False says"),
    ],
)
def test_what_cannot_be_used_is_a_sentence(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        AttentionLogger(None, **options)
    if options.keys() <= CallbackOptions.__annotations__.keys():
        with pytest.raises(InvalidInput, match=sentence):
            TrainingLog({"probe": "text"}, 1, (), None, options)  # type: ignore[arg-type]


def test_an_option_that_there_is_not() -> None:
    with pytest.raises(TypeError, match="no option 'evry': the options are every, layers, heads"):
        AttentionLogger(None, evry=2)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="no option 'session': the options are layers, heads"):
        AttentionCallback({"probe": "text"}, session="one")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="no option 'event_file'"):
        options_of({"event_file": False}, CallbackOptions)
