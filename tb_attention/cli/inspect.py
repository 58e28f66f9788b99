"""tb-attention inspect: lists what was logged in a log directory.

Needs no model framework.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tb_attention.answers.capture import answer_capture
from tb_attention.answers.json_text import json_text
from tb_attention.errors import NotLogged, UnreadableRecord
from tb_attention.files.read import files_of
from tb_attention.files.url import is_url
from tb_attention.store.index import Index, Snapshot
from tb_attention.store.logdir import Root, roots
from tb_attention.store.sessions import Steps
from tb_attention.store.store import Store

_ADVICE = "give the one that TensorBoard is started on."
_HEADER = ("tag", "steps", "first", "last", "tokens", "off by", "layers x heads")
_EFFECTS = "effects on"
"""Header of the column after these, where there are any."""


def run_inspect(directory: str, *, as_json: bool = False) -> None:
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
        as_json: print what `contents` returns instead.

    Raises:
        NotLogged: there is nothing to show.
    """
    found = contents(directory)
    if as_json:
        print(json_text(found, indent=1, ascii_only=True))
        return
    for run in found["runs"]:
        print(f"{run['run']}  ({_bytes(run['bytes'])})")
        lines = [_HEADER, *map(_line, run["tags"])]
        if any(tag["effects"] for tag in run["tags"]):
            lines = [
                (*line, more)
                for line, more in zip(
                    lines,
                    [_EFFECTS, *(_said_of(tag["effects"]) for tag in run["tags"])],
                    strict=True,
                )
            ]
        print(*(f"  {line}" for line in _aligned(lines)), "", sep="\n")
    if found["problems"]:
        print("Not shown:", *(f"  {_said(each)}" for each in found["problems"]), sep="\n")


def contents(directory: str) -> dict[str, Any]:
    """What is in a log directory.

    Example:
        >>> contents("runs")["runs"][0]["tags"]
        [{'tag': 'doctor-she', 'steps': [0, 100], 'tokens': [3], 'error': None, ...}]

    Args:
        directory: the log directory, a path or URL.

    Returns:
        {"runs": [{"run", "bytes", "tags": [...]}], "problems": [{"run", "file", "problem"}]}. A tag
        has its "steps", and of the last one: "tokens", a number for each sequence; "stacks", with
        their "name", number of "layers" and of "heads" (all that occur); "error", the largest
        distance of a layer from the model's own output, null where none was checked; "checked", the
        number of layers that were; "effects", with their "number", its "value" and "unit", how many
        heads the "controls" are, and the names of the "cuts" of several heads; "problem", a
        sentence where it cannot be read, else null.

    Raises:
        NotLogged: there is nothing to show.
    """
    (root,) = roots(directory or ".", None)
    if not is_url(root.path) and not Path(root.path).is_dir():
        raise NotLogged(f"there is no directory {directory}: {_ADVICE}")
    index = Index([root])
    index.refresh()
    snapshot = index.snapshot
    problems = [vars(problem) for problem in snapshot.problems]
    if not snapshot.runs:
        raise NotLogged(_nothing(directory, problems))
    store, sizes = Store(index), _sizes(root, snapshot)
    runs = [
        {
            "run": run,
            "bytes": sizes[run],
            "tags": [_tag(store, run, tag, steps) for tag, steps in tags.items()],
        }
        for run, tags in snapshot.runs.items()
    ]
    return {"runs": runs, "problems": problems}


def _nothing(directory: str, problems: Sequence[Mapping[str, str]]) -> str:
    said = "; ".join(map(_said, problems)).rstrip(".")
    return f"there is no attention in {directory}{f' ({said})' if said else ''}: {_ADVICE}"


def _said(problem: Mapping[str, str]) -> str:
    place = "/".join(filter(None, (problem["run"], problem["file"])))
    return f"{place}: {problem['problem']}" if place else problem["problem"]


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


def _tag(store: Store, run: str, tag: str, steps: Steps) -> dict[str, Any]:
    known: dict[str, Any] = {"tokens": [], "error": None, "checked": 0, "stacks": [], "effects": []}
    problem = None
    try:
        described = answer_capture(store, run, steps[max(steps)])
    except (UnreadableRecord, OSError) as error:
        problem = str(error)
    else:
        layers = [layer for stack in described["stacks"] for layer in stack["layers"]]
        errors = [layer["error"] for layer in layers if layer["error"] is not None]
        known = {
            "tokens": [len(sequence["tokens"]) for sequence in described["sequences"]],
            "error": max(errors, key=lambda error: (math.isnan(error), error), default=None),
            "checked": len(errors),
            "stacks": [
                {
                    "name": stack["name"],
                    "layers": len(stack["layers"]),
                    "heads": sorted({layer["heads"] for layer in stack["layers"]}),
                }
                for stack in described["stacks"]
            ],
            "effects": [
                {
                    **{name: effect[name] for name in ("number", "value", "unit")},
                    "controls": len(effect["controls"]),
                    "cuts": [cut["name"] for cut in effect["cuts"]],
                }
                for effect in described["effects"]
            ],
        }
    return {"tag": tag, "steps": sorted(steps), **known, "problem": problem}


def _line(tag: Mapping[str, Any]) -> tuple[str, ...]:
    """A tag in the table, below _HEADER."""
    steps, stacks = tag["steps"], tag["stacks"]
    if tag["problem"] is None:
        tokens = " + ".join(map(str, tag["tokens"]))
        off = _off(tag["error"], tag["checked"], sum(stack["layers"] for stack in stacks))
        shape = ", ".join(_shape(stack, len(stacks)) for stack in stacks)
    else:
        tokens, off = "?", "?"
        shape = f"step {steps[-1]} cannot be read: {tag['problem']}"
    return tag["tag"], f"{len(steps):,}", str(steps[0]), str(steps[-1]), tokens, off, shape


def _off(error: float | None, checked: int, layers: int) -> str:
    """The largest error of the layers against the model's own output."""
    if error is None:
        return "not checked"
    return f"{error:.0e}{'' if checked == layers else f' ({checked} of {layers} checked)'}"


def _shape(stack: Mapping[str, Any], stacks: int) -> str:
    shape = f"{stack['layers']} x {' or '.join(map(str, stack['heads']))}"
    return f"{stack['name']} {shape}" if stacks > 1 else shape


def _said_of(effects: Sequence[Mapping[str, Any]]) -> str:
    """The numbers of the output that were measured: "loss 3.21 nats, answer -0.52 logits"."""
    return ", ".join(f"{each['number']} {each['value']:.3g} {each['unit']}" for each in effects)


def _aligned(lines: Sequence[Sequence[str]]) -> Iterator[str]:
    """Columns as wide as they must be; numbers to the right, names to the left."""
    names = (0, *range(len(_HEADER) - 1, len(lines[0])))
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = [
            cell.ljust(width) if place in names else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()


def _bytes(count: int) -> str:
    for size, unit in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count} bytes"
