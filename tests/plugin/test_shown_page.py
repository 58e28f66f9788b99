"""The route `page`: what the tab shows, as one file."""

from __future__ import annotations

import base64
import gzip
import json
import re
from pathlib import Path

import pytest
from werkzeug.test import Client

from tb_attention.plugin import shown_page
from tests.support.golden_logs import write_logs
from tests.support.plugins import client_of, get, plugin_of

SHOWN = "page?run=base&tag=probe&step=20"


@pytest.fixture
def client(tmp_path: Path) -> Client:
    write_logs(tmp_path)
    client = client_of(plugin_of(tmp_path))
    get(client, "runs")
    return client


def captures(html: str) -> list[tuple[str, str, int]]:
    """(run, tag, step) of each capture that the page holds."""
    packed = re.search(r'id="tb-attention-index">([^<]*)<', html)[1]
    index = json.loads(gzip.decompress(base64.b64decode(packed)))
    asked = [each["query"] for each in index["answers"] if each["route"] == "capture"]
    return [(query["run"], query["tag"], int(query["step"])) for query in asked]


def test_it_has_all_steps_of_what_is_shown(client: Client) -> None:
    response = get(client, f"{SHOWN}&state=attention%26p.attention.view%3Dhead%22")
    assert response.mimetype == "application/octet-stream"
    assert captures(response.text) == [("base", "probe", step) for step in (0, 10, 20)]
    assert 'content="attention&amp;p.attention.view=head&quot;"' in response.text


def test_it_has_what_it_is_compared_with(client: Client) -> None:
    other = "&with_run=other&with_tag=probe&with_step=0"
    assert ("other", "probe", 0) in captures(get(client, SHOWN + other).text)


def test_of_large_captures_it_has_what_is_shown_alone(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shown_page, "EVERY_STEP", 1000)
    assert captures(get(client, SHOWN).text) == [("base", "probe", 20)]


@pytest.mark.parametrize(
    ("address", "status", "sentence"),
    [
        (f"{SHOWN}&state={'x' * 4001}", 400, "The parameter state has more than 4,000 characters."),
        ("page?run=base&tag=probe&step=7", 404, "has no step 7"),
        (f"{SHOWN}&with_run=nobody&with_tag=probe&with_step=0", 404, "There is no run 'nobody'"),
    ],
)
def test_what_cannot_be_made_is_a_sentence(
    client: Client, address: str, status: int, sentence: str
) -> None:
    response = get(client, address)
    assert response.status_code == status and sentence in response.text
