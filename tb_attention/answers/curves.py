"""Numbers over the steps, to stand beside the heads: losses of the probe, scalars of its run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from tb_attention.answers.in_context import in_context
from tb_attention.answers.metrics import number_series
from tb_attention.record.effects import LOSS
from tb_attention.store.sessions import Steps
from tb_attention.store.store import Store


@dataclass(frozen=True)
class Curve:
    """A number at some steps.

    Attributes:
        name: another one for each curve of an answer.
        label: for the reader.
        unit: "nats", "logits", or empty where it is not known.
        source: "probe", measured on its text, or "run", logged by the training.
        run: the run that has it.
        steps: ascending.
        values: as many; what is not finite stays as it is.
    """

    name: str
    label: str
    unit: str
    source: Literal["probe", "run"]
    run: str
    steps: Sequence[int]
    values: Sequence[float]


@dataclass(frozen=True)
class Curves:
    """Some curves, and what could not be read, in sentences."""

    curves: Sequence[Curve] = ()
    notes: Sequence[str] = ()


def answer_curves(store: Store, run: str, steps: Steps, of_run: Curves) -> dict[str, Any]:
    """{"curves": [...], "notes": [...]}, as in docs/http.md: those of the probe first.

    of_run: the scalars of the run.
    """
    every = (*_of_probe(store, run, steps), *of_run.curves)
    return {"curves": [_answer(curve) for curve in every], "notes": list(of_run.notes)}


def _of_probe(store: Store, run: str, steps: Steps) -> list[Curve]:
    found: list[tuple[str, str, str, list[float | None]]] = []
    for series in number_series(store.output_numbers(steps)):
        number, values = series["number"], series["values"]
        label = "loss of this text"
        if number != LOSS:
            first, second = (" or ".join(map(repr, series[side])) for side in ("first", "second"))
            label = f"{first} over {second}"
        found.append((number, label, series["unit"], values))
    late: list[float | None] = []
    for losses in store.token_losses(steps):
        of_text = (
            None if losses is None else in_context(losses.losses.tolist(), losses.ids.tolist())
        )
        late.append(of_text.late if of_text and of_text.of == "repeated" else None)
    found.append(("loss_of_repeats", "loss of what repeats", "nats", late))
    curves: list[Curve] = []
    for name, label, unit, values in found:
        known = [
            (step, value) for step, value in zip(steps, values, strict=True) if value is not None
        ]
        if known:
            again = sum(curve.name.partition(" ")[0] == name for curve in curves)
            named = f"{name} {again + 1}" if again else name
            at, numbers = zip(*known, strict=True)
            curves.append(Curve(named, label, unit, "probe", run, at, numbers))
    return curves


def _answer(curve: Curve) -> dict[str, Any]:
    fields = asdict(curve)
    return {"from": fields.pop("source"), **fields}
