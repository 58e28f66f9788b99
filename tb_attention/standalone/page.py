"""A page: the tab with some captures, as one file that needs no server."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from tb_attention.answers.curves import Curves
from tb_attention.errors import AttentionError, InvalidInput
from tb_attention.standalone.cell import cell_frames
from tb_attention.standalone.first_picture import later_parts
from tb_attention.standalone.held import hold
from tb_attention.standalone.html import page_html
from tb_attention.store.store import Store

LARGEST = 128 << 20
"""Bytes of queries, keys and weights of a page: a browser holds them as text, and once more."""

LARGE = 8 << 20
"""Bytes from which on a page says its size before it is made."""

DTYPES = ("float16", "float32")

_EACH = {"float16": 2, "float32": 4, None: 2}
"""Bytes of a number; logs hold float16 unless float32 was chosen, or was needed."""


@dataclass(frozen=True)
class Page:
    """The tab with some captures, as one file.

    In a notebook it shows itself. Nothing is asked of a server or a kernel.

    Example:
        >>> from tb_attention import show
        >>> page = show("runs", tag="doctor-she")
        >>> page.save("attention.html").name
        'attention.html'

    Attributes:
        html: the file.
        height: of the frame in a notebook, in pixels.
        later: numbers of the parts of the file that its first picture does not need.
    """

    html: str
    height: int = 720
    later: frozenset[int] = frozenset()

    @property
    def bytes(self) -> int:
        """Size of the file."""
        return len(self.html)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Writes the file, which opens in a browser by a double-click, and returns its path."""
        written = Path(path)
        written.write_text(self.html, encoding="utf-8")
        return written

    def _repr_html_(self) -> str:
        """A frame of its own, and one beside it with the layers that are not shown at first."""
        return "".join(self._frames())

    def _ipython_display_(self) -> None:
        """As two outputs where it is large: the first stands while the second is on its way.

        Raises:
            NotImplementedError: it is one output, which IPython then takes from _repr_html_.
        """
        from IPython.display import display

        first, *others = self._frames()
        if not others:
            raise NotImplementedError
        display({"text/html": first, "text/plain": repr(self)}, raw=True)
        for each in others:
            display({"text/html": each}, raw=True)

    def _frames(self) -> tuple[str, ...]:
        return cell_frames(self.html, self.later, self.height)

    def __repr__(self) -> str:
        return f"<Page of attention, {size_text(self.bytes)}: .save(path) writes it>"


def make_page(
    store: Store,
    *,
    layers: Collection[int] | None = None,
    dtype: str | None = None,
    title: str = "Attention",
    state: str = "",
    height: int = 720,
    scalars: Callable[[str], Curves] = lambda run: Curves(),
    say: Callable[[str], object] = lambda sentence: None,
) -> Page:
    """A page of all captures of a store.

    Args:
        store: the captures; see tb_attention.store.chosen for some of a log directory.
        layers: numbers of the layers whose queries and keys it holds; None: all. Head metrics and
            thumbnails are of all layers.
        dtype: "float16" or "float32", of queries, keys and weights; None: as they are stored.
        title: of the document.
        state: what is chosen when it is opened, as the address of the tab has it.
        height: of the frame in a notebook, in pixels.
        scalars: the curves that the training of a run logged, where they can be read.
        say: gets a sentence with the size of a large page before it is made.

    Raises:
        InvalidInput: the page would be too large, a layer is not there, or the dtype is not known.
    """
    if dtype is not None and dtype not in DTYPES:
        raise InvalidInput(f"dtype is {dtype!r}: give {' or '.join(map(repr, DTYPES))}, or None.")
    size = tensor_bytes(store, layers, dtype)
    if size > LARGEST:
        raise InvalidInput(
            f"queries and keys of this page take {size_text(size)}, and a page holds at most "
            f"{size_text(LARGEST)}: choose fewer steps (steps=), layers (layers=), runs or tags"
            + (', or dtype="float16".' if dtype == "float32" else ".")
        )
    if size > LARGE:
        say(
            f"This page will take {size_text(size * 4 // 3)} or more: choose steps= or layers= for "
            "less."
        )
    if layers and not state:
        state = f"attention&p.attention.layer={min(layers)}"  # of which it has weights to show
    held = hold(store, layers, dtype, scalars)
    later = later_parts(held, state)
    return Page(page_html(held, title, state), height, later)


def tensor_bytes(store: Store, layers: Collection[int] | None, dtype: str | None) -> int:
    """About how many bytes of queries, keys and weights the captures have.

    Raises:
        InvalidInput: no capture has one of these layers.
    """
    total, there = 0, set[int]()
    for tags in store.snapshot.runs.values():
        for steps in tags.values():
            for location in steps.values():
                try:
                    message = store.message(location)
                except (AttentionError, OSError):
                    continue  # the page says so in its place
                for stack in message.stacks:
                    tokens = [
                        len(message.sequences[place].tokens)
                        for place in (stack.query_sequence, stack.key_sequence)
                    ]
                    for layer in stack.layers:
                        there.add(layer.layer)
                        if layers is not None and layer.layer not in layers:
                            continue
                        numbers = (
                            layer.heads * tokens[0] * tokens[1]
                            if layer.weights_only
                            else layer.neurons
                            * (layer.heads * tokens[0] + layer.key_heads * tokens[1])
                        )
                        total += numbers * _EACH[dtype]
    if missing := set(layers or ()) - there:
        raise InvalidInput(
            f"there is no layer {min(missing)}: choose among {', '.join(map(str, sorted(there)))}."
        )
    return total


def size_text(size: int) -> str:
    """Bytes for people, such as "3.9 MB"."""
    return f"{size / 1e6:.1f} MB" if size >= 1e5 else f"{size / 1e3:.0f} KB"
