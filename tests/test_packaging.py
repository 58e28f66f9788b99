"""Looks into the sdist and the wheel.

The frontend is in both, and the wheel of an sdist is built without npm.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.support.repository import ROOT


def build(source: Path, target: str, into: Path) -> subprocess.CompletedProcess[str]:
    """Builds an sdist or a wheel with hatchling itself.

    pip and build would first install what is here already.
    """
    command = [
        sys.executable,
        "-m",
        "hatchling",
        "build",
        "--target",
        target,
        "--directory",
        str(into),
    ]
    return subprocess.run(
        command, cwd=source, capture_output=True, text=True, check=False, timeout=300
    )


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An sdist of this folder, unpacked."""
    place = tmp_path_factory.mktemp("sdist")
    done = build(ROOT, "sdist", place)
    assert done.returncode == 0, done.stderr
    (archive,) = place.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        opened.extractall(place, filter="data")
    return next(path for path in place.iterdir() if path.is_dir())


def test_the_sdist_has_what_a_build_needs_and_nothing_else(unpacked: Path) -> None:
    for name in (
        "LICENSE",
        "README.md",
        "hatch_build.py",
        "frontend/package-lock.json",
        "frontend/src/index.ts",
        "proto/attention.proto",
    ):
        assert (unpacked / name).is_file(), name
    assert (unpacked / "tb_attention" / "static" / "index.js").is_file()
    unwanted = {"node_modules", ".git", ".venv", "__pycache__", "dist", "site"}
    assert not [path for path in unpacked.rglob("*") if path.name in unwanted]
    assert not (unpacked / "logs").exists(), "those of the demo"


def test_the_wheel_of_the_sdist_has_the_frontend(unpacked: Path, tmp_path: Path) -> None:
    done = build(unpacked, "wheel", tmp_path)
    assert done.returncode == 0, done.stderr
    assert not (unpacked / "frontend" / "node_modules").exists(), "npm was not needed"
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {
        "tb_attention/static/index.js",
        "tb_attention/static/page.js",
        "tb_attention/schema/attention.binpb",
        "tb_attention/py.typed",
    } <= names
    assert any(
        name.startswith("tb_attention/static/assets/") and name.endswith(".woff") for name in names
    )
    information = next(name for name in names if name.endswith(".dist-info/entry_points.txt"))
    points = zipfile.ZipFile(wheel).read(information).decode()
    assert "[tensorboard_plugins]\nattention = tb_attention.plugin.loader:AttentionLoader" in points
    assert "[console_scripts]\ntb-attention = tb_attention.cli.main:main" in points
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)
    assert {name.split("/")[0].partition("-")[0] for name in names} == {"tb_attention"}


def test_where_npm_fails_the_build_says_so(unpacked: Path, tmp_path: Path) -> None:
    source = tmp_path / "source"
    shutil.copytree(unpacked, source)
    shutil.rmtree(source / "tb_attention" / "static")
    (source / "frontend" / "package.json").write_text("{ no JSON")
    done = build(source, "wheel", tmp_path / "dist")
    assert done.returncode != 0
    assert "The frontend could not be built: npm failed" in done.stderr
    assert not list(tmp_path.glob("dist/*.whl"))


def test_a_bundle_older_than_its_sources_is_built_again(unpacked: Path, tmp_path: Path) -> None:
    source = tmp_path / "source"
    shutil.copytree(unpacked, source)
    (source / "frontend" / "package.json").write_text("{ no JSON")
    bundle = source / "tb_attention" / "static" / "index.js"
    os.utime(bundle, (1, 1))
    assert "The frontend could not be built" in build(source, "wheel", tmp_path / "dist").stderr
