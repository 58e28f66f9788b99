"""The routes of the plugin: what they answer, and hostile requests."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from werkzeug.test import Client

from tb_attention.answers import jobs as jobs_module
from tb_attention.answers import thumbnails as thumbnails_module
from tb_attention.attention import softmax
from tb_attention.plugin import plugin as plugin_module
from tb_attention.plugin import routes
from tests.support.logs import capture, events, record_file, write
from tests.support.plugins import CAPTURE, client_of, get, known, plugin_of, tensors


def test_runs(client: Client, logdir: Path) -> None:
    answer = known(client)
    (run,) = answer["runs"]
    (tag,) = run["tags"]
    assert (answer["version"], answer["problems"], run["run"], tag["tag"], tag["steps"]) == (
        1,
        [],
        "run",
        "probe",
        [0, 10],
    )
    write(record_file(logdir / "run"), events(20), append=True)
    assert known(client)["runs"][0]["tags"][0]["steps"] == [0, 10, 20], (
        "what has grown is read first"
    )


def test_runs_while_a_long_scan_goes_on(logdir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "PATIENCE", 0.01)
    gate = threading.Event()
    monkeypatch.setattr(plugin_module.Index, "refresh", lambda self: gate.wait(60))
    client = client_of(plugin_of(logdir))
    assert get(client, "runs").get_json() == {
        "version": 1,
        "loading": True,
        "runs": [],
        "problems": [],
    }
    gate.set()
    monkeypatch.setattr(routes, "PATIENCE", 60)
    assert get(client, "runs").get_json()["loading"] is False


def test_a_capture_before_anybody_has_asked_for_the_runs(logdir: Path) -> None:
    client = client_of(plugin_of(logdir))
    assert get(client, f"capture?{CAPTURE}").get_json()["step"] in (0, 10)
    assert get(client, "capture?run=nothing&tag=probe&step=0").status_code == 404


def test_a_capture(client: Client) -> None:
    answer = get(client, f"capture?{CAPTURE}").get_json()
    assert answer["sequences"][0]["tokens"][:2] == [" t0", " t1"]
    assert [layer["layer"] for layer in answer["stacks"][0]["layers"]] == [0, 1]


def test_arrays(client: Client) -> None:
    arrays, metadata = tensors(get(client, "metrics?run=run&tag=probe"))
    assert (list(arrays["steps"]), arrays["metrics"].shape[:3]) == ([0, 10], (2, 2, 4))
    assert (len(metadata["names"]), metadata["rows"]) == (
        arrays["metrics"].shape[3],
        [["decoder", 0], ["decoder", 1]],
    )
    types, metadata = tensors(get(client, "types?run=run&tag=probe"))
    assert (list(types["steps"]), types["types"].shape, types["types"].dtype) == (
        [0, 10],
        (2, 2, 4),
        np.uint16,
    )
    assert metadata["types"][0]["name"] == "first token"
    change, metadata = tensors(
        get(client, f"change?{CAPTURE}&with_run=run&with_tag=probe&with_step=10")
    )
    assert (change["distance"].shape, metadata["rows"], metadata["done"]) == (
        (2, 4),
        [["decoder", 0], ["decoder", 1]],
        True,
    )
    findings = get(client, "findings?run=run&tag=probe").get_json()
    # Random weights: only how much a score changed is told.
    assert {finding["kind"] for finding in findings["findings"]} == {"score changed"}
    assert (findings["progress"], findings["done"]) == (1.0, True)
    pair, metadata = tensors(get(client, "pair?run=run&tag=probe&query=3&key=1"))
    assert (pair["weights"].shape, metadata["layers"], metadata["done"]) == (
        (2, 2, 4),
        [0, 1],
        True,
    )
    arrays, metadata = tensors(get(client, f"thumbnails?{CAPTURE}"))
    assert (arrays["thumbnails"].shape, arrays["thumbnails"].dtype, metadata) == (
        (2, 4, 6, 6),
        np.uint8,
        {"layers": [0, 1]},
    )
    layer = capture().stacks[0].layers[1]
    weights, _ = tensors(get(client, f"weights?{CAPTURE}&layer=1"))
    np.testing.assert_allclose(weights["weights"], softmax.weights(layer), atol=2e-3)
    one, _ = tensors(get(client, f"weights?{CAPTURE}&stack=decoder&layer=1&head=3&dtype=float16"))
    assert (one["weights"].shape, one["weights"].dtype) == ((1, 6, 6), np.float16)
    neurons, metadata = tensors(get(client, f"neurons?{CAPTURE}&layer=1&head=3"))
    np.testing.assert_allclose(neurons["query"], layer.query[3], atol=2e-3)
    assert metadata == {"scale": pytest.approx(layer.scale), "key_head": 1}
    row, _ = tensors(get(client, f"row?{CAPTURE}&layer=1&query=2"))
    np.testing.assert_allclose(row["weights"], softmax.weights(layer)[:, 2], atol=2e-3)
    assert np.all(np.isneginf(row["scores"][:, 3:]))


def test_what_is_left_out(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    version = known(client)["runs"][0]["tags"][0]["versions"][0]
    url = f"thumbnails?{CAPTURE}&first=renormalise&special=1&v={version}"
    gate, pool = threading.Event(), thumbnails_module.Pool
    monkeypatch.setattr(
        thumbnails_module, "Pool", lambda *arguments: gate.wait(20) and pool(*arguments)
    )
    with monkeypatch.context() as patch:
        patch.setattr(jobs_module, "PATIENCE", -1)
        begun = get(client, url)
    gate.set()
    done = get(client, url)
    assert (tensors(begun)[1]["done"], begun.headers["Cache-Control"]) == (
        False,
        "no-cache, must-revalidate",
    )
    assert "ETag" not in begun.headers
    assert (tensors(done)[1]["done"], done.headers["Cache-Control"]) == (
        True,
        "private, max-age=31536000, immutable",
    )
    cells, _ = tensors(get(client, f"weights?{CAPTURE}&layer=1&block=4&first=hide"))
    weights = softmax.weights(capture().stacks[0].layers[1])
    assert cells["weights"].shape == (4, 2, 2)
    np.testing.assert_allclose(
        cells["weights"][:, 1, 0], weights[:, 4:, 1:4].sum(axis=2).mean(axis=1), atol=2e-3
    )


def test_arrays_about_neurons(client: Client) -> None:
    arrays, metadata = tensors(get(client, f"distances?{CAPTURE}&layer=1&head=3"))
    assert {name: array.shape for name, array in arrays.items()} == {
        "pairs": (6,), "contributions": (8, 6), "scores": (6,), "weights": (6,), "lines": (8, 3),
        "score_line": (3,), "turns_back": (8,), "clear": (8,), "order": (8,),
    }  # fmt: skip
    assert (metadata["first"], list(arrays["pairs"])) == (0, [6, 5, 4, 3, 2, 1])
    assert sorted(arrays["order"]) == list(range(8))
    assert 0 < metadata["query_common"] < 1
    log, _ = tensors(get(client, f"distances?{CAPTURE}&layer=1&head=3&axis=log"))
    assert not np.allclose(log["lines"], arrays["lines"])
    layer = capture(seed=10).stacks[0].layers[1]
    along, metadata = tensors(
        get(client, "contributions?run=run&tag=probe&layer=1&head=3&query=4&key=2")
    )
    assert (list(along["steps"]), metadata) == ([0, 10], {"progress": 1, "done": True, "notes": []})
    np.testing.assert_allclose(
        along["contributions"][1], layer.query[3, 4] * layer.key[1, 2] * layer.scale, atol=2e-3
    )
    np.testing.assert_allclose(along["weights"][1], softmax.weights(layer)[3, 4, 2], atol=2e-3)


HOSTILE = [
    ("weights", 400), ("weights?run=run", 400), ("weights?run=run&tag=probe", 400),
    (f"weights?{CAPTURE}", 400),
    ("weights?run=../../etc&tag=probe&step=0&layer=0", 404),
    ("weights?run=/etc/passwd&tag=probe&step=0&layer=0", 404),
    ("weights?run=run%00&tag=probe&step=0&layer=0", 404),
    ("weights?run=run/../run&tag=probe&step=0&layer=0", 404),
    ("weights?run=run&tag=..%2f..%2fetc&step=0&layer=0", 404),
    ("weights?run=%ff%fe&tag=probe&step=0&layer=0", 400),
    ("weights?run=run&tag=probe&step=1&layer=0", 404),
    ("weights?run=run&tag=probe&step=-1&layer=0", 404),
    ("weights?run=run&tag=probe&step=999999999999999999&layer=0", 404),
    ("weights?run=run&tag=probe&step=9999999999999999999999&layer=0", 400),
    ("weights?run=run&tag=probe&step=NaN&layer=0", 400),
    ("weights?run=run&tag=probe&step=1e3&layer=0", 400),
    ("weights?run=run&tag=probe&step=&layer=0", 400),
    (f"weights?{CAPTURE}&step=0&layer=0", 400), (f"weights?{CAPTURE}&layer=0&layer=1", 400),
    (f"weights?{CAPTURE}&layer=2", 404),
    (f"weights?{CAPTURE}&layer=-1", 404), (f"weights?{CAPTURE}&layer=0&head=4", 404),
    (f"weights?{CAPTURE}&layer=0&head=-1", 404),
    (f"weights?{CAPTURE}&layer=0&head=", 400), (f"weights?{CAPTURE}&layer=0&dtype=object", 400),
    (f"weights?{CAPTURE}&layer=0&stack=..", 404), (f"weights?{CAPTURE}&layer=0&v=1&v=2", 400),
    (f"neurons?{CAPTURE}&layer=0", 400),
    (f"neurons?{CAPTURE}&layer=0&head=99", 404), (f"row?{CAPTURE}&layer=0", 400),
    (f"row?{CAPTURE}&layer=0&query=6", 404),
    (f"row?{CAPTURE}&layer=0&query=-1", 404), (f"row?{CAPTURE}&layer=0&query=0&head=1.5", 400),
    ("metrics?run=run", 400),
    (f"distances?{CAPTURE}&layer=0", 400), (f"distances?{CAPTURE}&layer=0&head=0&axis=cubic", 400),
    (f"distances?{CAPTURE}&layer=0&head=4", 404),
    ("contributions?run=run&tag=probe&layer=0&head=0&query=0", 400),
    ("contributions?run=run&tag=probe&layer=0&head=0&query=6&key=0", 404),
    ("contributions?run=run&tag=probe&layer=7&head=0&query=0&key=0", 404),
    ("metrics?run=run&tag=nothing", 404), ("types?run=run", 400), ("findings?run=run&tag=no", 404),
    ("types?run=run&tag=nothing", 404),
    (f"change?{CAPTURE}", 400), (f"change?{CAPTURE}&with_run=run&with_tag=probe&with_step=5", 404),
    ("pair?run=run&tag=probe&query=0", 400),
    ("pair?run=run&tag=probe&query=0&key=6", 404),
    ("pair?run=run&tag=probe&query=0&key=0&step=5", 404),
    ("capture?run=<script>&tag=probe&step=0", 404), (f"thumbnails?{CAPTURE}&stack=encoder", 404),
    (f"thumbnails?{CAPTURE}&first=last", 400), (f"thumbnails?{CAPTURE}&segments=ABBA", 400),
    (f"thumbnails?{CAPTURE}&special=2", 400),
    (f"weights?{CAPTURE}&layer=0&block=0", 400), (f"weights?{CAPTURE}&layer=0&first=hide", 400),
    (f"weights?{CAPTURE}&layer=0&block=x", 400),
    ("weights?" + "&".join(f"a{place}=1" for place in range(100)), 400),
]  # fmt: skip


@pytest.mark.parametrize(("url", "status"), HOSTILE)
def test_a_wrong_request_gets_a_sentence(client: Client, url: str, status: int) -> None:
    response = get(client, url)
    assert response.status_code == status
    assert response.content_type == "text/plain; charset=utf-8"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "no-cache, must-revalidate"
    assert response.text.endswith(".")
    assert response.text.count("\n") == 0
    assert "Traceback" not in response.text


@pytest.mark.parametrize("url", ["", "nothing", "run", "weights/..", "store"])
def test_other_paths_are_tensorboards_404(client: Client, url: str) -> None:
    assert get(client, url).status_code == 404
