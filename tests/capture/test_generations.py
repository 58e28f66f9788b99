"""Generations in which the model runs over more than one text, or gets embeddings for ids."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
import torch
import transformers

from tb_attention.capture.passes import watch_passes
from tests.support.continued import check, llama, seen
from tests.support.eager_weights import largest_error, run_eagerly
from tests.support.towers import IDS, MIXED, SMALL, gemma3, numbers, paligemma, pixels, sharp

NEW = {"max_new_tokens": 4, "do_sample": False}


def embedded(model: Any) -> torch.Tensor:
    result: torch.Tensor = model.get_input_embeddings()(IDS)
    return result


GUIDED: dict[str, dict[str, Any]] = {
    "guidance": {"guidance_scale": 2.0},
    "a shorter negative prompt": {
        "guidance_scale": 2.0,
        "negative_prompt_ids": torch.tensor([[7, 8, 9]]),
    },
    "a negative prompt as long": {"guidance_scale": 2.0, "negative_prompt_ids": IDS + 20},
    "guidance without cache": {"guidance_scale": 2.0, "use_cache": False},
    "early exit": {"assistant_early_exit": 1},
    "guesses from the prompt": {"prompt_lookup_num_tokens": 3},
    "a prompt in chunks": {"prefill_chunk_size": 3},
    "one new token": {"max_new_tokens": 1},
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("way", GUIDED)
def test_the_text_is_the_one_that_was_returned(way: str) -> None:
    model, returned = llama(), list[torch.Tensor]()
    captured = seen(model, lambda one: returned.append(one.generate(IDS, **NEW | GUIDED[way])))
    check(captured, model, returned[0][:, :-1], prompt=8)


@pytest.mark.parametrize("ends", [True, False])
def test_an_end_that_does_not_count(ends: bool) -> None:
    model, returned = llama(), list[torch.Tensor]()
    with torch.no_grad():
        end = int(model.generate(IDS, **NEW)[0, 9])
    model.generation_config.eos_token_id = end
    options = NEW if ends else NEW | {"eos_token_id": None}
    captured = seen(model, lambda one: returned.append(one.generate(IDS, **options)))
    assert len(returned[0][0]) == (10 if ends else 12)
    check(captured, model, returned[0][:, :-1], prompt=8)


EMBEDDED: dict[str, dict[str, Any]] = {
    "greedy": {},
    "without cache": {"use_cache": False},
    "static cache": {"cache_implementation": "static"},
    "beams": {"num_beams": 2},
    "ids beside them": {"input_ids": IDS},
}


def gemma() -> Any:
    config = transformers.GemmaConfig(**SMALL | {"eos_token_id": None})
    return sharp(transformers.GemmaForCausalLM(config))


def gemma3_text() -> Any:
    """Its embeddings are scaled."""
    layers = {"sliding_window": 4, "layer_types": ["sliding_attention", "full_attention"]}
    config = transformers.Gemma3TextConfig(**SMALL | {"eos_token_id": None} | layers)
    return sharp(transformers.Gemma3ForCausalLM(config))


@pytest.mark.parametrize("way", EMBEDDED)
def test_a_prompt_of_embeddings_has_its_ids_and_its_end(way: str) -> None:
    model, returned = llama(), list[torch.Tensor]()
    options = NEW | EMBEDDED[way]
    captured = seen(
        model, lambda one: returned.append(one.generate(inputs_embeds=embedded(one), **options))
    )
    ids = returned[0] if "input_ids" in options else torch.cat([IDS, returned[0]], 1)
    check(captured, model, ids[:, :-1], prompt=8)


@pytest.mark.parametrize("make", [gemma, gemma3_text])
def test_embeddings_that_are_scaled(make: Callable[[], Any]) -> None:
    model, returned = make(), list[torch.Tensor]()
    captured = seen(
        model, lambda one: returned.append(one.generate(inputs_embeds=embedded(one), **NEW))
    )
    check(captured, model, torch.cat([IDS, returned[0]], 1)[:, :-1], prompt=8)


def test_embeddings_that_no_token_has_are_labelled_by_their_places() -> None:
    model, returned = llama(), list[torch.Tensor]()
    given = embedded(model).clone()
    given[:, 2:4] = numbers(1, 2, 32)
    captured = seen(model, lambda one: returned.append(one.generate(inputs_embeds=given, **NEW)))
    (sequence,) = captured.sequences
    new = [str(token).encode() for token in returned[0][0, :-1].tolist()]
    assert sequence.tokens == (b"5", b"6", b"2", b"3", b"9", b"10", b"11", b"12", *new)
    assert (sequence.ids, sequence.prompt, captured.kind) == ((), 8, "generation")
    assert captured.stacks[0].layers[0].queries == 11


@pytest.mark.parametrize("make", [paligemma, gemma3])
def test_a_prompt_that_sees_itself(make: Callable[[], Any]) -> None:
    """An image, and with PaliGemma all of the prompt, sees what comes after."""
    model = sharp(make())
    model.generation_config.eos_token_id = None
    seeing = torch.zeros_like(MIXED) if make is paligemma else (MIXED == 98).long()
    given = {"input_ids": MIXED, "pixel_values": pixels(), "token_type_ids": seeing}
    returned: list[torch.Tensor] = []
    captured = seen(model, lambda one: returned.append(one.generate(**given, **NEW)))
    assert [stack.name for stack in captured.stacks] == ["encoder", "decoder"]
    ids = returned[0][:, :-1]
    assert captured.sequences[-1].ids == tuple(ids[0].tolist())
    assert captured.sequences[-1].prompt == 20
    types = torch.cat([seeing, torch.full((1, 3), int(make is paligemma))], 1)
    own = run_eagerly(
        model, lambda other: other(**given | {"input_ids": ids, "token_type_ids": types})
    )
    assert largest_error(captured, own) <= 1e-4
    first = own[captured.stacks[-1].layers[1].module][0][0]
    assert first[:, 2, 17].max() > 0.01, "a patch sees the last one"


def test_a_generation_in_another_thread() -> None:
    model, returned = llama(), list[torch.Tensor]()

    def run(one: Any) -> None:
        thread = threading.Thread(target=lambda: returned.append(one.generate(IDS, **NEW)))
        thread.start()
        thread.join()

    captured = seen(model, run)
    check(captured, model, returned[0][:, :-1], prompt=8)


def test_forward_passes_in_other_threads() -> None:
    model = llama()
    with watch_passes(model) as passes, torch.no_grad():
        threads = [
            threading.Thread(target=lambda ids=ids: model(ids, use_cache=False))
            for ids in (IDS + 20, IDS)
        ]
        for thread in threads:
            thread.start()
            thread.join()
    check(passes.captures()[0], model, IDS, prompt=None)
