"""tb-attention inspect: lists what was logged in a log directory.

Needs no model framework.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tb_attention.answers.capture import answer_capture
from tb_attention.errors import NotLogged, UnreadableRecord
from tb_attention.files.read import files_of
from tb_attention.files.url import is_url
from tb_attention.store.index import Index, Snapshot
from tb_attention.store.logdir import Root, roots
from tb_attention.store.sessions import Steps
from tb_attention.store.store import Store

_ADVICE = "give the one that TensorBoard is started on."
_HEADER = ("tag", "steps", "first", "last", "tokens", "off by", "layers x heads")


def run_inspect(directory: str) -> None:
    """Prints runs, tags, steps and sizes of a log directory, and what in it cannot be shown.

    Tokens, layers and heads are those of the last step, and the distance of what is shown from the
    model's own output (see AttentionLayer.check).

    Example:
        >>> run_inspect("runs")
        gpt2  (... kB)
          tag         steps  first  last  tokens       off by  layers x heads
          doctor-she      2      0   100       3  not checked  1 x 2
        <BLANKLINE>

    Args:
        directory: the log directory, a path or URL.

    Raises:
        NotLogged: there is nothing to show.
    """
    (root,) = roots(directory or ".", None)
    if not is_url(root.path) and not Path(root.path).is_dir():
        raise NotLogged(f"there is no directory {directory}: {_ADVICE}")
    index = Index([root])
    index.refresh()
    snapshot = index.snapshot
    if not snapshot.runs:
        raise NotLogged(_nothing(directory, snapshot))
    store, sizes = Store(index), _sizes(root, snapshot)
    for run, tags in snapshot.runs.items():
        print(f"{run}  ({_bytes(sizes[run])})")
        lines = [_HEADER, *((tag, *_summary(store, run, steps)) for tag, steps in tags.items())]
        print(*(f"  {line}" for line in _aligned(lines)), "", sep="\n")
    if snapshot.problems:
        print("Not shown:", *(f"  {line}" for line in _problems(snapshot)), sep="\n")


def _nothing(directory: str, snapshot: Snapshot) -> str:
    problems = "; ".join(_problems(snapshot)).rstrip(".")
    return f"there is no attention in {directory}{f' ({problems})' if problems else ''}: {_ADVICE}"


def _problems(snapshot: Snapshot) -> Iterator[str]:
    for problem in snapshot.problems:
        place = "/".join(filter(None, (problem.run, problem.file)))
        yield f"{place}: {problem.problem}" if place else problem.problem


def _sizes(root: Root, snapshot: Snapshot) -> dict[str, int]:
    """Bytes of the record files of each run, and of event files that hold captures.

    With what is hidden or damaged in them.
    """
    files = files_of(root.path)
    paths = {
        run: {at.path for steps in tags.values() for at in steps.values()}
        for run, tags in snapshot.runs.items()
    }
    for directory, names in files.walk(root.path):
        for run, path in root.record_files(directory, names):
            if run in paths:
                paths[run].add(path)
    return {run: sum(files.state(path).size for path in of_run) for run, of_run in paths.items()}


def _summary(store: Store, run: str, steps: Steps) -> tuple[str, ...]:
    first, last = min(steps), max(steps)
    try:
        described = answer_capture(store, run, steps[last])
        off = _off(described)
        tokens = " + ".join(str(len(sequence["tokens"])) for sequence in described["sequences"])
        shape = ", ".join(_shape(stack, len(described["stacks"])) for stack in described["stacks"])
    except (UnreadableRecord, OSError) as error:
        tokens, off = "?", "?"
        shape = f"step {last} cannot be read: {error}"
    return f"{len(steps):,}", str(first), str(last), tokens, off, shape


def _off(described: dict[str, Any]) -> str:
    """The largest error of the layers against the model's own output."""
    layers = [layer for stack in described["stacks"] for layer in stack["layers"]]
    errors = [layer["error"] for layer in layers if layer["error"] is not None]
    if not errors:
        return "not checked"
    some = "" if len(errors) == len(layers) else f" ({len(errors)} of {len(layers)} checked)"
    return f"{max(errors):.0e}{some}"


def _shape(stack: dict[str, Any], stacks: int) -> str:
    heads = sorted({layer["heads"] for layer in stack["layers"]})
    shape = f"{len(stack['layers'])} x {' or '.join(map(str, heads))}"
    return f"{stack['name']} {shape}" if stacks > 1 else shape


def _aligned(lines: Sequence[Sequence[str]]) -> Iterator[str]:
    """Columns as wide as they must be; numbers to the right, names to the left."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = [
            cell.ljust(width) if place in (0, len(line) - 1) else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()


def _bytes(count: int) -> str:
    for size, unit in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count} bytes"
