"""Golden answers of every route, from constructed captures.

frontend/src/golden holds them, and the tab's readers read them in vitest. Where the server's
answers differ from the files on purpose, `make golden` writes them anew.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from tensorboard.backend import application
from tensorboard.plugins import base_plugin
from werkzeug.test import Client

from tb_attention.plugin.plugin import AttentionPlugin
from tests.support.golden import HOW, REWRITE, compare, same
from tests.support.golden_logs import write_logs
from tests.support.repository import ROOT

GOLDEN = ROOT / "frontend" / "src" / "golden"

PROBE = "run=base&tag=probe"
RICH = "run=base&tag=rich&step=0"
STEP = f"{PROBE}&step=20&stack=decoder"
ADDRESSES = {
    "runs": "runs",
    "capture": f"capture?{RICH}",
    "metrics": f"metrics?{PROBE}",
    "types": f"types?{PROBE}",
    "findings": f"findings?{PROBE}",
    "stories": "stories",
    "lessons": "lessons",
    "curves": f"curves?{PROBE}",
    "change": f"change?{PROBE}&step=20&with_run=other&with_tag=probe&with_step=0",
    "change_arriving": f"change?{PROBE}&step=20&with_run=other&with_tag=probe&with_step=0"
    "&show=arriving",
    "pair": f"pair?{PROBE}&stack=decoder&query=9&key=2&step=20",
    "rollout": f"rollout?{STEP}&layer=1",
    "pair_arriving": f"pair?{PROBE}&stack=decoder&query=9&key=2&step=20&show=arriving",
    "contributions": f"contributions?{PROBE}&stack=decoder&layer=1&head=3&query=9&key=2",
    "thumbnails": f"thumbnails?{STEP}",
    "thumbnails_left_out": f"thumbnails?{STEP}&first=renormalise&special=1",
    "thumbnails_arriving": f"thumbnails?{STEP}&show=arriving",
    "weights": f"weights?{STEP}&layer=1&dtype=float32",
    "weights_head": f"weights?{STEP}&layer=1&head=3&dtype=float32",
    "weights_blocks": f"weights?{STEP}&layer=1&dtype=float16&block=2&first=hide&special=1",
    "weights_blocks_arriving": f"weights?{STEP}&layer=1&dtype=float16&block=2&show=arriving",
    "value_norms": f"value_norms?{STEP}&layer=1",
    "neurons": f"neurons?{STEP}&layer=1&head=3",
    "row": f"row?{RICH}&stack=decoder&layer=2&query=5",
    "row_weights_only": f"row?{RICH}&stack=cross&layer=0&query=5",
    "distances": f"distances?{STEP}&layer=1&head=3&axis=log",
}
"""Name of a golden file -> what the tab asks for, with its parameters in the tab's order."""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Client:
    """The plugin on `write_logs`; every answer is waited for until it is done."""
    logs = tmp_path_factory.mktemp("golden")
    write_logs(logs)
    context = base_plugin.TBContext(logdir=str(logs))
    return Client(application.TensorBoardWSGI([AttentionPlugin(context)]))


def ask(client: Client, address: str) -> tuple[str, bytes]:
    """Suffix of the file, and the answer as the tab gets it."""
    response = client.get(f"/data/plugin/attention/{address}")
    assert response.status_code == 200, response.text
    if response.content_type == "application/octet-stream":
        return "safetensors", response.data
    answer = response.get_json()
    if address == "runs":
        name_versions(answer)
    text = json.dumps(answer, ensure_ascii=False, indent=1)
    return "json", f"{text}\n".encode()


def name_versions(runs: dict[str, Any]) -> None:
    """Replaces versions, which name content and places of files, by names that never change."""
    for place, tag in enumerate(tag for run in runs["runs"] for tag in run["tags"]):
        assert all(re.fullmatch("[0-9a-f]{12}", version) for version in tag["versions"])
        tag["versions"] = [f"{place:06x}{step:06x}" for step in range(len(tag["versions"]))]


def test_addresses_are_of_all_routes(client: Client) -> None:
    documented = re.findall(
        r"^\| `(\w+)", (GOLDEN.parents[2] / "docs" / "http.md").read_text(), re.MULTILINE
    )
    assert {address.split("?")[0] for address in ADDRESSES.values()} == set(documented) - {
        "page"  # a file, which the tab does not read
    }


@pytest.mark.parametrize("name", ADDRESSES)
def test_an_answer_is_the_golden_one(client: Client, name: str) -> None:
    ask(client, "runs")
    suffix, answer = ask(client, ADDRESSES[name])
    path = GOLDEN / f"{name}.{suffix}"
    if REWRITE and not (path.exists() and same(path, answer)):
        path.write_bytes(answer)
    assert path.exists(), f"There is no {path}. {HOW}"
    compare(path, answer)


def test_the_index_names_the_files(client: Client) -> None:
    """What the tab asks for -> the file with the answer."""
    files = {address: f"{name}.{ask(client, address)[0]}" for name, address in ADDRESSES.items()}
    path = GOLDEN / "index.json"
    text = json.dumps(files, indent=1) + "\n"
    if REWRITE:
        path.write_text(text)
        for each in set(GOLDEN.iterdir()) - {path, *(GOLDEN / file for file in files.values())}:
            each.unlink()
    assert path.read_text() == text, HOW
    assert {each.name for each in GOLDEN.iterdir()} == {"index.json", *files.values()}, HOW
