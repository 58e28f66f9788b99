"""What single heads do to the output: measured by cutting them, compared with random heads."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from tb_attention.findings.finding import Finding, Kind, effect_size, lowered, raised
from tb_attention.findings.history import History, layers_of, sorted_by
from tb_attention.findings.measured import CONTROLS, LEAST, TIMES, Measured
from tb_attention.record.effects import ANSWER, LOSS


def matters(history: History, measured: Measured) -> Iterator[Finding]:
    """Heads without which the loss rises."""
    yield from _of_loss(history, measured, "matters", 1, ("worse", "rises"))


def hurts(history: History, measured: Measured) -> Iterator[Finding]:
    """Heads without which the loss falls."""
    yield from _of_loss(history, measured, "hurts", -1, ("better", "falls"))


def answers(history: History, measured: Measured) -> Iterator[Finding]:
    """Heads that make one answer likelier than the other."""
    effect = measured.effects.get(ANSWER)
    if effect is None or effect.answers is None:
        return
    sides = _quoted(effect.answers.first), _quoted(effect.answers.second)
    for sign, (likelier, other) in ((1, sides), (-1, sides[::-1])):
        heads, most = _outstanding(history, measured, ANSWER, sign)
        if heads:
            sentence = (
                f"{history.named(heads[:1])} makes {likelier} likelier than {other} by "
                f"{effect_size(most)} logits"
            )
            at = effect.answers.at
            # The metric is of the first answer less the second, whichever the head makes likelier.
            signed = f"{sign * most:+.2f}".replace("-", "−")
            difference = (
                f"Effect on the answer {signed} logits: {sides[0]} less {sides[1]}, "
                "with the head less without it."
            )
            where = f" at {history.queries[at].strip()!r}" if at < len(history.queries) else ""
            headline = f"{sentence}{where}."
            yield _finding(
                history, measured, ("answer", ANSWER), sentence, heads, at, headline, difference
            )


def _of_loss(
    history: History, measured: Measured, kind: str, sign: int, words: tuple[str, str]
) -> Iterator[Finding]:
    heads, most = _outstanding(history, measured, LOSS, sign)
    if heads:
        how, verb = words
        without, by = f"Without {lowered(history.named(heads[:1]))}", f"{effect_size(most)} nats"
        sentence = f"{without} the loss on this text {verb} by {by}"
        headline = f"{without} the model predicts this text {how}: its loss {verb} by {by}."
        yield _finding(history, measured, (kind, LOSS), sentence, heads, None, headline)


def _outstanding(
    history: History, measured: Measured, number: str, sign: int
) -> tuple[tuple[tuple[int, int], ...], float]:
    """Heads whose effect of this sign stands out, the largest first; and the largest effect."""
    sizes = sign * measured.exact(history, number)
    # A comparison with NaN is false: only what was measured stands out.
    places: npt.NDArray[np.intp] = sorted_by(np.argwhere(sizes >= measured.least(number)), sizes)
    return history.heads(places), float(sizes[tuple(places[0])]) if len(places) else 0.0


def _finding(
    history: History,
    measured: Measured,
    kind: tuple[str, str],
    sentence: str,
    heads: tuple[tuple[int, int], ...],
    query: int | None = None,
    headline: str = "",
    explained: str = "",
) -> Finding:
    """A finding of this (kind, number): what the sentence says of the first head, and the rest."""
    name, number = kind
    more = len(heads) - 1
    others = f"; {more} more {'head stands' if more == 1 else 'heads stand'} out" if more else ""
    return Finding(
        name,
        f"{sentence}{history.when(measured.step)} ({measured.controls(number)}){others}.",
        history.stack,
        layers_of(heads),
        heads,
        (measured.step,),
        f"{number}_effect",
        query=query,
        headline=headline or f"{sentence}.",
        detail=f"{explained} {raised(measured.controls(number))}{others}.".lstrip(),
    )


def _quoted(texts: tuple[str, ...]) -> str:
    """As in "' she' or ' her'", with what cannot be seen spelled out."""
    return " or ".join(repr(text[:40]) for text in texts)


KINDS = (
    Kind(
        "matters",
        f"without the head the loss rises by at least {TIMES:g} times the largest effect of the "
        f"random heads, {CONTROLS} or more, and by at least {LEAST[LOSS]:g} nats; measured by "
        "cutting it, at the last step at which that was done",
        matters,
        of="effects",
    ),
    Kind("hurts", "likewise, it falls", hurts, of="effects"),
    Kind(
        "answer",
        "likewise, the head makes one of the answers likelier than the other, by at least "
        f"{LEAST[ANSWER]:g} logits",
        answers,
        of="effects",
    ),
)
