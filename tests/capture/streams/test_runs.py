"""Passes that go on from others: caches are told apart by what they are, not by their lengths."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
import torch
import transformers

from tb_attention.capture.passes import watch_passes
from tb_attention.errors import InvalidInput
from tests.support.continued import check, llama, mistral, seen
from tests.support.towers import IDS, bert2bert, sharp

OTHER = IDS + 20


def test_two_caches_of_one_length_by_turns() -> None:
    def run(model: Any) -> None:
        one, other = (model(ids[:, :5], use_cache=True).past_key_values for ids in (IDS, OTHER))
        for place in (5, 6):
            model(OTHER[:, place : place + 1], past_key_values=other)
            model(IDS[:, place : place + 1], past_key_values=one)

    model = llama()
    check(seen(model, run), model, IDS[:, :7], prompt=5)


@pytest.mark.parametrize("make", [llama, mistral])
def test_a_cache_that_was_copied(make: Callable[[], Any]) -> None:
    """Several answers to one prompt, which is run once."""

    def run(model: Any) -> None:
        begun = model(IDS[:, :5], use_cache=True).past_key_values
        mine = copy.deepcopy(begun)
        model(OTHER[:, 5:8], past_key_values=begun)
        model(IDS[:, 5:7], past_key_values=mine)

    model = make()
    check(seen(model, run), model, IDS[:, :7], prompt=5)


def test_a_cache_that_was_cut() -> None:
    def run(model: Any) -> None:
        cache = model(OTHER[:, :6], use_cache=True).past_key_values
        cache.crop(-3)
        model(IDS[:, 3:], past_key_values=cache)

    model = llama()
    check(seen(model, run), model, torch.cat([OTHER[:, :3], IDS[:, 3:]], 1), prompt=3)


@pytest.mark.parametrize("kind", ["DynamicCache", "StaticCache"])
def test_a_cache_that_the_caller_made(kind: str) -> None:
    def run(model: Any) -> None:
        room = {"max_cache_len": 20} if kind == "StaticCache" else {}
        cache = getattr(transformers, kind)(config=model.config, **room)
        for place in range(0, 8, 2):
            model(IDS[:, place : place + 2], past_key_values=cache)

    model = llama()
    check(seen(model, run), model, IDS, prompt=2)


def test_a_cache_that_is_emptied_and_used_again() -> None:
    def run(model: Any) -> None:
        cache = transformers.StaticCache(config=model.config, max_cache_len=20)
        for ids in (OTHER, IDS):
            for place in range(0, 8, 2):
                model(ids[:, place : place + 2], past_key_values=cache)
            cache.reset()

    model = llama()
    check(seen(model, run), model, IDS, prompt=2)


def test_a_cache_that_generates_again() -> None:
    returned: list[torch.Tensor] = []

    def run(model: Any) -> None:
        cache = transformers.StaticCache(config=model.config, max_cache_len=20)
        for ids in (OTHER[:, :6], IDS):
            returned.append(
                model.generate(ids, past_key_values=cache, max_new_tokens=4, do_sample=False)
            )
            cache.reset()

    model = llama()
    check(seen(model, run), model, returned[1][:, :-1], prompt=8)


def test_a_chat_that_goes_on_with_its_cache() -> None:
    answers: list[torch.Tensor] = []
    options = {"max_new_tokens": 3, "do_sample": False, "return_dict_in_generate": True}

    def run(model: Any) -> None:
        first = model.generate(IDS[:, :4], **options)
        asked = torch.cat([first.sequences, OTHER[:, :2]], 1)
        second = model.generate(asked, past_key_values=first.past_key_values, **options)
        answers.append(second.sequences)

    model = llama()
    captured = seen(model, run)
    check(captured, model, answers[0][:, :-1], prompt=9)


def test_a_cache_that_was_begun_before_is_refused() -> None:
    model = llama()
    with torch.no_grad():
        begun = model(IDS, use_cache=True).past_key_values

    def run(model: Any) -> None:
        model(OTHER, use_cache=True)  # another text, as long
        model(IDS[:, :1], past_key_values=begun)

    with pytest.raises(InvalidInput, match="begun before"):
        seen(model, run)


@pytest.mark.parametrize("change", ["reorder_cache", "batch_select_indices"])
@pytest.mark.parametrize("make", [llama, mistral])
def test_a_cache_whose_rows_changed_places_is_refused(make: Callable[[], Any], change: str) -> None:
    def run(model: Any) -> None:
        cache = model(torch.cat([IDS[:, :5], OTHER[:, :5]]), use_cache=True).past_key_values
        getattr(cache, change)(torch.tensor([1, 0]))
        model(IDS[:, 5:7].expand(2, -1), past_key_values=cache)

    with pytest.raises(InvalidInput, match="changed places between two passes"):
        seen(make(), run)


def test_a_cache_that_was_copied_to_more_rows() -> None:
    model, new = llama(), torch.cat([IDS[:, 5:7], OTHER[:, 5:7]])
    with watch_passes(model, (0, 1)) as passes, torch.no_grad():
        cache = model(IDS[:, :5], use_cache=True).past_key_values
        cache.batch_repeat_interleave(2)
        model(new, past_key_values=cache)
    passes.examples = (0,)
    check(passes.captures()[0], model, IDS[:, :7], prompt=5)
    passes.examples = (1,)
    with pytest.raises(InvalidInput, match="example 1 was not in the batch of the pass"):
        passes.captures()


def test_of_separate_texts_the_last_one_counts_and_the_others_are_forgotten() -> None:
    model = llama()
    with watch_passes(model) as passes, torch.no_grad():
        for ids in (IDS, OTHER, IDS[:, :5]):
            model(ids, use_cache=False)
    check(passes.captures()[0], model, IDS[:, :5], prompt=None)
    assert len(list(passes.runs)) == 1


def test_an_encoder_that_was_called_for_itself() -> None:
    model = sharp(bert2bert())
    with watch_passes(model) as passes, torch.no_grad():
        model.get_encoder()(OTHER[:, :6])
        read = model.get_encoder()(IDS[:, :6])
        model(encoder_outputs=read, decoder_input_ids=IDS[:, :3])
    captured = passes.captures()[0]
    assert [stack.name for stack in captured.stacks] == ["encoder", "decoder", "cross"]
    assert captured.sequences[0].ids == tuple(IDS[0, :6].tolist())
    cross = captured.stacks[2]
    assert (cross.query_sequence, cross.key_sequence) == (1, 0)
