"""AttentionLogger from the model to the files, read with TensorBoard's own readers.

And what happens where a file cannot be written.
"""

from __future__ import annotations

import copy
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import transformers
from disk import disk_with
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
from tensorboard.util import tensor_util
from torch.utils.tensorboard import SummaryWriter

from tb_attention import schema
from tb_attention.answers.runs import answer_runs
from tb_attention.answers.weights import answer_weights
from tb_attention.attention import softmax
from tb_attention.attention.head_metrics import METRIC_NAMES
from tb_attention.attention.layer import AttentionLayer
from tb_attention.capture import capture as capture_of_ids
from tb_attention.errors import InvalidInput, LoggingFailed, NoAttention
from tb_attention.log.logger import AttentionLogger
from tb_attention.record import summary
from tb_attention.record.capture import Capture, Stack, TokenSequence
from tb_attention.record.tfrecord import tensor_names
from tb_attention.store.index import Index
from tb_attention.store.logdir import Root
from tb_attention.store.store import Store

torch.set_num_threads(1)
IDS = [5, 6, 7, 8, 9, 5, 6, 7]


def gpt2() -> Any:
    torch.manual_seed(0)
    config = transformers.GPT2Config(
        n_layer=2,
        n_embd=32,
        n_head=4,
        vocab_size=99,
        n_positions=64,
        bos_token_id=1,
        eos_token_id=2,
    )
    return transformers.GPT2LMHeadModel(config)


def capture_of(model: Any) -> Capture:
    return capture_of_ids(model, IDS)


def plain(tokens: int = 4) -> Capture:
    """A capture of numpy arrays."""
    rng = np.random.default_rng(0)
    query, key = rng.normal(size=(2, 2, tokens, 8)).astype("f4")
    names = tuple(f"t{i}".encode() for i in range(tokens))
    return Capture(
        "plain",
        (TokenSequence(names),),
        (Stack("decoder", {0: AttentionLayer(query=query, key=key)}),),
    )


def record_files(directory: Path) -> list[Path]:
    return sorted(directory.glob("plugins/attention/attention.*.tfrecord"))


def captures_in(directory: Path) -> list[tuple[str, int, schema.Capture, dict[str, Any]]]:
    """(tag, step, message, tensors by name) of every capture in the record files that was committed."""
    found = []
    for path in record_files(directory):
        tensors: dict[str, Any] = {}
        for event in EventFileLoader(str(path)).Load():
            tensors |= {
                value.tag: tensor_util.make_ndarray(value.tensor) for value in event.summary.value
            }
            first = event.summary.value[0]
            if first.metadata.plugin_data.content:
                message = summary.parse_plugin_data(first.metadata.plugin_data.content).capture
                assert set(tensor_names(first.tag, message)) <= set(tensors), (
                    "the commit comes last"
                )
                found.append((first.tag, event.step, message, tensors))
                tensors = {}
    return found


def overviews_in(directory: Path) -> list[tuple[str, int]]:
    """(tag, step) of the small values, as TensorBoard's accumulator has them."""
    accumulator = EventAccumulator(str(directory), size_guidance={"tensors": 0})
    accumulator.Reload()
    return sorted(
        (tag, event.step)
        for tag in accumulator.PluginTagToContent("attention")
        for event in accumulator.Tensors(tag)
    )


def test_from_the_model_to_the_files(tmp_path: Path) -> None:
    model = gpt2()
    with AttentionLogger(tmp_path / "run") as logger:
        for step in (0, 10):
            logger.log(model, IDS, tag="probe", step=step)
        logger.log(model, IDS[:3], tag="short", step=10)
    assert logger.directory == tmp_path / "run"
    found = captures_in(logger.directory)
    assert [(tag, step) for tag, step, _, _ in found] == [
        ("probe", 0),
        ("probe", 10),
        ("short", 10),
    ]
    assert len({message.session for _, _, message, _ in found}) == 1
    _, _, message, tensors = found[0]
    assert (message.model, message.kind, list(message.sequences[0].ids)) == (
        "GPT2LMHeadModel",
        "probe",
        IDS,
    )
    assert tensors["probe"].shape == (2, 4, len(METRIC_NAMES))
    model.eval()
    model.set_attn_implementation("eager")
    own = model(torch.tensor([IDS]), output_attentions=True).attentions
    for layer, expected in zip(message.stacks[0].layers, own, strict=True):
        restored = summary.read_layer("probe", message.stacks[0], layer, tensors.__getitem__)
        np.testing.assert_allclose(
            softmax.weights(restored), expected[0].detach().numpy(), atol=2e-3
        )
    assert len(record_files(logger.directory)) == 1
    assert overviews_in(logger.directory) == [("probe", 0), ("probe", 10), ("short", 10)]


