"""Answers that are made while they are sent."""

from __future__ import annotations

import numpy as np
import pytest
from safetensors.numpy import load
from werkzeug.test import Client

from tb_attention.answers import weights as weights_module
from tb_attention.plugin import stream as stream_module
from tests.support.plugins import CAPTURE, PREFIX, get, known, tensors

URLS = [
    f"weights?{CAPTURE}&layer=0{more}"
    for more in (
        "",
        "&head=1",
        "&dtype=float16",
        "&dtype=uint8",
        "&block=2",
        "&block=2&dtype=uint8",
        "&block=1&first=renormalise",
    )
]


@pytest.fixture
def streamed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every answer of weights is a large one, in several parts."""
    monkeypatch.setattr(weights_module, "WHOLE", 0)
    monkeypatch.setattr(weights_module, "PART", 4)


@pytest.mark.parametrize("url", URLS)
def test_a_streamed_answer_is_that_which_is_made_at_once(
    client: Client, url: str, request: pytest.FixtureRequest
) -> None:
    whole = get(client, url)
    request.getfixturevalue("streamed")
    parts = get(client, url)
    assert parts.status_code == 200
    assert int(parts.headers["Content-Length"]) == len(parts.data)
    for name in ("Content-Type", "ETag", "Cache-Control", "X-Content-Type-Options"):
        assert parts.headers[name] == whole.headers[name]
    one, other = load(whole.data)["weights"], load(parts.data)["weights"]
    assert (one.shape, one.dtype) == (other.shape, other.dtype)
    np.testing.assert_allclose(one.astype(float), other.astype(float), atol=1e-6)


def test_a_browser_that_leaves_gives_its_turn_back(
    client: Client, streamed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_module, "PATIENCE", 0.01)
    known(client)
    left = [client.get(f"{PREFIX}/{URLS[0]}", buffered=False) for _ in range(2)]
    busy = get(client, URLS[0])
    assert (busy.status_code, busy.headers["Retry-After"]) == (503, "5")
    assert busy.text == "Other large answers are being sent: ask again."
    for answer in left:
        answer.close()
    assert tensors(get(client, URLS[0]))[0]["weights"].ndim == 3


def test_what_is_refused_gives_its_turn_back(
    client: Client, streamed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_module, "PATIENCE", 0.01)
    known(client)
    monkeypatch.setattr(weights_module, "_weights", lambda *arguments: 1 / 0)
    for _ in range(3):
        assert get(client, URLS[0]).status_code == 500
    monkeypatch.undo()
    assert get(client, URLS[0]).status_code == 200
