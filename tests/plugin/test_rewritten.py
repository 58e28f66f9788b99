"""Files that are written anew between two questions: the second is answered of the new file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from werkzeug.test import Client

from tb_attention.store import indexed_file
from tests.support.logs import WALL_TIME, capture, events, record_file, write
from tests.support.plugins import client_of, get, known, plugin_of, tensors

ASKED = "run=run&tag=probe&step=0"


def weights(client: Client, layer: int) -> np.ndarray:
    return tensors(get(client, f"weights?{ASKED}&layer={layer}"))[0]["weights"]


@pytest.mark.parametrize("replaced", [False, True], ids=["in place", "replaced"])
def test_what_was_written_anew_is_read_anew(
    tmp_path: Path, replaced: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexed_file, "SETTLED", 0.1)
    made = [events(0, of=capture(seed=seed), wall_time=WALL_TIME) for seed in (1, 2)]
    path = write(record_file(tmp_path / "run"), made[0])
    client = client_of(plugin_of(tmp_path))
    before = known(client)["runs"][0]["tags"][0]["versions"][0]
    old = weights(client, 0)
    new = write(tmp_path / "new", made[1])
    if replaced:
        new.replace(path)
    else:
        with path.open("r+b") as file:
            file.write(new.read_bytes())
    # Nobody has asked for the runs since.
    other = weights(client, 1)
    assert not np.allclose(weights(client, 0), old)
    assert known(client)["runs"][0]["tags"][0]["versions"][0] != before
    fresh = client_of(plugin_of(tmp_path))
    known(fresh)
    assert np.array_equal(weights(fresh, 1), other)


def test_what_is_still_being_written_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexed_file, "SETTLED", 60.0)
    monkeypatch.setattr("tb_attention.plugin.routes.PATIENCE", 0.05)
    made = [events(0, of=capture(seed=seed), wall_time=WALL_TIME) for seed in (1, 2)]
    path = write(record_file(tmp_path / "run"), made[0])
    client = client_of(plugin_of(tmp_path))
    monkeypatch.setattr("tb_attention.plugin.routes.PATIENCE", 20)
    known(client)
    monkeypatch.setattr("tb_attention.plugin.routes.PATIENCE", 0.05)
    with path.open("r+b") as file:
        file.write(write(tmp_path / "new", made[1]).read_bytes())
    response = get(client, f"weights?{ASKED}&layer=0")
    assert response.status_code == 404
    assert response.text == "Step 0 of 'probe' was written anew since it was listed: ask again."


def test_what_was_moved_or_cut_is_found_where_it_is_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexed_file, "SETTLED", 0.1)
    path = write(record_file(tmp_path / "run"), events(0), events(10))
    client = client_of(plugin_of(tmp_path))
    known(client)
    path.rename(path.with_name("other.tfrecord"))
    assert weights(client, 0).shape == (4, 6, 6)
    path.with_name("other.tfrecord").write_bytes(write(tmp_path / "one", events(0)).read_bytes())
    response = get(client, "weights?run=run&tag=probe&step=10&layer=0")
    assert (response.status_code, "has no step 10" in response.text) == (404, True), response.text
    assert weights(client, 1).shape == (4, 6, 6)
