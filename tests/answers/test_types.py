"""Types and lives of heads along the steps."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tb_attention.answers.types import answer_types
from tb_attention.attention.head_types import TYPES
from tests.support.captures import looking
from tests.support.logs import events, record_file, write
from tests.support.stores import store_of

FIRST, SELF, PREVIOUS = [0] * 8, list(range(8)), [0, *range(7)]


def test_types_and_lives(tmp_path: Path) -> None:
    write(
        record_file(tmp_path),
        events(0, of=looking(FIRST, SELF)),
        events(20, of=looking(FIRST, PREVIOUS)),
        events(30, of=looking(SELF, PREVIOUS)),
    )
    store = store_of(tmp_path)
    answer = answer_types(store, store.steps(".", "probe"))
    assert answer.metadata["rows"] == (("decoder", 0),)
    assert list(answer.arrays["steps"]) == [0, 20, 30]
    assert answer.arrays["types"].dtype == np.uint16
    names = [kind["name"] for kind in answer.metadata["types"]]
    assert names == [kind.name for kind in TYPES]
    first, previous, own = (
        1 << names.index(name) for name in ("first token", "previous token", "self")
    )
    assert answer.arrays["types"][:, 0].tolist() == [
        [first, own],
        [first, previous],
        [own, previous],
    ]
    lives = [
        (names[life["type"]], life["head"], life["born"], life["died"])
        for life in answer.metadata["lives"]
    ]
    assert lives == [
        ("first token", 0, None, 30),
        ("self", 1, None, 20),
        ("previous token", 1, 20, None),
        ("self", 0, 30, None),
    ]


def test_a_text_with_few_repeats_says_so_and_makes_no_induction_head(tmp_path: Path) -> None:
    induction = [0, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8]
    texts = {"none": range(17), "one": [*range(16), 0], "eight": [*range(9), *range(8)]}
    for run, ids in texts.items():
        write(record_file(tmp_path / run), events(0, of=looking(induction, ids=tuple(ids))))
    store = store_of(tmp_path)
    answers = {run: answer_types(store, store.steps(run, "probe")) for run in texts}
    notes = {run: answer.metadata["notes"] for run, answer in answers.items()}
    assert notes["none"][0].startswith("No token of this text comes twice, too few to call a head")
    assert notes["one"][0].startswith(
        "Only 1 token of this text comes again, too few to call a head"
    )
    assert notes["eight"] == []
    bit = 1 << [kind.name for kind in TYPES].index("induction")
    assert {
        run: bool(answer.arrays["types"][0, 0, 0] & bit) for run, answer in answers.items()
    } == {
        "none": False,
        "one": False,
        "eight": True,
    }


def test_types_of_a_capture_without_metrics_that_can_be_read(tmp_path: Path) -> None:
    write(record_file(tmp_path), events(0))
    store = store_of(tmp_path)
    path = record_file(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"\x0a\x05probe", b"\x0a\x05probf", 1))
    answer = answer_types(store, store.steps(".", "probe"))
    assert answer.arrays["types"].shape == (1, 0, 0)
    assert answer.metadata["lives"] == []
