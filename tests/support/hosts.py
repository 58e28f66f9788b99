"""Pages that show HTML outputs as notebooks other than JupyterLab do."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from pathlib import Path

HOSTS = ("classic", "vscode", "colab")

_VSCODE_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; "
    "img-src https: http: data:; font-src https:; connect-src https:; child-src https: data:"
)
"""What VS Code's `notebook.experimental.enableCsp` asks for: more than it does by default."""


def host_page(host: str, outputs: Sequence[str], *, dark: bool = False) -> str:
    """A page with a text field, and below it these outputs as the host shows them.

    classic: in the page itself, as HTML that was set, in a body of the classic notebook.
    vscode: all in one frame, as HTML that was set, whose scripts are made anew; with its policy.
    colab: each in a frame of its own, without access to the page, as high as what is in it.
    """
    shown = {"classic": _classic, "vscode": _vscode, "colab": _colab}[host](outputs, dark)
    keys = "addEventListener('keydown', (event) => { window.keys += event.key; });"
    head = "<!doctype html><meta charset='utf-8'>"
    body = "<body class='notebook_app'>" if host == "classic" else "<body>"
    return f"{head}{body}<input id='cell'>{shown}<script>window.keys = ''; {keys}</script></body>"


def write_host_page(path: Path, host: str, outputs: Sequence[str], *, dark: bool = False) -> Path:
    path.write_text(host_page(host, outputs, dark=dark), encoding="utf-8")
    return path


def _set(outputs: Sequence[str]) -> str:
    """A script that sets each output as the HTML of an element, and makes its scripts anew."""
    return f"""<div id="outputs"></div><script>
    for (const text of {_in_script(list(outputs))}) {{
      const output = document.createElement("div");
      output.className = "output";
      output.innerHTML = text;
      document.getElementById("outputs").append(output);
      for (const old of output.querySelectorAll("script")) {{
        const script = document.createElement("script");
        script.text = old.innerText;
        old.replaceWith(script);
      }}
    }}</script>"""


def _in_script(value: object) -> str:
    """JSON that a script element may hold."""
    return json.dumps(value).replace("<", "\\u003c")


def _classic(outputs: Sequence[str], dark: bool) -> str:
    assert not dark, "it is light always"
    return _set(outputs)


def _vscode(outputs: Sequence[str], dark: bool) -> str:
    kind = "vscode-dark" if dark else "vscode-light"
    policy = f'<meta http-equiv="Content-Security-Policy" content="{_VSCODE_POLICY}">'
    inner = f'<!doctype html><head>{policy}</head><body class="{kind}">{_set(outputs)}</body>'
    allowed = "allow-same-origin allow-scripts allow-forms allow-pointer-lock allow-downloads"
    return (
        f'<iframe sandbox="{allowed}" srcdoc="{html.escape(inner)}" '
        'style="width: 100%; height: 1600px; border: 0"></iframe>'
    )


def _colab(outputs: Sequence[str], dark: bool) -> str:
    theme = "dark" if dark else "light"
    high = (
        "new ResizeObserver(() => parent.postMessage(document.documentElement.offsetHeight, '*'))"
        ".observe(document.documentElement)"
    )
    inners = [
        f'<!doctype html><html theme="{theme}"><body>{each}<script>{high}</script></body></html>'
        for each in outputs
    ]
    frames = "".join(
        f'<iframe sandbox="allow-scripts allow-forms allow-popups allow-downloads" '
        f'srcdoc="{html.escape(each)}" style="width: 100%; height: 10px; border: 0"></iframe>'
        for each in inners
    )
    fit = (
        "addEventListener('message', (event) => { for (const each of document.querySelectorAll("
        "'iframe')) if (each.contentWindow === event.source) each.style.height = "
        "`${event.data}px`; });"
    )
    return f"<script>{fit}</script>{frames}"
