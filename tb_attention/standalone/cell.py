"""The HTML of a page in a notebook: a frame, and a second one with the layers that come later."""

from __future__ import annotations

import hashlib
import html
from collections.abc import Collection
from pathlib import Path

BESIDE = Path(__file__).with_name("beside.html")

WORTH = 1 << 20
"""Characters of layers from which on they have a frame of their own.

A browser carries the text of a frame at about 44 ms a megabyte before it shows anything of it.
"""

NO_FRAME = (
    "The attention is in a frame, which is not shown here. Run the cell again, or trust this "
    "notebook: jupyter trust and its file."
)
"""What is left where a notebook takes frames out of HTML, as of one that is not trusted.

A browser that has the frame shows none of it.
"""

SCHEMES = {
    "dark": (
        'body[data-jp-theme-light="false"]',
        "body.vscode-dark",
        "body.vscode-high-contrast",
        'html[theme="dark"]',
    ),
    "light": (
        'body[data-jp-theme-light="true"]',
        "body.vscode-light",
        "body.vscode-high-contrast-light",
        "body.notebook_app",
    ),
}
"""By what JupyterLab, VS Code, Colab and the classic notebook say that they are dark or light.

A browser passes the colour scheme of a frame's element on to the page in it.
"""


def cell_frames(page: str, later: Collection[int], height: int) -> tuple[str, ...]:
    """The HTML of one or two frames, which see nothing of the notebook but whether it is dark.

    The second one has the parts that come later, where they are many bytes: it may stand in the
    same output as the first or in one of its own.

    Args:
        page: the page as one file, each part on a line of its own.
        later: numbers of the parts that its first picture does not need.
        height: of the frame, in pixels.
    """
    first, beside = _in_two(page, later)
    style = f"width: 100%; height: {height}px; border: 0"
    shown = (
        f"<style>{_schemes()}</style>"
        f'<iframe class="tb-attention" srcdoc="{html.escape(first)}" title="Attention" '
        f'sandbox="allow-scripts allow-downloads" style="{style}">{NO_FRAME}</iframe>'
    )
    if not beside:
        return (shown,)
    return shown, (
        f'<iframe class="tb-attention-beside" srcdoc="{html.escape(beside)}" '
        'title="Layers of the attention" sandbox="allow-scripts" style="display: none"></iframe>'
    )


def _in_two(page: str, later: Collection[int]) -> tuple[str, str]:
    """The page without the parts that come later, and a page with these; empty where few are."""
    marks = tuple(f'<script type="text/plain" id="tb-attention-{number}">' for number in later)
    lines = page.split("\n")
    parts = "\n".join(line for line in lines if line.startswith(marks)) if marks else ""
    if len(parts) < WORTH:
        return page, ""
    # The same layers have the same name, so that it does not matter which copy of a cell answers.
    name = hashlib.sha256(parts.encode()).hexdigest()[:16]
    named = f'<script type="text/plain" id="tb-attention-beside">{name}</script>'
    first = [line for line in lines if not line.startswith(marks)]
    first.insert(first.index("</head>"), named)
    template = BESIDE.read_text().replace("{name}", name)
    return "\n".join(first), template.replace("{parts}", parts)


def _schemes() -> str:
    return "".join(
        f"{', '.join(f'{each} .tb-attention' for each in hosts)} {{ color-scheme: {scheme} }}"
        for scheme, hosts in SCHEMES.items()
    )
