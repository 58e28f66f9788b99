"""Makes the capture of one example, of what was seen and of what the model returns.

Some models are run once more for it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from tb_attention.capture.again import in_steps, once_more, rewritten, run_steps
from tb_attention.capture.assemble import assemble, hides
from tb_attention.capture.eval_mode import undisturbed
from tb_attention.capture.mend import is_wrong, mended
from tb_attention.capture.not_seen import (
    begun_elsewhere,
    divided_batch,
    images_left_out,
    layers_left_out,
    nothing_seen,
    parts_left_out,
    tower_left_out,
)
from tb_attention.capture.own_weights import check_alone, gives_weights, own_weights
from tb_attention.capture.shown import Seen, seen_of, text_of_beam
from tb_attention.capture.streams.model_inputs import main_tensor
from tb_attention.capture.streams.pass_watcher import PassWatcher
from tb_attention.capture.streams.runs import Run
from tb_attention.capture.streams.wrappers import name_of
from tb_attention.capture.texts import Given
from tb_attention.errors import InvalidInput, NoAttention
from tb_attention.record.capture import DECODER, Capture, chosen_layers


class Absent(InvalidInput):
    """The example is not in the batch, which is smaller at the end of an epoch."""


def captured(
    passes: PassWatcher,
    example: int,
    tokenizer: Any = None,
    layers: Collection[int] | None = None,
    *,
    given: Given | None = None,
    kind: str | None = None,
    beside: Sequence[Seen] = (),
) -> Capture:
    """The capture of an example.

    Raises what went wrong while the model ran.

    Args:
        passes: what was seen.
        example: row of the batch, or of what generate() returned.
        tokenizer: for the texts of tokens.
        layers: numbers of the layers that are kept; None: all.
        given: texts that are known by their ids.
        kind: None: what it is, a batch or a generation.
        beside: stacks that were seen elsewhere.

    Raises:
        Absent: the example is not in the batch.
        NoAttention: no attention was seen.
    """
    passes.check()
    run = passes.runs.last
    if run.generation is not None and run.generation.beams:
        return _of_beams(passes, run, example, tokenizer, layers)
    _check_is_there(run, example)
    seen = [*beside, *seen_of(run, example)]
    silent = [one for one in run.silent() if one.rows.get(example)]
    in_parts: dict[str, list[int]] = {}
    if silent and gives_weights(run.passes[-1].top.module):
        returned, in_parts = own_weights(passes, run, example, silent)
        seen += returned
    divided = {name: size for one in run.shown() for name, size in one.divided.items()}
    if is_wrong(seen):
        seen = mended(passes, run, example, seen)
    if not seen:
        if divided:
            raise InvalidInput(divided_batch(divided, max(one.fed.batch for one in run.shown())))
        raise NoAttention(nothing_seen(passes.towers.inner))
    generated = any(one.asking.prompt is not None for one in seen)
    result = assemble(
        name_of(passes.towers.inner),
        _trained_first(seen),
        tokenizer=tokenizer,
        given=given,
        kind=kind or ("generation" if generated else "batch"),
    )
    unseen = {one.name for one in silent if passes.towers.attends(one.tower)}
    unseen -= {one.stream.name for one in seen}
    notes = (
        *result.notes,
        *([parts_left_out(divided)] if divided else []),
        *(layers_left_out(name, layers) for name, layers in sorted(in_parts.items())),
        *(images_left_out(name) for name in sorted(run.untold)),
        *(tower_left_out(name) for name in sorted(unseen - {*in_parts})),
    )
    return replace(result, stacks=chosen_layers(result.stacks, layers), notes=notes)


def _check_is_there(run: Run, example: int) -> None:
    streams = run.shown()
    if not any(stream.rows.get(example) for stream in streams):
        main = main_tensor(run.passes[-1].top.given)
        batch = max((one.fed.batch for one in streams), default=0 if main is None else len(main))
        raise Absent(f"example {example} is not in the batch of {batch}: the first is 0.")
    here = [(one, row) for one in streams for row in one.rows.get(example, ())]
    if not any(one.was_there(row) for one, row in here):
        raise InvalidInput(begun_elsewhere(example))


def _trained_first(seen: Sequence[Seen]) -> list[Seen]:
    """The model that is trained first, of two in one, such as a teacher and its student."""
    return sorted(seen, key=lambda one: not any(p.requires_grad for p in one.module.parameters()))


def _of_beams(
    passes: PassWatcher, run: Run, example: int, tokenizer: Any, layers: Collection[int] | None
) -> Capture:
    """The capture of a beam search: the model runs once more over what was returned.

    The rows of a batch change places in a beam search.
    """
    generation, main = run.generation, run.main()
    if generation is None or generation.returned is None or main is None:
        raise InvalidInput(
            "this beam search cannot be followed: let generate() return, and give it token ids, "
            "or num_beams=1."
        )
    if not 0 <= example < len(generation.returned):
        raise InvalidInput(
            f"example {example} is not among the {len(generation.returned)} texts that "
            "generate() returned: the first is 0."
        )
    check_alone(passes)
    row = example * main.fed.batch // len(generation.returned)
    text = text_of_beam(run, main, example, row)
    module, given = rewritten(run, row, text)

    def again(*steps: dict[str, Any]) -> Capture:
        watcher = PassWatcher(passes.model, (0,), ours=True)
        with once_more(), undisturbed(passes.model), watcher.watching():
            run_steps(module, steps)
        # Images are looked at once, for all beams.
        towers = {stream.tower for stream in watcher.runs.last.streams}
        beside = [one for one in seen_of(run, example) if one.stream.tower not in towers]
        return captured(watcher, 0, tokenizer, layers, kind="generation", beside=beside)

    result = again(given)
    if text.prompt is not None and _looks_ahead(result, text.prompt):
        result = again(*in_steps(given, text.prompt))
    sequences = tuple(
        replace(one, prompt=text.prompt) if one.name == DECODER else one for one in result.sequences
    )
    return replace(result, sequences=sequences)


def _looks_ahead(result: Capture, prompt: int) -> bool:
    """Whether tokens of the prompt see what comes later, as they cannot while it is generated."""
    layers = [
        layer
        for stack in result.stacks
        if stack.name.startswith(DECODER)
        for layer in stack.layers.values()
    ]
    return any(not hides(layer, slice(prompt), slice(prompt)) for layer in layers)
