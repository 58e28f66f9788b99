"""Many clients at once against a real TensorBoard, with large answers among the small ones."""

from __future__ import annotations

import os
import random
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from benchmarks.tried import Tried, peak
from tests.support.board import tensorboard
from tests.support.logs import capture, events, record_file, write

STEPS, LAYERS, HEADS = 3, 2, 8
LARGE = 0.04
"""Share of requests for a whole layer."""


class Board:
    """A TensorBoard process on a run of long captures."""

    def __init__(self, address: str, process: int, tokens: int) -> None:
        self.process, self._tokens = process, tokens
        self._plugin = f"{address}data/plugin/attention/"
        self._tensorboard = address

    def ask(self, outcome: Tried, chance: random.Random) -> None:
        """Asks one question and counts what comes of it."""
        large = chance.random() < LARGE
        url = self._large(chance) if large else self._small(chance)
        outcome.asked += 1
        try:
            request = Request(url, method="HEAD" if chance.random() < 0.05 else "GET")
            with urlopen(request, timeout=300) as response:
                length, read = response.headers["Content-Length"], 0
                while part := response.read(1 << 20):
                    read += len(part)
                if request.method == "GET" and length is not None and read != int(length):
                    outcome.lost.append(f"{url}: {read} of {length} bytes")
        except HTTPError as error:
            told = error.read().decode()
            if error.code == 503 and large and told.endswith("ask again."):
                outcome.busy += 1
            else:
                outcome.failed.append(f"{url}: {error.code} {told[:200]}")
        except (URLError, OSError) as error:
            outcome.failed.append(f"{url}: {type(error).__name__}: {error}")

    def _large(self, chance: random.Random) -> str:
        dtype = chance.choice(["float32", "float16", "uint8"])
        return f"{self._plugin}weights?{self._layer(chance)}&dtype={dtype}"

    def _small(self, chance: random.Random) -> str:
        query, key = chance.randrange(self._tokens), chance.randrange(self._tokens)
        tag, head = "run=run&tag=probe", f"head={chance.randrange(HEADS)}"
        layer, pair = self._layer(chance), f"query={query}&key={key}"
        step = f"{tag}&step={chance.randrange(STEPS)}"
        return chance.choice(
            [
                f"{self._tensorboard}data/runs",
                f"{self._tensorboard}data/plugins_listing",
                *(self._plugin + route for route in (
                    "runs",
                    "runs",
                    f"capture?{step}",
                    f"metrics?{tag}",
                    f"types?{tag}",
                    f"findings?{tag}",
                    f"thumbnails?{step}",
                    f"thumbnails?{step}&first=renormalise",
                    f"weights?{layer}&{head}&dtype=uint8",
                    f"weights?{layer}&block=64",
                    f"neurons?{layer}&{head}",
                    f"row?{layer}&query={query}",
                    f"row?{layer}&query={query}&{head}",
                    f"distances?{layer}&{head}",
                    f"pair?{tag}&{pair}",
                    f"contributions?{tag}&layer=1&{head}&{pair}",
                    f"change?{step}&with_run=run&with_tag=probe&with_step=0",
                    "static/index.js",
                )),
            ]
        )  # fmt: skip

    def _layer(self, chance: random.Random) -> str:
        step, layer = chance.randrange(STEPS), chance.randrange(LAYERS)
        return f"run=run&tag=probe&step={step}&layer={layer}"

    @property
    def peak(self) -> float:
        """Largest resident size of the TensorBoard process so far, in MB."""
        return peak(self.process)


@contextmanager
def board(directory: Path, tokens: int) -> Iterator[Board]:
    """TensorBoard on a run of STEPS captures of so many tokens."""
    made = [
        events(step, of=capture(tokens, layers=LAYERS, heads=HEADS, neurons=64, seed=step))
        for step in range(STEPS)
    ]
    write(record_file(directory / "logs" / "run"), *made)
    before = _children()
    with tensorboard(directory, f"--logdir={directory / 'logs'}") as address:
        (process,) = _children() - before
        while b'"loading": false' not in urlopen(f"{address}data/plugin/attention/runs").read():
            time.sleep(0.1)
        yield Board(address, process, tokens)


def _children() -> set[int]:
    """Processes that this one has started."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/status"):
        try:
            status = path.read_text()
        except OSError:
            continue  # it has ended
        if re.search(rf"^PPid:\s+{os.getpid()}$", status, re.M):
            found.add(int(path.parent.name))
    return found


def crowded(of: Board, clients: int, requests: int, seed: int = 0) -> Tried:
    """So many clients at once, each of which makes so many requests."""
    outcomes = [Tried() for _ in range(clients)]

    def ask(number: int) -> None:
        chance = random.Random(f"{seed} {number}")
        for _ in range(requests):
            of.ask(outcomes[number], chance)

    started = time.monotonic()
    threads = [threading.Thread(target=ask, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    outcome = Tried(tried=clients * requests)
    for one in outcomes:
        outcome.add(one)
    outcome.notes.append(f"{time.monotonic() - started:.0f} s")
    return outcome
