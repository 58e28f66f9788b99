"""Caching, methods and failures of all routes."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from werkzeug.test import Client

from tb_attention.answers import change as change_module
from tb_attention.answers import jobs as jobs_module
from tb_attention.plugin import http, routes
from tests.support.logs import events, record_file, write
from tests.support.plugins import CAPTURE, PREFIX, get, known, tensors


def test_an_answer_is_kept_by_the_browser_when_it_names_the_version(client: Client) -> None:
    version = known(client)["runs"][0]["tags"][0]["versions"][0]
    for route in ("capture", "thumbnails", "weights", "neurons", "row", "distances"):
        url = f"{route}?{CAPTURE}&layer=0&head=0&query=0"
        kept = get(client, f"{url}&v={version}")
        assert kept.headers.getlist("Cache-Control") == ["private, max-age=31536000, immutable"]
        assert "Expires" not in kept.headers
        for other in (get(client, url), get(client, f"{url}&v=another")):
            assert other.headers["Cache-Control"] == "no-cache, must-revalidate"
            assert other.headers["ETag"] == kept.headers["ETag"]
            assert len(other.data) == len(kept.data)


def test_an_answer_that_is_not_done_is_not_kept_by_the_browser(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions = known(client)["runs"][0]["tags"][0]["versions"]
    url = f"change?{CAPTURE}&with_run=run&with_tag=probe&with_step=10&v={'-'.join(versions)}"
    gate = threading.Event()
    distances = change_module.head_distances_so_far
    monkeypatch.setattr(
        change_module,
        "head_distances_so_far",
        lambda *given: gate.wait(20) and distances(*given),
    )
    monkeypatch.setattr(jobs_module, "PATIENCE", 0)
    begun = get(client, url)
    arrays, metadata = tensors(begun)
    assert (metadata["progress"], metadata["done"], np.isfinite(arrays["distance"]).any()) == (
        0,
        False,
        False,
    )
    assert "ETag" not in begun.headers
    assert begun.headers["Cache-Control"] == "no-cache, must-revalidate"
    gate.set()
    monkeypatch.setattr(jobs_module, "PATIENCE", 20)
    done = get(client, url)
    assert (tensors(done)[1]["progress"], tensors(done)[1]["done"]) == (1, True)
    assert done.headers["Cache-Control"] == "private, max-age=31536000, immutable"


def test_what_the_browser_has_is_not_made_again(
    client: Client, logdir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    urls = [f"weights?{CAPTURE}&layer=0", "metrics?run=run&tag=probe"]
    tags = [get(client, url).headers["ETag"] for url in urls]
    for name in ("answer_weights", "answer_metrics"):
        monkeypatch.setattr(routes, name, lambda *arguments: pytest.fail("made"))
    for url, tag in zip(urls, tags, strict=True):
        response = get(client, url, headers={"If-None-Match": tag})
        assert (response.status_code, response.data, response.headers["ETag"]) == (304, b"", tag)
    monkeypatch.undo()
    write(record_file(logdir / "run", 2), events(0, session="again", wall_time=2e9))
    known(client)
    for url, tag in zip(urls, tags, strict=True):
        response = get(client, url, headers={"If-None-Match": tag})
        assert response.status_code == 200
        assert response.headers["ETag"] != tag


def test_head_and_other_methods(client: Client) -> None:
    for url in ("runs", f"weights?{CAPTURE}&layer=0", "static/index.js"):
        full, head = get(client, url), client.head(f"{PREFIX}/{url}")
        assert (head.status_code, head.data) == (200, b"")
        # What is computed is as long as it turns out to be.
        length = head.headers.get("Content-Length", full.headers["Content-Length"])
        assert length == full.headers["Content-Length"]
        for name in ("Content-Type", "X-Content-Type-Options", "ETag"):
            assert head.headers.get(name) == full.headers.get(name)
        for method in ("post", "put", "delete", "patch", "options"):
            refused = getattr(client, method)(f"{PREFIX}/{url}")
            assert (refused.status_code, refused.headers["Allow"]) == (405, "GET, HEAD")


def test_head_computes_nothing(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    known(client)
    for name in ("answer_weights", "answer_metrics", "answer_runs", "answer_capture"):
        monkeypatch.setattr(routes, name, lambda *arguments: pytest.fail("made"))
    monkeypatch.setattr(jobs_module.Jobs, "ask", lambda *arguments: pytest.fail("begun"))
    change = f"change?{CAPTURE}&with_run=run&with_tag=probe&with_step=10"
    arrays = (f"weights?{CAPTURE}&layer=0", "metrics?run=run&tag=probe", change)
    for media, urls in {
        http.ARRAYS: arrays,
        http.JSON: ("runs", f"capture?{CAPTURE}", "findings?run=run&tag=probe"),
    }.items():
        for url in urls:
            head = client.head(f"{PREFIX}/{url}")
            assert (head.status_code, head.headers["Content-Type"]) == (200, media), url
    assert client.head(f"{PREFIX}/findings?run=run&tag=other").status_code == 404


def test_a_failure_is_logged_and_gets_a_sentence(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*arguments: object) -> None:
        raise RuntimeError("a secret path")

    monkeypatch.setattr(routes, "answer_weights", fail)
    response = get(client, f"weights?{CAPTURE}&layer=0")
    assert response.status_code == 500
    assert (
        response.text == "The Attention plugin failed at this; the output of TensorBoard says why."
    )
    assert "a secret path" in caplog.text


def test_a_file_that_has_gone_since(client: Client, logdir: Path) -> None:
    record_file(logdir / "run").unlink()
    response = get(client, f"weights?{CAPTURE}&layer=0")
    assert response.status_code == 404
    assert response.text == "A file of the log directory cannot be read: No such file or directory."


def test_damage_is_a_404_with_a_sentence(client: Client, logdir: Path) -> None:
    path = record_file(logdir / "run")
    data = bytearray(path.read_bytes())
    data[100] ^= 255
    path.write_bytes(data)
    response = get(client, f"weights?{CAPTURE}&layer=0")
    assert (response.status_code, response.text) == (
        404,
        "Step 0 of 'probe' is damaged on disk: a checksum is wrong.",
    )