def test_the_users_summary_writer_gets_the_small_values(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path) as users:
        users.add_scalar("loss", 1.0, 0)
        with AttentionLogger(users) as logger:
            logger.log(gpt2(), IDS, tag="probe", step=3)
        assert [(tag, step) for tag, step, _, _ in captures_in(tmp_path)] == [("probe", 3)]
        assert overviews_in(tmp_path) == [("probe", 3)], (
            "close() flushes the SummaryWriter and leaves it open"
        )
        users.add_scalar("loss", 0.5, 1)
    assert len(list(tmp_path.glob("*tfevents*"))) == 1


def test_plain_arrays_need_no_torch(tmp_path: Path) -> None:
    code = """
import sys
import numpy as np
from tb_attention import AttentionLayer, AttentionLogger, Capture, Sequence, Stack
layer = AttentionLayer(query=np.ones((2, 3, 4), "f4"), key=np.ones((2, 3, 4), "f4"))
logger = AttentionLogger(sys.argv[1])
logger.write(Capture("arrays", (Sequence((b"a", b"b", b"c")),), (Stack("decoder", {0: layer}),)), tag="probe", step=1)
assert not {"torch", "transformers"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, timeout=60)
    assert [(tag, step) for tag, step, _, _ in captures_in(tmp_path)] == [("probe", 1)], (
        "written at the end of the process"
    )
    assert overviews_in(tmp_path) == [("probe", 1)]


def test_a_process_that_ends_without_close(tmp_path: Path) -> None:
    code = """
import sys
import numpy as np
from torch.utils.tensorboard import SummaryWriter
from tb_attention import AttentionLayer, AttentionLogger, Capture, Sequence, Stack
layer = AttentionLayer(query=np.ones((2, 3, 4), "f4"), key=np.ones((2, 3, 4), "f4"))
logger = AttentionLogger(SummaryWriter(sys.argv[1]))
for step in range(20):
    logger.write(Capture("arrays", (Sequence((b"a", b"b", b"c")),), (Stack("decoder", {0: layer}),)), tag="probe", step=step)
