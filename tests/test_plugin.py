"""The plugin through WSGI, in this process.

Answers, errors, caching, static files, hostile requests.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from logs import capture, events, record_file, write
from safetensors.numpy import load
from tensorboard.backend import application
from tensorboard.plugins import base_plugin
from werkzeug.test import Client, TestResponse

from tb_attention.answers import change as change_module
from tb_attention.answers import jobs as jobs_module
from tb_attention.attention import softmax
from tb_attention.plugin import plugin as plugin_module
from tb_attention.plugin import routes
from tb_attention.plugin.loader import AttentionLoader
from tb_attention.plugin.plugin import AttentionPlugin

PREFIX = "/data/plugin/attention"
CAPTURE = "run=run&tag=probe&step=0"


def flags(**values: Any) -> argparse.Namespace:
    given = {
        "logdir": "",
        "logdir_spec": "",
        "path_prefix": "",
        "samples_per_plugin": {},
        "purge_orphaned_data": True,
        **values,
    }
    return argparse.Namespace(**given)


def plugin_of(logdir: Path | str, **values: Any) -> AttentionPlugin:
    return AttentionPlugin(
        base_plugin.TBContext(flags=flags(logdir=str(logdir), **values), logdir=str(logdir))
    )


def client_of(plugin: base_plugin.TBPlugin, path_prefix: str = "") -> Client:
    """The plugin's routes as TensorBoard puts them together, with its middleware."""
    return Client(application.TensorBoardWSGI([plugin], path_prefix))


@pytest.fixture
def logdir(tmp_path: Path) -> Path:
    write(record_file(tmp_path / "run"), events(0), events(10))
    return tmp_path


