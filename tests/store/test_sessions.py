"""What a restarted training hides of what was logged before."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest
from torch.utils.tensorboard import SummaryWriter

from tb_attention import AttentionLogger
from tb_attention.files.local import LocalFiles
from tb_attention.store.reader import open_capture
from tests.support.indexes import found, index_of, problems
from tests.support.logs import WALL_TIME, capture, events, record_file, write
from tests.support.models import gpt2

RESTARTS: list[tuple[str, list[tuple[str, int]], list[tuple[str, int]]]] = [
    (
        "resumed at 2",
        [("a", 0), ("a", 1), ("a", 2), ("a", 3), ("b", 2)],
        [("a", 0), ("a", 1), ("b", 2)],
    ),
    ("from the start", [("a", 0), ("a", 10), ("b", 0)], [("b", 0)]),
    ("further on", [("a", 0), ("a", 10), ("b", 20)], [("a", 0), ("a", 10), ("b", 20)]),
    ("twice", [("a", 0), ("a", 10), ("b", 5), ("b", 20), ("c", 7)], [("a", 0), ("b", 5), ("c", 7)]),
    ("twice, deeper", [("a", 0), ("a", 10), ("b", 5), ("b", 20), ("c", 3)], [("a", 0), ("c", 3)]),
    (
        "one session, steps not in order",
        [("a", 10), ("a", 5), ("a", 7)],
        [("a", 5), ("a", 7), ("a", 10)],
    ),
    (
        "first capture counts, not the lowest",
        [("a", 0), ("a", 10), ("b", 10), ("b", 5)],
        [("a", 0), ("b", 5), ("b", 10)],
    ),
]


@pytest.mark.parametrize(
    ("written", "shown"), [case[1:] for case in RESTARTS], ids=[case[0] for case in RESTARTS]
)
@pytest.mark.parametrize("files", ["one", "by session", "by session, names reversed"])
def test_a_restarted_writer_hides_what_older_ones_wrote(
    tmp_path: Path, written: list[tuple[str, int]], shown: list[tuple[str, int]], files: str
) -> None:
    for when, (session, step) in enumerate(written):
        number = (
            0 if files == "one" else ord(session) if files == "by session" else 1000 - ord(session)
        )
        write(
            record_file(tmp_path, number),
            events(step, session=session, wall_time=WALL_TIME + when),
            append=True,
        )
    steps = index_of(tmp_path).snapshot.runs["."]["probe"]
    assert [(location.session, step) for step, location in steps.items()] == shown


def test_a_restart_concerns_its_tag_only(tmp_path: Path) -> None:
    write(
        record_file(tmp_path),
        events(0, tag="x"),
        events(5, tag="x"),
        events(0, tag="y"),
        events(5, tag="y"),
        events(0, tag="x", session="two", wall_time=WALL_TIME + 9),
    )
    index = index_of(tmp_path)
    assert found(index) == {".": {"x": [0], "y": [0, 5]}}
    hidden = "1 capture of 'x' hidden (step 5): a later session began again at step 0"
    assert problems(index) == [(".", "", hidden)]


def test_a_session_before_all_others_hides_nothing(tmp_path: Path) -> None:
    """Checkpoints that are logged the newest first, by a process each."""
    for when, step in enumerate((300, 200, 100)):
        of = events(step, session=f"of {step}", wall_time=WALL_TIME + when)
        write(record_file(tmp_path, when), of)
    index = index_of(tmp_path)
    assert (found(index), problems(index)) == ({".": {"probe": [100, 200, 300]}}, [])


@pytest.mark.parametrize("behind", [0, 3600])
def test_a_session_that_found_more_files_is_later(tmp_path: Path, behind: int) -> None:
    """The clock of the machine on which a training is resumed may run behind."""
    first = [events(step, session="z", files=1) for step in (0, 10, 20)]
    second = events(10, session="a", files=2, wall_time=WALL_TIME + 9 - behind)
    write(record_file(tmp_path, 0), *first)
    write(record_file(tmp_path, 1), second)
    index = index_of(tmp_path)
    steps = index.snapshot.runs["."]["probe"]
    assert [(at.session, step) for step, at in steps.items()] == [("z", 0), ("a", 10)]
    hidden = "1 capture of 'probe' hidden (step 20): a later session began again at step 10"
    assert problems(index) == [(".", "", hidden)]


def test_what_a_summary_writer_purges_is_hidden(tmp_path: Path) -> None:
    write(record_file(tmp_path, 0), *(events(step, session="a") for step in (0, 10, 20, 30)))
    with SummaryWriter(tmp_path, purge_step=15) as writer:
        writer.add_scalar("loss", 1.0, 15)
    write(record_file(tmp_path, 1), events(30, session="b", wall_time=time.time()))
    index = index_of(tmp_path)
    assert found(index) == {".": {"probe": [0, 10, 30]}}
    hidden = "1 capture of 'probe' hidden (step 20): a later session began again at step 15"
    assert problems(index) == [(".", "", hidden)]


def test_of_two_captures_of_a_step_the_later_one_stays(tmp_path: Path) -> None:
    path = write(
        record_file(tmp_path),
        events(0, of=capture(seed=1)),
        events(0, of=capture(9, seed=2), wall_time=WALL_TIME + 1),
    )
    index = index_of(tmp_path)
    first = index.snapshot.runs["."]["probe"][0]
    assert len(open_capture(LocalFiles(), first).message.sequences[0].tokens) == 9
    write(path, events(0, wall_time=WALL_TIME + 2), append=True)
    index.refresh()
    assert index.snapshot.runs["."]["probe"][0].version != first.version


def test_two_writers_at_the_same_time_hide_nothing_of_each_other(tmp_path: Path) -> None:
    """Both found the same files, and write by turns."""
    for number, (session, steps) in enumerate({"a": (0, 20, 40), "b": (10, 30, 50)}.items()):
        of = (events(step, session=session, files=1) for step in steps)
        write(record_file(tmp_path, number), *of)
    index = index_of(tmp_path)
    assert found(index) == {".": {"probe": [0, 10, 20, 30, 40, 50]}}
    assert problems(index) == []


def test_writers_one_after_the_other_that_found_as_many_files(tmp_path: Path) -> None:
    """As in a directory that was copied in part: their clocks say it."""
    write(record_file(tmp_path, 0), *(events(step, session="z", files=2) for step in (0, 10, 20)))
    again = events(10, session="a", files=2, wall_time=WALL_TIME + 99)
    write(record_file(tmp_path, 1), again)
    index = index_of(tmp_path)
    assert found(index) == {".": {"probe": [0, 10]}}
    hidden = "1 capture of 'probe' hidden (step 20): a later session began again at step 10"
    assert problems(index) == [(".", "", hidden)]


@pytest.mark.parametrize("clock", [0, -3600])
def test_a_session_of_two_processes_shows_what_the_later_one_wrote(
    tmp_path: Path, clock: int
) -> None:
    """As `tb-attention capture` twice, on machines with other clocks."""
    first = events(0, of=capture(6, seed=1), files=1)
    second = events(0, of=capture(9, seed=2), files=3, wall_time=WALL_TIME + 5 + clock)
    write(record_file(tmp_path, 0), first)
    write(record_file(tmp_path, 1), second)
    shown = index_of(tmp_path).snapshot.runs["."]["probe"][0]
    assert len(open_capture(LocalFiles(), shown).message.sequences[0].tokens) == 9


def test_a_clock_that_was_set_back_while_a_file_was_written(tmp_path: Path) -> None:
    write(
        record_file(tmp_path),
        events(0, of=capture(6, seed=1)),
        events(0, of=capture(9, seed=2), wall_time=WALL_TIME - 3600),
    )
    shown = index_of(tmp_path).snapshot.runs["."]["probe"][0]
    assert len(open_capture(LocalFiles(), shown).message.sequences[0].tokens) == 9


def test_sessions_with_one_clock_go_by_the_files_that_they_found(tmp_path: Path) -> None:
    """The clocks of some machines are coarse, or stand still."""
    for number, (session, files, step) in enumerate([("c", 1, 0), ("b", 3, 10), ("a", 5, 5)]):
        of = events(step, session=session, files=files, wall_time=WALL_TIME)
        write(record_file(tmp_path, 9 - number), of)
    index = index_of(tmp_path)
    assert found(index) == {".": {"probe": [0, 5]}}
    hidden = "1 capture of 'probe' hidden (step 10): a later session began again at step 5"
    assert problems(index) == [(".", "", hidden)]


def test_a_copied_run_that_goes_on(tmp_path: Path) -> None:
    """The copy has its own restart; the run that was copied stays as it was."""
    model = gpt2()
    for step in (0, 10, 20):
        with AttentionLogger(tmp_path / "one", strict=True, session="s") as logger:
            logger.log(model, [1, 2, 3], tag="probe", step=step)
    shutil.copytree(tmp_path / "one", tmp_path / "other")
    # The event file of the copy has the name that this process would give its own.
    with AttentionLogger(tmp_path / "other", strict=True, event_file=False) as logger:
        logger.log(model, [1, 2, 3], tag="probe", step=10)
    index = index_of(tmp_path)
    assert found(index) == {"one": {"probe": [0, 10, 20]}, "other": {"probe": [0, 10]}}
    hidden = "1 capture of 'probe' hidden (step 20): a later session began again at step 10"
    assert problems(index) == [("other", "", hidden)]
