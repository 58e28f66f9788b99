"""Measures what the heads of a capture do to the loss of its text and to an answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

import torch

from tb_attention.capture.streams.wrappers import runs_on_all_processes, unwrapped
from tb_attention.effects.answer_tokens import AnswerTokens, Side, answer_tokens
from tb_attention.effects.exact import Cutter
from tb_attention.effects.gates import Gates
from tb_attention.effects.given import GivenText, given_text
from tb_attention.effects.head_effects import head_effects, head_notes
from tb_attention.effects.model_run import ModelRun, NotMeasured
from tb_attention.effects.numbers import Numbers, token_losses
from tb_attention.effects.options import Effects
from tb_attention.effects.own_attention import own_layers
from tb_attention.effects.places import Places, places_of
from tb_attention.effects.screen import Screen, screen
from tb_attention.effects.targets import Targets, mask_id, masked_tokens, next_tokens
from tb_attention.errors import InvalidInput
from tb_attention.record.capture import Capture
from tb_attention.record.effects import ANSWER, LOSS, Effect

_NO_TEXT = (
    "The loss and the effects of heads were not measured, because what the model was given has no "
    "token ids."
)
_SPREAD = (
    "The loss and the effects of heads were not measured, because the parameters of the model are "
    "spread over processes: measure them on a checkpoint that one process loads."
)


def measure_effects(
    model: torch.nn.Module,
    text_or_ids: Any,
    tokenizer: Any = None,
    *,
    capture: Capture,
    decoder: Any = None,
    labels: Any = None,
    effects: Effects | None = None,
    answers: tuple[Side, Side] | None = None,
    at: int | None = None,
) -> Capture:
    """The capture with the losses of its tokens, and with what its heads do to them and to answers.

    The model is left exactly as it was: in evaluation mode meanwhile, without a gradient of any
    parameter, and with the random numbers that it had. What cannot be measured is said in the notes
    of the capture.

    Example:
        >>> from tb_attention.capture import capture
        >>> text, options = "The doctor asked.", {"effects": Effects(), "answers": (" a", "She")}
        >>> captured = capture(model, text, tokenizer)
        >>> captured = measure_effects(model, text, tokenizer, capture=captured, **options)
        >>> [effect.number for effect in captured.effects]
        ['loss', 'answer']

    Args:
        model: as it was given to `capture`.
        text_or_ids: likewise.
        tokenizer: likewise; needed for answers.
        capture: what `capture` returned.
        decoder: as it was given to `capture`.
        labels: of a model that fills masks the text without masks, or its ids; ids below 0 are not
            predicted.
        effects: what of the effects of heads is measured; None: nothing, and the loss is that of
            the tokens only.
        answers: two answers whose logits are compared, or two lists of answers whose probabilities
            are summed; each is one token.
        at: index of the token whose prediction is the answer; None: the last one, or the mask.

    Returns:
        The capture with `effects`, and with `losses` of the text that is predicted.

    Raises:
        InvalidInput: an answer is no single token, `at` is outside of the text, or labels do not
            fit it.
    """
    with _outside_of_inference_mode():
        inner = unwrapped(model)
        given = given_text(inner, text_or_ids, tokenizer, decoder, capture)
        if given is None:
            return _with_notes(capture, [_NO_TEXT])
        targets, asked, notes = _asked(inner, given, capture, tokenizer, labels, answers, at)
        capture = _with_notes(capture, notes)
        if targets is None and asked is None:
            return capture
        if runs_on_all_processes(model):
            return _with_notes(capture, [_SPREAD])
        numbers = Numbers(targets, asked, given.first, given.ids.device)
        run = ModelRun(model, inner, given.inputs, given.ids)
        try:
            with run.ready():
                return _measured(run, numbers, given, capture, asked, effects)
        except NotMeasured as error:
            return _with_notes(capture, [str(error)])


@contextmanager
def _outside_of_inference_mode() -> Iterator[None]:
    """The caller may be in it, where nothing can be differentiated."""
    with ExitStack() as entered:
        if torch.is_inference_mode_enabled():
            entered.enter_context(torch.inference_mode(False))
        yield


def _asked(
    inner: Any,
    given: GivenText,
    capture: Capture,
    tokenizer: Any,
    labels: Any,
    answers: tuple[Side, Side] | None,
    at: int | None,
) -> tuple[Targets | None, AnswerTokens | None, list[str]]:
    """What is predicted, which answers are compared, and notes about what is not."""
    sequence, notes = capture.sequences[given.sequence], []
    mask = mask_id(inner, tokenizer) if given.fills else None
    targets: Targets | None = None
    if labels is not None and not given.fills:
        raise InvalidInput(
            "labels are for models that fill masks, and this one predicts what comes next: leave "
            "them out."
        )
    if not given.fills:
        targets = next_tokens(sequence)
        if not targets.tokens:
            notes.append("The text has one token, so that no loss is measured.")
    elif labels is not None:
        targets = masked_tokens(sequence, labels, tokenizer, mask)
    else:
        notes.append(
            "No loss is measured, because the model fills masks: give labels, the text without "
            "masks."
        )
    if targets is not None and not targets.tokens:
        targets = None
    if answers is None:
        return targets, None, notes
    asked = answer_tokens(answers, at, sequence, tokenizer, mask=mask, fills=given.fills)
    return targets, asked, notes


def _measured(
    run: ModelRun,
    numbers: Numbers,
    given: GivenText,
    capture: Capture,
    asked: AnswerTokens | None,
    effects: Effects | None,
) -> Capture:
    replaced = Effects().replace if effects is None else effects.replace
    places = Places(()) if effects is None else _places(run, given, capture)
    with run.projecting(places):
        first = screen(run, numbers, places, replaced)
        found = []
        if effects is not None and numbers.targets is not None:
            found.append(Effect(LOSS, first.outcome.loss, replaced))
        if asked is not None and first.outcome.answer is not None:
            found.append(Effect(ANSWER, first.outcome.answer, replaced, answers=asked.answers))
        if effects is not None:
            capture = _with_notes(capture, head_notes(capture, places, first, effects))
            if len(first.places):
                size = row_bytes(capture, first)
                cutter = Cutter(run, numbers, first, replace=effects.replace, row_bytes=size)
                found = head_effects(cutter, capture, first, effects, found)
    return replace(_with_losses(capture, given, numbers, first), effects=(*capture.effects, *found))


def _places(run: ModelRun, given: GivenText, capture: Capture) -> Places:
    """The heads; where no attention function was seen, their projections are looked for."""
    if not (own := own_layers(capture)):
        return places_of(capture, given.starts, {})
    with run.finding(own) as projections:
        run.logits(Gates(Places(()), torch.ones(1, 0)))
    return places_of(capture, given.starts, projections.names)


def _with_losses(capture: Capture, given: GivenText, numbers: Numbers, first: Screen) -> Capture:
    if numbers.targets is None:
        return capture
    sequences = list(capture.sequences)
    sequence = sequences[given.sequence]
    losses = token_losses(numbers.targets, first.outcome)
    sequences[given.sequence] = replace(sequence, losses=losses)
    return replace(capture, sequences=tuple(sequences))


def row_bytes(capture: Capture, first: Screen) -> int:
    """Memory that a row of a batch takes: its logits, and the scores of a layer where eager."""
    layers = [layer for stack in capture.stacks for layer in stack.layers.values()]
    scores = max(layer.heads * layer.queries * layer.keys for layer in layers)
    return 4 * (first.logits + 2 * scores)


def _with_notes(capture: Capture, notes: Sequence[str]) -> Capture:
    return replace(capture, notes=(*capture.notes, *notes))
