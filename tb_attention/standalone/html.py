"""The HTML of a page: the built tab and what it holds, in script elements of one file."""

from __future__ import annotations

import base64
import html
import re
from pathlib import Path

from tb_attention._version import __version__
from tb_attention.answers.json_text import json_text
from tb_attention.errors import InvalidInput
from tb_attention.standalone.held import Held, compressed

TEMPLATE = Path(__file__).with_name("page.html")
BUNDLE = Path(__file__).parents[1] / "static"
"""Where the built frontend stands."""

_FONT = re.compile(r"roboto-latin-(\d+)-normal-.*\.woff")


def page_html(held: Held, title: str = "Attention", state: str = "") -> str:
    """The page as one file, from which no request leaves.

    Args:
        held: what it shows.
        title: of the document.
        state: what is chosen when it is opened, as the address of the tab has it.

    Raises:
        InvalidInput: the frontend is not built.
    """
    script = BUNDLE / "page.js"
    if not script.is_file():
        raise InvalidInput(
            "the frontend of tb-attention is not built, which a page holds: in a checkout, run "
            "`make build`."
        )
    for font in sorted((BUNDLE / "assets").iterdir()):
        if found := _FONT.fullmatch(font.name):
            part = held.add_bytes(font.read_bytes())
            held.fonts.append({"weight": int(found[1]), "part": part})
    parts = {
        "script": compressed(script.read_bytes()),
        "index": compressed(json_text(held.index()).encode()),
        **{str(number): part for number, part in enumerate(held.parts)},
    }
    elements = "\n".join(
        f'<script type="text/plain" id="tb-attention-{name}">{base64.b64encode(part).decode()}'
        "</script>"
        for name, part in parts.items()
    )
    values = {
        "version": __version__,
        "title": html.escape(title),
        "state": html.escape(state),
        "parts": elements,
    }
    return re.sub(
        r"\{(version|title|state|parts)\}", lambda found: values[found[1]], TEMPLATE.read_text()
    )
