"""Layers that were not understood, from another run of the model over the whole text.

As it is, which is enough where weights of many steps could not be put together; else with eager
attention, shown only where that gives the same output as the attention function that it runs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import torch

from tb_attention.attention import softmax
from tb_attention.attention.layer import AttentionLayer, Check
from tb_attention.capture.again import Again, whole
from tb_attention.capture.calls.attention_call import AttentionCall
from tb_attention.capture.calls.transformers_hook import EAGER
from tb_attention.capture.calls.watch_model import watch
from tb_attention.capture.eval_mode import undisturbed
from tb_attention.capture.reading.check import difference, weights_difference
from tb_attention.capture.reading.pieces import norm_fields, shown
from tb_attention.capture.reading.recorder import Recorder, module_name
from tb_attention.capture.reading.rows import many_rows
from tb_attention.capture.reading.understanding import Understanding
from tb_attention.capture.reading.value_norms import ValueNorms, value_norms
from tb_attention.capture.shown import Seen, text_of
from tb_attention.capture.streams.frames import probing
from tb_attention.capture.streams.pass_watcher import PassWatcher
from tb_attention.capture.streams.runs import Run
from tb_attention.capture.streams.wrappers import runs_on_all_processes, sharded

_IMPLEMENTATION = "_attn_implementation_internal"

Followed = tuple[AttentionCall, ValueNorms | None]
"""A call, and the norms of its values."""

Calls = dict[str, list[Followed]]
"""Name of a module, as layers have it, and its calls in one pass."""


def is_wrong(seen: Sequence[Seen]) -> bool:
    """Whether any layer was not understood."""
    return any(layer.check.wrong for one in seen for layer in one.layers.values())


def mended(passes: PassWatcher, run: Run, example: int, seen: Sequence[Seen]) -> list[Seen]:
    """The stacks, with the layers that could be read from another run.

    In evaluation mode: as it is, and once more with eager attention where that is not enough.
    """
    main = run.main()
    if main is None or (not passes.ours and runs_on_all_processes(passes.model)):
        return list(seen)
    wrong = {layer.module for one in seen for layer in one.layers.values() if layer.check.wrong}
    row = next(iter(main.rows.get(example, ())), 0)
    again = whole(run, row, text_of(run, main, example, row))
    config = passes.towers.config
    with undisturbed(passes.model):
        given = _calls(passes.model, again, wrong)
        layers = {name: _as_it_is(calls, config) for name, calls in given.items()}
        if left := [name for name, layer in layers.items() if layer is None]:
            with _eager(passes.model):
                found = _calls(passes.model, again, left)
            for name in left:
                layers[name] = _eagerly(given[name], found.get(name, []), config)
    return [replace(one, layers=_replaced(one, layers)) for one in seen]


def _replaced(one: Seen, found: dict[str, AttentionLayer | None]) -> dict[int, AttentionLayer]:
    result = dict(one.layers)
    for index, layer in one.layers.items():
        other = found.get(layer.module) if layer.check.wrong else None
        if other is None or (other.queries, other.keys) != (layer.queries, layer.keys):
            continue
        if one.asking.prompt is None or _follows(other, one.asking.prompt):
            result[index] = replace(other, implementation=layer.implementation)
    return result


def _follows(layer: AttentionLayer, prompt: int) -> bool:
    """Whether no query sees a key that came in a later step of a generation.

    The steps were others than one pass over the whole if it does.
    """
    if layer.queries != layer.keys:
        return True
    later = torch.ones(layer.queries, layer.keys, dtype=torch.bool).triu(1)
    later[:, :prompt] = False
    weights = torch.as_tensor(softmax.weights(layer))
    return not bool(weights[:, later].any())


def _calls(model: torch.nn.Module, again: Again, names: Collection[str]) -> Calls:
    """The calls of some modules in a pass that nobody else sees."""
    module, given = again
    found: Calls = {}

    def keep(call: AttentionCall) -> None:
        if (name := module_name(call)) in names:
            found.setdefault(name, []).append((call, value_norms(call, 0, slice(None))))

    with probing(found), watch(model, keep):
        (model if sharded(model) else module)(**given)
    return found


def _as_it_is(given: Sequence[Followed], config: Any) -> AttentionLayer | None:
    """The layer of a call over the whole text, where it is understood."""
    if len(given) != 1:
        return None
    call, norms = given[0]
    part = Recorder(config).read(call)
    if part.check.wrong or part.check.unchecked:
        return None
    return shown(part.whole(**norm_fields([(norms, part.keys)])))


def _eagerly(
    given: Sequence[Followed], found: Sequence[Followed], config: Any
) -> AttentionLayer | None:
    """The layer of an eager call, where it explains the output of the one not understood."""
    if len(given) != 1 or len(found) != 1:
        return None
    (meant, norms), (eager, _) = given[0], found[0]
    understood = Understanding().of(eager)
    call = replace(understood.call, value=meant.value, output=meant.output)
    queries, keys = call.query.shape[2], call.key.shape[2]
    rows = many_rows(call, understood.reading.visibility(queries, keys))
    if understood.check.wrong:
        return None
    if understood.weights is None:
        one = difference(call, 0, understood.reading, rows)
    else:
        one = weights_difference(call, 0, understood.weights, rows)
    if one is None or not one.passes:
        return None
    part = Recorder(config).read(eager)
    return shown(part.whole(check=Check(one.error), **norm_fields([(norms, part.keys)])))


@contextmanager
def _eager(model: torch.nn.Module) -> Iterator[None]:
    """Eager attention in all parts of a model of transformers."""
    configs = {id(one): one for one in map(_config, model.modules()) if one is not None}
    before = {key: vars(one)[_IMPLEMENTATION] for key, one in configs.items()}
    try:
        for one in configs.values():
            vars(one)[_IMPLEMENTATION] = EAGER
        yield
    finally:
        for key, one in configs.items():
            vars(one)[_IMPLEMENTATION] = before[key]


def _config(module: torch.nn.Module) -> Any:
    """The config of a part, where attention looks its implementation up."""
    config = vars(module).get("config")
    return config if config is not None and _IMPLEMENTATION in vars(config) else None
