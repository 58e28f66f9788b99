"""What a job of the command line finds in the directory that it logs to."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tb_attention.answers.capture import answer_capture
from tb_attention.errors import InvalidInput, UnreadableRecord
from tb_attention.files.url import is_url
from tb_attention.record.probes import as_probe
from tb_attention.store.index import Index
from tb_attention.store.logdir import roots
from tb_attention.store.sessions import Steps
from tb_attention.store.store import Store


def existing_steps(
    directory: str, probes: Mapping[str, object], session: str, *, same_text: bool = True
) -> dict[str, set[int]]:
    """Steps that are already in the run directory, for each tag.

    Args:
        directory: the run directory, a path or URL.
        probes: tag -> probe.
        session: name of the writer. What another one wrote would hide its captures, or be hidden
            (see Capture.session).
        same_text: whether the captures must be of the same text.

    Raises:
        InvalidInput: captures of a tag were written by another session or, with same_text, are of
            another text.
    """
    if not is_url(directory) and not Path(directory).is_dir():
        return {tag: set() for tag in probes}
    index = Index(roots(directory or ".", None))
    index.refresh()
    found = index.snapshot.runs.get(".", {})
    store = Store(index)
    done: dict[str, set[int]] = {}
    for tag, probe in probes.items():
        text = as_probe(probe).text
        steps = found.get(tag, {})
        if any(capture.session != session for capture in steps.values()):
            raise InvalidInput(
                f"the tag {tag} in {directory} was logged by a training or another job: give "
                "another --logdir."
            )
        if same_text and isinstance(text, str) and _text_differs(store, steps, text):
            raise InvalidInput(
                f"the tag {tag} in {directory} follows another text: give it another tag, or "
                "another --logdir."
            )
        done[tag] = set(steps)
    return done


def _text_differs(store: Store, steps: Steps, text: str) -> bool:
    for capture in list(steps.values())[:1]:
        try:
            sequences = answer_capture(store, ".", capture)["sequences"]
        except (UnreadableRecord, OSError):
            return False
        return all(sequence["text"] != text for sequence in sequences)
    return False
