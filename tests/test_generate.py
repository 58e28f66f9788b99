"""Forward passes and generations that somebody else runs, beside one full forward pass of the eager model."""

from __future__ import annotations

import copy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader

from tb_attention.attention import softmax
from tb_attention.capture import AttentionCall
from tb_attention.capture.passes import watch_passes
from tb_attention.capture.stitch import Stitcher
from tb_attention.errors import InvalidInput
from tb_attention.log.logger import AttentionLogger
from tb_attention.record import summary
from tb_attention.record.capture import Capture
from tests.architectures import ARCHITECTURES, config_of
from tests.test_inputs import tokenizer

NEW, PROMPT, PAD = 12, 9, 3
FLOAT32 = 1e-4
"""With a cache tokens are multiplied in other groups than in one pass.

The errors of linear attention (qwen3_next) add up.
"""


@cache
def state_of(name: str) -> dict[str, torch.Tensor]:
    model = with_head(name)
    generator = torch.Generator().manual_seed(2)
    state = model.state_dict()
    # Tied weights are one tensor with two names.
    for tensor in {tensor.data_ptr(): tensor for tensor in state.values()}.values():
        if tensor.ndim > 1 and tensor.is_floating_point():
            tensor.copy_(
                torch.randn(tensor.shape, generator=generator)
                * ARCHITECTURES[name].sharp
                / tensor[0].numel() ** 0.5
            )
    return {key: tensor.clone() for key, tensor in state.items()}


def with_head(name: str, implementation: str | None = None) -> Any:
    two = ARCHITECTURES[name].reads == "pair"
    kind = transformers.AutoModelForSeq2SeqLM if two else transformers.AutoModelForCausalLM
    options = {} if implementation is None else {"attn_implementation": implementation}
    with torch.random.fork_rng():
        return kind.from_config(config_of(name, ARCHITECTURES[name]), **options)


def model_of(name: str, implementation: str | None = None) -> Any:
    model = with_head(name, implementation)
    model.load_state_dict(state_of(name))
    model.generation_config.eos_token_id, model.generation_config.pad_token_id = None, 0
    return model.eval()


def prompts(name: str) -> dict[str, torch.Tensor]:
    """Two examples, the second shorter by PAD tokens."""
    ids = torch.randint(5, 99, (2, PROMPT), generator=torch.Generator().manual_seed(1))
    mask = torch.ones_like(ids)
    padding = slice(PROMPT - PAD, None) if ARCHITECTURES[name].reads == "pair" else slice(PAD)
    ids[1, padding], mask[1, padding] = 0, 0
    return {"input_ids": ids, "attention_mask": mask}


def own_attention(name: str, captured: Capture) -> dict[str, list[torch.Tensor]]:
    """Of one forward pass of the eager model over the sequences of the capture."""
    ids = {sequence.name: torch.tensor([sequence.ids]) for sequence in captured.sequences}
    given = (
        {"input_ids": ids["encoder"], "decoder_input_ids": ids["decoder"]}
        if "encoder" in ids
        else {"input_ids": ids["decoder"]}
    )
    with torch.no_grad():
        output = model_of(name, "eager")(
            **given, use_cache=False, output_attentions=True, return_dict=True
        )
    names = {
        "encoder": "encoder_attentions",
        "decoder": "decoder_attentions",
        "cross": "cross_attentions",
    }
    return {
        stack: [
            layer[0]
            for layer in getattr(output, key, None) or getattr(output, "attentions", None) or ()
            if layer is not None
        ]
        for stack, key in names.items()
    }