@pytest.fixture
def client(logdir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    monkeypatch.setattr(jobs_module, "PATIENCE", 60)
    client = client_of(plugin_of(logdir))
    known(client)
    yield client


def get(client: Client, route: str, **options: Any) -> TestResponse:
    return client.get(f"{PREFIX}/{route}", **options)


def known(client: Client) -> dict[str, Any]:
    """The answer of `runs`, which has read the log directory."""
    answer = get(client, "runs").get_json()
    assert not answer["loading"]
    return answer


def tensors(response: TestResponse) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Arrays and metadata, by safetensors' own reader."""
    assert response.status_code == 200, response.text
    assert response.content_type == "application/octet-stream"
    length = int.from_bytes(response.data[:8], "little")
    assert (8 + length) % 8 == 0, "arrays are aligned"
    header = json.loads(response.data[8 : 8 + length])
    return load(response.data), {
        name: json.loads(value) for name, value in header.get("__metadata__", {}).items()
    }


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
    monkeypatch.setattr(plugin_module.Index, "refresh", lambda self: time.sleep(0.5))
    client = client_of(plugin_of(logdir))
    assert get(client, "runs").get_json() == {
        "version": 1,
        "loading": True,
        "runs": [],
        "problems": [],
    }
    monkeypatch.setattr(routes, "PATIENCE", 10)
    assert get(client, "runs").get_json()["loading"] is False


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
    assert findings == {"findings": [], "progress": 1.0, "done": True}
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
    with monkeypatch.context() as patch:
        patch.setattr(jobs_module, "PATIENCE", -1)
        begun = get(client, url)
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
        "pairs": (6,), "contributions": (8, 6), "scores": (6,), "weights": (6,), "lines": (8, 3), "score_line": (3,), "order": (8,),
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


def test_an_answer_is_kept_by_the_browser_when_it_names_the_version(client: Client) -> None:
    version = known(client)["runs"][0]["tags"][0]["versions"][0]
    for route in ("capture", "thumbnails", "weights", "neurons", "row", "distances"):
        url = f"{route}?{CAPTURE}&layer=0&head=0&query=0"
        kept = get(client, f"{url}&v={version}")
        assert kept.headers.getlist("Cache-Control") == ["private, max-age=31536000, immutable"]
        assert "Expires" not in kept.headers
        for other in (get(client, url), get(client, f"{url}&v=another")):
            assert other.headers["Cache-Control"] == "no-cache, must-revalidate"
            assert other.headers["ETag"] == kept.headers["ETag"]
            assert len(other.data) == len(kept.data)


def test_an_answer_that_is_not_done_is_not_kept_by_the_browser(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions = known(client)["runs"][0]["tags"][0]["versions"]
    url = f"change?{CAPTURE}&with_run=run&with_tag=probe&with_step=10&v={'-'.join(versions)}"
    gate = threading.Event()
    distances = change_module.distances
    monkeypatch.setattr(
        change_module, "distances", lambda *layers: gate.wait(20) and distances(*layers)
    )
    monkeypatch.setattr(jobs_module, "PATIENCE", 0)
    begun = get(client, url)
    arrays, metadata = tensors(begun)
    assert (metadata["progress"], metadata["done"], np.isfinite(arrays["distance"]).any()) == (
        0,
        False,
        False,
    )
    assert "ETag" not in begun.headers
    assert begun.headers["Cache-Control"] == "no-cache, must-revalidate"
    gate.set()
    monkeypatch.setattr(jobs_module, "PATIENCE", 20)
    done = get(client, url)
    assert (tensors(done)[1]["progress"], tensors(done)[1]["done"]) == (1, True)
    assert done.headers["Cache-Control"] == "private, max-age=31536000, immutable"


def test_what_the_browser_has_is_not_made_again(
    client: Client, logdir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    urls = [f"weights?{CAPTURE}&layer=0", "metrics?run=run&tag=probe"]
    tags = [get(client, url).headers["ETag"] for url in urls]
    for name in ("answer_weights", "answer_metrics"):
        monkeypatch.setattr(routes, name, lambda *arguments: pytest.fail("made"))
    for url, tag in zip(urls, tags, strict=True):
        response = get(client, url, headers={"If-None-Match": tag})
        assert (response.status_code, response.data, response.headers["ETag"]) == (304, b"", tag)
    monkeypatch.undo()
    write(record_file(logdir / "run", 2), events(0, session="again", wall_time=2e9))
    known(client)
    for url, tag in zip(urls, tags, strict=True):
        response = get(client, url, headers={"If-None-Match": tag})
        assert response.status_code == 200
        assert response.headers["ETag"] != tag


def test_head_and_other_methods(client: Client) -> None:
    for url in ("runs", f"weights?{CAPTURE}&layer=0", "static/index.js"):
        full, head = get(client, url), client.head(f"{PREFIX}/{url}")
        assert (head.status_code, head.data) == (200, b"")
        assert head.headers["Content-Length"] == full.headers["Content-Length"]
        for method in ("post", "put", "delete", "patch", "options"):
            refused = getattr(client, method)(f"{PREFIX}/{url}")
            assert (refused.status_code, refused.headers["Allow"]) == (405, "GET, HEAD")


HOSTILE = [
    ("weights", 400), ("weights?run=run", 400), ("weights?run=run&tag=probe", 400), (f"weights?{CAPTURE}", 400),
    ("weights?run=../../etc&tag=probe&step=0&layer=0", 404), ("weights?run=/etc/passwd&tag=probe&step=0&layer=0", 404),
    ("weights?run=run%00&tag=probe&step=0&layer=0", 404), ("weights?run=run/../run&tag=probe&step=0&layer=0", 404),
    ("weights?run=run&tag=..%2f..%2fetc&step=0&layer=0", 404), ("weights?run=%ff%fe&tag=probe&step=0&layer=0", 400),
    ("weights?run=run&tag=probe&step=1&layer=0", 404), ("weights?run=run&tag=probe&step=-1&layer=0", 404),
    ("weights?run=run&tag=probe&step=999999999999999999&layer=0", 404),
    ("weights?run=run&tag=probe&step=9999999999999999999999&layer=0", 400), ("weights?run=run&tag=probe&step=NaN&layer=0", 400),
    ("weights?run=run&tag=probe&step=1e3&layer=0", 400), ("weights?run=run&tag=probe&step=&layer=0", 400),
    (f"weights?{CAPTURE}&step=0&layer=0", 400), (f"weights?{CAPTURE}&layer=0&layer=1", 400), (f"weights?{CAPTURE}&layer=2", 404),
    (f"weights?{CAPTURE}&layer=-1", 404), (f"weights?{CAPTURE}&layer=0&head=4", 404), (f"weights?{CAPTURE}&layer=0&head=-1", 404),
    (f"weights?{CAPTURE}&layer=0&head=", 400), (f"weights?{CAPTURE}&layer=0&dtype=object", 400),
    (f"weights?{CAPTURE}&layer=0&stack=..", 404), (f"weights?{CAPTURE}&layer=0&v=1&v=2", 400), (f"neurons?{CAPTURE}&layer=0", 400),
    (f"neurons?{CAPTURE}&layer=0&head=99", 404), (f"row?{CAPTURE}&layer=0", 400), (f"row?{CAPTURE}&layer=0&query=6", 404),
    (f"row?{CAPTURE}&layer=0&query=-1", 404), (f"row?{CAPTURE}&layer=0&query=0&head=1.5", 400), ("metrics?run=run", 400),
    (f"distances?{CAPTURE}&layer=0", 400), (f"distances?{CAPTURE}&layer=0&head=0&axis=cubic", 400),
    (f"distances?{CAPTURE}&layer=0&head=4", 404), ("contributions?run=run&tag=probe&layer=0&head=0&query=0", 400),
    ("contributions?run=run&tag=probe&layer=0&head=0&query=6&key=0", 404),
    ("contributions?run=run&tag=probe&layer=7&head=0&query=0&key=0", 404),
    ("metrics?run=run&tag=nothing", 404), ("types?run=run", 400), ("findings?run=run&tag=no", 404), ("types?run=run&tag=nothing", 404),
    (f"change?{CAPTURE}", 400), (f"change?{CAPTURE}&with_run=run&with_tag=probe&with_step=5", 404), ("pair?run=run&tag=probe&query=0", 400),
    ("pair?run=run&tag=probe&query=0&key=6", 404), ("pair?run=run&tag=probe&query=0&key=0&step=5", 404),
    ("capture?run=<script>&tag=probe&step=0", 404), (f"thumbnails?{CAPTURE}&stack=encoder", 404),
    (f"thumbnails?{CAPTURE}&first=last", 400), (f"thumbnails?{CAPTURE}&segments=ABBA", 400), (f"thumbnails?{CAPTURE}&special=2", 400),
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


def test_a_failure_is_logged_and_gets_a_sentence(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*arguments: object) -> None:
        raise RuntimeError("a secret path")

    monkeypatch.setattr(routes, "answer_weights", fail)
    response = get(client, f"weights?{CAPTURE}&layer=0")
    assert response.status_code == 500
    assert (
        response.text == "The Attention plugin failed at this; the output of TensorBoard says why."
    )
    assert "a secret path" in caplog.text


def test_a_file_that_has_gone_since(client: Client, logdir: Path) -> None:
    record_file(logdir / "run").unlink()
    response = get(client, f"weights?{CAPTURE}&layer=0")
    assert response.status_code == 404
    assert response.text == "A file of the log directory cannot be read: No such file or directory."


def test_damage_is_a_404_with_a_sentence(client: Client, logdir: Path) -> None:
    path = record_file(logdir / "run")
    data = bytearray(path.read_bytes())
    data[100] ^= 255
    path.write_bytes(data)
    response = get(client, f"weights?{CAPTURE}&layer=0")
    assert (response.status_code, response.text) == (
        404,
        "Step 0 of 'probe' is damaged on disk: a checksum is wrong.",
    )


def test_a_log_directory_that_is_not_given(tmp_path: Path) -> None:
    for plugin in (
        plugin_of(""),
        AttentionPlugin(base_plugin.TBContext()),
        plugin_of("", grpc_data_provider="localhost:1"),
    ):
        client = client_of(plugin)
        answer = known(client)
        assert answer["runs"] == []
        assert answer["problems"][0]["problem"].startswith(
            "TensorBoard was started without a log directory"
        )
        assert not plugin.is_active()


def test_logdir_spec(logdir: Path) -> None:
    client = client_of(plugin_of("", logdir_spec=f"first:{logdir},{logdir}/run"))
    assert [run["run"] for run in known(client)["runs"]] == [".", "first/run"]


def test_a_log_directory_without_flags(logdir: Path) -> None:
    client = client_of(AttentionPlugin(base_plugin.TBContext(logdir=str(logdir))))
    assert [run["run"] for run in known(client)["runs"]] == ["run"]


def test_a_path_prefix(logdir: Path) -> None:
    client = client_of(plugin_of(logdir), "/tensor/board")
    assert client.get(f"/tensor/board{PREFIX}/runs").status_code == 200
    assert client.get(f"{PREFIX}/runs").status_code == 404


def test_active_as_soon_as_there_is_a_capture(tmp_path: Path) -> None:
    plugin = plugin_of(tmp_path)
    assert not plugin.is_active()
    write(record_file(tmp_path), events())
    assert plugin.is_active()


def test_whether_it_is_active_is_told_at_once(
    logdir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plugin_module.Index, "refresh", lambda self: time.sleep(1))
    plugin = plugin_of(logdir)
    started = time.perf_counter()
    assert not plugin.is_active()
    assert time.perf_counter() - started < 0.5


def test_the_entry_in_tensorboards_list(client: Client, logdir: Path) -> None:
    listing = client.get("/data/plugins_listing").get_json()
    assert listing["attention"]["tab_name"] == "Attention"
    assert listing["attention"]["enabled"] is True
    assert (
        listing["attention"]["loading_mechanism"]["module_path"]
        == "/data/plugin/attention/static/index.js"
    )
    assert tuple(plugin_of(logdir).data_plugin_names()) == ("attention",)


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    directory = tmp_path / "bundle"
    for name in (
        "index.js",
        "assets/worker-1a.js",
        "fonts/Roboto.woff2",
        "index.js.map",
        "logo.svg",
        "secret.py",
        "notes.html",
    ):
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(f"content of {name}")
    (tmp_path / "outside.js").write_text("outside")
    monkeypatch.setattr(plugin_module, "BUNDLE", directory)
    return directory


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("index.js", "text/javascript; charset=utf-8"),
        ("assets/worker-1a.js", "text/javascript; charset=utf-8"),
        ("fonts/Roboto.woff2", "font/woff2"),
        ("index.js.map", "application/json"),
        ("logo.svg", "image/svg+xml; charset=utf-8"),
    ],
)
def test_static_files(bundle: Path, logdir: Path, name: str, media_type: str) -> None:
    client = client_of(plugin_of(logdir))
    response = get(client, f"static/{name}")
    assert (response.status_code, response.text, response.content_type) == (
        200,
        f"content of {name}",
        media_type,
    )
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert (
        get(
            client, f"static/{name}", headers={"If-None-Match": response.headers["ETag"]}
        ).status_code
        == 304
    )
    (bundle / name).write_text("a new build")
    assert (
        get(client, f"static/{name}", headers={"If-None-Match": response.headers["ETag"]}).text
        == "a new build"
    )


@pytest.mark.parametrize(
    "name",
    [
        "", ".", "..", "../outside.js", "../bundle/index.js", "%2e%2e/outside.js", "..%2foutside.js", "assets/../../outside.js",
        "//etc/passwd", "/etc/passwd", "assets", "assets/", "secret.py", "notes.html", "nothing.js", "INDEX.JS", "index.js/",
        "index.js%00", "index.js/../secret.py", "..\\outside.js", "static/index.js", "static/static/index.js", "assets/static/index.js",
    ],
)  # fmt: skip
def test_static_paths_that_are_no_file_of_the_bundle(bundle: Path, logdir: Path, name: str) -> None:
    response = get(client_of(plugin_of(logdir)), f"static/{name}")
    assert (response.status_code, response.content_type) == (404, "text/plain; charset=utf-8")
    assert "content of" not in response.text


def test_without_a_bundle_the_tab_says_how_to_build_it(
    logdir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plugin_module, "BUNDLE", tmp_path / "nothing")
    response = get(client_of(plugin_of(logdir)), "static/index.js")
    assert (response.status_code, response.content_type) == (200, "text/javascript; charset=utf-8")
    assert "export function render()" in response.text
    assert "make build" in response.text


def test_the_loader(logdir: Path) -> None:
    parser = argparse.ArgumentParser()
    loader = AttentionLoader()
    loader.define_flags(parser)
    assert vars(parser.parse_args([])) == {}
    given = flags(samples_per_plugin={"images": 5})
    loader.fix_flags(given)
    assert given.samples_per_plugin == {"images": 5, "attention": 1}
    given = flags(samples_per_plugin={"attention": 7})
    loader.fix_flags(given)
    assert given.samples_per_plugin == {"attention": 7}
    loader.fix_flags(argparse.Namespace())
    assert isinstance(
        loader.load(base_plugin.TBContext(flags=flags(logdir=str(logdir)))), AttentionPlugin
    )


def test_what_is_imported() -> None:
    """The loader imports nothing heavy, the whole plugin no model framework."""
    code = "import sys, tb_attention.plugin.{}; print([name for name in {} if name in sys.modules])"
    for module, forbidden in (
        (
            "loader",
            [
                "numpy",
                "torch",
                "transformers",
                "tensorflow",
                "jax",
                "google.protobuf",
                "tb_attention.store",
                "safetensors",
            ],
        ),
        (
            "plugin",
            [
                "torch",
                "transformers",
                "tensorflow",
                "jax",
                "tb_attention.capture",
                "tb_attention.log.logger",
            ],
        ),
    ):
        done = subprocess.run(
            [sys.executable, "-c", code.format(module, forbidden)],
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout == "[]\n"
