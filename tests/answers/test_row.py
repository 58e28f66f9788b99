"""A row of which some part is not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tb_attention.answers.row import answer_row
from tb_attention.errors import NotLogged
from tests.support.captures import rich
from tests.support.logs import events
from tests.support.stores import stored


def test_stacks_layers_heads_and_queries_that_are_not_there(tmp_path: Path) -> None:
    store = stored(tmp_path, events(of=rich()))
    location = store.find(".", "probe", 0)
    for stack, layer, head, query, sentence in (
        ("cross", 0, 0, 0, "This capture has no such stack; it has decoder, encoder."),
        (None, 1, 0, 0, "The stack decoder has no layer 1; it has 0, 2, 3."),
        (None, -1, 0, 0, "The stack decoder has no layer -1; it has 0, 2, 3."),
        (None, 0, 4, 0, "Layer 0 has the heads 0 to 3, and no head 4."),
        (None, 0, -1, 0, "Layer 0 has the heads 0 to 3, and no head -1."),
        (None, 0, 0, 7, "There are the queries 0 to 6, and no query 7."),
        (None, 0, 0, -1, "There are the queries 0 to 6, and no query -1."),
    ):
        with pytest.raises(NotLogged) as raised:
            answer_row(store, location, stack, layer, query, head)
        assert str(raised.value) == sentence
