"""The findings of a tag: what a reader should look at.

From the head metrics of all its steps at once, then from queries and keys of its first and last
step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from tb_attention.answers.jobs import Job, Work
from tb_attention.answers.logged_probe import LoggedProbe
from tb_attention.answers.looked_at import look_at
from tb_attention.answers.moved import Moved, compare_steps
from tb_attention.attention.documents import document_mass
from tb_attention.attention.head_distance import head_distances_within
from tb_attention.errors import AttentionError
from tb_attention.findings.finding import Finding
from tb_attention.findings.history import History
from tb_attention.findings.kinds import KINDS, ORDER
from tb_attention.findings.likeness import ALIKE
from tb_attention.store.layers import find_stack
from tb_attention.store.location import Location
from tb_attention.store.sessions import Steps
from tb_attention.store.store import Store

Show = Callable[[Iterator[Finding]], None]
"""Adds findings to the answer."""

_ROWS = 256
"""Rows that are compared for each two heads of a layer; there are hundreds of pairs."""

_DOCUMENTS = 256
"""Of more packed documents, each with each would take more memory than the sentence is worth."""


def begin_findings(store: Store, steps: Steps, others: tuple[LoggedProbe, ...] = ()) -> Job:
    """Fills {"findings": [...]}, as in docs/http.md: warnings first, then the strongest.

    others: other tags of the run.
    """
    answer: dict[str, Any] = {"findings": []}
    found: list[tuple[float, Finding]] = []

    def work() -> Work:
        of_tag = look_at(store, steps, others)
        if of_tag is None:
            return

        def show(more: Iterator[Finding]) -> None:
            found.extend((of_tag.story(finding).strength, finding) for finding in more)
            found.sort(key=lambda each: (-each[0], ORDER[each[1].kind]))
            answer["findings"] = [finding_answer(finding) for _, finding in found]

        last, looked_at = of_tag.last, of_tag.stacks
        show(of_tag.of_metrics())
        show(of_tag.of_other_texts())
        yield 0.1
        of_stacks: list[Moved] = []
        for progress in compare_steps(store, of_tag, of_stacks):
            yield 0.1 + 0.4 * progress
        for of_stack in of_stacks:
            show(of_changes(of_stack))
        for one in looked_at:
            for _ in _of_documents(store, last, one, show):
                yield 0.5
        places = [(one, row) for one in looked_at for row in range(len(one.layers))]
        for done, (one, row) in enumerate(places):
            for _ in _of_layer(store, last, one, row, show):
                yield 0.5 + 0.4 * done / len(places)
        for place, (strength, finding) in enumerate(found):
            found[place] = strength, _with_tokens(store, steps, finding)
            yield 0.9
        show(iter(()))

    return Job(answer, work(), 100_000)


def finding_answer(finding: Finding) -> dict[str, Any]:
    """The finding as in docs/http.md: what is for its story is left out."""
    fields = asdict(finding)
    return {name: value for name, value in fields.items() if name not in _OF_STORY}


_OF_STORY = ("headline", "detail", "shows")


def of_changes(of_stack: Moved) -> Iterator[Finding]:
    """Findings from how far the heads of a stack moved."""
    for kind in KINDS:
        if kind.of == "change":
            yield from kind.find(of_stack.history, of_stack.distances)
        elif kind.of == "pairs":
            yield from kind.find(of_stack.history, of_stack.distances, of_stack.pairs)


def _of_layer(store: Store, location: Location, history: History, row: int, show: Show) -> Work:
    """Findings from the distances of the heads of one layer from each other."""
    within = None
    try:
        layer = store.layer(location, history.stack, history.layers[row])
        for so_far in head_distances_within(layer, _ROWS, ALIKE):
            within = so_far
            yield 0.0
    except (AttentionError, OSError):
        return
    for kind in KINDS:
        if kind.of == "layer" and within is not None:
            show(kind.find(history, row, within))


def _of_documents(store: Store, location: Location, history: History, show: Show) -> Work:
    """What documents that are packed into one sequence give to each other."""
    masses = []
    try:
        message = store.message(location)
        stack = find_stack(message, history.stack)
        documents = message.sequences[stack.key_sequence].documents
        if stack.query_sequence != stack.key_sequence or len(set(documents)) < 2:
            return
        for number in history.layers:
            layer = store.layer(location, history.stack, number)
            heads = []
            for head in range(layer.heads):
                heads.append(document_mass(layer.head(head), documents)[0])
                yield 0.0
            masses.append(heads)
    except (AttentionError, OSError):
        return
    most = max(map(len, masses))
    padded = np.full((len(masses), most, *masses[0][0].shape), np.nan)
    for row, mass in zip(padded, masses, strict=True):
        row[: len(mass)] = mass
    for kind in KINDS:
        if kind.of == "documents":
            show(kind.find(history, padded))


def _with_tokens(store: Store, steps: Steps, finding: Finding) -> Finding:
    """The finding with the query, and key, at which it shows best."""
    find = KINDS[ORDER[finding.kind]].tokens
    if find is None:
        return finding
    layer, head = finding.heads[0]
    try:
        tokens = find(store.layer(steps[finding.steps[-1]], finding.stack, layer, head))
    except (AttentionError, OSError):
        return finding
    return finding if tokens is None else replace(finding, query=tokens[0], key=tokens[1])
