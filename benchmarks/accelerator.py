"""Figures of the logging side on an accelerator.

    python benchmarks/accelerator.py [--device cuda] [--tiny]

GPT-2 small and a Llama of the size of 1B, random weights in bfloat16. Prints markdown; needs 12 GB
of the accelerator's memory.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from typing import Any

import torch
import transformers
from times import table

from tb_attention import AttentionLogger
from tb_attention.attention.measure import measure_layer
from tb_attention.capture import capture
from tb_attention.effects.measure import measure_effects
from tb_attention.effects.options import Effects

LENGTHS = (64, 256, 1024, 2048)


def gpt2(tiny: bool) -> Any:
    """GPT-2 small."""
    return (
        transformers.GPT2Config(n_layer=2, n_embd=64, n_head=4)
        if tiny
        else transformers.GPT2Config()
    )


def llama(tiny: bool) -> Any:
    """The configuration of Llama 3.2 1B: 16 layers, 32 heads on 8 key heads of 64 neurons."""
    size = {
        "num_hidden_layers": 2,
        "hidden_size": 64,
        "intermediate_size": 64,
        "num_attention_heads": 4,
        "num_key_value_heads": 1,
    }
    whole = {
        "num_hidden_layers": 16,
        "hidden_size": 2048,
        "intermediate_size": 8192,
        "num_attention_heads": 32,
        "num_key_value_heads": 8,
    }
    return transformers.LlamaConfig(
        vocab_size=1000 if tiny else 128256,
        max_position_embeddings=4096,
        **(size if tiny else whole),
    )


class Device:
    """Where it runs; times are taken when all that was begun has ended."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.module: Any = getattr(torch, torch.device(name).type)

    def seconds(self, job: Callable[[], object]) -> float:
        """Seconds of one run of the job."""
        self.module.synchronize()
        began = time.perf_counter()
        job()
        self.module.synchronize()
        return time.perf_counter() - began

    def peak(self, job: Callable[[], object]) -> float:
        """Megabytes that one run needs at most beyond what is there; NaN where it is not known."""
        if not hasattr(self.module, "max_memory_allocated"):
            return float("nan")
        self.module.reset_peak_memory_stats()
        before = self.module.memory_allocated()
        job()
        return float(self.module.max_memory_allocated() - before) / 1e6


def model(config: Any, attention: str, device: Device) -> Any:
    """Without its head, random weights, bfloat16."""
    torch.manual_seed(0)
    built = transformers.AutoModel.from_config(
        config, attn_implementation=attention, dtype=torch.bfloat16
    )
    return built.eval().to(device.name)


def compare(name: str, config: Any, device: Device, rounds: int) -> None:
    """Prints forward passes in turns: plain sdpa, captured, eager with its weights.

    And what the background thread does on the CPU.
    """
    sdpa, eager = model(config, "sdpa", device), model(config, "eager", device)
    rows, work = [], []
    for tokens in (length for length in LENGTHS if length <= config.max_position_embeddings):
        ids = torch.randint(config.vocab_size, (1, tokens), device=device.name)
        jobs: dict[str, Callable[[], object]] = {
            "plain": lambda ids=ids: sdpa(ids, use_cache=False),
            "captured": lambda ids=ids: capture(sdpa, ids),
            "eager": lambda ids=ids: eager(ids, use_cache=False, output_attentions=True),
        }
        times: dict[str, list[float]] = {kind: [] for kind in jobs}
        with torch.no_grad():
            peaks = {kind: device.peak(job) for kind, job in jobs.items()}
            for _ in range(rounds):
                for kind, job in jobs.items():
                    times[kind].append(device.seconds(job))
        plain = statistics.median(times["plain"])
        cells = [
            f"{statistics.median(times[kind]) / plain:.3f} "
            f"({min(times[kind]) / min(times['plain']):.3f})"
            for kind in jobs
        ]
        rows.append(
            [
                f"{tokens:,}",
                f"{plain * 1e3:.1f} ms",
                *cells[1:],
                *(f"{peaks[kind]:,.0f} MB" for kind in jobs),
            ]
        )
        captured = capture(sdpa, ids)
        began = time.perf_counter()
        for layer in captured.stacks[0].layers.values():
            measure_layer(layer, captured.sequences[0].ids)
        work.append(
            [
                f"{tokens:,}",
                f"{(time.perf_counter() - began) * 1e3:.0f} ms",
                *logged(sdpa, ids, device),
            ]
        )
    head = [
        "tokens",
        "plain sdpa",
        "capture / plain",
        "eager with weights / plain",
        "peak plain",
        "peak capture",
        "peak eager",
    ]
    table(f"{name}: forward pass, median (minimum) of {rounds}", head, *rows)
    table(
        f"{name}: one capture",
        ["tokens", "metrics and thumbnails, CPU", "time inside log", "time until written"],
        *work,
    )


