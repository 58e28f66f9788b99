"""tb-attention page: writes what is logged as one file that opens without a server."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from tb_attention.cli.opened import opened
from tb_attention.errors import InvalidInput
from tb_attention.standalone.page import make_page, size_text
from tb_attention.store.chosen import Choice, chosen


def run_page(
    directory: str,
    output: Path,
    *,
    run: Collection[str] | None = None,
    tag: Collection[str] | None = None,
    steps: Collection[int] | None = None,
    layers: Collection[int] | None = None,
    dtype: str | None = None,
) -> None:
    """Writes the tab with the chosen captures to one file.

    Example:
        >>> run_page("runs", Path("attention.html"), tag=["doctor-she"])
        Wrote attention.html, ... MB. It opens in a browser, without a server.

    Args:
        directory: the log directory, a path or URL.
        output: the file.
        run: names of runs; None: all.
        tag: names of tags; None: all.
        steps: numbers of steps; None: all.
        layers: numbers of the layers whose queries and keys it holds; None: all.
        dtype: "float16" or "float32", of queries, keys and weights; None: as they are stored.

    Raises:
        InvalidInput: the page would be too large, or the file is no page.
        NotLogged: something that is chosen is not there.
    """
    if output.suffix not in (".html", ".htm"):
        raise InvalidInput(f"{output} is a page: give a file that ends in .html.")
    store = chosen(opened(directory), Choice(run, tag, steps))
    title = " · ".join(["Attention", *(run or ()), *(tag or ())])
    page = make_page(store, layers=layers, dtype=dtype, title=title, say=print)
    page.save(output)
    print(f"Wrote {output}, {size_text(page.bytes)}. It opens in a browser, without a server.")
