"""A store on what was written."""

from __future__ import annotations

from pathlib import Path

import pytest
from tensorboard.compat.proto import event_pb2

from tb_attention.answers.slow import SlowAnswers
from tb_attention.store.store import Store
from tests.support.indexes import index_of
from tests.support.logs import record_file, write


def store_of(logdir: Path | str) -> Store:
    """A store that has read the log directory."""
    return Store(index_of(logdir))


def stored(directory: Path, *written: list[event_pb2.Event]) -> Store:
    """A store on one record file with these captures."""
    write(record_file(directory), *written)
    return store_of(directory)


def opened(directory: Path) -> tuple[Store, SlowAnswers]:
    """A store, and what answers slow questions to it."""
    store = store_of(directory)
    return store, SlowAnswers(store)


def index_that_believes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets an index list captures that do not fit, so that opening them has to refuse them."""
    monkeypatch.setattr("tb_attention.store.file_contents.misfit_in_file", lambda *of: "")
