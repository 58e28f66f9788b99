"""Figures of the logging side, in one run on Linux: python benchmarks/capture.py [--quick].

Prints markdown; takes minutes, and 4 GB of memory. Ratios of times that took turns, so that other load meets all of them; one
thread, by the clock and by the CPU time of the process.
"""

from __future__ import annotations

import argparse
import os

os.environ["OMP_NUM_THREADS"] = "1"  # before numpy and torch: their threads would take each other's core

import functools
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
import transformers

from tb_attention import AttentionLogger
from tb_attention.capture import capture
from tb_attention.measure import measure
from tb_attention.summary import capture_events

LENGTHS = (64, 256, 1024)
PROBES, PROBE_TOKENS, EVERY = 4, 64, 100
PLAIN, CAPTURED, EAGER, FORWARD = "plain", "captured", "eager", "forward"


@dataclass
class Times:
    """Seconds of one job, one number for each round."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def add(self, job: Callable[[], object], cpu_clock: Callable[[], float] = time.process_time) -> None:
        """Takes the times of one run of the job."""
        wall, cpu = time.perf_counter(), cpu_clock()
        job()
        self.cpu.append(cpu_clock() - cpu)
        self.wall.append(time.perf_counter() - wall)


def in_turns(jobs: dict[str, Callable[[], object]], rounds: int) -> dict[str, Times]:
    """Runs every job once for nothing, and then in turns, in the other order every second time."""
    times = {name: Times() for name in jobs}
    for job in jobs.values():
        job()
    for number in range(rounds):
        for name in list(jobs)[:: 1 if number % 2 == 0 else -1]:
            times[name].add(jobs[name])
    return times


def ratios(one: Times, other: Times) -> str:
    """Cells: median and minimum of one / the other, on the wall and on the CPU."""
    pairs = [(summary(a), summary(b)) for summary in (statistics.median, min) for a, b in ((one.wall, other.wall), (one.cpu, other.cpu))]
    return " | ".join(f"{a / b:.3f}" for a, b in pairs)


def table(title: str, *rows: Sequence[str]) -> None:
    """Prints a table; the first row is its head."""
    print(f"\n**{title}**\n")
    for number, row in enumerate(rows):
        print(f"| {' | '.join(row)} |", flush=True)
        if number == 0:
            print(f"|{'---|' * ' | '.join(row).count(' | ')}---|")


def gpt2(attention: str = "sdpa") -> Any:
    """GPT-2 small without its head, with random weights."""
    torch.manual_seed(0)
    return transformers.GPT2Model._from_config(transformers.GPT2Config(), attn_implementation=attention).eval()


def ids(tokens: int) -> torch.Tensor:
    """Token ids [1, tokens]."""
    return torch.randint(50_000, (1, tokens), generator=torch.Generator().manual_seed(0))


def passes(kinds: Sequence[str], tokens: int) -> dict[str, Callable[[], object]]:
    """The forward passes that are compared: without attention, captured, and with the weights of every head."""
    sdpa, read = gpt2(), ids(tokens)
    eager = gpt2("eager") if EAGER in kinds else None

    @torch.no_grad()
    def plain() -> object:
        return sdpa(read)

    @torch.no_grad()
    def weights() -> object:
        assert eager is not None
        return eager(read, output_attentions=True)

    jobs: dict[str, Callable[[], object]] = {PLAIN: plain, CAPTURED: lambda: capture(sdpa, read), EAGER: weights}
    return {kind: jobs[kind] for kind in kinds}


def forward(rounds: dict[int, int]) -> None:
    """Forward passes with capture, and with the attention weights of the model, / without."""
    rows = []
    for tokens, count in rounds.items():
        times = in_turns(passes((PLAIN, CAPTURED, EAGER), tokens), count)
        for kind, name in ((CAPTURED, "capture of q and k"), (EAGER, "eager, `output_attentions=True`")):
            rows.append([f"{tokens:,}", f"{statistics.median(times[PLAIN].wall) * 1e3:.0f} ms", name, ratios(times[kind], times[PLAIN])])
    head = ["tokens", "plain sdpa", "with", "median, wall", "median, CPU", "minimum, wall", "minimum, CPU"]
    table("Forward pass / plain sdpa forward pass, GPT-2 small", head, *rows)


def memory(lengths: Sequence[int]) -> None:
    """What a forward pass needs at most beyond the model."""
    rows = []
    for tokens in lengths:
        cells = []
        for kind in (PLAIN, CAPTURED, EAGER):
            # A process of its own: memory that was freed once would hide what is needed again.
            done = subprocess.run([sys.executable, __file__, "--peak", kind, str(tokens)], capture_output=True, text=True, check=True)
            cells.append("{peak:,.0f} MB ({before:,.0f} + {more:,.0f})".format(**json.loads(done.stdout)))
        rows.append([f"{tokens:,}", *cells])
    head = ["tokens", "plain sdpa", "capture of q and k", "eager, `output_attentions=True`"]
    table("Peak memory of the process (before the pass + what the pass adds)", head, *rows)


def peak(kind: str, tokens: int) -> None:
    """Runs in a process of its own: prints the resident megabytes before the pass, at its peak, and the difference."""
    job = passes((kind,), tokens)[kind]
    status = Path("/proc/self/status")
    # The peak is reset, because building the model has one too. Not getrusage, whose peak a child takes over from its parent.
    Path("/proc/self/clear_refs").write_text("5")
    before = megabytes(status, "VmRSS")
    kept = job()
    after = megabytes(status, "VmHWM")
    del kept
    print(json.dumps({"before": before, "peak": after, "more": after - before}))


def megabytes(status: Path, name: str) -> float:
    found = re.search(rf"{name}:\s+(\d+) kB", status.read_text())
    assert found
    return int(found[1]) * 1024 / 1e6


def size(lengths: Sequence[int]) -> None:
    """Bytes that one capture takes on the disk, from the files."""
    model, rows = gpt2(), []
    for tokens in lengths:
        with tempfile.TemporaryDirectory() as directory:
            with AttentionLogger(directory, strict=True) as logger:
                logger.log(model, ids(tokens), tag="probe", step=0)
            written = sum(path.stat().st_size for path in Path(directory).rglob("*") if path.is_file())
        attention = 4 * model.config.n_layer * model.config.n_head * tokens**2
        ratio = f"{written / attention:.3f} = 1/{attention / written:.1f}"
        rows.append([f"{tokens:,}", f"{written / 1e6:.2f} MB", f"{attention / 1e6:.2f} MB", ratio])
    table("Bytes of a capture, event file included / float32 attention", ["tokens", "capture", "float32 attention", "ratio"], *rows)


def background(rounds: int, tokens: int = LENGTHS[-1]) -> None:
    """What the background thread does for one capture / a forward pass; everything here on one thread."""
    job = passes((PLAIN,), tokens)[PLAIN]
    captured = capture(gpt2(), ids(tokens))
    layers = captured.stacks[0].layers.values()

    def measured() -> None:
        for layer in layers:
            measure(layer, captured.sequences[0].ids)

    def written() -> None:
        for event in capture_events(captured, tag="probe", step=0, wall_time=0, session="benchmark"):
            event.SerializeToString()

    times = in_turns({FORWARD: job, "metrics": measured, "all": written}, rounds)
    rows = [
        ["head metrics and thumbnails", ratios(times["metrics"], times[FORWARD])],
        ["the same, float16 and serialising", ratios(times["all"], times[FORWARD])],
    ]
    head = ["work", "median, wall", "median, CPU", "minimum, wall", "minimum, CPU"]
    table(f"Work of the background thread / forward pass, {tokens:,} tokens", head, *rows)


class Training:
    """The size of the demo: a GPT-2 of 4 layers, 4 heads, width 128, and batches of 8 x 128 tokens."""

    def __init__(self) -> None:
        torch.manual_seed(0)
        config = transformers.GPT2Config(n_layer=4, n_head=4, n_embd=128, n_positions=128, vocab_size=1536, bos_token_id=0, eos_token_id=0)
        self.model = transformers.GPT2LMHeadModel(config).train()
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=1e-4)
        self.batch = torch.randint(1536, (8, 128))
        self.done, self.logging = 0, 0.0

    def steps(self, count: int, logger: AttentionLogger | None) -> None:
        """Training steps, the first of which logs the probes where there is a logger."""
        for number in range(count):
            if logger is not None and number == 0:
                started = time.perf_counter()
                for probe in range(PROBES):
                    logger.log(self.model, self.batch[probe, :PROBE_TOKENS], tag=f"probe-{probe}", step=self.done)
                self.logging += time.perf_counter() - started
            self.optimizer.zero_grad()
            self.model(self.batch, labels=self.batch).loss.backward()
            self.optimizer.step()
            self.done += 1


def training(turns: int) -> None:
    """Blocks of EVERY training steps with logging / without, in one process and in turns, so that both meet the same machine."""
    run = Training()
    with tempfile.TemporaryDirectory() as directory, AttentionLogger(directory, strict=True) as logger:
        run.steps(5, logger)
        logger.flush()
        run.logging = 0.0
        logged, plain = Times(), Times()
        for turn in range(turns):
            for times, used in [(logged, logger), (plain, None)][:: 1 if turn % 2 == 0 else -1]:
                times.add(functools.partial(run.steps, EVERY, used), time.thread_time)
                logger.flush()
        assert logger.lost == 0
    step = statistics.median(plain.wall) / EVERY
    inside = f"{run.logging / turns * 1e3:.0f} ms = {100 * run.logging / sum(plain.wall):.2f} %"
    rows = [
        ["inside `log`: 4 probes / 100 steps, wall", inside],
        ["100 steps with logging / without, median, wall", percent(statistics.median(logged.wall), statistics.median(plain.wall))],
        ["the same, CPU time of the training thread", percent(statistics.median(logged.cpu), statistics.median(plain.cpu))],
        ["the same, minima, wall", percent(min(logged.wall), min(plain.wall))],
    ]
    table(
        f"Training with {PROBES} probes of {PROBE_TOKENS} tokens every {EVERY} steps / without: GPT-2 of 4 layers, width 128, "
        f"batches of 8 x 128 tokens, {step * 1e3:.0f} ms a step, {turns} turns, the background thread on another core",
        ["what", "time lost"],
        *rows,
    )  # fmt: skip


def percent(one: float, other: float) -> str:
    return f"{100 * (one / other - 1):+.2f} %"


def main() -> None:
    """Everything in one run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds, no 1,024 tokens in the forward passes and memory")
    parser.add_argument("--peak", nargs=2, metavar=("KIND", "TOKENS"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    transformers.logging.set_verbosity_error()
    torch.set_num_threads(1)
    if options.peak:
        peak(options.peak[0], int(options.peak[1]))
        return
    lengths = LENGTHS[:-1] if options.quick else LENGTHS
    forward({64: 5, 256: 3} if options.quick else {64: 21, 256: 9, 1024: 5})
    memory(lengths)
    size(LENGTHS)
    background(1 if options.quick else 3)
    training(1 if options.quick else 3)


if __name__ == "__main__":
    main()