raise SystemExit(0)
"""
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, timeout=60)
    assert [step for _, step, _, _ in captures_in(tmp_path)] == list(range(20))
    assert [step for _, step in overviews_in(tmp_path)] == list(range(20))


def test_sessions_differ(tmp_path: Path) -> None:
    for step in (0, 1):
        with AttentionLogger(tmp_path) as logger:
            logger.write(plain(), tag="probe", step=step)
    found = captures_in(tmp_path)
    assert sorted(step for _, step, _, _ in found) == [0, 1], (
        "the names of files end in numbers, and do not sort by them"
    )
    assert len({message.session for _, _, message, _ in found}) == 2


def test_two_writers_of_one_session_and_one_event_file(tmp_path: Path) -> None:
    for step, first in ((5, True), (2, False)):
        with AttentionLogger(tmp_path, strict=True, session="shared", event_file=first) as logger:
            logger.write(plain(), tag="probe", step=step)
    assert {(step, message.session) for _, step, message, _ in captures_in(tmp_path)} == {
        (5, "shared"),
        (2, "shared"),
    }
    assert overviews_in(tmp_path) == [("probe", 5)]
    assert len(list(tmp_path.glob("*tfevents*"))) == 1


def test_flush_writes_what_was_logged(tmp_path: Path) -> None:
    logger = AttentionLogger(tmp_path)
    for step in range(12):
        logger.write(plain(), tag="probe", step=step)
    logger.flush()
    assert [step for _, step, _, _ in captures_in(tmp_path)] == list(range(12))
    assert len(overviews_in(tmp_path)) == 12
    logger.close()


def test_float32_on_request(tmp_path: Path) -> None:
    with AttentionLogger(tmp_path, float32=True) as logger:
        logger.write(plain(), tag="probe", step=0)
    ((_, _, _, tensors),) = captures_in(tmp_path)
    np.testing.assert_array_equal(
        tensors["probe/decoder/0/query"], plain().stacks[0].layers[0].query
    )


def test_what_the_caller_does_wrong_is_an_error(tmp_path: Path) -> None:
    model = gpt2()
    with AttentionLogger(tmp_path, strict=True) as logger:
        with pytest.raises(InvalidInput, match="65 tokens and the model 64 positions"):
            logger.log(model, [5] * 65, tag="probe", step=0)
        with pytest.raises(InvalidInput, match="needs a tokenizer"):
            logger.log(model, "a text", tag="probe", step=0)
        with pytest.raises(InvalidInput, match="name the probe"):
            logger.log(model, IDS, tag="", step=0)
        with pytest.raises(InvalidInput, match="give an integer"):
            logger.log(model, IDS, tag="probe", step=0.5)  # type: ignore[arg-type]
        with pytest.raises(InvalidInput, match="steps begin at 0"):
            logger.log(model, IDS, tag="probe", step=-1)
        with pytest.raises(NoAttention):
            logger.log(torch.nn.Embedding(99, 4), IDS, tag="probe", step=0)
        wrong = Capture("plain", (TokenSequence((b"one",)),), plain().stacks)
        with pytest.raises(InvalidInput, match="4 queries and 4 keys"):
            logger.write(wrong, tag="probe", step=0)
        logger.log(model, IDS, tag="probe", step=np.int64(7))
    assert [(tag, step) for tag, step, _, _ in captures_in(tmp_path)] == [("probe", 7)]
    for options in ({"queue_size": 0}, {"when_full": "wait"}):
        with pytest.raises(InvalidInput):
            AttentionLogger(tmp_path, **options)  # type: ignore[arg-type]


def warnings_in(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [
        record.getMessage() for record in caplog.records if record.name == "tb_attention.logger"
    ]


def test_a_full_disk_loses_captures_and_not_the_training(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    model = gpt2()
    with AttentionLogger(tmp_path) as logger:
        logger.log(model, IDS, tag="probe", step=0)
        logger.flush()
        with disk_with(record_files(tmp_path)[0].stat().st_size + 1000):
            for step in (1, 2, 3):
                logger.log(model, IDS, tag="probe", step=step)
            logger.flush()
        logger.log(model, IDS, tag="probe", step=4)
    said = warnings_in(caplog)
    assert len(said) == 2, said
    assert (
        "File too large. This capture is lost, training goes on. Make room on the disk" in said[0]
    )
    assert said[1] == f"{logger.lost} captures were not logged to {tmp_path}."
    steps = [step for _, step, _, _ in captures_in(tmp_path)]
    assert steps[0] == 0
    assert steps[-1] == 4, "what comes after the torn record is readable"
    assert logger.lost == 5 - len(steps) > 0


def test_a_directory_that_cannot_be_written(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    with AttentionLogger(tmp_path / "file" / "run") as logger:
        logger.log(gpt2(), IDS, tag="probe", step=0)
        logger.log(gpt2(), IDS, tag="probe", step=1)
    said = warnings_in(caplog)
    assert "Not a directory" in said[0]
    assert said[1:] == [f"2 captures were not logged to {tmp_path}/file/run."]


def test_a_closed_summary_writer_keeps_the_record_file(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    users = SummaryWriter(tmp_path)
    logger = AttentionLogger(users)
    users.close()
    for step in (0, 1):
        logger.write(plain(), tag="probe", step=step)
    logger.close()
    assert [step for _, step, _, _ in captures_in(tmp_path)] == [0, 1]
    (said,) = warnings_in(caplog)
    assert "the SummaryWriter was closed: close it after AttentionLogger.close()." in said
    assert "still has the whole capture" in said
    assert len(list(tmp_path.glob("*tfevents*"))) == 1
    assert logger.lost == 0


def test_a_closed_logger(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    logger = AttentionLogger(tmp_path)
    logger.close()
    logger.close()
    logger.log(gpt2(), IDS, tag="probe", step=0)
    logger.write(plain(), tag="probe", step=0)
    logger.flush()
    (said,) = warnings_in(caplog)
    assert "is closed: what is logged now is lost" in said
    assert list(tmp_path.iterdir()) == []


def test_a_model_that_fails_does_not_stop_the_training(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    model = gpt2()

    def fails(*_: Any) -> None:
        raise RuntimeError("out of memory")

    model.transformer.h[1].register_forward_pre_hook(fails)
    with AttentionLogger(tmp_path) as logger:
        logger.log(model, IDS, tag="probe", step=0)
        assert logger.lost == 1
    assert "out of memory. This capture is lost" in warnings_in(caplog)[0]
    strict = AttentionLogger(tmp_path, strict=True)
    with pytest.raises(LoggingFailed, match="out of memory") as raised:
        strict.log(model, IDS, tag="probe", step=0)
    assert isinstance(raised.value.__cause__, RuntimeError)
    strict.close()


def test_strict_raises_from_the_next_call(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").touch()
    logger = AttentionLogger(tmp_path / "file", strict=True)
    logger.write(plain(), tag="probe", step=0)
    with pytest.raises(LoggingFailed, match="Not a directory"):
        logger.flush()
    logger.close()
    with pytest.raises(LoggingFailed, match="is closed"):
        logger.write(plain(), tag="probe", step=0)
    assert warnings_in(caplog) == []


def test_a_queue_that_is_full(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    gate, begun = threading.Event(), threading.Event()

    class Slow:
        """An array that takes its time to be stored."""

        def __init__(self, array: Any) -> None:
            self.array, self.shape, self.ndim = array, array.shape, array.ndim

        def __array__(self, *args: Any, **options: Any) -> Any:
            begun.set()
            assert gate.wait(10)
            return self.array

    slow = plain()
    layers = {
        0: slow.stacks[0].layers[0],
        1: AttentionLayer(query=Slow(np.ones((2, 4, 8))), key=np.ones((2, 4, 8))),
    }
    dropping = AttentionLogger(tmp_path, queue_size=1, when_full="drop")
    dropping.write(Capture("slow", slow.sequences, (Stack("decoder", layers),)), tag="slow", step=0)
    assert begun.wait(10)
    for step in (1, 2, 3):
        dropping.write(plain(), tag="probe", step=step)
    assert dropping.lost == 2
    gate.set()
    dropping.flush()
    assert ("probe", 1) in [(tag, step) for tag, step, _, _ in captures_in(tmp_path)]
    dropping.close()
    assert "attention was dropped, as writing is behind" in warnings_in(caplog)[0]


def test_steps_layers_and_heads_that_are_chosen(tmp_path: Path) -> None:
    model = gpt2()
    with AttentionLogger(tmp_path, strict=True, every=10, layers=[1], heads=[0, 3]) as logger:
        for step in (0, 5, 10):
            logger.log(model, IDS, tag="log", step=step)
            with logger.capture(model, tag="capture", step=step):
                model(torch.tensor([IDS]))
            logger.write(capture_of(model), tag="write", step=step)
        logger.log(model, IDS, tag="other layer", step=0, layers=[0])
    found = captures_in(tmp_path)
    expected = [
        ("capture", 0),
        ("capture", 10),
        ("log", 0),
        ("log", 10),
        ("other layer", 0),
        ("write", 0),
        ("write", 10),
    ]
    assert sorted((tag, step) for tag, step, _, _ in found) == expected
    for tag, _, message, tensors in found:
        (layer,) = message.stacks[0].layers
        assert (layer.layer, list(layer.logged_heads)) == (0 if tag == "other layer" else 1, [0, 3])
        assert tensors[f"{tag}/decoder/{layer.layer}/query"].shape == (2, len(IDS), 8)
    assert logger.bytes == sum(
        array.nbytes
        for _, _, _, tensors in found
        for name, array in tensors.items()
        if name.endswith(("query", "key"))
    )


def test_chosen_layers_or_heads_that_the_model_has_not(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for options, message in (
        ({"layers": [2]}, "layers are [2], the model has [0, 1]"),
        ({"heads": [4]}, "heads are [4], the model has 0 to 3"),
    ):
        caplog.clear()
        with AttentionLogger(tmp_path, **options) as logger:  # type: ignore[arg-type]
            logger.log(gpt2(), IDS, tag="probe", step=0)
        (said,) = warnings_in(caplog)
        assert said.startswith(f"'probe' is not logged: {message}")
    for wrong in (
        {"layers": []},
        {"heads": [-1]},
        {"every": 0},
        {"inline": True, "event_file": False},
    ):
        with pytest.raises(InvalidInput):
            AttentionLogger(tmp_path, **wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("writer", [str, SummaryWriter])
def test_inline_there_is_one_event_file_and_nothing_else(tmp_path: Path, writer: Any) -> None:
    where, model = writer(tmp_path), gpt2()
    with AttentionLogger(where, inline=True, scalars=["entropy"]) as logger:
        for step in (0, 1):
            logger.log(model, IDS, tag="probe", step=step)
    if isinstance(where, SummaryWriter):
        where.add_scalar("loss", 1.0, 0)
        where.close()
    assert len(list(tmp_path.iterdir())) == 1
    index = Index([Root(str(tmp_path))])
    index.refresh()
    store = Store(index)
    assert answer_runs(store)["problems"] == [] and list(store.steps(".", "probe")) == [0, 1]
    captured = capture_of(model)
    for number, layer in captured.stacks[0].layers.items():
        found = answer_weights(store, store.find(".", "probe", 1), None, number, None).arrays[
            "weights"
        ]
        np.testing.assert_allclose(found, softmax.weights(layer).numpy(), atol=2e-3)
    assert {("probe", 0), ("probe", 1)} <= set(overviews_in(tmp_path)), (
        "TensorBoard knows it by the value that commits it"
    )
    accumulator = EventAccumulator(str(tmp_path))
    accumulator.Reload()
    assert "attention/probe/entropy.0.mean" in accumulator.Tags()["scalars"]


def test_inline_a_full_disk_loses_captures(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with AttentionLogger(tmp_path, inline=True) as logger:
        logger.write(plain(), tag="probe", step=0)
        logger.flush()
        (file,) = tmp_path.iterdir()
        with disk_with(file.stat().st_size + 100):
            logger.write(plain(), tag="probe", step=1)
            logger.flush()
        logger.write(plain(), tag="probe", step=2)
    assert (
        logger.lost == 1
        and "This capture is lost, training goes on. Make room" in warnings_in(caplog)[0]
    )
    index = Index([Root(str(tmp_path))])
    index.refresh()
    assert list(Store(index).steps(".", "probe")) == [0, 2]


def test_sync_forces_each_capture_onto_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    own = os.fsync
    monkeypatch.setattr(
        os, "fsync", lambda file: (synced.append(os.fstat(file).st_size), own(file))
    )
    users = SummaryWriter(tmp_path)
    with AttentionLogger(users, sync=True) as logger:
        for step in (0, 1):
            logger.write(plain(), tag="probe", step=step)
        # and not logger.flush(), which flushes the SummaryWriter
        logger._background.flush()  # type: ignore[union-attr]
        assert overviews_in(tmp_path) == [("probe", 0), ("probe", 1)]
    assert len(synced) == 2 and synced[1] == record_files(tmp_path)[0].stat().st_size
    users.close()


def test_nowhere_to_write(tmp_path: Path) -> None:
    model = gpt2()
    with AttentionLogger(None) as logger:
        logger.log(model, IDS, tag="probe", step=0)
        with logger.capture(model, tag="batch", step=0):
            model(torch.tensor([IDS]))
        logger.capture_next(model, tag="batch", step=1)
        logger.write(plain(), tag="arrays", step=0)
        logger.flush()
    assert (logger.directory, logger.lost, logger.bytes) == (None, 0, 0)


def test_the_next_pass_that_learns(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    model, ids = gpt2(), torch.tensor([IDS, IDS[::-1]])
    own = torch.nn.functional.scaled_dot_product_attention
    hooks = sum(
        len(module._forward_hooks) + len(module._forward_pre_hooks) for module in model.modules()
    )
    with AttentionLogger(tmp_path) as logger:
        logger.capture_next(model, tag="batch", step=4, examples=(1, 5))
        with torch.no_grad():
            model(ids[:1])
        copy.deepcopy(model)(ids[:1])
        model(ids).logits.sum().backward()
        model(ids[:1])
        logger.capture_next(model, tag="fails", step=5)
        with pytest.raises(RuntimeError, match="cannot reshape"):
            model(ids[:, :0])
        assert torch.nn.functional.scaled_dot_product_attention is own, "nothing is left replaced"
        logger.capture_next(model, tag="never", step=6)
    ((tag, step, message, _),) = captures_in(tmp_path)
    assert (tag, step, message.kind, list(message.sequences[0].ids)) == (
        "batch/1",
        4,
        "batch",
        IDS[::-1],
    )
    assert hooks == sum(
        len(module._forward_hooks) + len(module._forward_pre_hooks) for module in model.modules()
    )
    said = warnings_in(caplog)
    assert "'batch/5' is not logged: example 5 is not in the batch of 2" in said[0]
    assert "'never' is not logged: the model made no forward pass with gradients" in said[1]


def test_what_goes_wrong_with_watching_does_not_reach_the_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise RuntimeError("no watching")

    monkeypatch.setattr("tb_attention.capture.passes.watch", fails)
    with AttentionLogger(tmp_path) as logger:
        model = gpt2()
        logger.capture_next(model, tag="batch", step=0)
        model(torch.tensor([IDS]))
        with logger.capture(model, tag="batch", step=1):
            model(torch.tensor([IDS]))
    assert logger.lost == 2 and "no watching. This capture is lost" in warnings_in(caplog)[0]


def test_a_pass_that_is_interrupted_leaves_nothing_replaced_for_the_next_one(
    tmp_path: Path,
) -> None:
    own, model, ids = torch.nn.functional.scaled_dot_product_attention, gpt2(), torch.tensor([IDS])

    def interrupts(*_: Any) -> None:
        raise KeyboardInterrupt

    with AttentionLogger(tmp_path) as logger:
        logger.capture_next(model, tag="batch", step=0)
        hook = model.transformer.h[1].register_forward_pre_hook(interrupts)
        with pytest.raises(KeyboardInterrupt):
            model(ids)
        hook.remove()
        model(ids)
        assert torch.nn.functional.scaled_dot_product_attention is own
        logger.capture_next(model, tag="batch", step=1)
        model(ids)
        assert not model._forward_pre_hooks and not model._forward_hooks
    assert [(tag, step) for tag, step, _, _ in captures_in(tmp_path)] == [("batch", 1)]


def test_the_next_pass_of_a_model_that_calls_torch_itself(tmp_path: Path) -> None:
    class Model(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.table = torch.nn.Embedding(50, 8)

        def forward(self, ids: torch.Tensor) -> torch.Tensor:
            states = self.table(ids).unflatten(2, (2, 4)).transpose(1, 2)
            return torch.nn.functional.scaled_dot_product_attention(
                states, states, states, is_causal=True
            )

    model, passes = Model(), []
    model.register_forward_pre_hook(lambda *_: passes.append(1))
    with AttentionLogger(tmp_path, strict=True) as logger:
        logger.capture_next(model, tag="batch", step=0)
        model(torch.tensor([IDS]))
    ((_, _, message, tensors),) = captures_in(tmp_path)
    assert len(passes) == 1 and message.stacks[0].layers[0].causal
    own = model.table(torch.tensor(IDS)).unflatten(1, (2, 4)).transpose(0, 1).detach()
    np.testing.assert_allclose(tensors["batch/decoder/0/query"], own, atol=2e-3)


def test_a_process_that_is_killed_keeps_what_was_committed(tmp_path: Path) -> None:
    code = """
