"""Experiment trackers take the page as it is: wandb.Html and trackio.Html."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tb_attention import show
from tests.support.logs import capture

WANDB = """
import wandb

with wandb.init(project="attention", mode="offline") as run:
    run.log({"attention": wandb.Html(page, inject=False)})
"""
TRACKIO = """
import trackio

trackio.init(project="attention", embed=False)
trackio.log({"attention": trackio.Html(page)})
trackio.finish()
"""


@pytest.mark.parametrize(("tracker", "lines"), [("wandb", WANDB), ("trackio", TRACKIO)])
def test_what_is_stored_is_the_page(tracker: str, lines: str, tmp_path: Path) -> None:
    if find_spec(tracker) is None:
        pytest.skip(f"{tracker} is not installed")
    file = show(capture()).save(tmp_path / "attention.html")
    stored = tmp_path / "stored"
    stored.mkdir()
    # Both keep what they log below these folders, and call nobody.
    folders = {name: str(stored) for name in ("HOME", "WANDB_DIR", "WANDB_CACHE_DIR")}
    folders |= {"WANDB_CONFIG_DIR": str(stored), "WANDB_DATA_DIR": str(stored)}
    folders |= {"TRACKIO_DIR": str(stored / "trackio"), "HF_HUB_OFFLINE": "1"}
    reads = f"from pathlib import Path\npage = Path({str(file)!r}).read_text(encoding='utf-8')\n"
    # In a process of its own, with which their threads and services end.
    ran = subprocess.run(
        [sys.executable, "-c", reads + lines],
        cwd=stored,
        env={**os.environ, **folders},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr
    assert [each.read_bytes() for each in stored.rglob("*.html")] == [file.read_bytes()]
