"""Serves the built frontend: the files that stand in one directory, and nothing else."""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from werkzeug.wrappers import Request, Response

from tb_attention.plugin.http import (
    IMMUTABLE,
    Application,
    not_modified,
    refuse_method,
    respond,
)

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

_PACKED = {".css", ".js", ".json", ".map", ".svg", ".txt"}
"""What is sent compressed."""

NOT_BUILT = """\
export function render() {
  document.body.style.cssText = "font: 14px sans-serif; color: #888; margin: 24px";
  document.body.textContent =
    "The frontend of tb-attention is not built: in a checkout, run `make build`.";
}
"""
"""The module that stands in for the frontend, so that the tab is not blank."""


_HASHED = re.compile(r"/static/assets/.*-[\w-]{8}\.\w+")
"""Files whose name changes with their content."""


@dataclass(frozen=True)
class _Content:
    """What a file held; `changed` is when it was written, in nanoseconds, and how long it was."""

    changed: tuple[int, int]
    version: str
    content: bytes
    encoding: str | None


class Static:
    """The files of a directory.

    They are looked up at each request, so that a new build shows after a reload of the page; what
    they hold is read and compressed once.
    """

    def __init__(self, directory: Path) -> None:
        """directory: the built frontend; may be missing."""
        self._directory = directory
        self._known: dict[Path, _Content] = {}

    @property
    def application(self) -> Application:
        """The WSGI application of all paths below static/."""
        application: Application = Request.application(self._respond)
        return application

    def pack(self) -> None:
        """Reads and compresses what the tab asks for, so that no request waits for that."""
        for file in [self._directory / "index.js", *self._directory.glob("assets/*.js")]:
            if file.is_file():
                self._content(file)

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
        found = self._content(file)
        if request.if_none_match.contains_weak(found.version):
            response = not_modified(request, TYPES[file.suffix])
        else:
            response = respond(request, found.content, TYPES[file.suffix], encoding=found.encoding)
        response.set_etag(found.version, weak=True)
        if _HASHED.fullmatch(name):
            response.headers["Cache-Control"] = IMMUTABLE
            response.headers.pop("Expires", None)
        return response

    def _content(self, file: Path) -> _Content:
        status = file.stat()
        changed = (status.st_mtime_ns, status.st_size)
        known = self._known.get(file)
        if known is None or known.changed != changed:
            content = file.read_bytes()
            version = hashlib.blake2s(content, digest_size=8).hexdigest()
            packed = file.suffix in _PACKED
            known = _Content(
                changed,
                version,
                gzip.compress(content, 6, mtime=0) if packed else content,
                "gzip" if packed else None,
            )
            self._known[file] = known
        return known
