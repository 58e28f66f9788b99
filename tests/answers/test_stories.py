"""Stories of a log directory: planted findings, and what they say of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tb_attention.answers import stories
from tb_attention.answers.logged_probe import probes_of
from tb_attention.answers.looked_at import look_at
from tb_attention.answers.stories import begin_stories
from tb_attention.findings.lessons import LESSONS
from tests.support.golden_logs import write_logs
from tests.support.logs import events, record_file, write
from tests.support.planted import TOKENS, logged, mostly, usual
from tests.support.stores import store_of


def told(directory: Path) -> dict[str, Any]:
    """The answer, as it is when it is done."""
    store = store_of(directory)
    job = begin_stories(store, probes_of(store))
    for _ in job.work:
        pass
    return dict(job.value)


def induction(turn: float, *heads: tuple[int, int]) -> Any:
    """Weights in which these heads look at what followed a token, from step 200 on."""

    def at(step: int) -> np.ndarray:
        weights = usual(step)
        for layer, head in heads:
            if step >= 200:
                weights[layer, head] = mostly(
                    lambda i: i - TOKENS // 2 + 1 if i >= TOKENS // 2 else i,
                    weights[layer, head],
                    turn,
                )
        return weights

    return at


def test_a_birth_is_told_in_words_with_its_head_and_steps(tmp_path: Path) -> None:
    logged(tmp_path, induction(0.9, (1, 2), (1, 0)))
    story = told(tmp_path)["stories"][0]
    assert story["headline"] == (
        "Between steps 100 and 200 two heads of layer 1 learned to copy what followed a token the "
        "last time."
    )
    assert story["finding"]["kind"] == "type born"
    assert (story["run"], story["tag"], story["stack"]) == (".", "probe", "decoder")
    assert story["head"] in ((1, 2), (1, 0))
    assert set(story["heads"]) == {(1, 2), (1, 0)}
    assert (story["metric"], story["lesson"]) == ("induction", "induction")
    assert story["before"] in (0, 100)
    assert story["after"] in (200, 300, 400)
    assert story["strength"] == pytest.approx(story["finding"]["size"], abs=1e-6)


def test_the_larger_change_comes_first_over_all_runs(tmp_path: Path) -> None:
    logged(tmp_path / "small", induction(0.6, (1, 2)))
    logged(tmp_path / "large", induction(0.95, (0, 1)))
    found = told(tmp_path)["stories"]
    assert [story["run"] for story in found if story["metric"] == "induction"] == ["large", "small"]
    strengths = [story["strength"] for story in found]
    assert strengths == sorted(strengths, reverse=True)


def test_a_log_of_one_step_has_nothing_before(tmp_path: Path) -> None:
    logged(tmp_path, induction(0.9, (1, 2)), steps=(200,))
    story = told(tmp_path)["stories"][0]
    assert story["before"] is None
    assert story["after"] == 200
    assert story["finding"]["kind"] == "kinds of heads"


def test_a_metric_is_defined_at_the_step_that_is_shown(tmp_path: Path) -> None:
    write(record_file(tmp_path / "run"), events(0), events(10))
    logged(tmp_path / "other", induction(0.9, (1, 2)))
    for story in told(tmp_path)["stories"]:
        store = store_of(tmp_path)
        table = store.head_metrics(store.steps(story["run"], story["tag"]))
        steps = list(store.steps(story["run"], story["tag"]))
        assert story["before"] is None or story["before"] in steps
        assert story["before"] is None or story["before"] < story["after"]
        of_head = table.values[
            steps.index(story["after"]), :, :, table.names.index(story["metric"])
        ]
        row = table.rows.index((story["stack"], story["head"][0]))
        assert np.isfinite(of_head[row, story["head"][1]])


def test_what_goes_wrong_comes_first(tmp_path: Path) -> None:
    def broken(step: int) -> np.ndarray:
        weights = induction(0.95, (1, 2))(step)
        if step == 400:
            weights[2, 3] = np.nan
        return weights

    logged(tmp_path, broken)
    first = told(tmp_path)["stories"][0]
    assert first["finding"]["kind"] == "not a number"
    assert first["strength"] >= 2
    assert first["metric"] == "nan_rows"


def test_of_many_probes_the_last_ones_are_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stories, "LATEST", 1)
    logged(tmp_path / "a", induction(0.9, (1, 2)))
    logged(tmp_path / "b", induction(0.9, (1, 2)))
    answer = told(tmp_path)
    assert {story["run"] for story in answer["stories"]} == {"a"}, "as old, and first by name"
    assert answer["notes"] == ["Only the 1 probes that were logged last were looked at."]


def test_every_story_is_a_sentence_with_a_lesson(tmp_path: Path) -> None:
    write_logs(tmp_path)
    store = store_of(tmp_path)
    looked_at = [
        look_at(store, steps) for run in store.snapshot.runs.values() for steps in run.values()
    ]
    every = [one.story(each) for one in looked_at if one for each in one.of_metrics()]
    assert len({story.finding.kind for story in every}) >= 4
    names = {lesson.name for lesson in LESSONS}
    for story in every:
        for text in (story.headline, story.detail or "No detail."):
            assert text[0].isupper(), text
            assert text.endswith("."), text
            assert ".." not in text
        assert story.lesson in names


def test_that_nothing_moved_is_no_story(tmp_path: Path) -> None:
    found = logged(tmp_path, lambda step: usual(0))
    assert [each["kind"] for each in found] == ["hardly moved"]
    assert told(tmp_path)["stories"] == []


def test_nothing_to_tell(tmp_path: Path) -> None:
    logged(tmp_path, usual)
    assert told(tmp_path)["stories"] == []


def test_a_head_that_looks_elsewhere_is_told_by_its_pair(tmp_path: Path) -> None:
    def at(step: int) -> np.ndarray:
        weights = usual(0)
        if step == 400:
            weights[1, 2] = 0.5 * weights[1, 2]
            weights[1, 2, :, 0] += 0.5
            weights[1, 2, 20] = np.eye(TOKENS)[9]
        return weights

    logged(tmp_path, at)
    (story,) = (
        one for one in told(tmp_path)["stories"] if one["finding"]["kind"] == "changed most"
    )
    assert story["headline"].startswith(
        "Between steps 0 and 400 layer 1 head 2 came to look from 't8' (token 20) to 't9' (token 9)"
    )
    assert (story["query"], story["key"]) == (20, 9)
    assert (story["before"], story["after"]) == (0, 400)
    assert story["metric"] is not None
    assert story["detail"].startswith("Distance of the head 0.")


def test_a_log_of_one_step_is_told_by_what_kinds_of_heads_there_are(tmp_path: Path) -> None:
    def at(step: int) -> np.ndarray:
        weights = induction(0.9, (1, 2), (1, 0))(200)
        weights[0, 3] = mostly(lambda i: 0, weights[0, 3])
        return weights

    logged(tmp_path, at, steps=(7,))
    stories_told = told(tmp_path)["stories"]
    assert stories_told[0]["headline"] == (
        "Of 12 heads one rests on the first token and two copy what followed a token the last time."
    )
    assert stories_told[0]["metric"] == "induction", "the most telling of them"
    assert stories_told[0]["head"] in ((1, 0), (1, 2))
    assert not any("step 7" in story["headline"] for story in stories_told)
    assert not any("step 7" in story["detail"] for story in stories_told)
    assert "Two of 12 heads copy what followed a token the last time." not in {
        story["headline"] for story in stories_told
    }, "it is said already"
