"""Files that are replaced, cut, removed, renamed or written over while they are read.

In the run `kept` every version has the same steps: they are always listed. The run `gone` comes and
goes. An answer is of one version, of either run: each version has numbers of its own.
"""

from __future__ import annotations

import os
import random
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load
from werkzeug.test import Client, TestResponse

from benchmarks.tried import Tried
from tb_attention.attention import softmax
from tests.support.logs import WALL_TIME, capture, events, record_file, write
from tests.support.plugins import client_of, get, plugin_of

STEPS, LAYERS, VERSIONS, TOKENS = 3, 3, 4, 24


class Versions:
    """Record files of the same steps, of the same size, each with numbers of its own."""

    def __init__(self, directory: Path) -> None:
        self.bytes: list[bytes] = []
        self.right: list[list[np.ndarray]] = []
        """Weights [version][layer]; the same at each step."""
        for version in range(VERSIONS):
            made = capture(TOKENS, layers=LAYERS, seed=version)
            written = [events(step, of=made, wall_time=WALL_TIME) for step in range(STEPS + 1)]
            self.bytes.append(write(directory / "made", *written[:STEPS]).read_bytes())
            self.longer = write(directory / "made", *written).read_bytes()
            self.right.append([softmax.weights(one) for one in made.stacks[0].layers.values()])

    def version_of(self, layer: int, weights: np.ndarray) -> int | None:
        """The version whose weights these are; None of none."""
        for version, right in enumerate(self.right):
            if np.allclose(right[layer], weights, atol=5e-3):
                return version
        return None


def _file(run: Path) -> Path:
    """The only record file of a run."""
    (path,) = record_file(run).parent.glob("*.tfrecord")
    return path


