"""Figures of the logging side, in one run on Linux.

    python benchmarks/capture.py [--quick]

Prints markdown; takes 6 minutes on a quiet machine, and 4 GB of memory. Ratios of times that took
turns, so that other load meets all of them; one thread, by the clock and by the CPU time of the
process. benchmarks/accelerator.py has the figures of a GPU.
"""

from __future__ import annotations

import argparse
import os

os.environ["OMP_NUM_THREADS"] = (
    "1"  # before numpy and torch: their threads would take each other's core
)

import cProfile
import json
import platform
import pstats
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

import torch
import transformers
from times import in_turns, ratios, table
from training import training

from tb_attention import AttentionLogger
from tb_attention.attention.measure import measure_layer
from tb_attention.capture import capture
from tb_attention.capture.calls.attention_call import AttentionCall
from tb_attention.capture.reading.recorder import Recorder
from tb_attention.capture.reading.understanding import Understanding, Understood
from tb_attention.record.summary import capture_events

LENGTHS = (64, 256, 1024)
PLAIN, CAPTURED, EAGER, FORWARD, HEAD = "plain", "captured", "eager", "forward", "head"


def gpt2(attention: str = "sdpa") -> Any:
    """GPT-2 small without its head, with random weights."""
    torch.manual_seed(0)
    return transformers.GPT2Model._from_config(
        transformers.GPT2Config(), attn_implementation=attention
    ).eval()


def gpt2_with_head() -> Any:
    """GPT-2 small as a language model."""
    torch.manual_seed(0)
    return transformers.GPT2LMHeadModel._from_config(
        transformers.GPT2Config(), attn_implementation="sdpa"
    ).eval()


def ids(tokens: int) -> torch.Tensor:
    """Token ids [1, tokens]."""
    return torch.randint(50_000, (1, tokens), generator=torch.Generator().manual_seed(0))


def passes(kinds: Sequence[str], tokens: int) -> dict[str, Callable[[], object]]:
    """The forward passes that are compared: plain, captured, and with the weights of every head."""
    sdpa, read = gpt2(), ids(tokens)
    eager = gpt2("eager") if EAGER in kinds else None

    @torch.no_grad()
    def plain() -> object:
        return sdpa(read)

    @torch.no_grad()
    def weights() -> object:
        assert eager is not None
        return eager(read, output_attentions=True)

    jobs: dict[str, Callable[[], object]] = {
        PLAIN: plain,
        CAPTURED: lambda: capture(sdpa, read),
        EAGER: weights,
    }
    return {kind: jobs[kind] for kind in kinds}


def forward(rounds: dict[int, int]) -> None:
    """Forward passes with capture, and with the attention weights of the model, / without."""
    rows = []
    for tokens, count in rounds.items():
        times = in_turns(passes((PLAIN, CAPTURED, EAGER), tokens), count)
        for kind, name in (
            (CAPTURED, "capture of q and k"),
            (EAGER, "eager, `output_attentions=True`"),
        ):
            rows.append(
                [
                    f"{tokens:,}",
                    f"{statistics.median(times[PLAIN].wall) * 1e3:.0f} ms",
                    name,
                    ratios(times[kind], times[PLAIN]),
                ]
            )
    head = [
        "tokens",
        "plain sdpa",
        "with",
        "median, wall",
        "median, CPU",
        "minimum, wall",
        "minimum, CPU",
    ]
    table("Forward pass / plain sdpa forward pass, GPT-2 small", head, *rows)


def check(rounds: dict[int, int]) -> None:
    """Captures that compare each layer with the model's own output / captures that do not."""

    def blindly(self: Understanding, call: AttentionCall, settled: object) -> Understood:
        return self.of(call, compare=False)

    rows = []
    for tokens, count in rounds.items():
        model, read = gpt2(), ids(tokens)

        def compared(model: Any = model, read: torch.Tensor = read) -> object:
            return capture(model, read)

        def blind(model: Any = model, read: torch.Tensor = read) -> object:
            with mock.patch.object(Understanding, "later", blindly):
                return capture(model, read)

        times = in_turns({"compared": compared, "blind": blind}, count)
        rows.append([f"{tokens:,}", ratios(times["compared"], times["blind"])])
    head = ["tokens", "median, wall", "median, CPU", "minimum, wall", "minimum, CPU"]
    table("Capture with the check of each layer / without, GPT-2 small", head, *rows)


def lengths_of_values(rounds: dict[int, int]) -> None:
    """Captures with the lengths of values after the output projection / without."""
    rows = []
    for tokens, count in rounds.items():
        model, read = gpt2(), ids(tokens)

        def measured(model: Any = model, read: torch.Tensor = read) -> object:
            return capture(model, read)

        def without(model: Any = model, read: torch.Tensor = read) -> object:
            with mock.patch.object(Recorder, "norms", lambda *_: None):
                return capture(model, read)

        times = in_turns({"measured": measured, "without": without}, count)
        rows.append([f"{tokens:,}", ratios(times["measured"], times["without"])])
    head = ["tokens", "median, wall", "median, CPU", "minimum, wall", "minimum, CPU"]
    table("Capture with the lengths of values / without, GPT-2 small", head, *rows)


