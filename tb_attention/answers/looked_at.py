"""What findings look at in a tag: its head metrics, texts, and what was measured of the output."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from tb_attention.answers.characters import shown
from tb_attention.answers.logged_probe import LoggedProbe
from tb_attention.answers.type_metrics import metrics_for_types
from tb_attention.errors import AttentionError, NotLogged, UnreadableRecord
from tb_attention.findings.finding import Finding
from tb_attention.findings.history import History, stacks
from tb_attention.findings.kinds import KINDS
from tb_attention.findings.measured import Measured
from tb_attention.findings.other_texts import OtherText
from tb_attention.findings.story import Story, story
from tb_attention.record.effect_message import stored_effect
from tb_attention.record.effects import ANSWER, LOSS
from tb_attention.store.layers import find_stack
from tb_attention.store.location import Location
from tb_attention.store.sessions import Steps
from tb_attention.store.store import Store

OTHERS = 16
"""So many other texts of a run are looked at: each needs its head metrics at all steps."""


@dataclass(frozen=True)
class LookedAt:
    """A tag, as findings look at it; no query or key has been read.

    Attributes:
        first: its first step whose head metrics can be read.
        last: its last one.
        same_text: whether both have the same text.
        stacks: head metrics of each stack; of the last step alone where it has another text.
        every: likewise, of all steps.
        measured: what was measured of the output at the last step at which that was done.
        others: other texts of the run at the last step, of each stack.
    """

    first: Location
    last: Location
    same_text: bool
    stacks: list[History]
    every: list[History]
    measured: Measured | None
    others: Mapping[str, list[OtherText]] = field(default_factory=dict)

    def of_metrics(self) -> Iterator[Finding]:
        """Findings that need no query and no key: those of head metrics and of effects."""
        for history, every in zip(self.stacks, self.every, strict=True):
            for kind in KINDS:
                if kind.of in ("steps", "all steps"):
                    yield from kind.find(history if kind.of == "steps" else every)
        for kind in KINDS:
            if kind.of == "effects" and self.measured is not None:
                for history in self.stacks:
                    yield from kind.find(history, self.measured)

    def of_other_texts(self) -> Iterator[Finding]:
        """Findings that join this text with others of the run."""
        for kind in KINDS:
            if kind.of == "other texts":
                for history in self.stacks:
                    yield from kind.find(history, self.others.get(history.stack, []))

    def beside(self, tags: Mapping[str, Sequence[History]]) -> LookedAt:
        """The same, with the head metrics of other tags of the run: tag -> those of its stacks."""
        others: dict[str, list[OtherText]] = {}
        for tag, histories in tags.items():
            for history in histories:
                others.setdefault(history.stack, []).append(OtherText(tag, history))
        return replace(self, others=others)

    def story(self, finding: Finding) -> Story:
        """The story of a finding of this tag."""
        place = [one.stack for one in self.stacks].index(finding.stack)
        chosen = self.stacks[place]
        # What goes wrong is looked for at all steps.
        history = chosen if finding.steps[0] in chosen.steps else self.every[place]
        return story(finding, history, self.measured)


def look_at(store: Store, steps: Steps, others: Sequence[LoggedProbe] = ()) -> LookedAt | None:
    """Reads head metrics and texts of a tag; None where no head metrics can be read.

    others: other tags of the run, of which OTHERS are looked at.
    """
    every = _histories(store, steps)
    if not every:
        return None
    first, last = steps[every[0].steps[0]], steps[every[0].steps[-1]]
    single = len(every[0].steps) == 1
    every = [replace(one, single=single) for one in _with_keys(store, last, every)]
    same_text = _same_text(store, first, last)
    # Another text at each step: what changes says nothing of the model, so only the last step is
    # looked at.
    chosen = (
        every
        if same_text
        else [replace(one, steps=one.steps[-1:], values=one.values[-1:]) for one in every]
    )
    looked_at = LookedAt(first, last, same_text, chosen, every, _measured(store, steps, chosen))
    histories = {probe.tag: _of_other(store, probe, last.step) for probe in others[:OTHERS]}
    return looked_at.beside(histories)


def _of_other(store: Store, probe: LoggedProbe, step: int) -> list[History]:
    """The head metrics of another tag; none where it has no such step."""
    try:
        steps = store.steps(probe.run, probe.tag)
    except NotLogged:  # it is gone since the log directory was listed
        return []
    return _histories(store, steps) if step in steps else []


def _histories(store: Store, steps: Steps) -> list[History]:
    """The head metrics, without the steps whose metrics cannot be read."""
    metrics, _ = metrics_for_types(store, steps)
    read = np.any(np.isfinite(metrics.values), axis=(1, 2, 3))
    numbers = [step for step, known in zip(steps, read.tolist(), strict=True) if known]
    return stacks(numbers, metrics.values[read], metrics.names, metrics.rows) if numbers else []


def _with_keys(store: Store, last: Location, of_stacks: list[History]) -> list[History]:
    """The same with the tokens of the last step, where they can be read."""
    try:
        message = store.message(last)
        texts = [[shown(token) for token in sequence.tokens] for sequence in message.sequences]
        found = [find_stack(message, one.stack) for one in of_stacks]
    except (AttentionError, OSError):
        return of_stacks
    return [
        replace(one, keys=texts[stack.key_sequence], queries=texts[stack.query_sequence])
        for one, stack in zip(of_stacks, found, strict=True)
    ]


def _same_text(store: Store, first: Location, last: Location) -> bool:
    try:
        one, other = store.message(first), store.message(last)
    except (UnreadableRecord, OSError):
        return False
    tokens = [[list(sequence.tokens) for sequence in message.sequences] for message in (one, other)]
    return tokens[0] == tokens[1] and other.kind != "batch"


def _measured(store: Store, steps: Steps, of_stacks: list[History]) -> Measured | None:
    numbers = of_stacks[0].steps
    known = [
        np.isfinite(one.of(f"{number}_effect")).any(axis=(1, 2))
        for one in of_stacks
        for number in (LOSS, ANSWER)
    ]
    measured = np.flatnonzero(np.any(known, axis=0))
    if not len(measured):
        return None
    place = int(measured[-1])
    try:
        message = store.message(steps[numbers[place]])
    except (UnreadableRecord, OSError):
        return None
    effects = {effect.number: stored_effect(effect) for effect in message.effects}
    rows = {
        (one.stack, layer): (one, row) for one in of_stacks for row, layer in enumerate(one.layers)
    }
    random: dict[str, list[float]] = {name: [] for name in effects}
    for name, effect in effects.items():
        for stack, layer, head in effect.controls:
            one, row = rows[stack, layer]
            random[name].append(abs(float(one.of(f"{name}_effect")[place, row, head])))
    text = next((each for each in message.sequences if each.losses), message.sequences[0])
    return Measured(
        int(numbers[place]),
        effects,
        {
            name: tuple(size for size in sizes if math.isfinite(size))
            for name, sizes in random.items()
        },
        tuple(text.losses),
        tuple(text.ids),
    )
