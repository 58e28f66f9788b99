"""What each head type and each kind of finding is, in a paragraph for whoever meets it first."""

from __future__ import annotations

from dataclasses import dataclass

from tb_attention.attention.head_types import JUMP, STEADY


@dataclass(frozen=True)
class Lesson:
    """A short lesson.

    Attributes:
        name: of a head type, or of a kind of finding; of both where both are called the same.
        what: what such a head, or such a finding, is.
        measured: how it is measured.
        limits: what it does not say.
        source: where it was described; may be empty.
    """

    name: str
    what: str
    measured: str
    limits: str
    source: str = ""


_CUT = (
    "The head's output is replaced by zeros, or its mean over the text, and the loss is taken "
    "again; heads drawn at random are cut as well, and only what is at least three times the "
    "largest of them is reported."
)
_MICHEL = "Michel et al. 2019, Are sixteen heads really better than one?"
_CUT_LIMITS = (
    "It is about this text. What a head does may be done by others once it is gone, so a small "
    "effect is not proof that it is idle; and a cut head makes inputs that the model never saw."
)

LESSONS = (
    Lesson(
        "first token",
        "Heads that put most of their weight on the first token: an attention sink. Weights must "
        "sum to 1, so a head with nothing to say needs a token to put them on that all others see.",
        "The mean weight of all queries on the first token; from 0.5 on.",
        "It does not say that the head is useless: it may act on other texts. Nor that the first "
        "token matters: the values of a sink are often short, so that little arrives.",
        "Xiao et al. 2023, on attention sinks; Gu et al. 2024, When attention sink emerges",
    ),
    Lesson(
        "previous token",
        "Heads that look at the token just before. They carry it one place on, which induction "
        "heads in later layers need: each place then knows what came before it.",
        "The mean weight of each query on the token before; from 0.5 on.",
        "It does not say what is done with that token, nor that another head uses it.",
        "Clark et al. 2019, What does BERT look at?; Elhage et al. 2021, A mathematical framework "
        "for transformer circuits",
    ),
    Lesson(
        "self",
        "Heads in which each token looks at itself.",
        "The mean weight of each query on its own place; from 0.5 on.",
        "What a token gives to itself may also be a way to add little that is new.",
        "Clark et al. 2019, What does BERT look at?",
    ),
    Lesson(
        "duplicate token",
        "Heads that look back at earlier copies of the same token, and so notice that something "
        "was there already.",
        "The sum of the weights on earlier copies, in the mean over tokens that have one; from 0.4 "
        "on, in texts in which at least 8 tokens come again.",
        "In plain text little repeats; the probe “repeated” gives a head a chance to show it.",
        "Elhage et al. 2021; Wang et al. 2022, Interpretability in the wild",
    ),
    Lesson(
        "induction",
        "Heads that find the last time the same token came, look at what followed it, and so make "
        "the model say that again: A B … A, then B. It is the simplest form of learning from "
        "the text before, and often appears within a few steps.",
        "The sum of the weights on tokens that followed earlier copies of the token, in the mean "
        "over tokens that have such a copy; from 0.4 on, in texts in which at least 8 tokens come "
        "again.",
        "The weights say where it looks, not that it copies: what it does shows when it is cut, "
        "and what repeats becomes harder to predict.",
        "Olsson et al. 2022, In-context learning and induction heads",
    ),
    Lesson(
        "resting",
        "Heads that put much of their weight on one later token, such as the first “the” "
        "or a line break, whatever the query: a place to rest, as the first token is for others.",
        "The largest mean weight that any one token gets from the queries that see it; from 0.3 "
        "on, if it is not the first.",
        "Which token it is differs from text to text; in a short text a head may mean that one.",
        "Gu et al. 2024, When attention sink emerges; Sun et al. 2024, Massive activations",
    ),
    Lesson(
        "spread",
        "Heads that look at all tokens nearly alike, as all heads do before training.",
        "The entropy of the weights as a share of that of even weights; from 0.9 on.",
        "A mean over the whole text can be of use, such as to tell what it is about.",
        "Ghader and Monz 2017; Clark et al. 2019",
    ),
    Lesson(
        "local",
        "Heads that look at tokens nearby, at no fixed distance.",
        "The sum of the weights on tokens at most 4 places away; from 0.8 on.",
        "A head may find what it looks for nearby only because it tends to stand there.",
        "Voita et al. 2019, Analyzing multi-head self-attention",
    ),
    Lesson(
        "type born",
        "A head came to do what it did not do before. Patterns often appear suddenly, in many "
        "heads at once, while the loss falls a little faster.",
        f"Its score reached the threshold of a type and rose by {JUMP:g} or more. The two steps "
        "are logged ones: it happened between them.",
        "The thresholds are conventions. A head may change a lot inside of its type, which the "
        "curve of its score shows.",
        "Olsson et al. 2022, on the phase change",
    ),
    Lesson(
        "type died",
        "A head ceased to do what it did before.",
        f"Its score fell below {STEADY:g} of the threshold of the type, and by {JUMP:g} or more.",
        "It may do the same on other texts still, and another head may have taken its place.",
    ),
    Lesson(
        "score changed",
        "A head does more of what it did all along, or less, without beginning or ceasing to.",
        "Its score at the last step, less that at the first one.",
        "The change may have come at any step between: its curve shows when.",
    ),
    Lesson(
        "kinds of heads",
        "What the heads of a model do on this text, by the patterns that have a name.",
        "By the thresholds of the types; heads without any of these patterns have no type.",
        "Most heads of large models have no simple pattern, and one text shows little of them.",
    ),
    Lesson(
        "other text",
        "A head that does one thing on this text and another one on another text. Patterns need "
        "an occasion: where nothing repeats an induction head rests.",
        "By its types at the same step of the same run on the other text.",
        "It does not say which of the two is what the head is for.",
    ),
    Lesson(
        "not a number",
        "Weights that are not a number: something overflowed, or a row has nothing that it may "
        "see. The loss usually follows.",
        "The share of rows that have such a weight.",
        "Where it began is not always where it shows first.",
    ),
    Lesson(
        "large score",
        "Scores before the softmax grow without bound in trainings that become unstable: the "
        "softmax saturates, and gradients vanish or explode.",
        "The largest score of all rows.",
        "Some heads need large scores to look at one token, and are stable.",
        "Kimi Team 2025, Kimi K2 (QK-clip); Dehghani et al. 2023 (query-key normalisation)",
    ),
    Lesson(
        "entropy collapse",
        "A head came to look at single tokens, by none of the known patterns.",
        "The entropy of its weights, as a share of that of even weights, fell from 0.3 or more to "
        "0.1 or less.",
        "A head that has found what to look for looks at one token as well.",
        "Zhai et al. 2023, Preventing attention entropy collapse",
    ),
    Lesson(
        "leak",
        "Documents that are packed into one sequence see each other, which most trainings mean to "
        "forbid by a mask.",
        "The mean weight that the queries of a document have on the keys of another one.",
        "Some trainings allow it on purpose.",
        "Krell et al. 2021, Efficient sequence packing without cross-contamination",
    ),
    Lesson(
        "matters",
        "Without this head the model predicts this text worse: it is needed here.",
        _CUT,
        _CUT_LIMITS,
        _MICHEL,
    ),
    Lesson(
        "hurts",
        "Without this head the model predicts this text better.",
        _CUT,
        _CUT_LIMITS + " What hurts here may help elsewhere.",
        _MICHEL,
    ),
    Lesson(
        "answer",
        "This head moves the model towards one of two answers.",
        "The difference of the answers' logits without the head; random heads are cut beside it.",
        _CUT_LIMITS,
        "Vig et al. 2020, Causal mediation analysis of gender bias",
    ),
    Lesson(
        "repetition",
        "What comes a second time is easier to predict. These heads carry a part of that.",
        "What the loss of the passage is above that of its repetition, with all heads, and without "
        "these; as many random heads are cut beside them.",
        "Earlier heads that these need carry it as well, so shares do not sum to one.",
        "Olsson et al. 2022, In-context learning and induction heads",
    ),
    Lesson(
        "stand-ins",
        "Heads that do the same work: each can go, not all of them.",
        "What cutting each of them does, and what cutting all together does.",
        _CUT_LIMITS,
        "McGrath et al. 2023, The hydra effect",
    ),
    Lesson(
        "next to nothing",
        "Heads that hardly change the loss on this text: candidates to prune.",
        "By cutting each of them, at every step at which that was done.",
        "One by one says nothing of all together, and one text nothing of others.",
        _MICHEL,
    ),
    Lesson(
        "changed most",
        "The heads that look elsewhere than before, by the pair of tokens that shows it best.",
        "The Jensen-Shannon distance of their rows of weights between the two steps, in the mean "
        "over the rows.",
        "A large change is not an important one: what it does to the output shows when it is cut.",
        "Lin 1991; Clark et al. 2019, for heads",
    ),
    Lesson(
        "dead",
        "Heads that do nothing of their own on this text: they rest on the first token, or look at "
        "all tokens alike.",
        "Nearly all of the weight on the first token, or the entropy of even weights.",
        "On other texts they may act. Cut them and look at the loss before they are pruned.",
        "Voita et al. 2019; Gu et al. 2024",
    ),
    Lesson(
        "hardly moved",
        "Layers whose heads look where they looked at the first step: training did not change "
        "them here, and they are candidates to freeze.",
        "The mean Jensen-Shannon distance of their heads between the two steps.",
        "Where they look stayed. What they carry from there may have changed.",
    ),
    Lesson(
        "alike",
        "Heads of one layer that look at the same tokens: one of them may be enough.",
        "The Jensen-Shannon distance of their rows of weights, in the mean over the rows.",
        "They may carry different things from the same places.",
        "Clark et al. 2019, What does BERT look at?",
    ),
)
"""One for each head type and each kind of finding."""
