"""What a page holds of the golden captures: files that vitest answers from (frontend/src/page)."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tb_attention.standalone.held import Held, hold
from tests.support.golden import HOW, REWRITE, alike, compare, same
from tests.support.golden_logs import write_logs
from tests.support.repository import ROOT
from tests.support.stores import store_of

GOLDEN = ROOT / "frontend" / "src" / "page" / "golden"

MADE_FROM = ("runs", "capture", "thumbnails")
"""The routes whose answers others are made from; what else is held stands in the golden answers."""


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Held:
    """What a page of the golden captures holds, without what changes with other answers."""
    logs = tmp_path_factory.mktemp("golden")
    write_logs(logs)
    whole = hold(store_of(logs))
    made = Held()
    numbers: dict[int, int] = {}

    def moved(entry: dict[str, Any], *names: str) -> dict[str, Any]:
        for part in (entry[name] for name in names):
            if part is not None and part not in numbers:
                numbers[part] = len(made.parts)
                made.parts.append(whole.parts[part])
        return {**entry, **{name: numbers.get(entry[name]) for name in names}}

    for entry in whole.answers:
        if entry["route"] in MADE_FROM:
            made.answers.append(moved(entry, "part"))
    for entry in whole.layers:
        made.layers.append(moved(entry, "tensors", "mask", "bias"))
    return made


def files_of(held: Held) -> dict[str, bytes]:
    """Name -> bytes of each file."""
    files = {}
    routes = {entry["part"]: entry["route"] for entry in held.answers if "part" in entry}
    for number, part in enumerate(held.parts):
        content = gzip.decompress(part)
        if routes.get(number) == "runs":
            answer = json.loads(content)
            # Versions name content and places of files.
            for tag in (tag for run in answer["runs"] for tag in run["tags"]):
                tag["versions"] = ["" for _ in tag["versions"]]
            content = json.dumps(answer).encode()
        is_json = routes.get(number) in ("runs", "capture")
        files[f"{number}.{'json' if is_json else 'safetensors'}"] = content
    return files


def test_the_index_is_the_golden_one(held: Held) -> None:
    path: Path = GOLDEN / "index.json"
    if REWRITE:
        GOLDEN.mkdir(exist_ok=True)
        path.write_text(json.dumps(held.index(), indent=1) + "\n")
    alike(json.loads(path.read_text()), held.index(), path.name)


def test_the_parts_are_the_golden_ones(held: Held) -> None:
    made = files_of(held)
    paths = {GOLDEN / name: content for name, content in made.items()}
    if REWRITE:
        for path in set(GOLDEN.iterdir()) - {*paths, GOLDEN / "index.json"}:
            path.unlink()
        for path, content in paths.items():
            if not (path.exists() and same(path, content)):
                path.write_bytes(content)
    assert {path.name for path in GOLDEN.iterdir()} == {*made, "index.json"}, HOW
    for path, content in paths.items():
        compare(path, content)
