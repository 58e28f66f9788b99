"""What the tab shows as one file: the answer of the route `page`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tb_attention.answers.curves import Curves
from tb_attention.errors import InvalidInput
from tb_attention.standalone.page import make_page, tensor_bytes
from tb_attention.store.chosen import only
from tb_attention.store.store import Store

EVERY_STEP = 32 << 20
"""Bytes of queries and keys up to which the page has all steps, and not those alone that are shown.
"""

LONGEST_STATE = 4000
"""Characters of the address of the tab."""


@dataclass(frozen=True)
class Shown:
    """What is on the screen.

    Attributes:
        places: (run, tag, step) that are shown, one or two of them.
        state: the address of the tab, behind the "#".
    """

    places: tuple[tuple[str, str, int], ...]
    state: str


def answer_page(store: Store, shown: Shown, scalars: Callable[[str], Curves]) -> bytes:
    """The tab with what it shows, as a file of HTML: all steps of it where they are small enough.

    Raises:
        InvalidInput: even the steps that are shown are too large, or the state is too long.
    """
    if len(shown.state) > LONGEST_STATE:
        raise InvalidInput(f"The parameter state has more than {LONGEST_STATE:,} characters.")
    probes = [(run, tag) for run, tag, _ in shown.places]
    chosen = only(store, probes, None)
    if tensor_bytes(chosen, None, None) > EVERY_STEP:
        chosen = only(store, probes, {step for *_, step in shown.places})
    title = " · ".join(["Attention", *dict.fromkeys(name for probe in probes for name in probe)])
    page = make_page(chosen, title=title, state=shown.state, scalars=scalars)
    return page.html.encode("utf-8", "backslashreplace")