def check(name: str, captured: Capture) -> None:
    own = own_attention(name, captured)
    for stack in captured.stacks:
        for layer, expected in zip(stack.layers.values(), own[stack.name], strict=True):
            assert softmax.weights(layer).shape == expected.shape
            assert float((softmax.weights(layer) - expected).abs().max()) <= FLOAT32
            assert float(expected[:, 3:].amax(-1).mean()) > 0.2, (
                "attention that is flat hides errors"
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
            output = model(torch.tensor([[token]]), past_key_values=output.past_key_values)
    captured = passes.captures()[0]
    assert captured.sequences[0].ids == (5, 6, 7, 3, 2) and captured.sequences[0].prompt == 3
    check("llama", captured)


@pytest.mark.parametrize("name", ["gpt2", "bert", "t5"])
@pytest.mark.parametrize("side", ["left", "right"])
def test_an_example_of_a_batch(name: str, side: str) -> None:
    model = (
        model_of(name)
        if name != "bert"
        else transformers.BertForMaskedLM(config_of(name, ARCHITECTURES[name])).eval()
    )
    ids = torch.randint(5, 99, (3, 8), generator=torch.Generator().manual_seed(4))
    mask = torch.ones_like(ids)
    real = slice(2, None) if side == "left" else slice(None, -2)
    mask[1] = 0
    mask[1, real] = 1
    given = {"input_ids": ids * mask, "attention_mask": mask}
    if name == "t5":
        given["labels"] = torch.tensor([[6, 7, 8, 9], [6, 7, -100, -100], [6, 7, 8, 9]])
    with watch_passes(model, (1,)) as passes:
        model(**given)
    captured = passes.captures()[1]
    assert captured.kind == "batch" and captured.sequences[0].prompt is None
    assert captured.sequences[0].ids == tuple(ids[1, real].tolist())
    if name == "t5":
        assert captured.sequences[1].ids == (0, 6, 7), (
            "the start token and the labels, but their padding"
        )
    eager = copy.deepcopy(model)
    eager.set_attn_implementation("eager")
    with torch.no_grad():
        output = eager(**given, output_attentions=True)
    own = output.attentions if name != "t5" else output.encoder_attentions
    for layer, expected in zip(captured.stacks[0].layers.values(), own, strict=True):
        assert layer.mask is None
        assert float((softmax.weights(layer) - expected[1][:, real, real]).abs().max()) <= FLOAT32


def test_a_batch_of_pairs_keeps_segments() -> None:
    model = transformers.BertModel(config_of("bert", ARCHITECTURES["bert"])).eval()
    words = tokenizer()
    given = words(
        [("the doctor slept", "she asked"), ("the nurse", "she slept")],
        padding=True,
        return_tensors="pt",
    )
    with watch_passes(model, (0, 1)) as passes:
        model(**given)
    sequence = passes.captures(words)[1].sequences[0]
    assert sequence.tokens == (b"[CLS]", b"the", b"nurse", b"[SEP]", b"she", b"slept", b"[SEP]")
    assert sequence.segments == (0, 0, 0, 0, 1, 1, 1)


@pytest.mark.parametrize("checkpointing", [False, True])
def test_a_training_step_is_not_disturbed(checkpointing: bool) -> None:
    first = model_of("gpt2").train()
    if checkpointing:
        first.activation_checkpointing_enable()
    second = copy.deepcopy(first)
    ids = prompts("gpt2")["input_ids"]
    with torch.random.fork_rng():
        torch.manual_seed(8)
        first(input_ids=ids, labels=ids, use_cache=False).loss.backward()
        after = torch.get_rng_state()
        torch.manual_seed(8)
        with watch_passes(second) as passes:
            second(input_ids=ids, labels=ids, use_cache=False).loss.backward()
        assert torch.equal(after, torch.get_rng_state())
    assert all(
        torch.equal(one.grad, other.grad)
        for one, other in zip(first.parameters(), second.parameters(), strict=True)
    )
    assert second.training and "generate" not in vars(second) and not second._forward_pre_hooks
    layers = passes.captures()[0].stacks[0].layers
    assert list(layers) == [0, 1] and all(
        layer.queries == layer.keys == PROMPT for layer in layers.values()
    )


def test_a_model_that_only_returns_weights_runs_once_more() -> None:
    model = model_of("bloom")
    given = prompts("bloom")
    with watch_passes(model, (1,)) as passes:
        model(**given)
    captured = passes.captures()[1]
    assert captured.kind == "batch" and captured.sequences[0].ids == tuple(
        given["input_ids"][1, PAD:].tolist()
    )
    check("bloom", captured)


def test_of_separate_passes_the_last_one_counts() -> None:
    model = model_of("gpt2")
    with watch_passes(model) as passes, torch.no_grad():
        model.generate(torch.tensor([[5, 6]]), max_new_tokens=3)
        model(torch.tensor([[7, 8, 9]]))
    captured = passes.captures()[0]
    assert (captured.sequences[0].ids, captured.kind) == ((7, 8, 9), "batch")


def test_patches_of_an_image() -> None:
    model = transformers.ViTForImageClassification(config_of("vit", ARCHITECTURES["vit"])).eval()
    with watch_passes(model, (1,)) as passes:
        model(torch.randn(2, 3, 16, 16))
    captured = passes.captures()[1]
    assert (
        captured.sequences[0].tokens[:2] == (b"[CLS]", b"patch 0,0")
        and len(captured.stacks[0].layers) == 2
    )


def test_what_goes_wrong_here_does_not_reach_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Stitcher, call: AttentionCall) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(Stitcher, "__call__", broken)
    model, given = model_of("gpt2"), prompts("gpt2")
    expected = model.generate(**given, max_new_tokens=3)
    with watch_passes(model) as passes:
        assert torch.equal(model.generate(**given, max_new_tokens=3), expected)
    with pytest.raises(RuntimeError, match="broken"):
        passes.captures()


