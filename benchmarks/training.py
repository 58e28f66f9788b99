"""A training that is logged beside one that is not; benchmarks/capture.py runs it."""

from __future__ import annotations

import functools
import statistics
import tempfile
import time

import torch
import transformers
from times import Times, table

from tb_attention import AttentionLogger

PROBES, PROBE_TOKENS, EVERY = 4, 64, 100


class Training:
    """As the demo: a GPT-2 of 4 layers, 4 heads, width 128, on batches of 8 x 128 tokens."""

    def __init__(self) -> None:
        torch.manual_seed(0)
        config = transformers.GPT2Config(
            n_layer=4,
            n_head=4,
            n_embd=128,
            n_positions=128,
            vocab_size=1536,
            bos_token_id=0,
            eos_token_id=0,
        )
        self.model = transformers.GPT2LMHeadModel(config).train()
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=1e-4)
        self.batch = torch.randint(1536, (8, 128))
        self.done = 0
        self.inside: dict[AttentionLogger, float] = {}
        """Logger -> seconds inside of `log`."""

    def steps(self, count: int, logger: AttentionLogger | None) -> None:
        """Training steps, the first of which logs the probes where there is a logger."""
        for number in range(count):
            if logger is not None and number == 0:
                started = time.perf_counter()
                for probe in range(PROBES):
                    logger.log(
                        self.model,
                        self.batch[probe, :PROBE_TOKENS],
                        tag=f"probe-{probe}",
                        step=self.done,
                    )
                spent = time.perf_counter() - started
                self.inside[logger] = self.inside.get(logger, 0.0) + spent
            self.optimizer.zero_grad()
            self.model(self.batch, labels=self.batch).loss.backward()
            self.optimizer.step()
            self.done += 1


def training(turns: int) -> None:
    """Blocks of EVERY training steps without logging, with, and with effects, in one process.

    In turns, so that all meet the same machine.
    """
    run = Training()
    with (
        tempfile.TemporaryDirectory() as directory,
        AttentionLogger(f"{directory}/plain", strict=True) as logger,
        AttentionLogger(f"{directory}/effects", strict=True, effects=True) as measuring,
    ):
        for used in (logger, measuring):
            run.steps(5, used)
            used.flush()
        run.inside.clear()
        warm = measuring.effects_seconds
        plain, logged, measured = Times(), Times(), Times()
        arms = [(plain, None), (logged, logger), (measured, measuring)]
        for turn in range(turns):
            for times, used in arms[turn % 3 :] + arms[: turn % 3]:
                times.add(functools.partial(run.steps, EVERY, used), time.thread_time)
                if used is not None:
                    used.flush()
        assert logger.lost == measuring.lost == 0
        effects = (measuring.effects_seconds - warm) / turns
    step = statistics.median(plain.wall) / EVERY
    rows = []
    for what, times, used in (
        ("logging", logged, logger),
        ("logging with effects", measured, measuring),
    ):
        inside = run.inside[used] / turns
        share = f"{inside * 1e3:.0f} ms = {100 * inside * turns / sum(plain.wall):.2f} %"
        rows += [
            [f"{what}: inside `log`, 4 probes / 100 steps, wall", share],
            [
                f"{what}: 100 steps / without, median, wall",
                percent(statistics.median(times.wall), statistics.median(plain.wall)),
            ],
            [
                f"{what}: the same, CPU time of the training thread",
                percent(statistics.median(times.cpu), statistics.median(plain.cpu)),
            ],
            [f"{what}: the same, minima, wall", percent(min(times.wall), min(plain.wall))],
        ]
    share = f"{effects * 1e3:.0f} ms = {100 * effects / statistics.median(plain.wall):.2f} %"
    rows.append(["effects alone, 4 probes / 100 steps, wall (at most 3 %)", share])
    table(
        f"Training with {PROBES} probes of {PROBE_TOKENS} tokens every {EVERY} steps / without: "
        f"GPT-2 of 4 layers, width 128, batches of 8 x 128 tokens, {step * 1e3:.0f} ms a step, "
        f"{turns} turns, the background thread on another core",
        ["what", "time lost"],
        *rows,
    )  # fmt: skip


def percent(one: float, other: float) -> str:
    return f"{100 * (one / other - 1):+.2f} %"
