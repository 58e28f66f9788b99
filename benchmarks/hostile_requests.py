"""Requests whose parameters mean harm, to every route: an answer, or a refusal in a sentence.

The right request is answered as before, whatever came between. One seed makes one row of requests.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from werkzeug.test import Client, TestResponse

from benchmarks.tried import Tried
from tests.support.logs import capture, events, record_file, write
from tests.support.plugins import PREFIX, client_of, plugin_of

STEP = {"run": "run", "tag": "probe", "step": "0"}
TAG = {"run": "run", "tag": "probe"}
LAYER = STEP | {"stack": "decoder", "layer": "1"}
WHOLE = {"v": "x", "head": "1"}
LEFT_OUT = {"first": "renormalise", "special": "1", "segments": "AB", "segment_share": "1"}

ROUTES: dict[str, dict[str, str]] = {
    "runs": {},
    "capture": STEP | {"v": "x"},
    "metrics": TAG,
    "types": TAG,
    "thumbnails": STEP | LEFT_OUT | {"stack": "decoder", "v": "x", "show": "arriving"},
    "weights": LAYER | LEFT_OUT | WHOLE | {"dtype": "float16", "block": "2", "show": "arriving"},
    "value_norms": LAYER | {"stack": "decoder", "v": "x"},
    "neurons": LAYER | WHOLE,
    "row": LAYER | WHOLE | {"query": "2", "show": "arriving"},
    "distances": LAYER | WHOLE | {"axis": "log"},
    "contributions": TAG | {"layer": "1", "head": "1", "query": "2", "key": "1"},
    "pair": STEP | {"stack": "decoder", "query": "2", "key": "1", "show": "arriving"},
    "change": STEP
    | {"with_run": "run", "with_tag": "probe", "with_step": "10", "v": "x", "show": "arriving"},
    "findings": TAG,
    "stories": {},
    "lessons": {},
    "curves": TAG,
    "rollout": LAYER | {"v": "x"},
    "page": STEP | {"with_run": "run", "with_tag": "probe", "with_step": "10", "state": "layer=1"},
    "static/index.js": {"v": "x"},
}
"""Every route, with all of its parameters."""

HOSTILE = (
    "", " ", "0", "1", "-1", "-0", "00", "5", "6", "7", "99", "2147483647", "-2147483648",
    "4294967296", "9223372036854775807", "9223372036854775808", "9" * 18, "-" + "9" * 18,
    "9" * 19, "9" * 4000, "1.0", "1e3", "1e999", "NaN", "inf", "-Infinity", "0x10", "1_000", "+1",
    " 1", "1 ", "1\n", "1\x00", "\x00", "١٢", "１", "−1", "None", "null", "true", "[]", "{}",
    "run", "probe", "decoder", "encoder", "cross", "show", "hide", "float16", "uint8", "object",
    "AA", "log", "linear", ".", "..", "/", "../../../../etc/passwd", "/etc/passwd", "C:\\Windows",
    "file:///etc/passwd", "http://169.254.169.254/", "run/../run", "run\\probe", "%2e%2e%2f",
    "<script>alert(1)</script>", "' OR 1=1 --", '"', "`id`", "$(id)", "${jndi:ldap://x}", "{{7*7}}",
    "\r\nX-Header: 1", "é", "🙂", "🙂" * 500, "a\u0300" * 300, "\u202eprobe", "\ufeff", "\ud7ff",
    "x" * 10_000, "&", "=", "#", ";", "v=1&v=2",
)  # fmt: skip

RAW = ("%", "%f", "%ff", "%c3%28", "%ed%a0%80", "%00", "+", "&&&", "=", "a", "%u0031", "\xff\xfe")
"""Parts of a query that are encoded wrongly, or not at all."""

_PARTIAL = re.compile(rb'"done": ?"?false')

METHODS = ("GET",) * 20 + ("HEAD",) * 3 + ("POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE")


def logged(directory: Path) -> Client:
    """The plugin on a run of two steps."""
    write(record_file(directory / "run"), events(0, of=capture(norms=True)), events(10))
    client = client_of(plugin_of(directory))
    client.get(f"{PREFIX}/runs")
    return client


def _query(parameters: dict[str, str], chance: random.Random) -> str:
    pairs = [(name, quote(value)) for name, value in parameters.items()]
    for _ in range(chance.choice([0, 1, 1, 1, 2, 3])):
        place = chance.randrange(len(pairs)) if pairs else 0
        value = quote(chance.choice(HOSTILE))
        what = chance.randrange(10)
        if what < 6 and pairs:
            pairs[place] = (pairs[place][0], value)
        elif what == 6 and pairs:
            del pairs[place]
        elif what == 7 and pairs:
            pairs.insert(place, (pairs[place][0], value))
        elif what == 8:
            pairs.append((quote(chance.choice(HOSTILE))[:200], value))
        elif pairs:
            pairs[place] = (pairs[place][0], chance.choice(RAW))
    if chance.random() < 0.02:
        pairs += [(f"p{place}", "1") for place in range(chance.choice([40, 60, 2000]))]
    chance.random() < 0.2 and chance.shuffle(pairs)
    return "&".join(f"{name}={value}" for name, value in pairs)


def _headers(chance: random.Random) -> dict[str, str]:
    if chance.random() < 0.8:
        return {}
    return {
        chance.choice(["If-None-Match", "Range", "Accept-Encoding", "Accept", "If-Modified-Since"]):
        chance.choice(["*", 'W/"x"', '"', "bytes=0-1", "gzip", "gzip;q=nan", "br", "x" * 5000, ""])
    }  # fmt: skip


def requests(route: str, count: int, seed: int) -> Iterator[tuple[str, str, dict[str, str]]]:
    """(method, address, headers) of hostile requests to a route."""
    chance = random.Random(f"{seed} {route}")
    for _ in range(count):
        path = route
        if "/" in route and chance.random() < 0.5:  # files are asked for by path
            path = "static/" + chance.choice(
                ["", "..", "../plugin.py", "..%2f..%2fsetup", "%00", "a/b", "index.js/", "%ff", "."]
            )
        address = f"{PREFIX}/{path}?{_query(ROUTES[route], chance)}"
        yield chance.choice(METHODS), address, _headers(chance)


def refused(response: TestResponse, method: str) -> str:
    """What is wrong with an answer; empty where nothing is."""
    if response.status_code not in (200, 304, 400, 404, 405):
        return f"{response.status_code} {response.text[:100]}"
    if method == "HEAD" or response.status_code == 304:
        return ""
    text = response.data
    if response.content_encoding == "gzip":
        text = gzip.decompress(text)
    if response.status_code == 200:
        if response.mimetype == "application/json":
            json.loads(text, parse_constant=_no_json)
        return ""
    # Of paths that no plugin has, TensorBoard says so itself.
    told = text.endswith(b".") or (response.status_code, text) == (404, b"Not found")
    return "" if told else f"{response.status_code} without a sentence: {text[:100]!r}"


def _no_json(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _complete(client: Client, address: str) -> tuple[int, Any, bytes]:
    """Status, header and rest of the answer; of a slow one when it is done."""
    while _PARTIAL.search((response := client.get(address)).data):
        pass
    data = response.data
    if data.startswith(b"<!doctype html>"):  # a page, whose parts have metadata in any order
        return response.status_code, None, re.sub(rb">[^<]*</script>", b"", data)
    if response.mimetype != "application/octet-stream":
        return response.status_code, None, data
    start = 8 + int.from_bytes(data[:8], "little")  # its metadata come in any order
    return response.status_code, json.loads(data[8:start]), data[start:]


def asked(client: Client, route: str, count: int, seed: int = 0) -> Tried:
    """What comes of hostile requests to one route."""
    right = f"{PREFIX}/{route}?run=run&tag=probe&step=0&layer=1&head=1&query=2&key=1"
    right += "&with_run=run&with_tag=probe&with_step=10"
    before = _complete(client, right)
    outcome = Tried()
    if before[0] != 200:
        outcome.failed.append(f"{route}: {before[0]} to a right request")
    for number, (method, address, headers) in enumerate(requests(route, count, seed)):
        outcome.tried += 1
        outcome.asked += 1
        try:
            wrong = refused(client.open(address, method=method, headers=headers), method)
        except Exception as error:  # noqa: BLE001  (it is counted)
            wrong = f"{type(error).__name__}: {error}"
        if wrong:
            outcome.failed.append(f"{route}, request {number}: {method} {address[:300]}: {wrong}")
    if _complete(client, right) != before:
        outcome.lost.append(f"{route}: a right request is answered otherwise than before")
    return outcome
