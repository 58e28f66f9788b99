"""What repetition saves: of a passage that comes again, once or several times, or not."""

from __future__ import annotations

import pytest

from tb_attention.findings.repetition import saved_by_repetition

NAN = float("nan")
PASSAGE = list(range(10))
LOSSES = [NAN, *[5.0] * 9]


def test_a_passage_and_its_repetition() -> None:
    losses = [*LOSSES, 9.0, *[2.0] * 9]
    assert saved_by_repetition(PASSAGE * 2, losses) == pytest.approx(3.0)


def test_after_a_token_that_begins_the_text() -> None:
    losses = [NAN, 7.0, *[5.0] * 9, 9.0, *[2.0] * 9]
    assert saved_by_repetition([99, *PASSAGE * 2], losses) == pytest.approx(3.0)


def test_several_repetitions_and_a_part_of_one() -> None:
    losses = [*LOSSES, 9.0, *[2.0] * 9, *[1.0] * 13]
    expected = 5 - (9 * 2 + 13) / 22
    assert saved_by_repetition([*PASSAGE * 3, 0, 1, 2], losses) == pytest.approx(expected)


@pytest.mark.parametrize(
    "ids",
    [
        list(range(20)),
        [*PASSAGE, *PASSAGE[:5], 77, *PASSAGE[6:]],
        [98, 99, *PASSAGE * 2],
        [1, 2, 3] * 8,
    ],
)
def test_what_is_no_repetition(ids: list[int]) -> None:
    assert saved_by_repetition(ids, [1.0] * len(ids)) is None


def test_losses_that_are_not_known() -> None:
    assert saved_by_repetition(PASSAGE * 2, ()) is None
    assert saved_by_repetition(PASSAGE * 2, [NAN] * 20) is None
