"""One score of one head: what each neuron contributes to it at every step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tb_attention.answers.answer import Arrays
from tb_attention.answers.jobs import Job, Work
from tb_attention.answers.metrics import step_numbers
from tb_attention.answers.pair import coarse_to_fine
from tb_attention.answers.size import refuse_large
from tb_attention.attention import softmax
from tb_attention.errors import NotLogged, UnreadableRecord
from tb_attention.store.layers import find_layer, find_stack
from tb_attention.store.sessions import Steps
from tb_attention.store.store import Store


@dataclass(frozen=True)
class Score:
    """The score of one query and one key in one head."""

    stack: str | None
    layer: int
    head: int
    query: int
    key: int


def begin_contributions(store: Store, steps: Steps, score: Score) -> Job:
    """Fills the contributions of neurons to one score, float32 [S, neurons], from coarse to fine.

    They are query[n] * key[n] * scale, without neurons where only weights were logged. `scores` and
    `weights` are float32 [S]. NaN where a step lacks the score or cannot be read.

    Raises:
        NotLogged: the last step lacks the score.
    """
    places = list(steps.values())
    message = store.message(places[-1])
    found = find_layer(find_stack(message, score.stack), score.layer)
    last = store.layer(places[-1], score.stack, score.layer, score.head, keep=False)
    if not (0 <= score.query < last.queries and 0 <= score.key < last.keys):
        sizes = f"queries 0 to {last.queries - 1} and the keys 0 to {last.keys - 1}"
        raise NotLogged(
            f"There are the {sizes}, and no query {score.query} with a key {score.key}."
        )
    shape = (len(places), 0 if found.weights_only else found.neurons)
    refuse_large("Its neurons", shape, np.dtype(np.float32), "log fewer steps under one tag")
    contributions = np.full(shape, np.nan, np.float32)
    scores, weights = np.full((2, len(places)), np.nan, np.float32)
    notes: list[str] = []

    def fill(place: int) -> bool:
        """Fills a step, or leaves it out."""
        try:
            layer = store.layer(places[place], score.stack, score.layer, score.head, keep=False)
            row = slice(score.query, score.query + 1)
            weights[place] = softmax.weights(layer, rows=row)[0, 0, score.key]
            if layer.weights is None:
                scores[place] = softmax.scores(layer, rows=row)[0, 0, score.key]
                with np.errstate(invalid="ignore", over="ignore"):
                    products = layer.query[0, score.query].astype(np.float32) * layer.key[
                        0, score.key
                    ].astype(np.float32)
                    contributions[place] = products * np.float32(layer.scale)
        except (NotLogged, UnreadableRecord, OSError, IndexError, ValueError):
            # Damage, fewer tokens, or another number of neurons: one step must not hide all others.
            return False
        return True

    def work() -> Work:
        left_out = 0
        for done, place in enumerate(coarse_to_fine(len(places))):
            left_out += not fill(place)
            yield (done + 1) / len(places)
        if left_out:
            notes.append(
                f"Left out: {left_out:,} step{'' if left_out == 1 else 's'} without this score."
            )

    arrays = {
        "steps": step_numbers(steps),
        "contributions": contributions,
        "scores": scores,
        "weights": weights,
    }
    return Job(
        Arrays(arrays, {"notes": notes}), work(), 1000 + contributions.nbytes + 16 * len(places)
    )
