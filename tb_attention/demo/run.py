"""The demo as a whole: train, log, show."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import transformers

from tb_attention.demo.induction import Induction, train_repeats
from tb_attention.demo.pronouns import finetune
from tb_attention.demo.recent import train_recent
from tb_attention.demo.serve import show_logs
from tb_attention.demo.text import train_text
from tb_attention.errors import InvalidInput

STEPS = 300
"""Training steps of each run from scratch."""
FINETUNING_STEPS = 60
"""A pretrained model takes seconds a step, and learns the sentences in this many."""


def run_demo(
    logdir: Path,
    *,
    steps: int | None = None,
    model: str | None = None,
    show: bool = True,
    port: int | None = None,
) -> None:
    """Trains the runs `text`, `recent` and `repeats`, or fine-tunes a model, and shows the logs.

    Args:
        logdir: the log directory.
        steps: training steps of each run; None: STEPS, or FINETUNING_STEPS with a model.
        model: a pretrained model that is fine-tuned instead: "smollm2", a path, or a name on a hub.
        show: whether the logs are then shown in TensorBoard.
        port: port of TensorBoard; None: the first free one from 6006.

    Raises:
        InvalidInput: steps are less than 1, a run is already there, the model cannot be loaded, or
            the port is taken.
    """
    if steps is None:
        steps = STEPS if model is None else FINETUNING_STEPS
    if steps < 1:
        raise InvalidInput(f"--steps is {steps}: give 1 or more.")
    with _quiet():
        if model is None:
            text, recent, repeats = (
                _new_run(logdir, name) for name in ("text", "recent", "repeats")
            )
            train_text(text, steps)
            train_recent(recent, steps)
            print(_report(*train_repeats(repeats, steps)))
        else:
            finetune(model, _new_run(logdir, Path(model).name), steps)
    print(f"To look again later: tensorboard --logdir {logdir}")
    if show:
        show_logs(logdir, port)


def _new_run(logdir: Path, name: str) -> Path:
    run = logdir / name
    if run.exists():
        raise InvalidInput(f"there is a run in {run} already: delete it, or give another --logdir.")
    return run


def _report(before: Induction, after: Induction) -> str:
    return (
        f"Induction on a sequence that was not trained on: the best head scores {before.score:.2f} "
        f"before and {after.score:.2f} after the training (run repeats, layer {after.layer}, "
        f"head {after.head})."
    )


@contextmanager
def _quiet() -> Iterator[None]:
    """Leaves the screen to the progress bars: no hints of transformers, no warnings."""
    verbosity = transformers.logging.get_verbosity()
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        transformers.logging.set_verbosity(verbosity)
        transformers.logging.enable_progress_bar()
