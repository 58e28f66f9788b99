"""Which captures a run shows, where several sessions of writers wrote to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tb_attention.store.file_problems import count
from tb_attention.store.location import Location
from tb_attention.store.scan import Purge

Steps = Mapping[int, Location]
"""step -> location, ascending."""


@dataclass(frozen=True)
class Shown:
    """What a run shows.

    Attributes:
        tags: tag -> steps, tags sorted.
        hidden: what it does not show, in sentences.
    """

    tags: Mapping[str, Steps]
    hidden: tuple[str, ...] = ()


def shown_captures(captures: Iterable[Location], purges: Sequence[Purge] = ()) -> Shown:
    """What a run shows of all that was written.

    A session that goes back hides what older sessions wrote of a tag from the step of its first
    capture on. A session that begins before every older step, as where checkpoints are logged the
    newest first, hides nothing; nor do two that write at the same time hide each other. Of two
    captures of one session and step the later one stays. What a SummaryWriter purges is hidden as
    TensorBoard does it, by its wall time.
    """
    tags: dict[str, dict[str, list[Location]]] = {}
    for capture in _in_order(captures):
        tags.setdefault(capture.tag, {}).setdefault(capture.session, []).append(capture)
    order = _order(capture for of_tag in tags.values() for of in of_tag.values() for capture in of)
    shown: dict[str, Steps] = {}
    hidden: list[str] = []
    for tag, sessions in sorted(tags.items()):
        steps: dict[int, Location] = {}
        gone: dict[int, int] = {}
        before: list[list[Location]] = []
        for written in sorted(sessions.values(), key=lambda of: order[of[0].session]):
            older = [of for of in before if not _at_the_same_time(of, written)]
            back = _goes_back_to(written, older)
            if back is not None:
                of_older = {of[0].session for of in older}
                old = {
                    step
                    for step, capture in steps.items()
                    if step >= back and capture.session in of_older
                }
                gone.update((step, back) for step in old)
                steps = {step: capture for step, capture in steps.items() if step not in old}
            steps.update((capture.step, capture) for capture in written)
            before.append(written)
        for purge in purges:
            old = {
                step
                for step, capture in steps.items()
                if step >= purge.step and capture.wall_time < purge.wall_time
            }
            gone.update((step, purge.step) for step in old)
            steps = {step: capture for step, capture in steps.items() if step not in old}
        shown[tag] = dict(sorted(steps.items()))
        hidden += _sentences(tag, {step: at for step, at in gone.items() if step not in steps})
    return Shown(shown, tuple(hidden))


def _order(captures: Iterable[Location]) -> dict[str, tuple[bool, int, float, str, int]]:
    """Session -> its place among the sessions of the run.

    By the number of files that it found, which needs no clock. Logs of older versions do not say
    it: they go first, by the time of their first capture.
    """
    found: dict[str, tuple[bool, int, float, str, int]] = {}
    for one in captures:
        place = (one.files is not None, one.files or 0, one.wall_time, one.path, one.commit)
        found[one.session] = min(found.get(one.session, place), place)
    return found


def _in_order(captures: Iterable[Location]) -> list[Location]:
    """In the order in which they were written, as far as it can be known without clocks.

    Those of a session of several processes by the number of files that each found, those of a file
    as they stand in it.
    """
    captures = list(captures)
    begun: dict[tuple[str, str], float] = {}
    for one in captures:
        of = one.session, one.path
        begun[of] = min(begun.get(of, one.wall_time), one.wall_time)
    return sorted(
        captures,
        key=lambda one: (
            one.files or 0,
            begun[one.session, one.path],
            one.path,
            one.commit,
        ),
    )


def _goes_back_to(written: list[Location], older: list[list[Location]]) -> int | None:
    """The step from which on the session hides what is older; None where it hides nothing."""
    first = written[0].step
    return first if any(one.step <= first for of in older for one in of) else None


def _at_the_same_time(one: list[Location], other: list[Location]) -> bool:
    """Whether two sessions found as many files, so that neither is a restart, and overlap."""
    if one[0].files is None or one[0].files != other[0].files:
        return False
    times = [[capture.wall_time for capture in of] for of in (one, other)]
    return max(map(min, times)) <= min(map(max, times))


def _sentences(tag: str, gone: Mapping[int, int]) -> Iterator[str]:
    for back in sorted(set(gone.values())):
        steps = sorted(step for step, at in gone.items() if at == back)
        which = f"step {steps[0]}" if len(steps) == 1 else f"steps {steps[0]} to {steps[-1]}"
        yield (
            f"{count(len(steps), 'capture')} of {tag!r} hidden ({which}): "
            f"a later session began again at step {back}"
        )
