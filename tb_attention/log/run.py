"""The files of one run directory: a record file, and small values in the event file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tensorboard.compat.proto import event_pb2, summary_pb2

from tb_attention.log.event_file import EventWriter
from tb_attention.log.failures import Failures
from tb_attention.log.options import Options
from tb_attention.log.record_file import RecordWriter
from tb_attention.record import summary
from tb_attention.record.scalars import scalar_values
from tb_attention.record.tfrecord import DIRECTORY


class RunWriter:
    """Writes captures to a run directory; used by the background thread.

    Knows nothing of the AttentionLogger.
    """

    def __init__(self, log_dir: Any, options: Options) -> None:
        """log_dir: a directory or a SummaryWriter, as AttentionLogger takes it."""
        self._options = options
        self._events = EventWriter(log_dir)
        self.directory = self._events.place.path
        self._records = RecordWriter(self._events.place.below(*DIRECTORY))
        self.failures = Failures(self.directory, options.strict)
        self.files_before = self._count_files()
        """Files of the run when this began; see Capture.files in proto/attention.proto."""

    def _count_files(self) -> int | None:
        run = self._events.place
        try:
            return len(run.names()) + len(run.below(*DIRECTORY).names())
        except OSError:
            return None  # what cannot be listed cannot be written either, which is reported then

    def writing(self, events: Iterator[event_pb2.Event]) -> Callable[[], None]:
        """The job that writes the events of one capture, the commit last, then its small value."""

        def write() -> None:
            if any([self._records.removed(), self._events.removed()]):  # both are asked
                self.failures.removed()
            for event in events:
                if self._options.inline:
                    inline = summary.inline_summary(event)
                    self._events.add(inline, event.step, event.wall_time)
                else:
                    self._records.write(event)
                last = event
            self._records.flush(sync=self._options.sync)
            if self._options.inline:
                self._events.settle()
            if self._options.event_file:
                self._add_small_values(last)

        return write

    def flush(self) -> None:
        """Hands what a SummaryWriter keeps back to the operating system."""
        try:
            self._events.flush()
        # Whatever a SummaryWriter raises, the record file is written.
        except Exception as error:  # noqa: BLE001
            (
                self.failures.capture_lost
                if self._options.inline
                else self.failures.small_value_lost
            )(error)

    def close(self) -> None:
        """Runs at the end of the process too, when nobody else would flush a SummaryWriter."""
        self.flush()
        try:
            self._records.close()
        finally:
            self._events.close()

    def _add_small_values(self, commit: event_pb2.Event) -> None:
        try:
            # Inline, the value that commits the capture is there already, with the head metrics.
            values = [] if self._options.inline else [summary.overview_value(commit)]
            values += scalar_values(commit, self._options.scalars, self._options.heads or ())
            if values:
                self._events.add(summary_pb2.Summary(value=values), commit.step, commit.wall_time)
                self._events.settle()
            if self._options.sync:
                self._events.flush()
        except Exception as error:  # noqa: BLE001  (as above)
            self.failures.small_value_lost(error)
