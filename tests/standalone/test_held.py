"""What a page holds: of every route either its answers, or what the page makes them of."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load

from tb_attention.attention import softmax
from tb_attention.standalone.held import Held, hold
from tests.support.golden_logs import write_logs
from tests.support.repository import ROOT
from tests.support.stores import store_of


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("logs")
    write_logs(directory)
    return directory


def test_every_route_is_held_or_made(logs: Path) -> None:
    documented = set(
        re.findall(r"^\| `(\w+)", (ROOT / "docs" / "http.md").read_text(), re.MULTILINE)
    )
    held = {answer["route"] for answer in hold(store_of(logs)).answers}
    source = (ROOT / "frontend" / "src" / "page" / "source.ts").read_text()
    table = source[source.index("const MAKE") : source.index("};")]
    made = set(re.findall(r"^  (\w+)[,:]", table, re.MULTILINE))
    # It has no server to make a page of it.
    assert documented - held - made == {"page"}
    assert made - documented == set()


def tensors(held: Held, **of: str | int) -> dict[str, np.ndarray]:
    (entry,) = [
        each for each in held.layers if all(each[name] == value for name, value in of.items())
    ]
    return load(gzip.decompress(held.parts[entry["tensors"]]))


PLACE = {"run": "base", "tag": "probe", "step": 20, "stack": "decoder", "layer": 1}


def test_queries_and_keys_are_those_of_the_log(logs: Path) -> None:
    store = store_of(logs)
    layer = store.layer(store.find("base", "probe", 20), "decoder", 1)
    found = tensors(hold(store), **PLACE)
    np.testing.assert_array_equal(found["query"], layer.query)
    np.testing.assert_array_equal(found["key"], layer.key)
    np.testing.assert_array_equal(found["value_norms"], layer.value_norms)


def test_a_dtype_changes_how_they_are_stored(logs: Path) -> None:
    store = store_of(logs)
    found = tensors(hold(store, dtype="float32"), **PLACE)
    assert found["query"].dtype == np.float32
    half = tensors(hold(store, dtype="float16"), run="base", tag="rich", stack="cross")
    assert half["weights"].dtype == np.float16
    layer = store.layer(store.find("base", "rich", 0), "cross", 0)
    np.testing.assert_allclose(half["weights"], softmax.weights(layer), atol=2e-3, equal_nan=True)


def test_chosen_layers_alone_have_tensors(logs: Path) -> None:
    held = hold(store_of(logs), layers=[1])
    assert {entry["layer"] for entry in held.layers} == {1}
    thumbnails = [answer for answer in held.answers if answer["route"] == "thumbnails"]
    shape = load(gzip.decompress(held.parts[thumbnails[0]["part"]]))["thumbnails"].shape
    assert shape[0] == 2


def test_what_cannot_be_read_is_a_sentence(logs: Path, tmp_path: Path) -> None:
    store = store_of(logs)
    location = store.find("other", "probe", 0)
    path = Path(location.path)
    whole = path.read_bytes()
    try:
        damaged = bytearray(whole)
        damaged[location.records[0] + 400] ^= 0xFF
        path.write_bytes(damaged)
        held = hold(store)
    finally:
        path.write_bytes(whole)
    problems = [entry["problem"] for entry in held.layers if "problem" in entry]
    assert problems and all("damaged" in each or "anew" in each for each in problems)
