"""show: what it takes, and what it says of what it cannot take."""

from __future__ import annotations

import base64
import gzip
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import transformers

from tb_attention import show
from tb_attention.capture import capture
from tb_attention.errors import InvalidInput, NotLogged
from tb_attention.standalone import page as page_module
from tb_attention.standalone.page import Page
from tests.support.golden_logs import write_logs
from tests.support.logs import capture as constructed

IDS = [5, 3, 8, 3, 5]


def part(page: Page, name: str) -> bytes:
    text = re.search(rf'id="tb-attention-{name}">([^<]*)<', page.html)[1]
    return gzip.decompress(base64.b64decode(text))


def index(page: Page) -> dict[str, Any]:
    return json.loads(part(page, "index"))


def captures(page: Page) -> list[tuple[str, str, int]]:
    """(run, tag, step) of each capture."""
    asked = [each["query"] for each in index(page)["answers"] if each["route"] == "capture"]
    return [(query["run"], query["tag"], int(query["step"])) for query in asked]


@pytest.fixture(scope="module")
def model() -> Any:
    torch.manual_seed(0)
    sizes = {"vocab_size": 12, "n_positions": 32, "n_embd": 32, "n_layer": 2, "n_head": 4}
    return transformers.GPT2LMHeadModel(transformers.GPT2Config(**sizes)).eval()


def test_a_model_and_a_text(model: Any) -> None:
    page = show(model, IDS, tag="ids")
    assert captures(page) == [("GPT2LMHeadModel", "ids", 0)]
    assert [entry["layer"] for entry in index(page)["layers"]] == [0, 1]


def test_a_model_at_several_steps_and_texts(model: Any) -> None:
    tokenizer = {letter: number for number, letter in enumerate("abcdefgh ")}
    page = show({0: model, 10: lambda: model}, ["a b", "a b c", "b"], tokenizer=tokenizer, run="x")
    assert captures(page) == [("x", tag, step) for tag in ("a-b", "a-b-c", "b") for step in (0, 10)]


def test_models_in_a_list_are_steps_and_steps_may_be_of_numpy(model: Any) -> None:
    expected = [("GPT2LMHeadModel", "ids", 0), ("GPT2LMHeadModel", "ids", 1)]
    assert captures(show([model, lambda: model], IDS, tag="ids")) == expected
    of_numpy = {np.int64(step): model for step in (0, 1)}
    assert captures(show(of_numpy, IDS, tag="ids")) == expected


@pytest.mark.parametrize(
    ("models", "sentence"),
    [
        ({"before": 0, "after": 0}, "'before' is not a step: models have numbers"),
        ({0: 0, 1: "gpt2"}, "of step 1 there is something of the type str: give a model"),
    ],
)
def test_models_that_have_no_steps(model: Any, models: dict[Any, Any], sentence: str) -> None:
    given = {step: model if each == 0 else each for step, each in models.items()}
    with pytest.raises(InvalidInput, match=sentence):
        show(given, IDS)


def test_what_a_model_returns_is_not_its_weights(model: Any) -> None:
    model.set_attn_implementation("eager")
    output = model(torch.tensor([IDS]), output_attentions=True)
    with pytest.raises(InvalidInput, match=r"'logits' is not the number of a layer: .* attentions"):
        show(output, ["a", "b", "c", "d", "e"])
    with pytest.raises(InvalidInput, match=r'no layers: .* attn_implementation="eager"'):
        show((None, None), ["a"])


def test_weights_and_tokens_as_bertviz_takes_them(model: Any) -> None:
    model.set_attn_implementation("eager")
    attention = model(torch.tensor([IDS]), output_attentions=True).attentions
    page = show(attention, ["a", "b", "c", "d", "e"])
    assert captures(page) == [("attention", "attention", 0)]
    assert show(list(attention), tokens=["a", "b", "c", "d", "e"], tag="x").bytes > 0