def test_what_cannot_be_captured_is_told() -> None:
    model = model_of("gpt2")
    with watch_passes(model) as passes:
        pass
    with pytest.raises(InvalidInput, match="was not run"):
        passes.captures()
    with watch_passes(model, (2,)) as passes, torch.no_grad():
        model(torch.tensor([[5, 6]]))
    assert passes.captures() == {}
    assert "example 2 is not in the batch of 1" in str(passes.absent[2])
    with torch.no_grad():
        begun = model(torch.tensor([[5, 6]])).past_key_values
        with watch_passes(model) as passes:
            model(torch.tensor([[7]]), past_key_values=begun)
    with pytest.raises(InvalidInput, match="begun before"):
        passes.captures()
    with watch_passes(model, (3,)) as passes:
        model.generate(torch.tensor([[5, 6]]), max_new_tokens=3, num_beams=2)
    with pytest.raises(InvalidInput, match="not among the 1 texts"):
        passes.captures()


def test_the_logger_writes_one_capture_for_each_example(tmp_path: Path) -> None:
    model, given = model_of("gpt2"), prompts("gpt2")
    with AttentionLogger(tmp_path, strict=True) as logger:
        with logger.capture(model, tag="one", step=1):
            model.generate(**given, max_new_tokens=3)
        with logger.capture(model, tag="two", step=2, examples=(0, 1), layers=[1]):
            model(**given)
        with pytest.raises(KeyError), logger.capture(model, tag="none", step=3):
            raise KeyError
    events = EventFileLoader(str(next(tmp_path.glob("plugins/attention/*.tfrecord")))).Load()
    commits = {
        value.tag: summary.parse_plugin_data(value.metadata.plugin_data.content).capture
        for event in events
        for value in event.summary.value
        if value.metadata.plugin_data.content
    }
    assert {
        tag: [layer.layer for layer in capture.stacks[0].layers] for tag, capture in commits.items()
    } == {
        "one": [0, 1],
        "two/0": [1],
        "two/1": [1],
    }
    assert (
        commits["one"].kind == "generation"
        and len(commits["one"].sequences[0].tokens) == PROMPT + 2
    )
