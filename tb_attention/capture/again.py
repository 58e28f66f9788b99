"""The arguments to run a model once more over one example, with all that it had before."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch

from tb_attention.capture.streams.caches import caches_in
from tb_attention.capture.streams.frames import Frame
from tb_attention.capture.streams.model_inputs import main_tensor
from tb_attention.capture.streams.runs import Run
from tb_attention.capture.texts import Text
from tb_attention.errors import InvalidInput

_TOKENS = ("decoder_input_ids", "decoder_inputs_embeds", "input_ids", "inputs_embeds")
_OF_STEPS = ("cache_position", "use_cache", "past_key_values")
_OF_PLACES = (
    "position_ids",
    "token_type_ids",
    "decoder_attention_mask",
    "decoder_inputs_embeds",
    "labels",
)

_OF_IMAGES = ("pixel_values", "image", "video", "mm_encoder_outputs")
"""Of which a text may have several, or none. Arguments have these names, or begin so."""

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
    given |= _types(first.given, row, start, stop)
    if "decoder_input_ids" in first.given:
        return module, _told(module, given | {"decoder_input_ids": ids})
    given |= {"attention_mask": None, "input_ids": ids}
    if first.given.get("inputs_embeds") is not None:
        before = row_of(first.given["inputs_embeds"], row, _batch(first.given))
        new = _embedded(module, ids[:, before.shape[1] - start :])
        given |= {"inputs_embeds": torch.cat([before[:, start:], new], 1), "input_ids": None}
    return module, _told(module, given)


def in_steps(given: Mapping[str, Any], count: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """The arguments of two passes in place of one: the first `count` tokens, and the others."""
    name = "inputs_embeds" if given.get("input_ids") is None else "input_ids"
    tokens = given[name].shape[1]
    cut = {
        name: one[:, :count]
        for name, one in given.items()
        if isinstance(one, torch.Tensor) and one.ndim > 1 and one.shape[1] == tokens
    }
    return {**given, **cut, "use_cache": True}, {name: given[name][:, count:], "use_cache": True}


def run_steps(module: torch.nn.Module, steps: Sequence[dict[str, Any]]) -> None:
    """Passes that go on from each other by a key-value cache."""
    output: Any = None
    for given in steps:
        past = getattr(output, "past_key_values", None)
        output = module(**given, **{} if past is None else {"past_key_values": past})


@contextmanager
def once_more() -> Iterator[None]:
    """A pass that nobody but us makes.

    Raises:
        InvalidInput: it fails.
    """
    try:
        yield
    except InvalidInput:
        raise
    except Exception as error:  # whatever the model raises
        raise InvalidInput(
            "its attention can only be seen in another forward pass over the text, which fails "
            f"({error}): give one text, and num_beams=1 to generate()."
        ) from error


def row_of(value: Any, row: int, batch: int, *, several: bool = False) -> Any:
    """One row of what has a batch axis, which is the second one of some numbers of positions.

    several: whether there may be as many for each row, such as images.
    """
    if several and batch and isinstance(value, torch.Tensor | list | tuple):
        each = len(value) // batch
        divides = isinstance(value, torch.Tensor) or not any(
            isinstance(one, torch.Tensor) and len(one) == batch for one in value
        )
        if divides and each and len(value) == each * batch:
            return value[row * each : (row + 1) * each]
    if isinstance(value, torch.Tensor):
        if value.ndim and len(value) == batch:
            return value[row : row + 1]
        positions = value.ndim == 3 and not value.is_floating_point() and value.shape[1] == batch
        return value[:, row : row + 1] if positions else value
    if isinstance(value, Mapping):
        parts = {name: row_of(one, row, batch, several=several) for name, one in value.items()}
        return type(value)(**parts) if hasattr(value, "to_tuple") else parts
    if type(value) in (list, tuple):
        return type(value)(row_of(one, row, batch, several=several) for one in value)
    return value


def _mask(run: Run, row: int, batch: int, tokens: int) -> torch.Tensor | None:
    """[1, tokens], where the steps of a static cache came with masks of another kind."""
    prompts = None if run.generation is None else run.generation.mask
    if prompts is None or prompts.ndim != 2:
        return None
    mine = prompts[row * len(prompts) // batch][None]
    return torch.cat([mine, mine.new_ones(1, tokens - mine.shape[1])], 1)


def _types(given: Mapping[str, Any], row: int, start: int, stop: int) -> dict[str, Any]:
    """What kind of token each is; those that were generated are of the kind of the last one."""
    found = {}
    for name, one in given.items():
        if name.endswith("token_type_ids") and isinstance(one, torch.Tensor) and one.ndim == 2:
            known = one[row : row + 1, start:stop]
            new = known[:, -1:].expand(-1, stop - start - known.shape[1])
            found[name] = torch.cat([known, new], 1)
    return found


def _tops(run: Run) -> list[Frame]:
    tops = [one.top for one in run.counting()]
    return [top for top in tops if top.module is tops[-1].module]


def _given(run: Run, row: int, tops: Sequence[Frame]) -> dict[str, Any]:
    """The arguments of all steps together, for one row."""
    batch = _batch(tops[0].given)
    given = {
        name: row_of(_joined(name, tops), row, batch, several=name.startswith(_OF_IMAGES))
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
