"""A log directory, and a client of the plugin on it."""

from __future__ import annotations

from pathlib import Path

import pytest
from werkzeug.test import Client

from tests.support.logs import capture, events, record_file, write
from tests.support.plugins import client_of, known, plugin_of


@pytest.fixture
def logdir(tmp_path: Path) -> Path:
    write(record_file(tmp_path / "run"), events(0, of=capture(norms=True)), events(10))
    return tmp_path


@pytest.fixture
def client(logdir: Path) -> Client:
    client = client_of(plugin_of(logdir))
    known(client)
    return client
