"""The documentation as a site: it builds without a broken link and has every public name."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import tb_attention
from tests.support.repository import ROOT

ELSEWHERE = re.compile(r"""(?:src|href)=["'](https?://[^"']+)["']""")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(place)]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    # Strict (mkdocs.yml): a link or an anchor that is nowhere ends it.
    assert done.returncode == 0, done.stdout + done.stderr
    return place


def test_every_public_name_is_described(site: Path) -> None:
    page = (site / "python.html").read_text()
    assert [n for n in tb_attention.__all__ if f'id="tb_attention.{n}"' not in page] == []


def test_every_page_of_the_documentation_is_there(site: Path) -> None:
    pages = {path.stem for path in (ROOT / "docs").glob("*.md")}
    assert pages <= {path.stem for path in site.glob("*.html")}


def test_the_pages_fetch_nothing_from_elsewhere(site: Path) -> None:
    for path in site.glob("*.html"):
        for tag in re.findall(r"<(?:script|link|img)[^>]+>", path.read_text()):
            assert not ELSEWHERE.search(tag), f"{path.name}: {tag}"


def test_what_the_readme_links_to_is_there() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", (ROOT / "README.md").read_text())
    assert len(links) > 5
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_description_on_an_index_has_no_link_that_breaks_there() -> None:
    command = [sys.executable, "-m", "hatchling", "metadata", "readme"]
    description = subprocess.check_output(command, cwd=ROOT, text=True, timeout=300)
    assert description.startswith("# tb_attention\n")
    assert "![" not in description
    assert re.findall(r"\]\((?!https?:)[^)]+\)", description) == []


def test_the_citation_has_the_version_of_the_package() -> None:
    assert f"version: {tb_attention.__version__}\n" in (ROOT / "CITATION.cff").read_text()
