"""What several findings say of one head is one story, and the strongest comes first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tb_attention.findings.finding import Finding
from tb_attention.findings.story import Story
from tb_attention.findings.told import Told, told


def made(
    strength: float,
    *,
    head: tuple[int, int] | None = (1, 2),
    kind: str = "type born",
    metric: str | None = "induction",
    run: str = "run",
    tag: str = "probe",
    **of_story: Any,
) -> Told:
    heads = () if head is None else (head,)
    finding = Finding(kind, f"A {kind}.", "decoder", (1,), heads, (0, 10), metric)
    story = Story(finding, finding.sentence, "Score.", head, metric, 0, 10, strength, kind)
    return Told(run, tag, replace(story, **of_story))


def test_the_strongest_comes_first() -> None:
    stories = [made(0.2, head=(0, 0)), made(0.9), made(0.4, head=(2, 0))]
    assert [each.story.strength for each in told(stories)] == [0.9, 0.4, 0.2]


def test_as_strong_ones_stay_in_their_order() -> None:
    stories = [made(0.5, head=(0, head)) for head in range(4)]
    assert told(stories) == stories


def test_the_same_on_other_texts_is_named() -> None:
    tags = [made(0.9 - 0.1 * place, tag=tag) for place, tag in enumerate("abcde")]
    (only,) = told(tags)
    assert only.tag == "a"
    assert only.story.detail == "Score. The same on 'b', 'c' and 2 more texts."


def test_another_run_tells_it_again() -> None:
    assert len(told([made(0.9), made(0.8, run="other")])) == 2


def test_the_same_heads_in_another_order_are_told_once() -> None:
    def of(heads: tuple[tuple[int, int], ...], **more: Any) -> Told:
        each = made(head=heads[0], kind="other text", metric="first_token", **more)
        finding = replace(each.story.finding, heads=heads)
        return replace(each, story=replace(each.story, finding=finding))

    both = ((23, 7), (17, 5))
    (only,) = told([of(both, strength=0.9), of(both[::-1], strength=0.8, tag="other")])
    assert only.story.detail == "Score. The same on 'other'."
    assert len(told([of(both, strength=0.9), of(((17, 5), (2, 1)), strength=0.8, tag="b")])) == 2


@pytest.mark.parametrize(
    ("kind", "here", "there"),
    [("answer", (0.0, -3.0), (-4.0, 2.0)), ("score changed", (0.8, 0.6), (0.6, 0.9))],
)
def test_the_other_way_on_another_text_is_not_the_same(
    kind: str, here: tuple[float, float], there: tuple[float, float]
) -> None:
    stories = [
        made(0.9, kind=kind, values=here),
        made(0.8, kind=kind, values=there, tag="b"),
        made(0.7, kind=kind, values=here, tag="c"),
    ]
    kept = told(stories)
    assert [each.tag for each in kept] == ["probe", "b"]
    assert kept[0].story.detail == "Score. The same on 'c'."


def test_whole_layers_are_never_joined() -> None:
    stories = [made(0.9, head=None, kind="hardly moved"), made(0.8, head=None, kind="hardly moved")]
    assert len(told(stories)) == 2


def test_a_head_that_turned_takes_over_its_pair_of_tokens() -> None:
    pair = made(0.4, kind="changed most", metric="entropy", query=5, key=3)
    sentence = "Layer 1 head 2: from 'She' to 'nurse' 0.03 → 0.48 between steps 0 and 10 (…)."
    pair = replace(
        pair, story=replace(pair.story, finding=replace(pair.story.finding, sentence=sentence))
    )
    died = made(0.5, kind="type died", metric="self")
    (only,) = told([pair, made(0.9), died])
    assert (only.story.query, only.story.key) == (5, 3)
    assert only.story.detail == "Score. From 'She' to 'nurse' 0.03 → 0.48."


def test_what_a_head_does_to_the_output_is_a_story_of_its_own() -> None:
    assert len(told([made(0.9), made(0.8, kind="matters", metric="loss_effect")])) == 2


KINDS = ("type born", "type died", "changed most", "matters", "first token")
STORIES = st.builds(
    made,
    st.floats(0, 3),
    head=st.sampled_from([(0, 0), (0, 1), None]),
    kind=st.sampled_from(KINDS),
    metric=st.sampled_from(["induction", "self", None]),
    run=st.sampled_from("ab"),
    tag=st.sampled_from("xyz"),
)


@given(st.lists(STORIES, max_size=12))
def test_strength_descends_and_nothing_else_is_said(stories: list[Told]) -> None:
    kept = told(stories)
    strengths = [each.story.strength for each in kept]
    assert strengths == sorted(strengths, reverse=True)
    findings = [each.story.finding for each in stories]
    assert all(each.story.finding in findings for each in kept)
    heads = {(each.run, each.story.head) for each in stories if each.story.head}
    assert {(each.run, each.story.head) for each in kept if each.story.head} == heads
    if stories:
        assert strengths[0] == max(each.story.strength for each in stories)


@given(st.lists(STORIES, max_size=12))
def test_told_again_nothing_changes_but_what_was_added(stories: list[Told]) -> None:
    once = told(stories)
    again = told(once)
    assert [each.story.headline for each in again] == [each.story.headline for each in once]
