"""Generations that somebody else runs, beside one full forward pass of the eager model."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from tb_attention.capture.passes import watch_passes
from tests.support.architectures import ARCHITECTURES
from tests.support.generations import (
    NEW,
    PAD,
    PROMPT,
    TRANSFORMERS_4,
    check,
    continued,
    model_of,
    prompts,
)

WAYS: dict[str, dict[str, Any]] = {
    "greedy": {},
    "sampling": {"do_sample": True},
    "static cache": {"cache_implementation": "static"},
    "without cache": {"use_cache": False},
    "beams": {"num_beams": 3},
}
MODELS = [
    "gpt2",
    "llama",
    "mistral",
    "gemma2",
    "gpt_oss",
    "llama4_text",
    "deepseek_v3",
    "qwen3_next",
    "opt",
    "falcon",
    "gpt_neo",
    "t5",
    "bart",
]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", MODELS)
def test_a_generation_is_as_one_forward_pass(name: str, way: str) -> None:
    if TRANSFORMERS_4 and (name, way) == ("deepseek_v3", "static cache"):
        pytest.skip("transformers 4 has no room for values shorter than keys")
    model, given = model_of(name), prompts(name)
    with torch.random.fork_rng(), watch_passes(model, (0, 1)) as passes:
        torch.manual_seed(6)
        returned = model.generate(**given, max_new_tokens=NEW, **WAYS[way])
    two = ARCHITECTURES[name].reads == "pair"
    for example, captured in passes.captures().items():
        check(name, captured)
        cut = PAD if example and not two else 0
        decoder = captured.sequences[-1]
        assert decoder.ids == tuple(returned[example, cut:-1].tolist()), (
            "all but the last, which is never fed"
        )
        assert (captured.kind, decoder.prompt) == ("generation", 1 if two else PROMPT - cut)
        if two:
            assert captured.sequences[0].ids == tuple(
                given["input_ids"][example, : PROMPT - PAD * example].tolist()
            )


@pytest.mark.skipif(TRANSFORMERS_4, reason="transformers 4 guesses only for texts that have an end")
@pytest.mark.parametrize("name", ["gpt2", "mistral", "gpt_oss", "bart", "t5"])
def test_guessed_tokens_that_are_not_accepted_are_forgotten(name: str) -> None:
    model = model_of(name)
    ids = torch.tensor([[7, 8, 9, 7, 8, 9, 7, 8]])
    fed: list[int] = []
    embeddings = model.get_decoder().get_input_embeddings()
    embeddings.register_forward_pre_hook(lambda module, args: fed.append(args[0].shape[-1]))
    with torch.random.fork_rng(), watch_passes(model) as passes:
        torch.manual_seed(6)
        returned = model.generate(
            ids, max_new_tokens=NEW, prompt_lookup_num_tokens=3, do_sample=name in ("bart", "t5")
        )
    captured = passes.captures()[0]
    assert sum(fed) > len(captured.sequences[-1]), "some were not accepted"
    assert captured.sequences[-1].ids == tuple(returned[0, :-1].tolist())
    check(name, captured)


def test_a_text_ends_where_it_ends() -> None:
    model, given = model_of("gpt2"), prompts("gpt2")
    plain = model.generate(**given, max_new_tokens=NEW)
    end = int(plain[0, PROMPT + 3])
    assert end not in plain[0, PROMPT : PROMPT + 3] and end not in plain[1, PROMPT:]
    for options in ({}, {"num_beams": 2, "length_penalty": -9.0}):
        with watch_passes(model, (0, 1)) as passes:
            returned = model.generate(**given, max_new_tokens=NEW, eos_token_id=end, **options)
        captured = passes.captures()
        for example, cut in ((0, 0), (1, PAD)):
            ids = returned[example, cut:].tolist()
            expected = (
                ids[: ids.index(end, PROMPT - cut)] if end in ids[PROMPT - cut :] else ids[:-1]
            )
            assert captured[example].sequences[0].ids == tuple(expected)
            check("gpt2", captured[example])
        assert len(captured[0].sequences[0]) < PROMPT + NEW - 1


@pytest.mark.parametrize("name", ["llama", "bart"])
@pytest.mark.parametrize("options", [{"do_sample": True}, {"num_beams": 4}])
def test_several_texts_of_one_prompt(name: str, options: dict[str, Any]) -> None:
    model, given = model_of(name), prompts(name)
    with torch.random.fork_rng(), watch_passes(model, range(4)) as passes:
        torch.manual_seed(3)
        returned = model.generate(**given, max_new_tokens=5, num_return_sequences=2, **options)
    found = passes.captures()
    for example, captured in found.items():
        check(name, captured)
        cut = PAD if example > 1 and name == "llama" else 0
        assert captured.sequences[-1].ids == tuple(returned[example, cut:-1].tolist())
        assert captured.sequences[0].ids[:4] == tuple(
            given["input_ids"][example // 2, cut:][:4].tolist()
        )


def test_a_loop_of_ones_own_with_a_cache() -> None:
    model = model_of("llama")
    ids = torch.tensor([[5, 6, 7, 8]])
    with watch_passes(model) as passes, torch.no_grad():
        output = model(ids[:, :3])
        for token in (3, 2):
            output = model(torch.tensor([[token]]), **continued(model, output))
    captured = passes.captures()[0]
    assert captured.sequences[0].ids == (5, 6, 7, 3, 2) and captured.sequences[0].prompt == 3
    check("llama", captured)


class Wrapper(torch.nn.Module):
    """Has what its model has, as FSDP's wrapper does; its class has no `generate`."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.inside = model

    def __getattr__(self, name: str) -> Any:
        try:
            return super().__getattr__(name)
        except AttributeError:
            return getattr(super().__getattr__("inside"), name)

    def forward(self, *args: Any, **options: Any) -> Any:
        return self.inside(*args, **options)


def test_a_wrapper_that_hands_generate_on() -> None:
    model, given = Wrapper(model_of("gpt2")), prompts("gpt2")
    with watch_passes(model) as passes:
        model.generate(**given, max_new_tokens=NEW, min_new_tokens=NEW, do_sample=False)
    captured = passes.captures()[0]
    assert captured.sequences[0].prompt == PROMPT
    check("gpt2", captured)
    assert "generate" not in vars(model)
