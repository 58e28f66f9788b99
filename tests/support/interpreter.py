"""A Python of its own, in which nothing is imported yet."""

from __future__ import annotations

import subprocess
import sys

from tests.support.repository import ROOT


def printed(code: str) -> list[str]:
    """The words that the code prints in a fresh interpreter."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()
