"""What the store finds and keeps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tb_attention.answers.capture import answer_capture
from tb_attention.answers.metrics import answer_metrics
from tb_attention.answers.weights import answer_weights
from tb_attention.errors import NotLogged
from tb_attention.files.local import LocalFiles
from tests.support.logs import capture, events
from tests.support.stores import stored


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("no", "probe", 0), "There is no run 'no' in the log directory."),
        ((".", "no", 0), "The run '.' has no tag 'no'."),
        ((".", "probe", 1), "The tag 'probe' of the run '.' has no step 1; it has 0."),
        (("x" * 1000, "probe", 0), f"There is no run '{'x' * 100}…' in the log directory."),
    ],
)
def test_what_is_not_there(tmp_path: Path, arguments: tuple[str, str, int], sentence: str) -> None:
    with pytest.raises(NotLogged, match=r".") as raised:
        stored(tmp_path, events()).find(*arguments)
    assert str(raised.value) == sentence


def test_what_was_read_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = stored(tmp_path, events(0), events(1))
    location = store.find(".", "probe", 0)
    first = answer_weights(store, location, None, 0, None).arrays["weights"]
    metrics = answer_metrics(store, store.steps(".", "probe")).arrays["metrics"]
    monkeypatch.setattr(LocalFiles, "open", lambda self, path: pytest.fail("opened"))
    assert np.array_equal(answer_weights(store, location, None, 0, None).arrays["weights"], first)
    assert np.array_equal(
        answer_metrics(store, store.steps(".", "probe")).arrays["metrics"], metrics, equal_nan=True
    )


def test_two_captures_that_one_event_commits(tmp_path: Path) -> None:
    (*layers, commit), (*others, other) = events(tag="a"), events(tag="b", of=capture(9, seed=5))
    commit.summary.value.extend(other.summary.value)
    store = stored(tmp_path, [*layers, *others, commit])
    for tag, tokens in (("a", 6), ("b", 9)):
        location = store.find(".", tag, 0)
        assert len(answer_capture(store, ".", location)["sequences"][0]["tokens"]) == tokens
        assert answer_weights(store, location, None, 0, None).arrays["weights"].shape == (
            4,
            tokens,
            tokens,
        )
