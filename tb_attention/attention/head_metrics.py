"""Head metrics: one number per head of a capture, each a row of the table METRICS.

They are added up over blocks of rows, so that no T x T array is kept. p[i, j] is the weight of
query i on key j. A row whose support (the keys it may see) is one token says nothing and is left
out, and so is a row that is NaN; a metric whose rows are all left out is NaN, "not defined"
(duplicate and induction in a text without repeats, positions in cross attention). A head metric is
the mean over the rows that are left, unless its formula says otherwise.

A head that has most of its weight on the first token (an attention sink) scores low on everything
else, whatever it does with the rest. The metrics that end in `_without_first` look at the rest: p
without its first token, renormalised, over the rows that have at most FIRST_TAKES_ALL of their
weight there and see two tokens besides. `mean_distance_without_rest` leaves out the later token
that a head rests on as well, because only distances change much by it (docs/metrics.md).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from tb_attention.attention.dtypes import Floats64
from tb_attention.attention.key_sums import RESTS, SEEN, SEEN_SHARE, SEES
from tb_attention.attention.metric_rows import MetricRows
from tb_attention.attention.row_sums import LOCAL


@dataclass(frozen=True)
class HeadMetric:
    """One head metric: its words, its formula and its computation.

    Attributes:
        name: its name in files, URLs and code.
        label: its name in the tab.
        sentence: what it says, for a reader of the tab.
        scale: "share" is 0 to 1 and drawn on that scale; "tokens", "position" (a place in the text,
            from 0) and "score" begin at their least; "nats" and "logits" are signed, with 0 in the
            middle.
        formula: what is computed, with p[i, j] and the rows it is the mean over.
        source: where the formula is from; empty where it is plain.
        compute: float64 [heads] from the rows of a layer, NaN where not defined; None where it does
            not follow from the weights.
        needs: "positions" where queries and keys must be the same tokens, "repeats" where the token
            ids must be known too; without them it is not defined. "norms" where the lengths of
            values must be known, "needle" where a generation must have a marked needle, "effects"
            where it is measured on the model beside the capture; without these it is not logged.
    """

    name: str
    label: str
    sentence: str
    scale: Literal["share", "tokens", "position", "score", "nats", "logits"]
    formula: str
    source: str
    compute: Callable[[MetricRows], Floats64] | None
    needs: Literal["", "positions", "repeats", "norms", "needle", "effects"] = ""

    @property
    def unit(self) -> str:
        """The unit of its values; empty for a share."""
        return self.scale if self.scale in ("tokens", "nats", "logits") else ""


def _max_logit(rows: MetricRows) -> Floats64:
    """Infinite where a score is; rows that see nothing, and those that are NaN, do not count."""
    scores = np.where(np.isnan(rows.sums.top_score), -np.inf, rows.sums.top_score)
    top = scores.max(axis=1, initial=-np.inf)
    return np.where(top > -np.inf, top, np.nan)


def _duplicate(rows: MetricRows) -> Floats64:
    again, _, _ = rows.repeat_flags()
    return rows.mean_counted(rows.sums.duplicate, again)


def _duplicate_without_first(rows: MetricRows) -> Floats64:
    _, later, same_as_first = rows.repeat_flags()
    return rows.mean_without_first(rows.sums.duplicate, same_as_first, later)


def _retrieval(rows: MetricRows) -> Floats64:
    assert rows.sums.hits is not None
    return rows.sums.hits.share()


def _mean_distance(rows: MetricRows) -> Floats64:
    mass = rows.sums.mass
    return rows.mean_counted(rows.sums.distance / np.where(mass > 0, mass, 1), mass > 0)


METRICS = (
    HeadMetric(
        "entropy",
        "entropy",
        "How evenly the weight is spread: 0 is one token, 1 is all tokens alike.",
        "share",
        "-sum_j p ln p / ln(support); 0 is one token, 1 is even",
        "Ghader and Monz 2017, by support",
        lambda r: r.mean_counted(r.sums.entropy / np.log(np.maximum(r.seen, 2))),
    ),
    HeadMetric(
        "entropy_without_first",
        "entropy, without first",
        "How evenly the weight beside the first token is spread.",
        "share",
        "the same without the first token",
        "Vig and Belinkov 2019, eq. 7",
        lambda r: r.mean(r.entropy_without_first / np.log(np.maximum(r.seen - 1, 2)), r.others),
    ),
    HeadMetric(
        "mean_distance",
        "mean distance",
        "How far away the tokens are that the head looks at.",
        "tokens",
        "sum_j p |i - j| / sum_j p, in tokens",
        "Vig and Belinkov 2019, eq. 6",
        _mean_distance,
        "positions",
    ),
    HeadMetric(
        "mean_distance_without_first",
        "mean distance, without first",
        "How far away the tokens are, the first one left out.",
        "tokens",
        "the same without the first token, in tokens",
        "",
        lambda r: r.mean((r.sums.distance - r.first * r.place) / r.rest, r.others),
        "positions",
    ),
    HeadMetric(
        "mean_distance_without_rest",
        "mean distance, without rest",
        "How far away the tokens are, the first one and the one the head rests on left out.",
        "tokens",
        f"the same also without `resting_token`, where `resting` is {RESTS:g} or more, in tokens",
        "",
        lambda r: r.mean_distance_without_rest(),
        "positions",
    ),
    HeadMetric(
        "first_token",
        "first token",
        "Weight on the first token: the attention sink.",
        "share",
        "p[i, 0]: the attention sink",
        "Gu et al. 2024",
        lambda r: r.mean_counted(r.first),
    ),
    HeadMetric(
        "first_token_arriving",
        "first token, arriving",
        "Share of what arrives that comes from the first token: a sink has weight, and little "
        "arrives.",
        "share",
        "p[i, 0] n[0] / sum_j p[i, j] n[j], with n[j] = ||v_j W_O||, the length of the value after "
        "the output projection",
        "Kobayashi et al. 2020",
        lambda r: r.mean_counted(r.first_arriving, np.isfinite(r.first_arriving)),
        "norms",
    ),
    HeadMetric(
        "resting",
        "resting",
        "Weight on the one token that the head looks at most, whatever the query.",
        "share",
        f"the largest, over the keys j, mean of p[i, j] over the queries i that see j and at least "
        f"{SEES} tokens; of keys that {SEEN} and {SEEN_SHARE:g} of these queries see",
        "Gu et al. 2024, of any token",
        lambda r: r.resting,
    ),
    HeadMetric(
        "resting_token",
        "resting token",
        "The position of the token that the head looks at most, whatever the query.",
        "position",
        "the key j of `resting`, a position from 0",
        "",
        lambda r: r.resting_token,
    ),
    HeadMetric(
        "self",
        "self",
        "Weight on the token itself.",
        "share",
        "p[i, i]",
        "Clark et al. 2019",
        lambda r: r.mean_counted(r.sums.own),
        "positions",
    ),
    HeadMetric(
        "self_without_first",
        "self, without first",
        "Weight on the token itself, the first token left out.",
        "share",
        "the same without the first token",
        "",
        lambda r: r.mean_without_first(r.sums.own, r.place == 0),
        "positions",
    ),
    HeadMetric(
        "previous_token",
        "previous token",
        "Weight on the token before.",
        "share",
        "p[i, i - 1] over i >= 2, because at i = 1 the previous token is the first",
        "Clark et al. 2019",
        lambda r: r.mean_counted(r.sums.previous, r.place >= 2),
        "positions",
    ),
    HeadMetric(
        "previous_token_without_first",
        "previous token, without first",
        "Weight on the token before, the first token left out.",
        "share",
        "the same without the first token",
        "",
        lambda r: r.mean_without_first(r.sums.previous, False, r.place >= 2),
        "positions",
    ),
    HeadMetric(
        "duplicate_token",
        "duplicate token",
        "Weight on earlier copies of the token.",
        "share",
        "sum of p[i, j] over j < i with token[j] = token[i], over rows that have such a j",
        "Elhage et al. 2021",
        _duplicate,
        "repeats",
    ),
    HeadMetric(
        "duplicate_token_without_first",
        "duplicate token, without first",
        "Weight on earlier copies of the token, the first token left out.",
        "share",
        "the same over 1 <= j < i, without the first token",
        "",
        _duplicate_without_first,
        "repeats",
    ),
    HeadMetric(
        "induction",
        "induction",
        "Weight on what followed earlier copies of the token.",
        "share",
        "sum of p[i, j] over j <= i with token[j - 1] = token[i], over rows that have one",
        "Olsson et al. 2022",
        lambda r: r.mean_counted(r.sums.induction, r.repeat_flags()[0]),
        "repeats",
    ),
    HeadMetric(
        "induction_without_first",
        "induction, without first",
        "Weight on what followed earlier copies of the token, the first token left out.",
        "share",
        "the same without the first token",
        "",
        lambda r: r.mean_without_first(r.sums.induction, False, r.repeat_flags()[0]),
        "repeats",
    ),
    HeadMetric(
        "retrieval",
        "retrieval",
        "Share of the needle's tokens that the head looks at most while the model copies them.",
        "share",
        "share of the needle's tokens j for which a query i of a generation has its largest weight "
        "at j and token[i + 1], which was generated there, is token[j]",
        "Wu et al. 2024",
        _retrieval,
        "needle",
    ),
    HeadMetric(
        "local",
        "local",
        f"Weight on tokens at most {LOCAL} places away.",
        "share",
        f"sum of p[i, j] over |i - j| <= {LOCAL}, over rows whose support is larger than that "
        "reach",
        "",
        lambda r: r.mean_counted(r.sums.local, r.seen > LOCAL + 1),
        "positions",
    ),
    HeadMetric(
        "local_without_first",
        "local, without first",
        f"Weight on tokens at most {LOCAL} places away, the first token left out.",
        "share",
        f"sum of p[i, j] over |i - j| <= {LOCAL} and j >= 1 without the first token, "
        "over rows that see more than that",
        "",
        lambda r: r.mean_without_first(r.sums.local, r.place <= LOCAL, r.seen > LOCAL + 2),
        "positions",
    ),
    HeadMetric(
        "effective_span",
        "effective span",
        "How many tokens the weight is spread over.",
        "tokens",
        "exp(-sum_j p ln p), in tokens",
        "perplexity of p",
        lambda r: r.mean_counted(np.exp(np.where(r.counted, r.sums.entropy, 0))),
    ),
    HeadMetric(
        "row_maximum",
        "largest weight",
        "The largest weight of a query, mean over the queries.",
        "share",
        "max_j p",
        "confidence, Voita et al. 2019",
        lambda r: r.mean_counted(r.sums.top),
    ),
    HeadMetric(
        "max_logit",
        "largest score",
        "The largest score before the softmax.",
        "score",
        "the largest score of all rows, before the softmax",
        "Kimi K2 2025",
        _max_logit,
    ),
    HeadMetric(
        "nan_rows",
        "rows that are NaN",
        "Share of the queries whose weights are not numbers.",
        "share",
        "share of the rows with a NaN",
        "",
        lambda r: r.mean((~r.sound).astype(np.float64), np.ones_like(r.sound)),
    ),
    HeadMetric(
        "loss_effect",
        "effect on the loss",
        "How much the loss of this text rises without the head, in nats a token; measured.",
        "nats",
        "loss without the head, less the loss with all heads; mean over the predicted tokens",
        "ablation, Michel et al. 2019",
        None,
        "effects",
    ),
    HeadMetric(
        "loss_effect_estimate",
        "effect on the loss, estimate",
        "How much the loss of this text would rise without the head, by its gradient alone.",
        "nats",
        "-dL/dg at g = 1, where g multiplies the head's output",
        "Michel et al. 2019, eq. 5, with its sign",
        None,
        "effects",
    ),
    HeadMetric(
        "answer_effect",
        "effect on the answer",
        "How much likelier the head makes the first answer than the second, where it is above 0, "
        "or the second than the first; measured.",
        "logits",
        "difference of the answers' logits with all heads, less that without the head",
        "causal mediation, Vig et al. 2020",
        None,
        "effects",
    ),
    HeadMetric(
        "answer_effect_estimate",
        "effect on the answer, estimate",
        "How much likelier the head makes the first answer, by its gradient alone.",
        "logits",
        "dD/dg at g = 1, where g multiplies the head's output and D is the answers' difference",
        "Michel et al. 2019, eq. 5, of another number",
        None,
        "effects",
    ),
)
"""All head metrics, in the order of the last axis of what is logged."""

METRIC_NAMES = tuple(metric.name for metric in METRICS)

ALWAYS_LOGGED = tuple(
    metric.name for metric in METRICS if metric.needs not in ("norms", "needle", "effects")
)
"""A capture has a column for each other metric only where a head of it has a value."""
