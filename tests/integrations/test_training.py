"""A training that is logged is the training that it was.

And what is printed of it: its size, and a disk that is too small.
"""

from __future__ import annotations

import shutil
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import peft
import pytest
import torch

from tb_attention import AttentionLogger, Effects
from tb_attention.integrations.training import TrainingLog
from tb_attention.log.size import capture_bytes
from tests.support.models import gpt2
from tests.support.stores import store_of

PROBE = [5, 6, 7, 8, 5, 6]


def train(
    model: Any, logger: AttentionLogger | None, precision: AbstractContextManager[Any]
) -> list[torch.Tensor]:
    """Six steps with dropout in a loop of one's own; the parameters, and the next random number."""
    model.train()
    model.transformer.h[1].mlp.eval()  # a part that is frozen stays as it is
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    torch.manual_seed(1)
    for step in range(6):
        ids = torch.randint(3, 50, (4, 8))
        if logger is not None:
            logger.log(model, PROBE, tag="probe", step=step)
        with (
            logger.capture(model, tag="batch", step=step, examples=(0, 2))
            if logger
            else nullcontext(),
            precision,
        ):
            loss = model(input_ids=ids, labels=ids).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    assert model.training and not model.transformer.h[1].mlp.training
    return [*model.parameters(), torch.rand(3)]


@pytest.mark.parametrize(
    "way", ["plain", "autocast", "bfloat16", "reentrant checkpointing", "checkpointing"]
)
@pytest.mark.parametrize("effects", [False, Effects(heads=2, controls=1)])
def test_a_loop_is_bit_for_bit_the_same(tmp_path: Path, way: str, effects: Effects | bool) -> None:
    def model() -> Any:
        made = gpt2().to(torch.bfloat16 if way == "bfloat16" else torch.float32)
        if "checkpointing" in way:
            # Named gradient_checkpointing_enable before transformers 5.
            enable = getattr(
                made, "activation_checkpointing_enable", made.gradient_checkpointing_enable
            )
            enable({"use_reentrant": way.startswith("reentrant")})
        return made

    precision = torch.autocast("cpu", torch.bfloat16) if way == "autocast" else nullcontext()
    with AttentionLogger(tmp_path, strict=True, effects=effects) as logger:
        logged = train(model(), logger, precision)
    without = train(model(), None, precision)
    assert all(torch.equal(one, other) for one, other in zip(logged, without, strict=True))
    assert logger.bytes == 6 * (capture_bytes(gpt2(), 6) + 2 * capture_bytes(gpt2(), 8))
    store = store_of(tmp_path)
    numbers = store.output_numbers(store.steps(".", "probe"))
    assert [len(each) for each in numbers] == [1 if effects else 0] * 6


@pytest.mark.filterwarnings(
    "ignore:The .grad attribute of a Tensor that is not a leaf:UserWarning"
)  # torch.compile looks at it
@pytest.mark.parametrize("way", ["torch.compile", "compile", "layers"])
def test_a_compiled_model_is_not_compiled_anew(tmp_path: Path, way: str) -> None:
    graphs: list[Any] = []

    def backend(graph: Any, inputs: Any) -> Any:
        graphs.append(graph)
        return graph.forward

    model, ids = gpt2(), torch.tensor([PROBE])
    trained = torch.compile(model, backend=backend) if way == "torch.compile" else model
    for module in {"torch.compile": [], "compile": [model], "layers": model.transformer.h}[way]:
        module.compile(backend=backend)

    def step() -> int:
        trained(ids, use_cache=False).logits.sum().backward()
        return len(graphs)

    compiled = step()
    with AttentionLogger(tmp_path, strict=True) as logger:
        logger.log(trained, PROBE, tag="probe", step=0)
        logger.capture_next(trained, tag="next", step=0)
        assert step() == step() == compiled > 0
        with logger.capture(trained, tag="with", step=0):
            assert step() == compiled
        assert step() == compiled
    assert logger.bytes == 3 * capture_bytes(model, len(PROBE))


def run(
    directory: Path, *, every: int, steps: int, examples: tuple[int, ...] = (), known: bool = True
) -> None:
    """The steps of a training as a framework tells them."""
    model = gpt2()
    log = TrainingLog({"probe": PROBE}, every, examples, None, {})
    for step in range(steps):
        log.begin_step(step, model, lambda: directory, last_step=steps if known else 0)
        model(torch.tensor([PROBE]))
    log.end(steps, model, lambda: directory)
    log.close()