import sys
import numpy as np
from tb_attention import AttentionLayer, AttentionLogger, Capture, Sequence, Stack
layers = {n: AttentionLayer(query=np.ones((2, 300, 64), "f4"), key=np.ones((2, 300, 64), "f4")) for n in range(4)}
logger = AttentionLogger(sys.argv[1])
for step in range(100000):
    logger.write(Capture("arrays", (Sequence((b"a",) * 300),), (Stack("decoder", layers),)), tag="probe", step=step)
    if step % 4 == 0:
        print(step, flush=True)
"""
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    for line in process.stdout:
        if int(line) == 40:
            break
    process.kill()
    process.wait()
    process.stdout.close()
    index = Index([Root(str(tmp_path))])
    index.refresh()
    store = Store(index)
    steps = list(store.steps(".", "probe"))
    assert steps == list(range(len(steps))) and len(steps) >= 40 - 8, (
        "but for what waited in the queue"
    )
    for step in steps:
        np.testing.assert_allclose(
            answer_weights(store, store.find(".", "probe", step), None, 3, 1).arrays["weights"][
                0, 9, :10
            ],
            0.1,
            atol=1e-3,
        )
    assert answer_runs(store)["problems"] == []
    with AttentionLogger(tmp_path) as logger:
        logger.write(plain(), tag="probe", step=20)
    index.refresh()
    assert list(store.steps(".", "probe")) == list(range(21)), (
        "a training that goes on from step 20"
    )


def test_a_session_says_how_many_files_it_found(tmp_path: Path) -> None:
    for _ in range(2):
        with SummaryWriter(tmp_path) as writer, AttentionLogger(writer, strict=True) as logger:
            logger.write(plain(), tag="probe", step=5)
    first, second = (message.files for _, _, message, _ in captures_in(tmp_path))
    assert 0 < first < second
