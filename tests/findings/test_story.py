"""The parts of a story, against direct formulas."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from tb_attention.findings.cut_effect import CutEffect, cut_effect
from tb_attention.findings.finding import Finding
from tb_attention.findings.history import History
from tb_attention.findings.measured import Measured
from tb_attention.findings.story import story
from tb_attention.record.effects import RANDOM, Cut, Effect, HeadPlace

NAMES = ("induction", "entropy", "loss_effect", "max_logit", "first_token", "resting", "self")
STEPS = (0, 10, 20)


def history(**values: list[float]) -> History:
    """One layer with two heads; each metric of head 1 along the steps, head 0 has NaN."""
    array = np.full((len(STEPS), 1, 2, len(NAMES)), np.nan, np.float32)
    for name, of_steps in values.items():
        array[:, 0, 1, NAMES.index(name)] = of_steps
    return History(STEPS, array, NAMES, "decoder", [4])


def finding(
    kind: str = "type born", metric: str | None = "induction", **options: object
) -> Finding:
    return Finding(kind, "It is so.", "decoder", (4,), ((4, 1),), (0, 20), metric, **options)  # type: ignore[arg-type]


def test_size_is_the_change_of_the_score() -> None:
    told = story(finding(kind="resting"), history(induction=[0.1, 0.3, 0.7]), None)
    assert told.strength == pytest.approx(0.6)
    assert (told.before, told.after, told.head, told.metric) == (0, 20, (4, 1), "induction")


def test_at_one_step_half_of_the_score_counts() -> None:
    only = History((20,), history(induction=[0, 0, 0.8]).values[-1:], NAMES, "decoder", [4])
    at = Finding("resting", "It is so.", "decoder", (4,), ((4, 1),), (20,), "induction")
    told = story(at, only, None)
    assert (told.before, told.after) == (None, 20)
    assert told.strength == pytest.approx(0.4)


@pytest.mark.parametrize("metric", ["first_token", "resting", "self"])
def test_a_head_that_comes_to_rest_counts_half(metric: str) -> None:
    values = history(**{metric: [0.1, 0.3, 0.7]})
    assert story(finding(metric=metric), values, None).strength == pytest.approx(0.3)
    assert story(finding(metric=metric, size=0.5), values, None).strength == pytest.approx(0.25)


def test_scores_that_are_no_shares_count_nothing() -> None:
    told = story(finding("large score", "max_logit"), history(max_logit=[1, 2, 300]), None)
    assert told.strength == 0


def test_a_warning_comes_before_all_else() -> None:
    wrong = finding("large score", "max_logit", level="warning")
    assert story(wrong, history(max_logit=[1, 2, 300]), None).strength == 2


def test_a_metric_that_is_not_defined_gives_way_to_the_one_that_changed_most() -> None:
    told = story(finding(metric=None), history(entropy=[0.9, 0.5, 0.2]), None)
    assert told.metric == "entropy"
    told = story(finding(), history(entropy=[0.9, 0.5, 0.2]), None)
    assert told.metric == "entropy", "induction is not defined on this text"
    assert story(finding(metric=None), history(), None).metric is None


def test_the_metric_is_told_with_its_label_and_the_values_of_the_head() -> None:
    told = story(finding("matters", "loss_effect"), history(loss_effect=[math.nan, 0, -0.5]), None)
    assert (told.label, told.values) == ("effect on the loss", (None, -0.5))
    told = story(finding(metric=None), history(), None)
    assert (told.label, told.values) == ("", (None, None))
    of_layers = replace(finding(), heads=())
    assert story(of_layers, history(induction=[0.1, 0.3, 0.7]), None).values == (None, None)


def test_it_shows_best_at_the_steps_of_the_finding() -> None:
    told = story(finding(shows=(10, 20)), history(induction=[0.1, 0.05, 0.7]), None)
    assert (told.before, told.after) == (10, 20)


IDS = tuple(range(10)) * 2
LOSSES = (math.nan, *[8.0] * 9, *[2.0] * 10)


def measured(without: float, random: float, *, heads: int = 1) -> Measured:
    """Losses of what repeats without the induction heads, and without random ones."""
    places = tuple(HeadPlace("decoder", 4, 1 - head) for head in range(heads))
    cuts = (
        Cut("induction", places, 6.0, (math.nan, *[8.0] * 9, *[without] * 10)),
        Cut(RANDOM, places, 5.0, (math.nan, *[8.0] * 9, *[random] * 10)),
    )
    return Measured(20, {"loss": Effect("loss", 5.0, cuts=cuts)}, {}, LOSSES, IDS)


def test_what_cutting_the_heads_does_is_told_with_its_control() -> None:
    effect = cut_effect(finding(), history(), measured(4.41, 2.06))
    assert effect is not None
    assert effect.sentence == (
        "Without it the loss on what repeats rises by 2.41 nats at step 20; without a random head "
        "it rises by 0.06 nats."
    )
    assert effect.nats == pytest.approx(2.41)
    assert effect.share == pytest.approx(1 - math.exp(-2.41))
    born = history(induction=[0, 0, 0.5])
    assert story(finding(size=0.5), born, measured(4.41, 2.06)).strength == pytest.approx(
        0.5 + 1 - math.exp(-2.41), abs=1e-5
    )


def test_what_random_heads_do_as_well_counts_nothing() -> None:
    effect = cut_effect(finding(), history(), measured(4.0, 3.5, heads=2))
    assert effect is not None
    assert effect.sentence == (
        "Without both induction heads the loss on what repeats rises by 2.00 nats at step 20, but "
        "without two random heads it rises by 1.50 nats as well."
    )
    assert effect.share == 0


def test_without_a_cut_of_the_type_the_head_alone_is_told() -> None:
    alone = Measured(20, {"loss": Effect("loss", 5.0)}, {"loss": (0.01, 0.02, 0.0, 0.01)})
    effect = cut_effect(finding(), history(loss_effect=[math.nan, math.nan, 0.5]), alone)
    assert effect is not None
    assert effect.sentence == (
        "Without layer 4 head 1 the loss on this text rises by 0.50 nats at step 20 (4 random "
        "heads: at most 0.02)."
    )
    assert effect.nats == pytest.approx(0.5)


def test_of_several_heads_the_first_one_is_told_and_not_the_one_that_does_most() -> None:
    alone = Measured(20, {"loss": Effect("loss", 5.0)}, {"loss": (0.01, 0.02, 0.0, 0.01)})
    effects = history(loss_effect=[math.nan, math.nan, 0.005])
    effects.values[-1, 0, 0, NAMES.index("loss_effect")] = 0.9
    both = replace(finding(), heads=((4, 1), (4, 0)))
    effect = cut_effect(both, effects, alone)
    assert effect is not None
    assert effect.sentence.startswith("Without layer 4 head 1 the loss on this text rises by 0.005")
    assert effect.share == 0, "random heads do as much"


def test_nothing_is_told_without_a_control() -> None:
    alone = Measured(20, {"loss": Effect("loss", 5.0)}, {"loss": (0.01,)})
    effects = history(loss_effect=[math.nan, math.nan, 0.5])
    assert cut_effect(finding(), effects, alone) is None
    assert cut_effect(finding(), effects, None) is None


def test_a_share_is_never_above_one() -> None:
    assert CutEffect("", -1e9).share == 1
    assert CutEffect("", math.nan).share == 0
