"""A capture with all that a layer can have, what of its description may not fit, and all that may
be asked of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from tensorboard.compat.proto import event_pb2

from tb_attention import schema
from tb_attention.answers.capture import answer_capture
from tb_attention.answers.change import begin_change
from tb_attention.answers.distances import answer_distances
from tb_attention.answers.left_out import LeftOut
from tb_attention.answers.pair import begin_pair
from tb_attention.answers.row import answer_row
from tb_attention.answers.thumbnails import answer_thumbnails, begin_thumbnails
from tb_attention.answers.weights import answer_weights
from tb_attention.attention.head_metrics import METRIC_NAMES
from tb_attention.attention.layer import AttentionLayer
from tb_attention.record.capture import Capture, Stack, TokenSequence
from tb_attention.record.effects import RANDOM, Answers, Cut, Effect, HeadPlace
from tb_attention.record.message import parse_plugin_data
from tb_attention.record.summary import capture_events
from tb_attention.store.store import Store

TOKENS, OTHER = 6, 4
Written = list[event_pb2.Event]


def everything() -> Capture:
    """Three stacks: grouped queries with mask, bias and sinks; weights alone; other tokens."""
    random = np.random.default_rng(0)

    def vectors(heads: int, tokens: int) -> np.ndarray:
        return random.standard_normal((heads, tokens, 8)).astype(np.float32)

    decoder = {
        0: AttentionLayer(
            query=vectors(4, TOKENS),
            key=vectors(2, TOKENS),
            mask=np.tri(TOKENS, dtype=bool)[None],
            bias=random.standard_normal((4, TOKENS, TOKENS)),
            sinks=np.zeros(4),
            value_norms=np.ones((4, TOKENS)),
            projection="o_proj",
        ),
        2: AttentionLayer(query=vectors(4, TOKENS), key=vectors(4, TOKENS)),
    }
    weights = np.full((4, OTHER, OTHER), 1 / OTHER, np.float32)
    encoder = {0: AttentionLayer(weights=weights, causal=False)}
    cross = {0: AttentionLayer(query=vectors(4, TOKENS), key=vectors(4, OTHER), causal=False)}
    sequences = (
        TokenSequence(
            tuple(b"abcdef"[place : place + 1] for place in range(TOKENS)),
            ids=(1,) * 6,
            losses=(math.nan, 1, 2, 3, 4, 5),
        ),
        TokenSequence((b"t",) * OTHER, name="encoder"),
    )
    stacks = (
        Stack("decoder", decoder),
        Stack("encoder", encoder, 1, 1),
        Stack("cross", cross, 0, 1),
    )
    return Capture("everything", sequences, stacks, effects=effects())


def effects() -> tuple[Effect, ...]:
    """Effects on both numbers, with controls and cuts, of heads that `everything` has."""
    exact = {("decoder", 0): np.array([0.5, np.nan, 0.01, np.nan], np.float32)}
    control = HeadPlace("decoder", 0, 2)
    cut = (HeadPlace("decoder", 0, 0), HeadPlace("cross", 0, 3))
    loss = Effect(
        "loss",
        3.0,
        exact=exact,
        estimate={("decoder", 0): np.array([0.4, 0, -0.1, 0], np.float32)},
        controls=(control,),
        cuts=(
            Cut("small", cut, 3.25, (math.nan, 1, 2, 3, 4, 6.25)),
            Cut(RANDOM, (control, HeadPlace("encoder", 0, 1)), math.inf),
        ),
    )
    answers = Answers((" she",), (" he", " they"), at=5)
    return loss, Effect("answer", -1.5, "mean", exact=exact, answers=answers)


def written(heads: list[int] | None = None, step: int = 0) -> Written:
    return list(
        capture_events(
            everything(), tag="probe", step=step, wall_time=1.0, session="one", heads=heads
        )
    )


def described(of: Written, change: Callable[[schema.Capture], object]) -> Written:
    """The events with another description."""
    value = of[-1].summary.value[0]
    data = parse_plugin_data(value.metadata.plugin_data.content)
    change(data.capture)
    value.metadata.plugin_data.content = data.SerializeToString()
    return of


def asked(store: Store, step: int = 0) -> Iterator[Callable[[], Any]]:
    """Every question about the capture of one step."""
    steps = store.steps(".", "probe")
    at, stack = steps[step], "decoder"
    yield lambda: answer_capture(store, ".", at)
    yield lambda: answer_weights(store, at, stack, 0, None)
    yield lambda: answer_weights(store, at, stack, 0, 1)
    yield lambda: answer_weights(store, at, "encoder", 0, 0)
    yield lambda: answer_row(store, at, "cross", 0, 1, None)
    yield lambda: answer_distances(store, at, stack, 2, 3, "linear")
    yield lambda: answer_thumbnails(store, at, stack)
    yield lambda: list(begin_thumbnails(store, at, stack, LeftOut(first="hide")).work)
    yield lambda: list(begin_pair(store, steps, at, stack, 2, 1).work)
    yield lambda: list(begin_change(store, at, at).work)


MISFITS: dict[str, tuple[Callable[[schema.Capture], object], str]] = {
    "sequence": (lambda c: setattr(c.stacks[0], "query_sequence", 2), "decoder is of sequence 2"),
    "negative": (lambda c: setattr(c.stacks[0], "key_sequence", -1), "decoder is of sequence -1"),
    "tokens": (lambda c: c.sequences[0].tokens.append(b"x"), "decoder has 7 tokens and 6 ids"),
    "queries": (
        lambda c: (
            c.sequences[0].tokens.append(b"x"),
            c.sequences[0].ids.append(1),
            c.sequences[0].losses.append(1),
        ),
        r"'probe/decoder/0/query' has the shape \[4, 6, 8\] instead of \[4, 7, 8\]",
    ),
    "keys": (
        lambda c: c.sequences[1].tokens.append(b"x"),
        r"layer 0 of encoder: 'probe/encoder/0/weights' has the shape \[4, 4, 4\]",
    ),
    "heads": (lambda c: setattr(c.stacks[0].layers[1], "heads", 8), "layer 2 of decoder: 'probe"),
    "no heads": (lambda c: setattr(c.stacks[0].layers[1], "heads", 0), "0 heads, of 1 to 4096"),
    "many heads": (
        lambda c: setattr(c.stacks[0].layers[1], "heads", 2**31 - 1),
        "2147483647 heads, of 1 to 4096",
    ),
    "key heads": (
        lambda c: setattr(c.stacks[0].layers[0], "key_heads", 3),
        "4 heads that share 3 key heads",
    ),
    "no key heads": (
        lambda c: setattr(c.stacks[0].layers[0], "key_heads", 0),
        "4 heads that share 0 key heads",
    ),
    "neurons": (
        lambda c: setattr(c.stacks[2].layers[0], "neurons", 16),
        r"'probe/cross/0/query' has the shape \[4, 6, 8\] instead of \[4, 6, 16\]",
    ),
    "query start": (
        lambda c: setattr(c.stacks[0].layers[0], "query_start", 2**31 - 1),
        "its first query is at 2147483647, of 6 keys",
    ),
    "query before": (
        lambda c: setattr(c.stacks[0].layers[0], "query_start", -7),
        "its first query is at -7, of 6 keys",
    ),
    "sinks": (lambda c: c.stacks[0].layers[0].sinks.append(0.0), "5 sinks of 4 heads"),
    "logged heads": (
        lambda c: c.stacks[0].layers[0].logged_heads.extend([0, 4]),
        r"the logged heads \[0, 4\], of 4",
    ),
    "logged twice": (
        lambda c: c.stacks[0].layers[0].logged_heads.extend([1, 1]),
        r"the logged heads \[1, 1\], of 4",
    ),
    "fewer logged": (
        lambda c: c.stacks[0].layers[0].logged_heads.extend([1]),
        r"has the shape \[4, 6, 8\] instead of \[1, 6, 8\]",
    ),
    "metrics": (lambda c: c.metrics.append("another"), "the head metrics have the shape"),
    "fewer metrics": (lambda c: c.metrics.pop(), "the head metrics have the shape"),
    "no metrics": (lambda c: c.ClearField("metrics"), "the head metrics have the shape"),
    "two stacks": (lambda c: c.stacks.append(c.stacks[0]), "two stacks are called 'decoder'"),
    "two layers": (
        lambda c: c.stacks[0].layers.append(c.stacks[0].layers[0]),
        "two layers of decoder are 0",
    ),
    "span": (lambda c: c.sequences[0].spans.add(name="x", first=2, last=6), "a span 2 to 6"),
    "span before": (lambda c: c.sequences[0].spans.add(first=-1, last=1), "a span -1 to 1"),
    "prompt": (lambda c: setattr(c.sequences[0], "prompt", 7), "6 tokens and a prompt of 7"),
    "descending": (
        lambda c: c.stacks[0].layers.reverse(),
        "the layers of decoder do not ascend",
    ),
    "metric twice": (
        lambda c: c.metrics.__setitem__(0, c.metrics[1]),
        f"two metrics are called '{METRIC_NAMES[1]}'",
    ),
    "losses": (lambda c: c.sequences[0].losses.pop(), "decoder has 6 tokens and 5 losses"),
    "number": (
        lambda c: setattr(c.effects[0], "number", "x"),
        "it has effects on 'x', of 'loss' and 'answer'",
    ),
    "number twice": (
        lambda c: setattr(c.effects[1], "number", "loss"),
        "it has two effects on one number",
    ),
    "replace": (
        lambda c: setattr(c.effects[0], "replace", ""),
        "effects on 'loss': heads are replaced by ''",
    ),
    "control": (
        lambda c: setattr(c.effects[0].controls[0], "head", 4),
        "effects on 'loss': controls has head 4 of layer 0 of 'decoder'",
    ),
    "control before": (
        lambda c: setattr(c.effects[0].controls[0], "head", -1),
        "controls has head -1 of layer 0",
    ),
    "control twice": (
        lambda c: c.effects[0].controls.append(c.effects[0].controls[0]),
        "controls has head 2 of layer 0 of 'decoder' twice",
    ),
    "layer of a cut": (
        lambda c: setattr(c.effects[0].cuts[0].heads[1], "layer", 1),
        "the cut 'small' has head 3 of layer 1 of 'cross'",
    ),
    "stack of a cut": (
        lambda c: setattr(c.effects[0].cuts[1].heads[1], "stack", "tower"),
        "the cut 'random' has head 1 of layer 0 of 'tower'",
    ),
    "losses of a cut": (
        lambda c: c.effects[0].cuts[1].losses.append(1),
        "the cut 'random' has 1 losses of 6 tokens",
    ),
    "answers of a loss": (
        lambda c: c.effects[0].first.append("she"),
        "effects on 'loss': it has answers",
    ),
    "no answers": (
        lambda c: c.effects[1].ClearField("first"),
        "effects on 'answer': it compares 0 answers with 2",
    ),
    "at": (lambda c: setattr(c.effects[1], "at", 6), "the answer is read at 6, of 6 tokens"),
    "at before": (lambda c: setattr(c.effects[1], "at", -1), "the answer is read at -1, of 6"),
}
