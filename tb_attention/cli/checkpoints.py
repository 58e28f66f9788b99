"""tb-attention checkpoints: logs saved checkpoints of a model, each as a step."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from tb_attention.cli.existing import existing_steps
from tb_attention.cli.models import load_model, load_tokenizer
from tb_attention.cli.probes import read_probes
from tb_attention.effects.options import Effects
from tb_attention.errors import InvalidInput
from tb_attention.log.logger import AttentionLogger
from tb_attention.record.probes import as_probe

SESSION = "checkpoints"
"""One for all processes and for a job that goes on later: none hides the steps of another."""


@dataclass(frozen=True)
class Checkpoint:
    """A saved model and its step. name: a path, a name on a hub, or name@revision."""

    name: str
    step: int


def run_checkpoints(
    names: Sequence[str],
    probes: Path,
    logdir: str,
    *,
    tokenizer: str | None = None,
    effects: Effects | bool = False,
) -> None:
    """Logs the checkpoints that the run directory does not have yet.

    Started by torchrun or accelerate launch, each process takes its share and writes a record file
    of its own, and the first one the event file, of which a run directory must have only one that
    grows.

    Example:
        >>> run_checkpoints(["saved=100"], Path("probes.txt"), "runs/checkpoints")
        Steps logged: 1, there already: 0. To look: tensorboard --logdir runs/checkpoints

    Args:
        names: the checkpoints; see `checkpoints_of`.
        probes: a text file with a probe in each line; see tb_attention.cli.probes.read_probes.
        logdir: the run directory, a path or URL.
        tokenizer: a path or name on a hub; None: that of each checkpoint.
        effects: whether effects of heads are measured, and how; see AttentionLogger.

    Raises:
        InvalidInput: something cannot be loaded or logged.
        NoAttention: no attention layer was seen in a model.
        LoggingFailed: something could not be written.
    """
    checkpoints, texts = checkpoints_of(names), read_probes(probes)
    rank, processes = _processes()
    done = existing_steps(logdir, texts, SESSION)
    # A share of all checkpoints: of those that are left, later processes would see others.
    share = [
        (checkpoint, _left(checkpoint, texts, done)) for checkpoint in checkpoints[rank::processes]
    ]
    work = [(checkpoint, left) for checkpoint, left in share if left]
    with AttentionLogger(
        logdir, strict=True, session=SESSION, event_file=rank == 0, effects=effects
    ) as logger:
        bar = tqdm(
            work,
            desc="checkpoints",
            initial=len(share) - len(work),
            total=len(share),
            disable=rank > 0,
        )
        for checkpoint, left in bar:
            head = bool(effects) or any(as_probe(probe).answers for probe in left.values())
            _log(logger, checkpoint, left, tokenizer or checkpoint.name, head)
    if rank == 0:
        whose = f" by process 1 of {processes}" if processes > 1 else ""
        print(
            f"Steps logged{whose}: {len(work)}, there already: {len(share) - len(work)}. To look: "
            f"tensorboard --logdir {logdir}"
        )


def checkpoints_of(names: Sequence[str]) -> list[Checkpoint]:
    """The checkpoints ascending by step: folders of the Trainer (checkpoint-500), or NAME=STEP.

    Raises:
        InvalidInput: the step of one is not known, or two have the same.
    """
    found: dict[int, Checkpoint] = {}
    for name in names:
        checkpoint = _checkpoint(name)
        twice = found.setdefault(checkpoint.step, checkpoint)
        if twice != checkpoint:
            raise InvalidInput(
                f"{twice.name} and {checkpoint.name} are both step {checkpoint.step}: give one as "
                "NAME=STEP."
            )
    return [found[step] for step in sorted(found)]


def _checkpoint(name: str) -> Checkpoint:
    source, _, step = name.rpartition("=")
    if source and re.fullmatch("[0-9]+", step):
        return Checkpoint(source, int(step))
    if saved := re.search(r"(?:^|[/\\])checkpoint-([0-9]+)[/\\]?$", name):
        return Checkpoint(name, int(saved[1]))
    raise InvalidInput(
        f"the step of {name} is not known: give {name}=STEP, or a folder such as checkpoint-500."
    )


def _processes() -> tuple[int, int]:
    """Number of this process, and how many there are, as torchrun or accelerate launch sets it."""
    try:
        rank, processes = int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))
    except ValueError:
        rank, processes = 0, 0
    if not 0 <= rank < processes:
        found = {name: os.environ.get(name) for name in ("RANK", "WORLD_SIZE")}
        raise InvalidInput(
            f"the environment has {found}, which is no number of a process: start with torchrun, "
            "or unset both."
        )
    return rank, processes


def _left(
    checkpoint: Checkpoint, probes: Mapping[str, object], done: Mapping[str, set[int]]
) -> dict[str, object]:
    return {tag: text for tag, text in probes.items() if checkpoint.step not in done[tag]}


def _log(
    logger: AttentionLogger,
    checkpoint: Checkpoint,
    probes: Mapping[str, object],
    tokenizer: str,
    head: bool,
) -> None:
    model, words = load_model(checkpoint.name, head=head), load_tokenizer(tokenizer)
    for tag, text in probes.items():
        logger.log(model, text, tag=tag, step=checkpoint.step, tokenizer=words)
    # What is reported as logged is in the files, also when a later checkpoint fails.
    logger.flush()
