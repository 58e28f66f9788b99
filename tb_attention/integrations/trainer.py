"""AttentionCallback for the Trainer of transformers."""

from __future__ import annotations

import os
import socket
import sys
import time
from collections.abc import Collection
from pathlib import Path
from typing import Any, Unpack

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments
from transformers.integrations.integration_utils import TensorBoardCallback
from transformers.trainer_callback import CallbackHandler

from tb_attention.integrations.training import TrainingLog
from tb_attention.log.options import CallbackOptions, shows_options
from tb_attention.record.probes import Probes


class AttentionCallback(TrainerCallback):
    """Logs attention from the Trainer of transformers, every `every` optimiser steps.

    Before the first optimiser step, after every `every` steps and after the last one. A probe is
    one forward pass in evaluation mode; examples of the batch are taken from the pass that training
    makes anyway, the first of a step with gradient accumulation. Training goes on bit for bit as
    without it. What fails is a warning of the logger "tb_attention" and never stops the training.
    Step n has the weights after n optimiser steps, of examples too.

    Example:
        >>> trainer = Trainer(model, arguments, train_dataset=data, processing_class=tokenizer)
        >>> trainer.add_callback(AttentionCallback({"doctor": "The doctor asked. She"}, every=100))
        >>> output = trainer.train()
        tb_attention: ... of attention every 100 steps, ...
    """

    @shows_options(CallbackOptions)
    def __init__(
        self,
        probes: Probes | None = None,
        every: int = 100,
        tokenizer: Any = None,
        writer: Any = None,
        *,
        examples: Collection[int] = (),
        **options: Unpack[CallbackOptions],
    ) -> None:
        """Waits for the training to begin.

        Args:
            probes: tag -> text or token ids; or a list of texts, of (tag, text), and of "repeated",
                which shows induction heads. See tb_attention.record.probes.
            every: optimiser steps from one capture to the next.
            tokenizer: None: the Trainer's processing_class.
            writer: a SummaryWriter or a log directory; None: the SummaryWriter of the Trainer's
                TensorBoardCallback, or a new run in output_dir/runs where there is none.
            examples: rows of the training batch of the first process that are logged too, under the
                tag "batch", or "batch/0" ... where there are several.
            options: see tb_attention.log.options.CallbackOptions.

        Raises:
            InvalidInput: there is nothing to log, or an option cannot be used.
        """
        self._log = TrainingLog(probes, every, examples, tokenizer, options)
        self._writer = writer

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **given: Any
    ) -> None:
        """Begins anew: train() may be called again, or once for each trial of a search."""
        self._log.restart()

    def on_step_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **given: Any
    ) -> None:
        """Logs every `every` steps, and the model that training begins or resumes with."""
        tokenizer = given.get("processing_class")
        self._log.begin_step(
            state.global_step,
            given["model"],
            lambda: self._log_dir(args, state),
            tokenizer=tokenizer,
            last_step=state.max_steps,
        )

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **given: Any
    ) -> None:
        """Logs where training ends."""
        if _ends(state, control):
            self._log.end(
                state.global_step,
                given["model"],
                lambda: self._log_dir(args, state),
                tokenizer=given.get("processing_class"),
            )

    def on_epoch_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **given: Any
    ) -> None:
        """Logs the last step where something after on_step_end ended the training.

        An evaluation, or the end of the data.
        """
        self.on_step_end(args, state, control, **given)

    def on_train_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **given: Any
    ) -> None:
        """Closes the logger.

        Everything was written before, since TensorBoardCallback has closed its writer by now.
        """
        self._log.close()

    def _log_dir(self, args: TrainingArguments, state: TrainerState) -> Any:
        """All callbacks have their writers when the first step begins."""
        return (
            (self._writer or _tensorboard_writer() or _own_run(args, state))
            if state.is_world_process_zero
            else None
        )


def _ends(state: TrainerState, control: TrainerControl) -> bool:
    return bool(control.should_training_stop or (0 < state.max_steps <= state.global_step))


def _tensorboard_writer() -> Any:
    """The SummaryWriter of the Trainer's TensorBoardCallback, or None.

    A callback has access neither to the Trainer nor to the other callbacks, and a second event file
    in the Trainer's run would hide its scalars. The CallbackHandler that calls us has them, and is
    the `self` of a calling frame: that needs nothing of the user and changes nothing in
    transformers (a patched TensorBoardCallback would); where it is not found the probes go to their
    own run.
    """
    frame = sys._getframe()
    while (caller := frame.f_back) is not None:
        frame = caller
        handler = frame.f_locals.get("self")
        if isinstance(handler, CallbackHandler):
            found = (
                callback.tb_writer
                for callback in handler.callbacks
                if isinstance(callback, TensorBoardCallback)
            )
            return next((writer for writer in found if writer is not None), None)
    return None


def _own_run(args: TrainingArguments, state: TrainerState) -> Path:
    """Where TensorBoardCallback would log."""
    given = os.environ.get("TENSORBOARD_LOGGING_DIR") or getattr(
        args, "logging_dir", None
    )  # logging_dir: transformers 4
    now = f"{time.strftime('%b%d_%H-%M-%S')}_{socket.gethostname()}"
    run = Path(given).expanduser() if given else Path(str(args.output_dir), "runs", now)
    return run / state.trial_name if state.is_hyper_param_search and state.trial_name else run
