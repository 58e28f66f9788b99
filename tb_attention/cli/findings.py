"""tb-attention findings: prints what the Overview finds worth looking at.

Needs no model framework.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tb_attention.answers.findings import begin_findings
from tb_attention.answers.json_text import json_text
from tb_attention.answers.logged_probe import others_of
from tb_attention.answers.slow import at_once
from tb_attention.cli.opened import opened
from tb_attention.errors import NotLogged


def run_findings(
    directory: str, *, run: str | None = None, tag: str | None = None, as_json: bool = False
) -> None:
    """Prints the findings of the tags in a log directory, warnings first.

    Example:
        >>> run_findings("runs")
        gpt2  doctor-she  steps 0 to 100
          ...

    Args:
        directory: the log directory, a path or URL.
        run: name of the run; None: all.
        tag: name of the tag; None: all.
        as_json: print [{"run", "tag", "steps", "findings"}] instead, with findings as in
            docs/http.md.

    Raises:
        NotLogged: there is nothing to show, or no such run or tag.
    """
    found = _found(directory, run, tag)
    if as_json:
        print(json_text(list(found), indent=1, ascii_only=True))
        return
    for each in found:
        first, last = each["steps"][0], each["steps"][-1]
        steps = f"step {first}" if first == last else f"steps {first} to {last}"
        print(f"{each['run']}  {each['tag']}  {steps}")
        lines = [
            f"  {'!' if finding['level'] == 'warning' else ' '} {finding['sentence']}"
            for finding in sorted(each["findings"], key=lambda one: one["level"] != "warning")
        ]
        print(*(lines or ["    Nothing was found."]), "", sep="\n")


def _found(directory: str, run: str | None, tag: str | None) -> Iterator[dict[str, Any]]:
    store = opened(directory)
    runs = store.snapshot.runs
    chosen = [
        (name, probe)
        for name, tags in runs.items()
        for probe in tags
        if run in (None, name) and tag in (None, probe)
    ]
    if not chosen:
        there = ", ".join(f"{name}: {', '.join(tags)}" for name, tags in runs.items())
        raise NotLogged(f"there is no such run or tag in {directory}. There are {there}.")
    for name, probe in chosen:
        steps = store.steps(name, probe)
        found = at_once(begin_findings(store, steps, others_of(store, name, probe)))["findings"]
        yield {"run": name, "tag": probe, "steps": sorted(steps), "findings": found}
