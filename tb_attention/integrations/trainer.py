"""AttentionCallback for the Trainer of transformers: logs the attention of fixed probes while a model is trained."""

from __future__ import annotations

import logging
import os
import socket
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments
from transformers.integrations.integration_utils import TensorBoardCallback
from transformers.trainer_callback import CallbackHandler

from tb_attention.capture import capture, runs_on_all_processes
from tb_attention.errors import AttentionError, InvalidInput, LoggingFailed
from tb_attention.logger import AttentionLogger

_log = logging.getLogger(__name__)


class AttentionCallback(TrainerCallback):
    """Logs probes before the first optimiser step, after every `every` steps and after the last one.

    Trainer(..., callbacks=[AttentionCallback({"doctor-she": "The doctor asked the nurse a question. She"}, every=100)])

    A probe is one forward pass in evaluation mode; training goes on bit for bit as without it. What fails is told as a warning of
    the logger "tb_attention" and never stops the training.
    """

    def __init__(self, probes: Mapping[str, Any], every: int, tokenizer: Any = None, writer: Any = None, *, strict: bool = False) -> None:
        """probes: tag -> text or token ids. every: optimiser steps. tokenizer: default is the Trainer's processing_class.

        writer: a SummaryWriter or a log directory; default is the SummaryWriter of the Trainer's TensorBoardCallback, or a new
        run in output_dir/runs where there is none. strict: what fails is raised. Raises InvalidInput for no probes, every < 1.
        """
        if not probes:
            raise InvalidInput('there are no probes: give at least one, such as {"doctor-she": "The doctor asked the nurse."}.')
        if every < 1:
            raise InvalidInput(f"every is {every}: give the number of optimiser steps between two captures, 1 or more.")
        self._probes, self._every, self._strict = dict(probes), every, strict
        self._tokenizer, self._writer = tokenizer, writer
        self._logger: AttentionLogger | None = None
        self._refused = False
        self._step: int | None = None
        self._unusable: set[str] = set()

    def on_train_begin(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **given: Any) -> None:
        """Begins anew: train() may be called again, or once for each trial of a search."""
        self._close()
        self._step, self._refused = None, False
        self._unusable.clear()

    def on_step_begin(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **given: Any) -> None:
        """The first time, logs the model that training begins or resumes with; all callbacks have their writers by now."""
        if self._step is None:
            self._probe(args, state, given)

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **given: Any) -> None:
        """Logs every so many optimiser steps, and where training ends."""
        last = _ends(state, control)
        if last or state.global_step % self._every == 0:
            self._probe(args, state, given)
        if last:
            self._flush()

    def on_epoch_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **given: Any) -> None:
        """Logs the last step where something after on_step_end ended the training: an evaluation, or the end of the data."""
        if _ends(state, control):
            self._probe(args, state, given)
            self._flush()

    def on_train_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **given: Any) -> None:
        """Closes the logger. Everything was written before, since TensorBoardCallback has closed its writer by now."""
        self._close()

    def _probe(self, args: TrainingArguments, state: TrainerState, given: Mapping[str, Any]) -> None:
        if state.global_step == self._step:
            return
        self._step = state.global_step
        if state.is_world_process_zero and self._logger is None and not self._refused:
            self._open(args, state)
        # Where a forward pass gathers parameters from all processes, process zero alone would wait for the others for ever.
        if self._logger is None and not runs_on_all_processes(given["model"]):
            return
        for tag, text in self._probes.items():
            if tag not in self._unusable:
                self._one(tag, text, given["model"], self._tokenizer or given.get("processing_class"))

    def _one(self, tag: str, text: Any, model: Any, tokenizer: Any) -> None:
        try:
            if self._logger is None:
                capture(model, text, tokenizer)
            else:
                self._logger.log(model, text, tag=tag, step=self._step or 0, tokenizer=tokenizer)
        except LoggingFailed:
            raise  # only where it is strict
        except AttentionError as error:
            if self._strict:
                raise
            self._unusable.add(tag)
            _log.warning("the probe %s is not logged: %s", tag, error)

    def _open(self, args: TrainingArguments, state: TrainerState) -> None:
        try:
            self._logger = AttentionLogger(self._writer or _tensorboard_writer() or _own_run(args, state), strict=self._strict)
        except InvalidInput as error:
            if self._strict:
                raise
            self._refused = True
            _log.warning("attention is not logged: %s", error)

    def _flush(self) -> None:
        if self._logger is not None:
            self._logger.flush()

    def _close(self) -> None:
        if self._logger is not None:
            logger, self._logger = self._logger, None
            logger.close()


def _ends(state: TrainerState, control: TrainerControl) -> bool:
    return bool(control.should_training_stop or (0 < state.max_steps <= state.global_step))


def _tensorboard_writer() -> Any:
    """The SummaryWriter of the Trainer's TensorBoardCallback, or None.

    A callback is given neither the Trainer nor the other callbacks, and a second event file in the Trainer's run would hide its
    scalars. The CallbackHandler that calls us has them, and is the `self` of a calling frame: that needs nothing of the user and
    changes nothing in transformers (a patched TensorBoardCallback would); where it is not found the probes go to their own run.
    """
    frame = sys._getframe()
    while (caller := frame.f_back) is not None:
        frame = caller
        handler = frame.f_locals.get("self")
        if isinstance(handler, CallbackHandler):
            found = (callback.tb_writer for callback in handler.callbacks if isinstance(callback, TensorBoardCallback))
            return next((writer for writer in found if writer is not None), None)
    return None


def _own_run(args: TrainingArguments, state: TrainerState) -> Path:
    """Where TensorBoardCallback would log."""
    given = os.environ.get("TENSORBOARD_LOGGING_DIR") or getattr(args, "logging_dir", None)  # logging_dir: transformers 4
    now = f"{time.strftime('%b%d_%H-%M-%S')}_{socket.gethostname()}"
    run = Path(given).expanduser() if given else Path(str(args.output_dir), "runs", now)
    return run / state.trial_name if state.is_hyper_param_search and state.trial_name else run
