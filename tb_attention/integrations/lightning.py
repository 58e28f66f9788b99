"""LightningAttentionCallback for the Trainer of PyTorch Lightning."""

from __future__ import annotations

import operator
import sys
from collections.abc import Collection, Iterator
from importlib import import_module
from typing import Any, Unpack

from tb_attention.errors import InvalidInput
from tb_attention.integrations.training import TrainingLog
from tb_attention.log.options import CallbackOptions, shows_options
from tb_attention.record.probes import Probes

_NAMES = ("lightning.pytorch", "pytorch_lightning")
"""Lightning has two names, whose classes differ."""


def _callback() -> Any:
    """The base class of callbacks, of the name that is in use."""
    used = [name for name in _NAMES if name in sys.modules]
    for name in used or _NAMES:
        try:
            return import_module(name).Callback
        except ModuleNotFoundError:
            continue
    raise ModuleNotFoundError("PyTorch Lightning is not installed: pip install lightning")


class LightningAttentionCallback(_callback()):  # type: ignore[misc]
    """Logs attention from the Trainer of PyTorch Lightning, every `every` optimiser steps.

    Before the first optimiser step, after every `every` steps and after the last one. A probe is
    one forward pass in evaluation mode; examples of the batch are taken from the pass that training
    makes anyway, the first of a step with gradient accumulation. Training goes on bit for bit as
    without it. What fails is a warning of the logger "tb_attention" and never stops the training.
    Step n has the weights after n optimiser steps, of examples too.

    Example:
        >>> probes = {"doctor": "The doctor asked. She"}
        >>> callback = LightningAttentionCallback(probes, every=100, tokenizer=tokenizer)
        >>> Trainer(max_steps=200, callbacks=[callback]).fit(module, data)
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
        model: str | None = None,
        **options: Unpack[CallbackOptions],
    ) -> None:
        """Waits for the training to begin.

        Args:
            probes: tag -> text, token ids or a mapping of the model's inputs; or a list of texts,
                of (tag, text), and of "repeated", which shows induction heads. See
                tb_attention.record.probes.
            every: optimiser steps from one capture to the next.
            tokenizer: for texts.
            writer: a SummaryWriter or a log directory; None: the SummaryWriter of the Trainer's
                TensorBoardLogger, or the Trainer's own log directory where there is none.
            examples: rows of the training batch of the first process that are logged too, under the
                tag "batch", or "batch/0" ... where there are several.
            model: name of the attribute of the LightningModule that is watched, such as "model";
                None: the model of transformers in it that is trained, or all of it.
            options: see tb_attention.log.options.CallbackOptions.

        Raises:
            InvalidInput: there is nothing to log, or an option cannot be used.
        """
        self._log = TrainingLog(probes, every, examples, tokenizer, options)
        self._writer, self._name = writer, model
        self._has_probes = bool(probes)
        self._model: Any = None
        self._last_step = 0

    def on_fit_start(self, trainer: Any, pl_module: Any) -> None:
        """Begins anew: fit() may be called again.

        Raises:
            InvalidInput: the model is not there, or no probe can be run on it.
        """
        self._log.restart()
        self._model = _model(pl_module, self._name)
        if self._has_probes and _is_part_of_fsdp(trainer.strategy.model, self._model):
            raise InvalidInput(
                "this strategy shards the whole LightningModule at once, so that its model alone "
                "cannot run a probe: use ModelParallelStrategy with fully_shard on the model, or "
                "log examples=(0,) of the batch instead of probes."
            )

    def on_train_start(self, trainer: Any, pl_module: Any) -> None:
        """Reads the number of steps, now that the data is known; it may have no end."""
        steps = trainer.estimated_stepping_batches
        self._last_step = int(steps) if 0 < steps < float("inf") else 0

    def on_train_batch_start(
        self, trainer: Any, pl_module: Any, batch: Any, batch_idx: int
    ) -> None:
        """Logs every `every` steps, and the model that training begins or resumes with."""
        if not trainer.fast_dev_run:  # writes no logs at all
            self._log.begin_step(
                trainer.global_step,
                self._model,
                lambda: self._log_dir(trainer),
                last_step=self._last_step,
            )

    def on_train_end(self, trainer: Any, pl_module: Any) -> None:
        """Logs the final weights, before loggers are closed."""
        if not trainer.fast_dev_run:
            self._log.end(trainer.global_step, self._model, lambda: self._log_dir(trainer))
        self._log.close()

    def on_exception(self, trainer: Any, pl_module: Any, exception: BaseException) -> None:
        """Writes what was logged before."""
        self._log.close()

    def _log_dir(self, trainer: Any) -> Any:
        if not trainer.is_global_zero:
            return None
        writers = (
            logger.experiment
            for logger in trainer.loggers
            if type(logger).__name__ == "TensorBoardLogger"
        )
        return self._writer or next(writers, None) or trainer.log_dir or trainer.default_root_dir


def _model(pl_module: Any, name: str | None) -> Any:
    if name is not None:
        try:
            return operator.attrgetter(name)(pl_module)
        except AttributeError:
            raise InvalidInput(
                f"the LightningModule has no attribute {name!r}: name the one that holds the model."
            ) from None
    models = dict(_models(pl_module, ""))
    # A teacher, or a moving average, is not trained.
    trained = {name: one for name, one in models.items() if _is_trained(one)}
    trained = trained or dict(_own_trained(pl_module, models)) or models
    if len(trained) > 1:
        raise InvalidInput(
            f"the LightningModule holds several models ({', '.join(trained)}): name the one to "
            f"watch, as in model={next(iter(trained))!r}."
        )
    return next(iter(trained.values()), pl_module)


def _models(module: Any, path: str) -> Iterator[tuple[str, Any]]:
    """The models of transformers in a module, by their names, without those inside of others."""
    for name, child in module.named_children():
        where = f"{path}.{name}".removeprefix(".")
        if hasattr(child, "config") and hasattr(child, "main_input_name"):
            yield where, child
        else:
            yield from _models(child, where)


def _own_trained(module: Any, models: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The parts of one's own that are trained and attend, beside models that are not trained."""
    for name, child in module.named_children():
        words = {f"{path} {type(part).__name__}".lower() for path, part in child.named_modules()}
        attends = any(said in word for word in words for said in ("attention", "attn"))
        if models and name not in models and attends and _is_trained(child):
            yield name, child


def _is_trained(module: Any) -> bool:
    return any(parameter.requires_grad for parameter in module.parameters())


def _is_part_of_fsdp(whole: Any, model: Any) -> bool:
    """Whether FSDP1 wraps what is around the model.

    Then only the whole can gather its parameters.
    """
    units = (
        unit
        for unit in whole.modules()
        if type(unit).__name__ == "FullyShardedDataParallel" and unit is not model
    )
    return any(part is model for unit in units for part in unit.modules())
