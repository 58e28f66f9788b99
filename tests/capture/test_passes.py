"""Forward passes that somebody else runs, beside one of the eager model."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
import torch
import transformers
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader

from tb_attention.attention import softmax
from tb_attention.capture import AttentionCall
from tb_attention.capture.passes import watch_passes
from tb_attention.capture.streams.stitch import Place, Stitcher
from tb_attention.errors import InvalidInput
from tb_attention.log.logger import AttentionLogger
from tb_attention.record.message import parse_plugin_data
from tests.support.architectures import ARCHITECTURES, config_of
from tests.support.device import DEVICE, moved
from tests.support.generations import FLOAT32, PAD, PROMPT, check, continued, model_of, prompts
from tests.support.tokenizers import tokenizer


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
    given = moved(given)
    with watch_passes(model.to(DEVICE), (1,)) as passes:
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
        own_weights = expected[1][:, real, real].cpu()
        assert float((softmax.weights(layer) - own_weights).abs().max()) <= FLOAT32


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
        # Named gradient_checkpointing_enable before transformers 5.
        getattr(first, "activation_checkpointing_enable", first.gradient_checkpointing_enable)()
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
    given = moved(given)
    with watch_passes(model.to(DEVICE), (1,)) as passes:
        model(**given)
    captured = passes.captures()[1]
    assert captured.kind == "batch" and captured.sequences[0].ids == tuple(
        given["input_ids"][1, PAD:].tolist()
    )
    check("bloom", captured)


def test_of_separate_passes_the_last_one_counts() -> None:
    model = model_of("gpt2")
    with watch_passes(model) as passes, torch.no_grad():
        model.generate(torch.tensor([[5, 6]], device=DEVICE), max_new_tokens=3)
        model(torch.tensor([[7, 8, 9]], device=DEVICE))
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
    def broken(self: Stitcher, place: Place, call: AttentionCall) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(Stitcher, "add", broken)
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
        model(torch.tensor([[5, 6]], device=DEVICE))
    assert passes.captures() == {}
    assert "example 2 is not in the batch of 1" in str(passes.absent[2])
    with torch.no_grad():
        begun = model(torch.tensor([[5, 6]], device=DEVICE))
        with watch_passes(model) as passes:
            model(torch.tensor([[7]], device=DEVICE), **continued(model, begun))
    with pytest.raises(InvalidInput, match="begun before"):
        passes.captures()
    with watch_passes(model, (3,)) as passes:
        model.generate(torch.tensor([[5, 6]], device=DEVICE), max_new_tokens=3, num_beams=2)
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
        value.tag: parse_plugin_data(value.metadata.plugin_data.content).capture
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
