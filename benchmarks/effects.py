"""Figures of the effects of heads, in one run.

    python benchmarks/effects.py [--quick]

Prints markdown: what the screen of all heads and exact cuts cost, in forward passes that take turns
with them, and how well the screen ranks heads. With SmolLM2 where it is installed (docs/effects.md
says how), and with GPT-2 small with random weights. One thread.
"""

from __future__ import annotations

import argparse
import os

os.environ["OMP_NUM_THREADS"] = "1"  # before numpy and torch

import platform
import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import transformers
from times import in_turns, table

from tb_attention.capture import capture
from tb_attention.demo.smollm2 import load_smollm2, weights_folder
from tb_attention.effects.exact import Cutter
from tb_attention.effects.given import given_text
from tb_attention.effects.measure import measure_effects
from tb_attention.effects.measurement import row_bytes
from tb_attention.effects.model_run import ModelRun
from tb_attention.effects.numbers import Numbers
from tb_attention.effects.options import Effects
from tb_attention.effects.places import places_of
from tb_attention.effects.screen import screen
from tb_attention.effects.targets import next_tokens

TEXTS = {
    "prose": "The doctor asked the nurse a question, and she answered that the patient had slept "
    "well, eaten a little and asked for his daughter.",
    "a list": "Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday, Monday, Tuesday",
}


@dataclass
class Work:
    """What is timed of one model and text.

    Attributes:
        jobs: name -> job.
        heads: number of heads that are cut.
    """

    jobs: dict[str, Callable[[], object]]
    heads: int


def gpt2() -> Any:
    """GPT-2 small as a language model, with random weights."""
    torch.manual_seed(0)
    return transformers.GPT2LMHeadModel._from_config(
        transformers.GPT2Config(), attn_implementation="sdpa"
    ).eval()


def models() -> dict[str, Any]:
    """Name -> model."""
    found = {"GPT-2 small, random weights": gpt2()}
    if weights_folder() is not None:
        found["SmolLM2-135M"] = load_smollm2()[0].eval()
    return found


def work(model: Any, tokens: int, heads: int) -> Work:
    """Jobs over random tokens: a forward pass, the screen, cuts, and batches of as many rows."""
    ids = torch.randint(40_000, (1, tokens), generator=torch.Generator().manual_seed(0))
    captured = capture(model, ids)
    given = given_text(model, ids, None, None, captured)
    assert given is not None
    numbers = Numbers(next_tokens(captured.sequences[0]), None, given.first, ids.device)
    run, places = (
        ModelRun(model, model, given.inputs, given.ids),
        places_of(captured, given.starts, {}),
    )
    with run.ready():
        first = screen(run, numbers, places, "zero")
    chosen = [(head,) for head in sorted(random.Random(0).sample(range(len(places)), heads))]
    rows: list[int] = []

    @torch.no_grad()
    def plain() -> object:
        return model(ids, use_cache=False)

    def estimated() -> object:
        with run.ready():
            return screen(run, numbers, places, "zero")

    def cut() -> object:
        cutter = Cutter(run, numbers, first, replace="zero", row_bytes=row_bytes(captured, first))
        with run.ready():
            return cutter.cut(chosen)

    whole = ModelRun.logits

    def counted(self: ModelRun, gates: Any) -> torch.Tensor:
        rows.append(len(gates.values))
        return whole(self, gates)

    ModelRun.logits = counted  # type: ignore[method-assign]
    cut()
    ModelRun.logits = whole  # type: ignore[method-assign]

    @torch.no_grad()
    def batches() -> None:
        for count in rows:
            model(ids.repeat(count, 1), use_cache=False)

    return Work({"plain": plain, "screen": estimated, "exact": cut, "batches": batches}, heads)


def cost(heads: int, lengths: dict[int, int]) -> None:
    """What the screen and exact cuts cost."""
    rows = []
    for name, model in models().items():
        for tokens, rounds in lengths.items():
            timed = work(model, tokens, heads)
            times = in_turns(timed.jobs, rounds)
            cells = [name, f"{tokens:,}"]
            for clock in ("wall", "cpu"):
                plain, estimated, exact, batches = (
                    statistics.median(getattr(times[one], clock))
                    for one in ("plain", "screen", "exact", "batches")
                )
                if clock == "wall":
                    cells.append(f"{plain * 1e3:.0f} ms")
                cells += [
                    f"{estimated / plain:.2f}",
                    f"{exact / timed.heads / plain:.2f}",
                    f"{exact / batches:.2f}",
                ]
            rows.append(cells)
    head = ["model", "tokens", "forward pass"]
    for clock in ("wall", "CPU"):
        head += [
            f"screen / forward, {clock}",
            f"exact, a head / forward, {clock}",
            f"exact / plain batches of its rows, {clock}",
        ]
    table(f"Cost of the effects of heads, medians; {heads} heads cut", head, *rows)


def ranks() -> None:
    """The screen beside exact effects of all heads of SmolLM2."""
    if weights_folder() is None:
        return
    model, tokenizer = load_smollm2()
    half = random.Random(0).sample(range(1000, 40_000), 24)
    texts: dict[str, Any] = {**TEXTS, "24 random tokens, twice": [*half, *half]}
    rows = []
    for name, text in texts.items():
        captured = capture(model, text, tokenizer)
        options = Effects(exact="all")
        found = measure_effects(model, text, tokenizer, capture=captured, effects=options)
        effect = found.effects[0]
        exact, estimate = (
            np.concatenate(list(one.values())) for one in (effect.exact, effect.estimate)
        )
        best = set(np.argsort(-np.abs(exact))[:10].tolist())
        among = set(np.argsort(-np.abs(estimate))[:20].tolist())
        rows.append(
            [
                name,
                str(len(captured.sequences[0])),
                f"{effect.value:.2f}",
                f"{spearman(exact, estimate):.2f}",
                str(len(best & among)),
                f"{exact.max():.2f}",
                f"{np.median(np.abs(exact)):.3f}",
            ]
        )
    head = [
        "text",
        "tokens",
        "loss",
        "Spearman of screen and exact",
        "of the 10 largest exact, among the 20 largest of the screen",
        "largest effect",
        "median size",
    ]
    table("Screen and exact effects of all 270 heads of SmolLM2-135M, in nats", head, *rows)


def spearman(one: Any, other: Any) -> float:
    """The correlation of ranks."""
    ranks = [np.argsort(np.argsort(values)) for values in (one, other)]
    return float(np.corrcoef(*ranks)[0, 1])


def main() -> None:
    """Everything in one run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds, 64 tokens only")
    options = parser.parse_args()
    transformers.logging.set_verbosity_error()
    torch.set_num_threads(1)
    began = time.perf_counter()
    cost(16, {64: 3} if options.quick else {64: 9, 256: 5})
    ranks()
    load = " ".join(f"{number:.1f}" for number in os.getloadavg())
    machine = f"{platform.machine()}, {os.cpu_count()} cores, load average {load}"
    print(f"\n{machine}, torch {torch.__version__}; took {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