def test_the_size_is_told_once_and_beforehand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(tmp_path / "a", every=2, steps=5)
    one = capture_bytes(gpt2(), len(PROBE))
    assert capsys.readouterr().out == (
        f"tb_attention: {one} bytes of attention every 2 steps, "
        f"{4 * one / 1000:.3g} KB at 4 steps, to {tmp_path}/a\n"
    )
    run(tmp_path / "b", every=2, steps=5, examples=(0,), known=False)
    assert capsys.readouterr().out == (
        f"tb_attention: {2 * one / 1000:.3g} KB of attention every 2 steps, "
        f"as long as it trains, to {tmp_path}/b\n"
    )


def test_what_effects_take_is_told_after_a_few_steps(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Effects take 1.5 s here, the first training step 9 s and each one after it 0.5 s."""
    now = [0.0]

    def measured(capture: Any) -> Any:
        now[0] += 1.5
        return capture

    monkeypatch.setattr(
        "tb_attention.effects.measure.measure_effects", lambda *_, capture, **__: measured(capture)
    )
    monkeypatch.setattr("time.perf_counter", lambda: now[0])
    log, model = TrainingLog({"probe": PROBE}, 100, (), None, {"effects": True}), gpt2()
    said = []
    for step in range(9):
        log.begin_step(step, model, lambda: tmp_path, last_step=200)
        said.append(capsys.readouterr().out.splitlines())
        now[0] += 0.5 if step else 9
    log.end(9, model, lambda: tmp_path)
    log.close()
    assert [len(lines) for lines in said] == [1, 0, 0, 0, 0, 0, 1, 0, 0]
    assert said[6] == [
        "tb_attention: effects of heads take 1.5 s every 100 steps, 2.9 % of the training"
    ]
    assert capsys.readouterr().out == ""


def test_without_effects_nothing_is_said_of_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(tmp_path, every=2, steps=9)
    assert "effects of heads" not in capsys.readouterr().out


@pytest.mark.filterwarnings("ignore:.is_gradient_checkpointing")
def test_callbacks_log_without_the_adapter(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = peft.LoraConfig(target_modules=["c_attn"], fan_in_fan_out=True)
    model = peft.get_peft_model(gpt2(), config)
    log = TrainingLog({"probe": PROBE}, 2, (), None, {"without_adapter": True, "strict": True})
    for step in range(3):
        log.begin_step(step, model, lambda: tmp_path, last_step=3)
    log.end(3, model, lambda: tmp_path)
    log.close()
    both = store_of(tmp_path).snapshot.runs
    assert {run: list(tags["probe"]) for run, tags in both.items()} == {
        ".": [0, 2, 3],
        "without-adapter": [0, 2, 3],
    }
    assert f"{2 * capture_bytes(gpt2(), len(PROBE)) / 1000:.3g} KB" in capsys.readouterr().out


def test_a_writer_that_cannot_be_had_does_not_stop_the_training(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fails() -> Any:
        raise OSError("read-only file system")

    log, model = TrainingLog({"probe": PROBE}, 1, (), None, {}), gpt2()
    for step in (0, 1):
        log.begin_step(step, model, fails)
    log.close()
    assert [record.getMessage() for record in caplog.records] == [
        "attention is not logged: read-only file system"
    ]
    with pytest.raises(OSError, match="read-only"):
        TrainingLog({"probe": PROBE}, 1, (), None, {"strict": True}).begin_step(0, model, fails)


def test_steps_that_are_counted_in_twos_are_logged_as_often(tmp_path: Path) -> None:
    log, model = TrainingLog({"probe": PROBE}, 3, (), None, {}), gpt2()
    for step in (0, 2, 2, 4, 6, 8, 10, 12):
        log.begin_step(step, model, lambda: tmp_path)
    log.close()
    assert list(store_of(tmp_path).steps(".", "probe")) == [0, 4, 6, 10, 12]


def test_a_disk_that_is_too_small_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: type("Usage", (), {"free": 1500})())
    run(tmp_path, every=2, steps=5)
    (said,) = [record.getMessage() for record in caplog.records]
    assert said == (
        "3.46 KB of attention do not fit on the disk, which has 1.5 KB: "
        "log less often, or fewer layers."
    )