def test_captures(model: Any) -> None:
    one = capture(model, IDS)
    assert captures(show(one, tag="x")) == [("attention", "x", 0)]
    assert captures(show([one, one])) == [
        ("attention", "attention", 0),
        ("attention", "attention", 1),
    ]
    assert captures(show({40: one, 7: one})) == [
        ("attention", "attention", 7),
        ("attention", "attention", 40),
    ]
    assert captures(show({"she": one, "he": one})) == [
        ("attention", "he", 0),
        ("attention", "she", 0),
    ]


def test_a_part_of_a_log_directory(tmp_path: Path) -> None:
    write_logs(tmp_path)
    page = show(tmp_path, run="base", tag="probe", steps=[0, 20], layers=[1])
    assert captures(page) == [("base", "probe", 0), ("base", "probe", 20)]
    assert {entry["layer"] for entry in index(page)["layers"]} == {1}
    one = show(tmp_path, run="base", tag="probe", steps=20, layers=1)
    assert captures(one) == [("base", "probe", 20)]
    assert {entry["layer"] for entry in index(one)["layers"]} == {1}
    assert 'content="attention&amp;p.attention.layer=1"' in page.html, "it opens at that layer"
    assert "<title>Attention · base · probe</title>" in page.html


def test_a_page_is_shown_and_saved(tmp_path: Path) -> None:
    page = show(constructed(), height=400)
    frame = page._repr_html_()
    assert '<iframe class="tb-attention" srcdoc=' in frame and "height: 400px" in frame
    assert "allow-same-origin" not in frame
    written = page.save(tmp_path / "attention.html")
    assert written.read_text() == page.html
    assert "MB" in repr(page) or "KB" in repr(page)
    assert not re.search(r"(src|href)=", page.html)
    assert not re.search(r"\{[a-z]+\}", page.html.split("</title>")[0]), "filled in"


def test_the_tab_takes_less_than_400_kb() -> None:
    page = show(constructed(tokens=1, layers=1, heads=1, key_heads=1))
    held = index(page)
    names = ["script", *(str(font["part"]) for font in held["fonts"])]
    assert len(held["fonts"]) == 3
    assert sum(len(gzip.compress(part(page, name))) for name in names) < 400_000


def test_gpt2_small_with_64_tokens_takes_less_than_4_mb() -> None:
    page = show(constructed(64, layers=12, heads=12, key_heads=12, neurons=64))
    assert page.bytes < 4_000_000


def test_a_large_page_says_its_size_first(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(page_module, "LARGE", 1000)
    show(constructed())
    assert "This page will take" in capsys.readouterr().out
    monkeypatch.setattr(page_module, "LARGEST", 1000)
    with pytest.raises(InvalidInput, match=r"at most 1 KB: choose fewer steps \(steps=\), layers"):
        show(constructed())


@pytest.mark.parametrize(
    ("arguments", "options", "sentence"),
    [
        ((7,), {}, "show takes a model and a text, .* type int"),
        (([np.ones((2, 3, 3)) / 3],), {}, "weights need their tokens"),
        ((constructed(),), {"layers": [9]}, "there is no layer 9: choose among 0, 1"),
        ((constructed(),), {"steps": [1]}, "steps choose among those of a log directory"),
        ((constructed(),), {"dtype": "int8"}, "give 'float16' or 'float32'"),
        ((constructed(),), {"tag": ["a", "b"]}, "run and tag are one name each"),
        ((constructed(),), {"height": "50%"}, "height is '50%': give a number of pixels"),
        (("gpt2", "The doctor"), {}, "'gpt2' is read as a log directory, .* the model itself"),
    ],
)
def test_what_cannot_be_shown_is_a_sentence(
    arguments: tuple[Any, ...], options: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        show(*arguments, **options)


def test_a_model_needs_a_text(model: Any) -> None:
    with pytest.raises(InvalidInput, match="a model needs what it reads"):
        show(model)


def test_a_directory_without_attention(tmp_path: Path) -> None:
    with pytest.raises(NotLogged, match="there is no attention in"):
        show(tmp_path)
