"""Measures what the heads of a capture do to the loss of its text and to an answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch

from tb_attention.capture.streams.wrappers import runs_on_all_processes, unwrapped
from tb_attention.effects.answer_tokens import AnswerTokens, Side, answer_tokens
from tb_attention.effects.given import GivenText, given_text
from tb_attention.effects.measurement import measured, with_notes
from tb_attention.effects.model_run import ModelRun, NotMeasured
from tb_attention.effects.numbers import Numbers
from tb_attention.effects.options import Effects
from tb_attention.effects.targets import Targets, mask_id, masked_tokens, next_tokens
from tb_attention.errors import InvalidInput
from tb_attention.record.capture import Capture

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
            return with_notes(capture, [_NO_TEXT])
        targets, asked, notes = _asked(inner, given, capture, tokenizer, labels, answers, at)
        capture = with_notes(capture, notes)
        if targets is None and asked is None:
            return capture
        if runs_on_all_processes(model):
            return with_notes(capture, [_SPREAD])
        numbers = Numbers(targets, asked, given.first, given.ids.device)
        run = ModelRun(model, inner, given.inputs, given.ids)
        try:
            with run.ready():
                return measured(run, numbers, given, capture, effects)
        except NotMeasured as error:
            return with_notes(capture, [str(error)])


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