class Changes:
    """Changes the files of both runs at random."""

    def __init__(self, logdir: Path, versions: Versions, seed: int) -> None:
        self._versions, self._chance = versions, random.Random(seed)
        self._kept, self._gone = logdir / "kept", logdir / "gone"
        self._aside = logdir.parent / "aside"
        self.count = 0
        for run in (self._kept, self._gone):
            record_file(run).parent.mkdir(parents=True)
            record_file(run).write_bytes(versions.bytes[0])

    def change(self) -> None:
        """Makes one change."""
        kept = (self._replace, self._longer, self._over, self._touch, self._rename_file)
        gone = (self._replace, self._over, self._cut, self._remove, self._rename, self._empty)
        run = self._chance.choice([self._kept, self._gone])
        if run == self._gone:
            self._there()
        change: Callable[[Path], None] = self._chance.choice(kept if run == self._kept else gone)
        change(_file(run))
        self.count += 1

    def _there(self) -> None:
        """The run is there again, where it was taken away."""
        if self._aside.exists():
            self._aside.rename(self._gone)
        record_file(self._gone).parent.mkdir(parents=True, exist_ok=True)
        if not list(record_file(self._gone).parent.glob("*.tfrecord")):
            record_file(self._gone).write_bytes(self._chance.choice(self._versions.bytes))

    def _replace(self, path: Path) -> None:
        """As rsync does."""
        self._exchange(path, self._chance.choice(self._versions.bytes))

    def _longer(self, path: Path) -> None:
        self._exchange(path, self._versions.longer)

    def _exchange(self, path: Path, data: bytes) -> None:
        path.with_name("part").write_bytes(data)
        path.with_name("part").replace(path)

    def _over(self, path: Path) -> None:
        """As rsync --inplace does: bytes of the same size, a part at a time."""
        data = self._chance.choice(self._versions.bytes)
        with path.open("r+b") as file:
            for start in range(0, len(data), len(data) // 5):
                file.write(data[start : start + len(data) // 5])
                file.flush()

    def _touch(self, path: Path) -> None:
        os.utime(path)

    def _cut(self, path: Path) -> None:
        os.truncate(path, self._chance.randrange(path.stat().st_size + 1))

    def _empty(self, path: Path) -> None:
        path.write_bytes(b"")

    def _remove(self, path: Path) -> None:
        path.unlink() if self._chance.random() < 0.5 else shutil.rmtree(self._gone)

    def _rename_file(self, path: Path) -> None:
        path.rename(record_file(self._kept, self.count))

    def _rename(self, path: Path) -> None:
        self._gone.rename(self._aside)


class Reader:
    """Asks for both runs again and again, and holds the answers against the versions."""

    def __init__(self, client: Client, versions: Versions, seed: int) -> None:
        self._client, self._versions, self._chance = client, versions, random.Random(seed)
        self._seen: dict[str, int] = {}
        """What a client keeps: version of a capture -> version of the numbers."""
        self.outcome = Tried()
        self.compared = 0

    def ask(self) -> None:
        """Asks what there is, and for a layer of a step of each run."""
        listed = self._json("runs")
        if listed is None:
            return
        steps = {run["run"]: run["tags"][0] for run in listed["runs"]}
        kept = steps.get("kept", {"steps": []})["steps"]
        if not set(range(STEPS)) <= set(kept):
            self.outcome.lost.append(f"changing files: {kept} of the run kept are listed")
        for run, tag in list(steps.items()) * 4:  # some of them have changed since
            place = self._chance.randrange(len(tag["steps"]))
            self._layers(run, tag["steps"][place], tag["versions"][place])

    def _layers(self, run: str, step: int, version: str) -> None:
        named = f"run={run}&tag=probe&step={step}&v={version}"
        self._get(f"capture?{named}")
        for layer in self._chance.sample(range(LAYERS), 2):
            answer = self._get(f"weights?{named}&layer={layer}")
            if answer is None or answer.status_code != 200:
                continue
            numbers = self._versions.version_of(layer, load(answer.data)["weights"])
            said = f"changing files: layer {layer} of {run}, step {step}"
            self.compared += 1
            if numbers is None:
                self.outcome.lost.append(f"{said}: numbers of no version")
            elif "immutable" in answer.headers["Cache-Control"]:
                if self._seen.setdefault(version, numbers) != numbers:
                    self.outcome.lost.append(f"{said}: numbers of two versions under one name")

    def _get(self, url: str) -> TestResponse | None:
        self.outcome.asked += 1
        try:
            answer = get(self._client, url)
        except Exception as error:  # noqa: BLE001  (it is counted)
            self.outcome.failed.append(f"changing files: {url}: {type(error).__name__}: {error}")
            return None
        if answer.status_code not in (200, 404):
            self.outcome.failed.append(f"changing files: {url}: {answer.status_code} {answer.text}")
        return answer

    def _json(self, url: str) -> Any:
        answer = self._get(url)
        return None if answer is None or answer.status_code != 200 else answer.get_json()


def changed(directory: Path, changes: int, seed: int = 0, readers: int = 2) -> Tried:
    """Makes so many changes while they are read, or more, until as many layers were compared."""
    (directory / "logs").mkdir()
    versions = Versions(directory)
    changing = Changes(directory / "logs", versions, seed)
    client = client_of(plugin_of(directory / "logs"))
    asking = [Reader(client, versions, seed + 1 + number) for number in range(readers)]
    stop = threading.Event()

    def read(reader: Reader) -> None:
        while not stop.is_set():
            reader.ask()

    def compared() -> int:
        return sum(reader.compared for reader in asking)

    asking[0].ask()
    threads = [threading.Thread(target=read, args=(reader,)) for reader in asking]
    for thread in threads:
        thread.start()
    chance = random.Random(seed)
    while changing.count < changes or (compared() < changes and changing.count < 20 * changes):
        changing.change()
        # Mostly no time at all; sometimes what was written stands still for long enough.
        time.sleep(chance.choice([0, 0, 0.002, 0.01, 0.05, 0.2]) + 1.2 * (chance.random() < 0.03))
    stop.set()
    for thread in threads:
        thread.join()
    outcome = Tried(tried=changing.count)
    for reader in asking:
        outcome.add(reader.outcome)
    if compared() < changes:
        outcome.failed.append(f"changing files: only {compared()} layers were answered")
    outcome.notes.append(f"{compared():,} layers of weights compared")
    return outcome
