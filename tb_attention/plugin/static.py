"""Serves the built frontend: the files that stand in one directory, and nothing else."""

from __future__ import annotations

import hashlib
from pathlib import Path

from werkzeug.wrappers import Request, Response

from tb_attention.plugin.http import Application, not_modified, refuse_method, respond

TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".json": "application/json",
    ".map": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".wasm": "application/wasm",
    ".woff": "font/woff",
}
"""What may be served: suffix -> media type."""

NOT_BUILT = """\
export function render() {
  document.body.style.cssText = "font: 14px sans-serif; color: #888; margin: 24px";
  document.body.textContent =
    "The frontend of tb-attention is not built: in a checkout, run `make build`.";
}
"""
"""The module that stands in for the frontend, so that the tab is not blank."""


class Static:
    """The files of a directory.

    They are looked up at each request, so that a new build shows after a reload of the page.
    """

    def __init__(self, directory: Path) -> None:
        """directory: the built frontend; may be missing."""
        self._directory = directory

    @property
    def application(self) -> Application:
        """The WSGI application of all paths below static/."""
        application: Application = Request.application(self._respond)
        return application

    def _respond(self, request: Request) -> Response:
        if request.method not in ("GET", "HEAD"):
            return refuse_method(request)
        # The path of the request is only compared with those of files, and never used as one.
        files = {
            f"/static/{file.relative_to(self._directory).as_posix()}": file
            for file in self._directory.rglob("*")
        }
        name = "/static/" + request.path.partition("/static/")[2]
        file = files.get(name)
        if file is None or file.suffix not in TYPES or not file.is_file():
            if name == "/static/index.js":
                return respond(request, NOT_BUILT, TYPES[".js"])
            return respond(request, "There is no such file.", "text/plain", 404)
        content = file.read_bytes()
        version = hashlib.blake2s(content, digest_size=8).hexdigest()
        if request.if_none_match.contains_weak(version):
            response = not_modified(request, TYPES[file.suffix])
        else:
            response = respond(request, content, TYPES[file.suffix])
        response.set_etag(version, weak=True)
        return response
