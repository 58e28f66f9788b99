"""Golden answers of every route, from constructed captures.

frontend/src/golden holds them, and the tab's readers read them in vitest. Where the server's
answers differ from the files on purpose, `make golden` writes them anew.
"""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load
from tensorboard.backend import application
from tensorboard.plugins import base_plugin
from werkzeug.test import Client

from tb_attention.answers import jobs
from tb_attention.plugin.plugin import AttentionPlugin
from tests.support.golden_logs import write_logs
from tests.support.repository import ROOT

GOLDEN = ROOT / "frontend" / "src" / "golden"
REWRITE = os.environ.get("GOLDEN") == "rewrite"
HOW = "If this is meant, `make golden` writes it anew."

PROBE = "run=base&tag=probe"
RICH = "run=base&tag=rich&step=0"
STEP = f"{PROBE}&step=20&stack=decoder"
ADDRESSES = {
    "runs": "runs",
    "capture": f"capture?{RICH}",
    "metrics": f"metrics?{PROBE}",
    "types": f"types?{PROBE}",
    "findings": f"findings?{PROBE}",
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
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """The plugin on `write_logs`; every answer is waited for until it is done."""
    logs = tmp_path_factory.mktemp("golden")
    write_logs(logs)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jobs, "PATIENCE", 60)
        context = base_plugin.TBContext(logdir=str(logs))
        yield Client(application.TensorBoardWSGI([AttentionPlugin(context)]))


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
    assert {address.split("?")[0] for address in ADDRESSES.values()} == set(documented)


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


def same(path: Path, answer: bytes) -> bool:
    """Whether `compare` finds nothing: last digits are no reason to write a file."""
    try:
        compare(path, answer)
    except AssertionError:
        return False
    return True


def compare(path: Path, answer: bytes) -> None:
    """Fails where the answer is not the file's, beyond the last digits of its numbers."""
    golden = path.read_bytes()
    if path.suffix == ".json":
        alike(json.loads(golden), json.loads(answer), path.name)
        return
    alike(metadata(golden), metadata(answer), path.name)
    expected, found = load(golden), load(answer)
    shapes = [
        {name: (array.dtype, array.shape) for name, array in arrays.items()}
        for arrays in (expected, found)
    ]
    assert shapes[0] == shapes[1], f"{path.name}. {HOW}"
    for name, array in expected.items():
        exact = array.dtype.kind in "iu"
        # A byte of a thumbnail may be rounded the other way.
        tolerance = (
            {"rtol": 0, "atol": int(array.dtype == np.uint8)}
            if exact
            else {"rtol": 1e-4, "atol": 1e-5}
        )
        if array.dtype == np.float16:
            tolerance = {"rtol": 1e-3, "atol": 1e-3}
        np.testing.assert_allclose(
            found[name].astype(np.float64),
            array.astype(np.float64),
            **tolerance,
            err_msg=f"{name} of {path.name}. {HOW}",
        )


def metadata(answer: bytes) -> dict[str, Any]:
    """The values of the header's metadata."""
    length = int.from_bytes(answer[:8], "little")
    values = json.loads(answer[8 : 8 + length]).get("__metadata__", {})
    return {name: json.loads(value) for name, value in values.items()}


def alike(expected: Any, found: Any, where: str) -> None:
    """Fails where two JSON values differ, beyond the last digits of their numbers."""
    assert type(expected) is type(found), f"{where}. {HOW}"
    if isinstance(expected, dict):
        assert set(expected) == set(found), f"the names in {where}. {HOW}"
        for name in expected:
            alike(expected[name], found[name], f"{name} of {where}")
    elif isinstance(expected, list):
        assert len(expected) == len(found), f"the length of {where}. {HOW}"
        for place, pair in enumerate(zip(expected, found, strict=True)):
            alike(*pair, f"entry {place} of {where}")
    elif isinstance(expected, float):
        assert math.isclose(expected, found, rel_tol=1e-4, abs_tol=1e-6), f"{where}. {HOW}"
    else:
        assert expected == found, f"{where}. {HOW}"
