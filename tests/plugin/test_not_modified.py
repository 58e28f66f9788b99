"""What the browser has already: 304, with the headers of the answer itself."""

from __future__ import annotations

import logging

import pytest
from werkzeug.test import Client

from tests.support.plugins import CAPTURE, get, known

HEAD = f"{CAPTURE}&layer=0&head=0&query=1&key=0"
ROUTES = [
    *(f"{route}?{HEAD}" for route in "capture thumbnails weights row neurons distances".split()),
    f"weights?{CAPTURE}&layer=0&block=2&first=hide",
    f"thumbnails?{CAPTURE}&first=hide",
    *(f"{route}?run=run&tag=probe" for route in ("metrics", "types", "findings")),
    "stories?of=all",
    "lessons?of=all",
    f"contributions?{HEAD}",
    f"pair?{HEAD}",
    f"change?{CAPTURE}&with_run=run&with_tag=probe&with_step=10",
    "static/index.js",
]


@pytest.mark.parametrize("url", ROUTES)
def test_a_304_has_the_headers_of_the_answer(
    client: Client, url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "tensorboard")
    monkeypatch.setattr(logging.getLogger("tensorboard"), "propagate", True)
    version = known(client)["runs"][0]["tags"][0]["versions"][0]
    for address in (url, f"{url}&v={version}" if "?" in url else url):
        full = get(client, address)
        if "ETag" not in full.headers:
            assert url == "static/index.js", "the frontend is not built"
            return
        again = get(client, address, headers={"If-None-Match": full.headers["ETag"]})
        assert (full.status_code, again.status_code, again.data) == (200, 304, b"")
        for name in ("Content-Type", "X-Content-Type-Options", "Cache-Control", "Expires", "ETag"):
            assert again.headers.getlist(name) == full.headers.getlist(name), name
    assert again.headers["X-Content-Type-Options"] == "nosniff"
    assert [record.getMessage() for record in caplog.records] == [], "TensorBoard warns"