def memory(lengths: Sequence[int]) -> None:
    """What a forward pass needs at most beyond the model."""
    rows = []
    for tokens in lengths:
        cells = []
        for kind in (PLAIN, CAPTURED, EAGER):
            # A process of its own: memory that was freed once would hide what is needed again.
            done = subprocess.run(
                [sys.executable, __file__, "--peak", kind, str(tokens)],
                capture_output=True,
                text=True,
                check=True,
            )
            cells.append(
                "{peak:,.0f} MB ({before:,.0f} + {more:,.0f})".format(**json.loads(done.stdout))
            )
        rows.append([f"{tokens:,}", *cells])
    head = ["tokens", "plain sdpa", "capture of q and k", "eager, `output_attentions=True`"]
    table("Peak memory of the process (before the pass + what the pass adds)", head, *rows)


def peak(kind: str, tokens: int) -> None:
    """Prints the resident megabytes before the pass, at its peak, and the difference.

    Runs in a process of its own.
    """
    job = passes((kind,), tokens)[kind]
    status = Path("/proc/self/status")
    # The peak is reset, because building the model has one too. Not getrusage, whose peak a child
    # takes over from its parent.
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
            written = sum(
                path.stat().st_size for path in Path(directory).rglob("*") if path.is_file()
            )
        attention = 4 * model.config.n_layer * model.config.n_head * tokens**2
        ratio = f"{written / attention:.3f} = 1/{attention / written:.1f}"
        rows.append([f"{tokens:,}", f"{written / 1e6:.2f} MB", f"{attention / 1e6:.2f} MB", ratio])
    table(
        "Bytes of a capture, event file included / float32 attention",
        ["tokens", "capture", "float32 attention", "ratio"],
        *rows,
    )


def background(rounds: int, tokens: int = LENGTHS[-1]) -> None:
    """What the background thread does for one capture / a forward pass, all on one thread."""
    job = passes((PLAIN,), tokens)[PLAIN]
    whole, read = gpt2_with_head(), ids(tokens)
    captured = capture(gpt2(), read)
    layers = captured.stacks[0].layers.values()

    @torch.no_grad()
    def with_head() -> object:
        return whole(read)

    def measured() -> None:
        for layer in layers:
            measure_layer(layer, captured.sequences[0].ids)

    def written() -> None:
        for event in capture_events(
            captured, tag="probe", step=0, wall_time=0, session="benchmark"
        ):
            event.SerializeToString()

    times = in_turns({FORWARD: job, HEAD: with_head, "metrics": measured, "all": written}, rounds)
    rows = [
        [
            "head metrics and thumbnails",
            "without its head",
            ratios(times["metrics"], times[FORWARD]),
        ],
        ["head metrics and thumbnails", "with its head", ratios(times["metrics"], times[HEAD])],
        [
            "the same, float16 and serialising",
            "without its head",
            ratios(times["all"], times[FORWARD]),
        ],
    ]
    head = ["work", "GPT-2 small", "median, wall", "median, CPU", "minimum, wall", "minimum, CPU"]
    table(f"Work of the background thread / forward pass, {tokens:,} tokens", head, *rows)
    profile(measured)


def profile(measured: Callable[[], None]) -> None:
    """Prints where the time of head metrics and thumbnails goes, by function.

    The profiler itself adds a tenth.
    """
    profiler = cProfile.Profile(time.process_time)
    profiler.runcall(measured)
    stats: Any = pstats.Stats(profiler)
    spent = sorted(
        ((own, name) for (_, _, name), (_, _, own, _, _) in stats.stats.items()), reverse=True
    )
    rows = [
        [f"`{name.strip('<>')}`", f"{100 * own / stats.total_tt:.0f} %"] for own, name in spent[:10]
    ]
    table(
        "Where the CPU time of head metrics and thumbnails goes",
        ["function, without what it calls", "share"],
        *rows,
    )


def main() -> None:
    """Everything in one run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--quick",
        action="store_true",
        help="fewer rounds, no 1,024 tokens in the forward passes and memory",
    )
    parser.add_argument("--peak", nargs=2, metavar=("KIND", "TOKENS"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    transformers.logging.set_verbosity_error()
    torch.set_num_threads(1)
    if options.peak:
        peak(options.peak[0], int(options.peak[1]))
        return
    lengths = LENGTHS[:-1] if options.quick else LENGTHS
    began = time.perf_counter()
    forward({64: 5, 256: 3} if options.quick else {64: 31, 256: 15, 1024: 9})
    check({64: 5, 256: 3} if options.quick else {64: 31, 256: 15, 1024: 9})
    lengths_of_values({64: 5, 256: 3} if options.quick else {64: 31, 256: 15, 1024: 9})
    memory(lengths)
    size(LENGTHS)
    background(1 if options.quick else 7)
    training(1 if options.quick else 5)
    load = " ".join(f"{number:.1f}" for number in os.getloadavg())
    machine = f"{platform.machine()}, {os.cpu_count()} cores, load average {load}"
    print(f"\n{machine}, torch {torch.__version__}; took {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