def logged(sdpa: Any, ids: torch.Tensor, device: Device) -> tuple[str, str]:
    """Prints what one call of log costs the training, and when its capture is on the disk."""
    with (
        tempfile.TemporaryDirectory() as directory,
        AttentionLogger(directory, strict=True) as logger,
    ):
        logger.log(sdpa, ids, tag="warm", step=0)
        logger.flush()
        began = time.perf_counter()
        inside = device.seconds(lambda: logger.log(sdpa, ids, tag="probe", step=0))
        logger.flush()
        return f"{inside * 1e3:.1f} ms", f"{(time.perf_counter() - began) * 1e3:.0f} ms"


def effects(name: str, config: Any, device: Device, rounds: int) -> None:
    """Prints what the effects of heads cost beside a forward pass of the whole model."""
    torch.manual_seed(0)
    whole = transformers.AutoModelForCausalLM.from_config(
        config, attn_implementation="sdpa", dtype=torch.bfloat16
    )
    whole = whole.eval().to(device.name)
    rows = []
    for tokens in (64, 256):
        ids = torch.randint(config.vocab_size, (1, tokens), device=device.name)
        captured = capture(whole, ids)
        jobs: dict[str, Callable[[], object]] = {
            "plain": lambda ids=ids: whole(ids, use_cache=False),
            "screen": lambda ids=ids, captured=captured: measure_effects(
                whole, ids, capture=captured, effects=Effects(heads=0, controls=0)
            ),
            "all": lambda ids=ids, captured=captured: measure_effects(
                whole, ids, capture=captured, effects=Effects()
            ),
        }
        times: dict[str, list[float]] = {kind: [] for kind in jobs}
        with torch.no_grad():
            peaks = {kind: device.peak(job) for kind, job in jobs.items()}
            for _ in range(rounds):
                for kind, job in jobs.items():
                    times[kind].append(device.seconds(job))
        medians = {kind: statistics.median(found) for kind, found in times.items()}
        rows.append(
            [
                f"{tokens:,}",
                f"{medians['plain'] * 1e3:.1f} ms",
                f"{medians['screen'] * 1e3:.0f} ms",
                f"{medians['all'] * 1e3:.0f} ms",
                f"{medians['all'] / medians['plain']:.1f}",
                f"{peaks['all']:,.0f} MB",
            ]
        )
    head = ["tokens", "forward pass", "screen and types", "effects=True", "/ forward", "peak"]
    table(f"{name}: effects of heads, medians of {rounds}", head, *rows)


def main() -> None:
    """Both models in one run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--device", default="cuda")
    parser.add_argument(
        "--tiny", action="store_true", help="models of two layers, to try the script on a CPU"
    )
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    transformers.logging.set_verbosity_error()
    device = Device(options.device)
    for name, config in (("GPT-2 small", gpt2(options.tiny)), ("Llama 1B", llama(options.tiny))):
        compare(name, config, device, options.rounds)
        effects(name, config, device, options.rounds)
    told = (
        torch.cuda.get_device_name()
        if torch.device(options.device).type == "cuda"
        else options.device
    )
    print(f"\n{told}, torch {torch.__version__}, transformers {transformers.__version__}")


if __name__ == "__main__":
    main()
