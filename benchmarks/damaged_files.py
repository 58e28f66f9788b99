"""Record files and event files whose bytes are damaged: what is whole is shown, nothing wrong is.

One seed makes one file, so that what fails can be made again.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from tensorboard.compat.proto import event_pb2

from benchmarks.tried import Tried
from tb_attention.answers.capture import answer_capture
from tb_attention.answers.types import answer_types
from tb_attention.answers.weights import answer_weights
from tb_attention.errors import AttentionError
from tb_attention.record.tfrecord import framed
from tb_attention.store.location import Location
from tb_attention.store.store import Store
from tests.support.indexes import index_of
from tests.support.logs import capture, events, record_file

STEPS, LAYERS = 3, 2
Records = list[bytes]


@cache
def whole() -> tuple[Records, list[list[np.ndarray]]]:
    """The records of a file, LAYERS + 1 for each step; and the right weights, [step][layer]."""
    made = [
        capture(3, layers=LAYERS, heads=2, key_heads=1, neurons=2, seed=n) for n in range(STEPS)
    ]
    records = [
        framed(event.SerializeToString())
        for step, one in enumerate(made)
        for event in events(step, of=one)
    ]
    with TemporaryDirectory() as directory:
        _written(record_file(Path(directory)), b"".join(records))
        store = Store(index_of(directory))
        right = [
            [_weights(store, store.find(".", "probe", step), layer) for layer in range(LAYERS)]
            for step in range(STEPS)
        ]
    return records, right


def _weights(store: Store, location: Location, layer: int) -> np.ndarray:
    return answer_weights(store, location, None, layer, None).arrays["weights"]


def _flip(data: bytearray, chance: random.Random) -> int:
    place = chance.randrange(len(data))
    for at in [
        place,
        *(chance.randrange(place, len(data)) for _ in range(chance.choice([0, 0, 1, 7]))),
    ]:
        data[at] ^= 1 << chance.randrange(8)
    return place


def _cut(data: bytearray, chance: random.Random) -> int:
    place = chance.randrange(len(data))
    del data[place:]
    return place


def _insert(data: bytearray, chance: random.Random) -> int:
    place = chance.randrange(len(data))
    data[place:place] = chance.randbytes(chance.choice([1, 4, 8, 12, 16, 100]))
    return place


def _delete(data: bytearray, chance: random.Random) -> int:
    place = chance.randrange(len(data))
    del data[place : place + chance.choice([1, 4, 12, 100])]
    return place


def _overwrite(data: bytearray, chance: random.Random) -> int:
    place = chance.randrange(len(data))
    size = min(chance.choice([1, 8, 64, 512]), len(data) - place)
    data[place : place + size] = chance.choice(
        [bytes(size), b"\xff" * size, chance.randbytes(size)]
    )
    return place


DAMAGES: tuple[Callable[[bytearray, random.Random], int], ...] = (
    _flip,
    _cut,
    _insert,
    _delete,
    _overwrite,
)
"""Each damages the bytes and returns the first place that it touched."""


def _shuffled(records: Records, chance: random.Random) -> Records:
    """Records swapped, twice, left out, or with other bytes under right checksums."""
    made = list(records)
    one, other = chance.randrange(len(made)), chance.randrange(len(made))
    what = chance.randrange(4)
    if what == 0:
        made[one], made[other] = made[other], made[one]
    elif what == 1:
        made.insert(other, made[one])
    elif what == 2:
        del made[one]
    else:
        payload = bytearray(made[one][12:-4])
        chance.choice(DAMAGES)(payload, chance)
        made[one] = framed(bytes(payload))
    return made


def damaged(path: Path, seed: int) -> int | None:
    """Writes a run with one damaged file below `path`.

    Returns:
        The number of steps from the first on that are whole; None where the records themselves are
        others, under right checksums.
    """
    chance = random.Random(seed)
    records, _ = whole()
    inline = chance.random() < 0.3
    if inline:  # as an event file begins, and with scalars between
        scalar = event_pb2.Event(step=1)
        scalar.summary.value.add(tag="loss", simple_value=1.0)
        version = event_pb2.Event(wall_time=1, file_version="brain.Event:2")
        first, between = framed(version.SerializeToString()), framed(scalar.SerializeToString())
    file = path / "events.out.tfevents.1.host" if inline else record_file(path)
    if chance.random() < 0.25:
        _written(file, (first if inline else b"") + b"".join(_shuffled(records, chance)))
        return None
    parts = [first] if inline else []
    ends = []
    for place, record in enumerate(records):
        parts.append(record)
        if place % (LAYERS + 1) == LAYERS:
            ends.append(sum(map(len, parts)))
            if inline:
                parts.append(between)
    data = bytearray(b"".join(parts))
    touched = chance.choice(DAMAGES)(data, chance)
    _written(file, bytes(data))
    return sum(end <= touched for end in ends)


def _written(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def scanned(path: Path, seed: int) -> Tried:
    """Reads what `damaged` wrote below `path`, and asks about every step."""
    outcome = Tried(tried=1)
    kept = damaged(path, seed)
    index = index_of(path)
    for problem in index.snapshot.problems:
        if "see the output of TensorBoard" in problem.problem:
            outcome.failed.append(f"bytes, seed {seed}: {problem.problem}")
    store = Store(index)
    listed = store.snapshot.runs.get(".", {}).get("probe", {})
    for step in range(kept or 0):
        if step not in listed:
            outcome.lost.append(f"bytes, seed {seed}: step {step} is not listed")
    if listed:
        _asked(outcome, f"bytes, seed {seed}: types", lambda: answer_types(store, listed))
    for step, location in listed.items():
        said = f"bytes, seed {seed}: step {step}"
        _asked(outcome, said, lambda at=location: answer_capture(store, ".", at))
        for layer in range(LAYERS):
            answer = _asked(
                outcome,
                f"{said} layer {layer}",
                lambda at=location, of=layer: _weights(store, at, of),
            )
            if kept is None or step >= STEPS:
                continue  # other records with right checksums are what somebody has written
            if answer is None:
                if step < kept:
                    outcome.lost.append(f"{said} layer {layer}: cannot be read")
            elif not np.array_equal(answer, whole()[1][step][layer]):
                outcome.lost.append(f"{said} layer {layer}: other numbers")
    return outcome


def _asked(outcome: Tried, said: str, ask: Callable[[], Any]) -> Any:
    outcome.asked += 1
    try:
        return ask()
    except (AttentionError, OSError):
        return None
    except Exception as error:  # noqa: BLE001  (it is counted)
        outcome.failed.append(f"{said}: {type(error).__name__}: {error}")
        return None


def outcomes(path: Path, seeds: range) -> Iterator[Tried]:
    """What comes of each seed."""
    for seed in seeds:
        folder = path / str(seed)
        folder.mkdir()
        with np.errstate(all="ignore"):
            yield scanned(folder, seed)
        for file in sorted(folder.rglob("*"), reverse=True):
            file.rmdir() if file.is_dir() else file.unlink()
        folder.rmdir()
