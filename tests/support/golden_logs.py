"""The log directory of the golden answers: constructed captures with all that an answer can say."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np

from tb_attention.attention.layer import AttentionLayer
from tb_attention.record.capture import Capture, Span, Stack, TokenSequence
from tb_attention.record.effects import RANDOM, Answers, Cut, Effect, HeadPlace
from tb_attention.record.summary import capture_events
from tests.support.logs import WALL_TIME, events, record_file, write

HEAD = HeadPlace("decoder", 0, 1)

WORDS = "The doctor asked the nurse a question .".split()


def write_logs(logs: Path) -> None:
    """Runs that have in them whatever an answer can say."""
    write(
        record_file(logs / "base"),
        *(events(step, of=repeated(step / 20)) for step in (0, 10, 20)),
        capture_events(
            rich(), tag="rich", step=0, wall_time=WALL_TIME, session="one", heads=[1, 2]
        ),
    )
    write(record_file(logs / "other"), events(0, of=repeated(0.5)))
    damaged = write(record_file(logs / "damaged"), events(0), events(10))
    content = bytearray(damaged.read_bytes())
    content[content.find(b"tiny") + 2] ^= 0xFF
    damaged.write_bytes(content)


def repeated(turn: float) -> Capture:
    """A text that comes twice, so that there are induction heads.

    turn: how much the heads look at something.
    """
    random = np.random.default_rng(0)
    tokens = 2 * len(WORDS)
    which = np.arange(tokens) % len(WORDS)
    same = random.standard_normal((len(WORDS), 16))[which]
    place = random.standard_normal((tokens, 16))
    first = np.zeros((tokens, 16))
    first[0, 0] = 20
    aims = [
        (same, np.roll(same, 1, 0)),
        (np.roll(place, 1, 0), place),
        (np.ones((tokens, 16)), first),
    ]
    aims.append((np.zeros((tokens, 16)), place))

    def layer(number: int) -> AttentionLayer:
        chosen = [aims[(head + number) % len(aims)] for head in range(len(aims))]
        query = np.stack([turn * each for each, _ in chosen])
        key = np.stack([each for _, each in chosen])
        norms = np.random.default_rng(number).random((len(aims), tokens)) + 0.5
        norms[2, 0] = 0.01
        return AttentionLayer(
            query=query.astype(np.float32),
            key=key.astype(np.float32),
            module=f"h.{number}",
            value_norms=norms,
            projection=f"h.{number}.out",
        )

    sequence = TokenSequence(
        tokens=tuple(WORDS[each].encode() for each in which), ids=tuple(int(each) for each in which)
    )
    stack = Stack("decoder", {n: layer(n) for n in (0, 1)})
    if turn:
        losses = np.where(np.arange(tokens) < len(WORDS), 4.0, 4.0 - turn)
        sequence = replace(sequence, losses=(math.nan, *losses[1:].tolist()))
    return Capture("repeated", (sequence,), (stack,), effects=effects_at(turn))


def effects_at(turn: float) -> tuple[Effect, ...]:
    """Effects of heads of `repeated`, which are not measured at first."""
    if not turn:
        return ()
    each = {
        ("decoder", layer): np.array([turn, -0.25, 0.5 * layer, np.nan], np.float32)
        for layer in (0, 1)
    }
    answers = Answers((" she",), (" he",), at=2)
    loss = Effect("loss", 4 - turn, estimate=each, exact=each, controls=(HEAD,))
    return loss, Effect("answer", turn - 1, estimate=each, answers=answers)


def rich() -> Capture:
    """Every field of a capture with something in it.

    Two sequences, masks, sinks, a character in two tokens.
    """
    random = np.random.default_rng(1)
    tokens = (b"[CLS]", b"He", b" said", b" \xf0\x9f", b"\x99\x82", b".", b"[SEP]")
    count, source = len(tokens), 5

    def vectors(heads: int, places: int) -> np.ndarray:
        return random.standard_normal((heads, places, 8)).astype(np.float32)

    weights = np.exp(vectors(4, count)[..., :source])
    cross = AttentionLayer(weights=weights / weights.sum(-1, keepdims=True), module="cross.0")
    plain = AttentionLayer(
        query=vectors(4, count),
        key=vectors(2, count),
        scale=0.5,
        module="h.0",
        value_norms=np.linspace(0.1, 1, 4 * count).reshape(4, count),
        projection="h.0.out",
    )
    special = AttentionLayer(
        query=vectors(4, count),
        key=vectors(4, count),
        scale=0.25,
        causal=False,
        mask=random.random((1, count, count)) < 0.8,
        bias=random.standard_normal((4, count, count)).astype(np.float32),
        softcap=30.0,
        sinks=np.array([0.5, -1, 0, 2], np.float32),
        module="h.2",
        rotary=True,
        implementation="sdpa",
    )
    decoder = TokenSequence(
        tokens=tokens,
        text="He said \N{SLIGHTLY SMILING FACE}.",
        pieces=("[CLS]", "He", "Ġsaid", "ĠðŁ", "ĻĤ", ".", "[SEP]"),
        ids=(0, 10, 11, 12, 13, 14, 1),
        starts=(0, 0, 2, 7, 8, 9, 10),
        ends=(0, 2, 7, 9, 9, 10, 10),
        special=(True, False, False, False, False, False, True),
        segments=(0, 0, 0, 0, 1, 1, 1),
        prompt=3,
        spans=(Span("user", 1, 2), Span("assistant", 3, 5)),
        losses=(math.nan, 4.5, 2.25, 0.5, 0.0, 1.0, math.inf),
    )
    encoder = TokenSequence(tokens=tuple(b"t%d" % n for n in range(source)), name="encoder")
    stacks = (Stack("decoder", {0: plain, 2: special}), Stack("cross", {0: cross}, 0, 1))
    return Capture("rich", (decoder, encoder), stacks, kind="generation", effects=effects())


def effects() -> tuple[Effect, ...]:
    """Effects of heads of `rich` on both numbers of the output."""
    random = HeadPlace("decoder", 2, 3)
    losses = (math.nan, 4.5, 2.25, 0.5, 0.25, 1.0, math.inf)
    loss = Effect(
        "loss",
        1.65,
        estimate={("decoder", 0): np.array([0.5, 0, -0.25, 0], np.float32)},
        exact={("decoder", 0): np.array([0.75, np.nan, -0.125, np.nan], np.float32)},
        controls=(random,),
        cuts=(Cut("small", (HEAD,), 1.7, losses), Cut(RANDOM, (random,), math.nan)),
    )
    answers = Answers((" she",), (" he", " they"), at=2)
    return loss, Effect("answer", -0.5, "mean", answers=answers)
