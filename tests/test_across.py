"""Questions across captures, against direct formulas on the arrays that were captured."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from logs import events, record_file, write

from tb_attention import captures
from tb_attention.attend import AttentionLayer
from tb_attention.head_types import TYPES
from tb_attention.store.across import NO_REPEATS, Across
from tb_attention.store.index import Index
from tb_attention.store.logdir import Root
from tb_attention.store.store import Store


def opened(directory: Path) -> tuple[Store, Across]:
    index = Index([Root(str(directory))])
    index.refresh()
    store = Store(index)
    return store, Across(store)


def looking(*targets: list[int], ids: tuple[int, ...] = (), layers: int = 1) -> captures.Capture:
    """A capture of weights only: in each layer a head for each of the lists, which gives the key that each query looks at."""
    weights = np.stack([np.eye(len(target), dtype=np.float32)[target] for target in targets])
    tokens = len(targets[0])
    sequence = captures.Sequence(tokens=tuple(b" t%d" % place for place in range(tokens)), ids=ids or tuple(range(tokens)))
    stack = captures.Stack("decoder", {layer: AttentionLayer(weights=weights) for layer in range(layers)})
    return captures.Capture("constructed", (sequence,), (stack,))


FIRST, SELF, PREVIOUS = [0] * 8, list(range(8)), [0, *range(7)]


def test_types_and_lives(tmp_path: Path) -> None:
    write(
        record_file(tmp_path),
        events(0, of=looking(FIRST, SELF)),
        events(20, of=looking(FIRST, PREVIOUS)),
        events(30, of=looking(SELF, PREVIOUS)),
    )
    store, across = opened(tmp_path)
    answer = across.types(store.steps(".", "probe"))
    assert answer.metadata["rows"] == (("decoder", 0),)
    assert list(answer.arrays["steps"]) == [0, 20, 30]
    assert answer.arrays["types"].dtype == np.uint16
    names = [kind["name"] for kind in answer.metadata["types"]]
    assert names == [kind.name for kind in TYPES]
    first, previous, own = (1 << names.index(name) for name in ("first token", "previous token", "self"))
    assert answer.arrays["types"][:, 0].tolist() == [[first, own], [first, previous], [own, previous]]
    assert [(names[life["type"]], life["head"], life["born"], life["died"]) for life in answer.metadata["lives"]] == [
        ("first token", 0, None, 30), ("self", 1, None, 20), ("previous token", 1, 20, None), ("self", 0, 30, None),
    ]  # fmt: skip


def test_a_text_without_repeats_says_so(tmp_path: Path) -> None:
    write(record_file(tmp_path / "plain"), events(0, of=looking(FIRST)))
    write(record_file(tmp_path / "repeats"), events(0, of=looking(FIRST, ids=(1, 2, 3, 4) * 2)))
    store, across = opened(tmp_path)
    assert across.types(store.steps("plain", "probe")).metadata["notes"] == [NO_REPEATS]
    assert across.types(store.steps("repeats", "probe")).metadata["notes"] == []


def test_types_of_a_capture_without_metrics_that_can_be_read(tmp_path: Path) -> None:
    write(record_file(tmp_path), events(0))
    store, across = opened(tmp_path)
    path = record_file(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"\x0a\x05probe", b"\x0a\x05probf", 1))
    answer = across.types(store.steps(".", "probe"))
    assert answer.arrays["types"].shape == (1, 0, 0)
    assert answer.metadata["lives"] == []
