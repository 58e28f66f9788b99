"""HTTP for the routes: methods, ETags, caching, bodies, and errors as one sentence."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tensorboard.backend import http_util
from werkzeug.datastructures import Headers
from werkzeug.wrappers import Request, Response

from tb_attention.answers.answer import Streamed
from tb_attention.answers.encoded import encoded
from tb_attention.answers.jobs import JobState
from tb_attention.errors import AttentionError, InvalidInput, NotLogged, Rewritten
from tb_attention.plugin.params import Parameters
from tb_attention.plugin.stream import stream

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

Application = Callable[[dict[str, Any], Any], Any]
"""A WSGI application."""

ARRAYS, JSON = "application/octet-stream", "application/json; charset=utf-8"
"""The media types of answers: arrays in safetensors framing, or JSON."""

_OF_EACH = ("Content-Type", "X-Content-Type-Options", "Cache-Control", "Expires")
"""Headers of an answer that do not depend on its body."""

IMMUTABLE = "private, max-age=31536000, immutable"

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Answer:
    """What a route found.

    Attributes:
        body: makes the answer; not called where the browser has it already, or asks for the
            headers only.
        version: names what is answered, and changes with it; None where that is not known.
        kept: whether the answer of a version never changes, so that a browser which asks for this
            version need not ask again.
        media: ARRAYS or JSON.
    """

    body: Callable[[], Any]
    version: str | None = None
    kept: bool = False
    media: str = ARRAYS


@dataclass(frozen=True)
class SlowAnswer:
    """An answer that takes a while: as much of it as is known.

    Attributes:
        ask: asks for it; the browser keeps it only where it is done.
        version: as in Answer.
        media: as in Answer.
    """

    ask: Callable[[], JobState]
    version: str
    media: str = ARRAYS

    def so_far(self) -> Answer:
        """As much as is known by now."""
        state = self.ask()
        version = self.version if state.done else None
        return Answer(lambda: state.value, version, kept=state.done, media=self.media)


Route = Callable[[Parameters], Answer | SlowAnswer]


def application(route: Route, refresh: Callable[[], object]) -> Application:
    """The route as a WSGI application.

    Args:
        route: answers a request.
        refresh: reads the log directory again, where a file was written anew or is gone since it
            was listed; the route is then asked once more.
    """

    def handle(request: Request) -> Response:
        if request.method not in ("GET", "HEAD"):
            return refuse_method(request)
        try:
            try:
                return _answer(request, route)
            except (Rewritten, OSError) as error:
                refresh()
                try:
                    return _answer(request, route)
                except NotLogged:
                    if isinstance(error, FileNotFoundError):
                        raise error from None  # which says why it is not there any more
                    raise
        except InvalidInput as error:
            return _sentence(request, 400, str(error))
        except AttentionError as error:
            return _sentence(request, 404, str(error))
        except OSError as error:
            return _sentence(
                request,
                404,
                f"A file of the log directory cannot be read: {error.strerror or error}.",
            )
        except Exception:
            _logger.exception("attention: %s failed", request.path)
            return _sentence(
                request,
                500,
                "The Attention plugin failed at this; the output of TensorBoard says why.",
            )

    handled: Application = Request.application(handle)
    return handled


def _answer(request: Request, route: Route) -> Response:
    parameters = Parameters(request.query_string)
    asked = parameters.optional_text("v")
    answer = route(parameters)
    if request.method == "HEAD":
        return _headers(answer)
    if isinstance(answer, SlowAnswer):
        answer = answer.so_far()
    if answer.version is not None and request.if_none_match.contains_weak(answer.version):
        response = not_modified(request, answer.media)
    else:
        response = _body(request, answer)
    if answer.version is not None:
        response.set_etag(answer.version, weak=True)
    if answer.kept and asked == answer.version:
        response.headers["Cache-Control"] = IMMUTABLE
        response.headers.pop("Expires", None)
    return response


def _headers(answer: Answer | SlowAnswer) -> Response:
    """What is known without making the answer, which may be large: not its length."""
    response = Response(content_type=answer.media, headers={"X-Content-Type-Options": "nosniff"})
    response.automatically_set_content_length = False
    if isinstance(answer, Answer) and answer.version is not None:
        response.set_etag(answer.version, weak=True)
    return response


def _body(request: Request, answer: Answer) -> Response:
    made = answer.body()
    if isinstance(made, Streamed):
        return stream(made) or _busy(request)
    return respond(request, encoded(made), answer.media)


def respond(
    request: Request,
    content: bytes | str,
    media_type: str,
    status: int = 200,
    encoding: str | None = None,
) -> Response:
    """TensorBoard's own response: gzip for text, no sniffing of types, not cached.

    Args:
        request: what is answered.
        content: of the answer.
        media_type: of the content.
        status: HTTP status.
        encoding: "gzip" where the content is compressed already.
    """
    if isinstance(content, str):
        # Half of a surrogate pair, from a name on disk, must not make an answer of nothing.
        content = content.encode("utf-8", "backslashreplace")
    response: Response = http_util.Respond(
        request, content, media_type, code=status, content_encoding=encoding
    )
    return response


class _NotModified(Response):
    """A 304 that keeps its media type: without one TensorBoard warns of each in its output."""

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Headers:
        headers = super().get_wsgi_headers(environ)
        headers["Content-Type"] = self.headers["Content-Type"]
        return headers


def not_modified(request: Request, media_type: str) -> Response:
    """304, with the headers that the answer itself would have."""
    headers = respond(request, b"", media_type).headers
    kept = {name: headers[name] for name in _OF_EACH if name in headers}
    return _NotModified(status=304, headers=kept)


def refuse_method(request: Request) -> Response:
    """405, because everything here is only read."""
    response = respond(request, "Only GET is answered here.", "text/plain", 405)
    response.headers["Allow"] = "GET, HEAD"
    return response


def _busy(request: Request) -> Response:
    response = _sentence(request, 503, "Other large answers are being sent: ask again.")
    response.headers["Retry-After"] = "5"
    return response


def _sentence(request: Request, status: int, sentence: str) -> Response:
    return respond(request, sentence, "text/plain", status)
