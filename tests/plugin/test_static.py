"""The files of the frontend, and paths that are none of them."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from tb_attention.plugin import plugin as plugin_module
from tb_attention.plugin.static import Static
from tests.support.plugins import client_of, get, plugin_of


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    directory = tmp_path / "bundle"
    for name in (
        "index.js",
        "assets/worker-1a.js",
        "fonts/Roboto.woff",
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
        ("fonts/Roboto.woff", "font/woff"),
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


def test_a_file_with_a_hash_in_its_name_is_kept_by_the_browser(bundle: Path, logdir: Path) -> None:
    (bundle / "assets" / "tab-ghQldaWG.js").write_text("export {};")
    client = client_of(plugin_of(logdir))
    kept = get(client, "static/assets/tab-ghQldaWG.js")
    assert kept.headers.getlist("Cache-Control") == ["private, max-age=31536000, immutable"]
    for name in ("index.js", "assets/worker-1a.js", "logo.svg"):
        assert get(client, f"static/{name}").headers["Cache-Control"] == "no-cache, must-revalidate"


def test_text_is_compressed_for_who_takes_it(bundle: Path, logdir: Path) -> None:
    client, text = client_of(plugin_of(logdir)), "const same = 1;\n" * 1000
    (bundle / "index.js").write_text(text)
    for _ in range(2):  # the second time nothing is read or compressed again
        packed = get(client, "static/index.js", headers={"Accept-Encoding": "gzip"})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.data).decode() == text
        plain = get(client, "static/index.js")
        assert (plain.text, plain.headers["Content-Length"]) == (text, str(len(text)))
        assert "Content-Encoding" not in plain.headers
    font = get(client, "static/fonts/Roboto.woff", headers={"Accept-Encoding": "gzip"})
    assert (font.text, "Content-Encoding" in font.headers) == (
        "content of fonts/Roboto.woff",
        False,
    )


@pytest.mark.parametrize(
    "name",
    [
        "", ".", "..", "../outside.js", "../bundle/index.js", "%2e%2e/outside.js",
        "..%2foutside.js", "assets/../../outside.js",
        "//etc/passwd", "/etc/passwd", "assets", "assets/", "secret.py", "notes.html", "nothing.js",
        "INDEX.JS", "index.js/",
        "index.js%00", "index.js/../secret.py", "..\\outside.js", "static/index.js",
        "static/static/index.js", "assets/static/index.js",
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


def test_the_script_is_compressed_ahead(bundle: Path) -> None:
    static = Static(bundle)
    static.pack()
    for name in ("index.js", "assets/worker-1a.js"):
        assert static._known[bundle / name].encoding == "gzip"
