"""A real JupyterLab, without a network or a user's settings."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.support.served import served

SETTINGS = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")


@contextmanager
def jupyterlab(folder: Path, environment: Mapping[str, str]) -> Iterator[str]:
    """Starts it on the notebooks of a folder, yields its address, and ends it.

    environment: of the kernels too.
    """
    options = {
        "ServerApp.root_dir": str(folder),
        "ServerApp.allow_root": "True",
        "IdentityProvider.token": "",
        "LabApp.news_url": "None",
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
        "LabApp.extension_manager": "readonly",
    }
    program = (sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=localhost", "--port=0")
    flags = (f"--{name}={value}" for name, value in options.items())
    with served(
        (*program, *flags), {**os.environ, **environment, **own_settings(folder)}, folder / "output"
    ) as url:
        yield re.match(r"http://localhost:\d+/", url)[0]


def own_settings(folder: Path) -> dict[str, str]:
    """Where it keeps what it remembers, in place of the user's folders."""
    return {name: str(folder / ".jupyter" / name.lower()) for name in SETTINGS}


def trust(path: Path) -> None:
    """Trusts a notebook for the JupyterLab of its folder, as if it had been run there."""
    command = [sys.executable, "-m", "jupyter", "trust", str(path)]
    subprocess.run(
        command,
        env={**os.environ, **own_settings(path.parent)},
        check=True,
        capture_output=True,
        timeout=120,
    )


def notebook(path: Path, *cells: str) -> None:
    """Writes a notebook with these cells of Python."""
    made = [
        {
            "cell_type": "code",
            "id": f"cell{number}",
            "source": source,
            "metadata": {},
            "outputs": [],
            "execution_count": None,
        }
        for number, source in enumerate(cells)
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    content = {
        "cells": made,
        "metadata": {"kernelspec": kernel},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path.write_text(json.dumps(content))
