"""The command checkpoints on several processes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from tests.support.commands import STEPS, TEXTS, checkpoints, record_files, refusal, shown
from tests.support.repository import ROOT


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_processes_log_all_steps_and_one_event_file(
    saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, order: tuple[int, int]
) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    for rank, steps in zip(
        order, ((500, 1500), (1000,)) if order == (0, 1) else ((1000,), (500, 1500)), strict=True
    ):
        before = set(shown(tmp_path)["doctor"]) if record_files(tmp_path) else set()
        monkeypatch.setenv("RANK", str(rank))
        assert checkpoints(saved, tmp_path) == 0
        assert set(shown(tmp_path)["doctor"]) - before == set(steps)
    assert shown(tmp_path) == {tag: list(STEPS) for tag in TEXTS}
    assert len(record_files(tmp_path)) == 2
    assert len(list(tmp_path.glob("*tfevents*"))) == 1
    accumulator = EventAccumulator(str(tmp_path)).Reload()
    assert [event.step for event in accumulator.Tensors("tb_attention/doctor")] == [500, 1500]


LAUNCHERS = {
    "torchrun": ["torch.distributed.run", "--nproc-per-node=2"],
    "accelerate launch": [
        "accelerate.commands.launch",
        "--multi_gpu",
        "--num_processes=2",
        "--mixed_precision=no",
    ],
}


@pytest.mark.parametrize("launcher", LAUNCHERS)
def test_under_a_launcher_of_two_processes(saved: Path, tmp_path: Path, launcher: str) -> None:
    names = [str(saved / f"checkpoint-{step}") for step in STEPS]
    command = [
        sys.executable,
        "-m",
        *LAUNCHERS[launcher],
        "-m",
        "tb_attention",
        "checkpoints",
        *names,
    ]
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "HF_HUB_OFFLINE": "1",
        "OMP_NUM_THREADS": "1",
    }
    command += ["--probes", str(saved / "probes.txt"), "--logdir", str(tmp_path / "logs")]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert shown(tmp_path / "logs") == {tag: list(STEPS) for tag in TEXTS}
    assert len(record_files(tmp_path / "logs")) == 2, "both processes have logged"
    assert done.stdout.count("To look") == 1
    assert "2/2" in done.stderr and "1/1" not in done.stderr, (
        "one progress bar, of the first process"
    )


@pytest.mark.parametrize(("rank", "processes"), [("2", "2"), ("x", "2"), ("-1", "1"), ("1", None)])
def test_a_wrong_environment_is_refused(
    saved: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    rank: str,
    processes: str | None,
) -> None:
    monkeypatch.setenv("RANK", rank)
    if processes:
        monkeypatch.setenv("WORLD_SIZE", processes)
    names = [
        str(saved / "checkpoint-500"),
        "--probes",
        str(saved / "probes.txt"),
        "--logdir",
        str(tmp_path / "logs"),
    ]
    assert "torchrun" in refusal(capsys, "checkpoints", *names)
    assert not (tmp_path / "logs").exists()
