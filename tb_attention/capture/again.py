"""The arguments to run a model once more over one example, with all that it had before."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

import torch

from tb_attention.capture.caches import caches_in
from tb_attention.capture.frames import Frame
from tb_attention.capture.model_inputs import main_tensor
from tb_attention.capture.runs import Run
from tb_attention.capture.texts import Text

_TOKENS = ("decoder_input_ids", "decoder_inputs_embeds", "input_ids", "inputs_embeds")
_OF_STEPS = ("cache_position", "use_cache", "past_key_values")
_OF_PLACES = (
    "position_ids",
    "token_type_ids",
    "decoder_attention_mask",
    "decoder_inputs_embeds",
    "labels",
)

Again = tuple[torch.nn.Module, dict[str, Any]]
"""A module and its arguments."""


def whole(run: Run, row: int, text: Text) -> Again:
    """One pass over all tokens that a row was fed, in one step or several."""
    tops = _tops(run)
    if len(tops) > 1 and sum(_count(top.given) for top in tops) != len(text.ids):
        return rewritten(run, row, text)  # some were not accepted
    module, given = tops[0].module, _given(run, row, tops)
    if len(tops) > 1 and tops[0].given.get("inputs_embeds") is not None:
        batch = _batch(tops[0].given)
        steps = [row_of(_embedded(module, top), row, batch) for top in tops]
        given |= {"inputs_embeds": torch.cat(steps, 1), "input_ids": None}
    if "attention_mask" in given and given["attention_mask"] is None:
        given["attention_mask"] = _mask(run, row, _batch(tops[0].given), len(text.ids))
    return module, _told(module, given)


def rewritten(run: Run, row: int, text: Text) -> Again:
    """One pass over another text, without padding, with the other arguments of the first step.

    text: begins like the one of the first step.
    """
    first = _tops(run)[0]
    module, given = first.module, _given(run, row, [first])
    given = {name: one for name, one in given.items() if name not in _OF_PLACES}
    start, stop, _ = text.kept.indices(len(text.ids))
    ids = torch.tensor([text.ids[start:stop]])
    if "decoder_input_ids" in first.given:
        return module, _told(module, given | {"decoder_input_ids": ids})
    given |= {"attention_mask": None, "input_ids": ids}
    if first.given.get("inputs_embeds") is not None:
        before = row_of(first.given["inputs_embeds"], row, _batch(first.given))
        new = _embedded(module, ids[:, before.shape[1] - start :])
        given |= {"inputs_embeds": torch.cat([before[:, start:], new], 1), "input_ids": None}
    return module, _told(module, given)


def row_of(value: Any, row: int, batch: int) -> Any:
    """One row of what has a batch axis, which is the second one of some numbers of positions."""
    if isinstance(value, torch.Tensor):
        if value.ndim and len(value) == batch:
            return value[row : row + 1]
        positions = value.ndim == 3 and not value.is_floating_point() and value.shape[1] == batch
        return value[:, row : row + 1] if positions else value
    if isinstance(value, Mapping):
        parts = {name: row_of(one, row, batch) for name, one in value.items()}
        return type(value)(**parts) if hasattr(value, "to_tuple") else parts
    if type(value) in (list, tuple):
        return type(value)(row_of(one, row, batch) for one in value)
    return value


def _mask(run: Run, row: int, batch: int, tokens: int) -> torch.Tensor | None:
    """[1, tokens], where the steps of a static cache came with masks of another kind."""
    prompts = None if run.generation is None else run.generation.mask
    if prompts is None or prompts.ndim != 2:
        return None
    mine = prompts[row * len(prompts) // batch][None]
    return torch.cat([mine, mine.new_ones(1, tokens - mine.shape[1])], 1)


def _tops(run: Run) -> list[Frame]:
    tops = [one.top for one in run.counting()]
    return [top for top in tops if top.module is tops[-1].module]


def _given(run: Run, row: int, tops: Sequence[Frame]) -> dict[str, Any]:
    """The arguments of all steps together, for one row."""
    batch = _batch(tops[0].given)
    given = {
        name: row_of(_joined(name, tops), row, batch)
        for name in dict.fromkeys(name for top in tops for name in top.given)
        if name not in _OF_STEPS and not any(caches_in({name: top.given.get(name)}) for top in tops)
    }
    module = tops[0].module
    encoder = next((one.top for one in run.passes if one.top.module is not module), None)
    if given.get("encoder_outputs") is not None and encoder is not None:
        # It was called for itself; its weights are wanted too.
        size = _batch(encoder.given)
        accepted = inspect.signature(module.forward).parameters
        given |= {"encoder_outputs": None} | {
            name: row_of(one, row * size // max(batch, 1), size)
            for name, one in encoder.given.items()
            if name in accepted and name not in _OF_STEPS
        }
    return given


def _told(module: torch.nn.Module, given: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments without a cache for what comes after."""
    accepted = inspect.signature(module.forward).parameters
    cache = {"use_cache": False} if "use_cache" in accepted else {}
    return {name: one for name, one in given.items() if one is not None} | cache


def _batch(given: Mapping[str, Any]) -> int:
    main = main_tensor(given)
    return 0 if main is None else len(main)


def _count(given: Mapping[str, Any]) -> int:
    """Number of tokens of one step."""
    tensors = (given.get(name) for name in _TOKENS)
    return next((one.shape[1] for one in tensors if isinstance(one, torch.Tensor)), 0)


def _joined(name: str, tops: Sequence[Frame]) -> Any:
    """The argument over all steps: joined if it has a place for each token, else the first one."""
    told = [(one, _count(top.given)) for top in tops if (one := top.given.get(name)) is not None]
    values = [one for one, _ in told]
    if len(tops) == 1 or not values:
        return values[0] if values else None
    if name == "attention_mask":  # each has all places before
        last = values[-1]
        return last if isinstance(last, torch.Tensor) and last.ndim == 2 else None
    for axis in (1, 2):
        if all(
            isinstance(one, torch.Tensor) and one.ndim > axis and one.shape[axis] == count
            for one, count in told
        ):
            return torch.cat(values, axis)
    return values[0]


def _embedded(module: Any, given: Any) -> torch.Tensor:
    """The embeddings of ids, or those that a step was fed."""
    if isinstance(given, Frame):
        embeddings = given.given.get("inputs_embeds")
        return _embedded(module, given.given["input_ids"]) if embeddings is None else embeddings
    table = module.get_input_embeddings()
    with torch.no_grad():
        result: torch.Tensor = table(given.to(table.weight.device))
    return result
