"""A real JupyterLab, without a network or a user's settings."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

SETTINGS = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")


@contextmanager
def jupyterlab(folder: Path, environment: Mapping[str, str]) -> Iterator[str]:
    """Starts it on the notebooks of a folder, yields its address, and ends it.

    environment: of the kernels too.
    """
    own = {name: str(folder / ".jupyter" / name.lower()) for name in SETTINGS}
    output = folder / "output"
    options = {
        "ServerApp.root_dir": str(folder),
        "ServerApp.allow_root": "True",
        "IdentityProvider.token": "",
        "LabApp.news_url": "None",
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
        "LabApp.extension_manager": "readonly",
    }
    with output.open("w") as file:
        process = subprocess.Popen(
            [
                sys.executable,
                *("-m", "jupyterlab", "--no-browser", "--ip=localhost", "--port=0"),
                *(f"--{name}={value}" for name, value in options.items()),
            ],
            env={**os.environ, **environment, **own},
            stdout=file,
            stderr=subprocess.STDOUT,
        )
        try:
            yield _address(process, output)
        finally:
            process.terminate()
            process.wait(30)


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


def _address(process: subprocess.Popen[bytes], output: Path) -> str:
    for _ in range(600):
        if found := re.search(r"http://localhost:\d+/", output.read_text()):
            return found[0]
        assert process.poll() is None, output.read_text()
        time.sleep(0.1)
    raise TimeoutError(output.read_text())
