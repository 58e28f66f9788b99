"""What is logged of one training, in whatever framework: probes and examples of its batches."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from tb_attention.errors import InvalidInput
from tb_attention.integrations.effects_cost import EffectsCost
from tb_attention.log.logger import AttentionLogger
from tb_attention.log.options import CallbackOptions, options_of
from tb_attention.record.probes import Probes, probes_of

_log = logging.getLogger(__name__)

BATCH = "batch"
"""Tag of an example of the training batch; of several they are batch/0, batch/1 ..."""


class TrainingLog:
    """Follows a training: `begin_step` before each optimiser step, `end` after the last one.

    Step n has the weights after n optimiser steps.
    """

    def __init__(
        self,
        probes: Probes | None,
        every: int,
        examples: Collection[int],
        tokenizer: Any,
        options: CallbackOptions,
    ) -> None:
        """Takes the arguments of the callbacks.

        Raises:
            InvalidInput: there is nothing to log, or an option cannot be used.
        """
        self._strict = options_of(options, CallbackOptions, every=every).strict
        if not probes and not examples:
            raise InvalidInput(
                "there are no probes: give at least one, such as "
                '{"doctor-she": "The doctor asked the nurse."}, or examples=(0,) '
                "for the first example of each training batch."
            )
        self._probes, self._every, self._examples = probes_of(probes or {}), every, tuple(examples)
        self._tokenizer, self._options = tokenizer, options
        self._logger: AttentionLogger | None = None
        self._step: int | None = None
        self._told = False
        self._cost, self._once = EffectsCost(every), 0.0

    def restart(self) -> None:
        """Begins anew: a training may be run again, or once for each trial of a search."""
        self.close()
        self._step, self._told = None, False
        self._cost, self._once = EffectsCost(self._every), 0.0

    def begin_step(
        self,
        step: int,
        model: Any,
        log_dir: Callable[[], Any],
        *,
        tokenizer: Any = None,
        last_step: int = 0,
    ) -> None:
        """Logs the probes if it is time for them, and the examples as soon as the model sees them.

        Args:
            step: number of optimiser steps so far; of several calls with the same one the first
                counts.
            model: the model that is trained.
            log_dir: returns the log directory or SummaryWriter; None on processes that do not
                write.
            tokenizer: of the framework, used where the callback has none.
            last_step: where training ends, or 0 where that is unknown.
        """
        self._cost.pauses(step)
        if self._step is not None:
            self._tell_size(self._step, last_step)
            self._cost.tell(self._once)
        # Not only multiples: Lightning counts the steps of all optimisers, so some never come.
        if self._step is None or step // self._every != self._step // self._every:
            self._log_probes(step, model, log_dir, tokenizer)
            if self._logger is not None and self._examples:
                self._logger.capture_next(
                    model,
                    tag=BATCH,
                    step=step,
                    tokenizer=self._tokenizer or tokenizer,
                    examples=self._examples,
                )
            else:
                self._tell_size(step, last_step)
        self._cost.begins(step)

    def end(
        self, step: int, model: Any, log_dir: Callable[[], Any], *, tokenizer: Any = None
    ) -> None:
        """Logs the probes with the final weights, and writes everything."""
        self._cost.pauses(step)
        self._cost.tell(self._once, ends=True)
        if step != self._step:
            self._log_probes(step, model, log_dir, tokenizer)
        if self._logger is not None:
            self._logger.flush()

    def close(self) -> None:
        """Writes what waits."""
        if self._logger is not None:
            logger, self._logger = self._logger, None
            logger.close()

    def _log_probes(
        self, step: int, model: Any, log_dir: Callable[[], Any], tokenizer: Any
    ) -> None:
        self._step = step
        if self._logger is None:
            self._logger = self._opened(log_dir)
        for tag, text in self._probes.items():
            self._logger.log(
                model, text, tag=tag, step=step, tokenizer=self._tokenizer or tokenizer
            )
        self._once = self._once or self._logger.effects_seconds

    def _opened(self, log_dir: Callable[[], Any]) -> AttentionLogger:
        try:
            return AttentionLogger(log_dir(), **self._options)
        except (
            Exception
        ) as error:  # whatever the logger of a framework raises, the training goes on
            if self._strict:
                raise
            _log.warning("attention is not logged: %s", error)
            return AttentionLogger(None, **self._options)

    def _tell_size(self, step: int, last_step: int) -> None:
        """Prints once, when the first captures are made, how much there will be.

        And warns where the disk has less room.
        """
        if self._told or self._logger is None or not (size := self._logger.bytes):
            return
        self._told = True
        times = (
            last_step // self._every - step // self._every + 1 + (last_step % self._every > 0)
            if last_step > step
            else 0
        )
        total = f"{_bytes(size * times)} at {times} steps" if times else "as long as it trains"
        print(
            f"tb_attention: {_bytes(size)} of attention every {self._every} steps, {total}, "
            f"to {self._logger.directory}"
        )
        free = _free(self._logger.directory)
        if free is not None and size * times > free:
            _log.warning(
                "%s of attention do not fit on the disk, which has %s: "
                "log less often, or fewer layers.",
                _bytes(size * times),
                _bytes(free),
            )


def _bytes(number: int) -> str:
    unit = 0
    size = float(number)
    while size >= 999.5 and unit < 4:
        size, unit = size / 1000, unit + 1
    return f"{size:.3g} {('bytes', 'KB', 'MB', 'GB', 'TB')[unit]}"


def _free(directory: Path | str | None) -> int | None:
    """Bytes free on the disk; None at a URL."""
    if not isinstance(directory, Path):
        return None
    there = next(place for place in (directory, *directory.parents) if place.exists())
    return shutil.disk_usage(there).free
