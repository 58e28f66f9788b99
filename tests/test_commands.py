"""The commands inspect, capture and checkpoints as a user runs them, on saved models.

Read back as the tab reads.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import transformers
from logs import capture, events, record_file, write
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from tb_attention.answers.runs import answer_runs
from tb_attention.answers.weights import answer_weights
from tb_attention.cli.checkpoints import Checkpoint, checkpoints_of
from tb_attention.cli.main import main
from tb_attention.cli.probes import read_probes
from tb_attention.demo.corpus import trained_tokenizer
from tb_attention.errors import InvalidInput
from tb_attention.record.probes import tag_of
from tb_attention.store.index import Index
from tb_attention.store.logdir import Root
from tb_attention.store.store import Store

torch.set_num_threads(1)
REPOSITORY = Path(__file__).parents[1]
TEXTS = {"doctor": "The doctor asked the nurse.", "a-second-line": "A second line"}
STEPS = (500, 1000, 1500)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders checkpoint-500, -1000 and -1500 of a tiny GPT-2, as the Trainer saves them, and probes.txt."""
    directory = tmp_path_factory.mktemp("saved")
    tokenizer = trained_tokenizer(list(TEXTS.values()), 270)
    for step in STEPS:
        torch.manual_seed(step)
        config = transformers.GPT2Config(
            vocab_size=len(tokenizer),
            n_positions=64,
            n_embd=32,
            n_layer=2,
            n_head=4,
            initializer_range=0.5,
            bos_token_id=0,
            eos_token_id=0,
        )
        folder = directory / f"checkpoint-{step}"
        transformers.GPT2LMHeadModel(config).save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    (directory / "probes.txt").write_text(
        "doctor: The doctor asked the nurse.\n\nA second line\n", "utf-8"
    )
    return directory


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No hub and no launcher."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    for name in ("RANK", "WORLD_SIZE"):
        monkeypatch.delenv(name, raising=False)


def checkpoints(saved: Path, logdir: Path | str, *names: str) -> int:
    chosen = names or [str(saved / f"checkpoint-{step}") for step in STEPS]
    return main(
        ["checkpoints", *chosen, "--probes", str(saved / "probes.txt"), "--logdir", str(logdir)]
    )


def opened(logdir: Path | str) -> Store:
    index = Index([Root(str(logdir))])
    index.refresh()
    return Store(index)


def shown(logdir: Path | str) -> dict[str, list[int]]:
    """tag -> steps of the only run."""
    found = answer_runs(opened(logdir))
    assert found["problems"] == []
    (only,) = found["runs"]
    return {tag["tag"]: tag["steps"] for tag in only["tags"]}


def assert_is_the_models_own(
    saved: Path, logdir: Path | str, tag: str, step: int, at: int | None = None
) -> None:
    """Every head of every layer, against the attention that the saved model returns in eager mode."""
    folder, store = saved / f"checkpoint-{step}", opened(logdir)
    model = transformers.GPT2LMHeadModel.from_pretrained(folder, attn_implementation="eager").eval()
    ids = transformers.AutoTokenizer.from_pretrained(folder)(
        TEXTS[tag], return_tensors="pt"
    ).input_ids
    with torch.no_grad():
        expected = model(ids, output_attentions=True).attentions
    location = store.find(".", tag, step if at is None else at)
    for layer, weights in enumerate(expected):
        answer = answer_weights(store, location, None, layer, None).arrays["weights"]
        assert np.abs(answer - weights[0].numpy()).max() <= 2e-3


def record_files(logdir: Path) -> dict[str, int]:
    return {path.name: path.stat().st_size for path in logdir.glob("plugins/attention/*")}


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    assert main(arguments) == 1
    written = capsys.readouterr()
    assert written.out == ""
    said = [line for line in written.err.splitlines() if line.startswith("tb-attention: ")]
    assert len(said) == 1
    assert "Traceback" not in written.err
    return said[0].removeprefix("tb-attention: ")


# checkpoints


def test_checkpoints_are_steps_with_the_models_own_attention(saved: Path, tmp_path: Path) -> None:
    assert checkpoints(saved, tmp_path) == 0
    assert shown(tmp_path) == {tag: list(STEPS) for tag in TEXTS}
    for tag in TEXTS:
        for step in STEPS:
            assert_is_the_models_own(saved, tmp_path, tag, step)


def test_a_second_run_logs_nothing_twice(
    saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checkpoints(saved, tmp_path)
    before, files = record_files(tmp_path), list(tmp_path.iterdir())
    capsys.readouterr()
    assert checkpoints(saved, tmp_path) == 0
    assert "Steps logged: 0, there already: 3." in capsys.readouterr().out
    assert record_files(tmp_path) == before
    assert list(tmp_path.iterdir()) == files


def test_a_job_that_goes_on_hides_no_step_and_logs_what_is_missing(
    saved: Path, tmp_path: Path
) -> None:
    checkpoints(saved, tmp_path, str(saved / "checkpoint-1500"), f"{saved / 'checkpoint-500'}=700")
    assert shown(tmp_path)["doctor"] == [700, 1500]
    before = record_files(tmp_path)
    checkpoints(saved, tmp_path)
    assert shown(tmp_path) == {tag: [500, 700, 1000, 1500] for tag in TEXTS}
    assert before.items() <= record_files(tmp_path).items()
    assert_is_the_models_own(saved, tmp_path, "doctor", 500, at=700)


def test_a_job_at_a_url_goes_on_and_is_listed(
    saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    logdir = "memory://checkpoints-of-test/run"
    for names in ([f"{saved / 'checkpoint-1000'}"], []):
        assert checkpoints(saved, logdir, *names) == 0
    assert "Steps logged: 2, there already: 1." in capsys.readouterr().out
    assert shown(logdir) == {tag: list(STEPS) for tag in TEXTS}
    assert_is_the_models_own(saved, logdir, "doctor", 1500)
    lines = inspected(capsys, logdir)
    assert [line.split()[:4] for line in lines[2:4]] == [
        ["a-second-line", "3", "500", "1500"],
        ["doctor", "3", "500", "1500"],
    ]


def test_a_probe_that_is_added_later_is_logged_alone(saved: Path, tmp_path: Path) -> None:
    probes, logdir = tmp_path / "probes.txt", tmp_path / "logs"
    arguments = [
        "checkpoints",
        str(saved / "checkpoint-500"),
        "--probes",
        str(probes),
        "--logdir",
        str(logdir),
    ]
    probes.write_text("doctor: The doctor asked the nurse.", "utf-8")
    main(arguments)
    first = opened(logdir).find(".", "doctor", 500)
    probes.write_text("doctor: The doctor asked the nurse.\nA second line", "utf-8")
    main(arguments)
    assert shown(logdir) == {tag: [500] for tag in TEXTS}
    assert opened(logdir).find(".", "doctor", 500).version == first.version


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
    assert [event.step for event in accumulator.Tensors("doctor")] == [500, 1500]


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
        "PYTHONPATH": str(REPOSITORY),
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


def test_revisions_of_a_hub(saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the cache of the hub's library, as a download leaves them."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    repository = tmp_path / "hub" / "models--org--tiny"
    for step in STEPS:
        commit = f"{step:040x}"
        shutil.copytree(saved / f"checkpoint-{step}", repository / "snapshots" / commit)
        (repository / "refs").mkdir(exist_ok=True)
        (repository / "refs" / f"step{step}").write_text(commit)
    logdir = tmp_path / "logs"
    assert checkpoints(saved, logdir, *(f"org/tiny@step{step}={step}" for step in STEPS)) == 0
    assert shown(logdir) == {tag: list(STEPS) for tag in TEXTS}
    for step in STEPS:
        assert_is_the_models_own(saved, logdir, "doctor", step)


def test_what_another_job_logged_is_not_hidden(
    saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(record_file(tmp_path), events(1000, tag="doctor"))
    names = [
        "checkpoints",
        str(saved / "checkpoint-500"),
        "--probes",
        str(saved / "probes.txt"),
        "--logdir",
        str(tmp_path),
    ]
    said = refusal(capsys, *names)
    assert (
        said
        == f"the tag doctor in {tmp_path} was logged by a training or another job: give another --logdir."
    )
    assert shown(tmp_path) == {"doctor": [1000]}


def test_a_tag_keeps_its_text(
    saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checkpoints(saved, tmp_path, str(saved / "checkpoint-500"))
    probes = tmp_path / "others.txt"
    probes.write_text("doctor: The nurse asked.", "utf-8")
    names = [
        "checkpoints",
        str(saved / "checkpoint-1000"),
        "--probes",
        str(probes),
        "--logdir",
        str(tmp_path),
    ]
    assert refusal(capsys, *names).startswith(
        f"the tag doctor in {tmp_path} follows another text: "
    )


def test_a_broken_checkpoint_is_one_sentence_and_the_steps_before_it_stay(
    saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "checkpoint-900"
    broken.mkdir()
    for path in (saved / "checkpoint-500").iterdir():
        (broken / path.name).write_bytes(
            path.read_bytes() if path.suffix != ".safetensors" else b"torn"
        )
    logdir = tmp_path / "logs"
    names = [
        str(saved / "checkpoint-500"),
        str(broken),
        "--probes",
        str(saved / "probes.txt"),
        "--logdir",
        str(logdir),
    ]
    assert refusal(capsys, "checkpoints", *names).startswith(
        f"the model {broken} could not be loaded ("
    )
    assert shown(logdir) == {tag: [500] for tag in TEXTS}


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


def test_names_of_checkpoints() -> None:
    names = [
        "out/checkpoint-1000/",
        "lr=1/checkpoint-20",
        "org/name@step3=3",
        "saved=0",
        "checkpoint-500",
    ]
    expected = [
        ("saved", 0),
        ("org/name@step3", 3),
        ("lr=1/checkpoint-20", 20),
        ("checkpoint-500", 500),
        ("out/checkpoint-1000/", 1000),
    ]
    assert checkpoints_of(names) == [Checkpoint(*each) for each in expected]
    assert checkpoints_of(["a=1", "a=1"]) == [Checkpoint("a", 1)]


@pytest.mark.parametrize(
    "names", [["out"], ["out=-1"], ["=5"], ["checkpoint-"], ["a=1", "b=1"], ["checkpoint-5/model"]]
)
def test_names_without_a_step_of_their_own_are_refused(names: list[str]) -> None:
    with pytest.raises(InvalidInput, match="=STEP"):
        checkpoints_of(names)


# probes


def test_probes_are_lines_with_or_without_a_tag(tmp_path: Path) -> None:
    path = tmp_path / "probes.txt"
    path.write_text(
        "he: The doctor: he.\n\n  Über die Brücke gehen!  \nTime 12:30 is late\n", "utf-8"
    )
    assert read_probes(path) == {
        "he": "The doctor: he.",
        "über-die-brücke-gehen": "Über die Brücke gehen!",
        "time-12-30-is-late": "Time 12:30 is late",
    }


def test_a_tag_of_a_long_text_is_its_first_words() -> None:
    assert tag_of("word " * 100) == "-".join(["word"] * 8)
    assert tag_of("x" * 100) == "x" * 40
    assert tag_of("?!") == "probe"


@pytest.mark.parametrize(
    ("written", "sentence"),
    [(b"", "no probe"), (b"a: b\na: c", "line 2 .* a second time"), (b"\xff", "not UTF-8")],
)
def test_probes_that_cannot_be_used(tmp_path: Path, written: bytes, sentence: str) -> None:
    (tmp_path / "probes.txt").write_bytes(written)
    with pytest.raises(InvalidInput, match=sentence):
        read_probes(tmp_path / "probes.txt")
    with pytest.raises(InvalidInput, match="No such file"):
        read_probes(tmp_path / "none.txt")


# capture


def test_capture_logs_one_inference(
    saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [
        "--model",
        str(saved / "checkpoint-500"),
        "--text",
        TEXTS["doctor"],
        "--logdir",
        str(tmp_path),
    ]
    assert main(["capture", *arguments, "--tag", "doctor", "--step", "500"]) == 0
    assert main(["capture", *arguments]) == 0
    assert capsys.readouterr().out.startswith("Logged doctor at step 500.")
    assert shown(tmp_path) == {"doctor": [500], "the-doctor-asked-the-nurse": [0]}
    assert_is_the_models_own(saved, tmp_path, "doctor", 500)
    assert main(["capture", *arguments, "--tag", "doctor", "--step", "20"]) == 0
    assert shown(tmp_path)["doctor"] == [20, 500]


def test_capture_at_a_url(saved: Path) -> None:
    logdir = "memory://capture-of-test/run"
    arguments = [
        "capture",
        "--model",
        str(saved / "checkpoint-500"),
        "--text",
        TEXTS["doctor"],
        "--tag",
        "doctor",
        "--logdir",
        logdir,
    ]
    for step in (7, 3):
        assert main([*arguments, "--step", str(step)]) == 0
    assert shown(logdir) == {"doctor": [3, 7]}
    assert_is_the_models_own(saved, logdir, "doctor", 500, at=3)


def test_capture_with_another_tokenizer(
    saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bare = tmp_path / "bare"
    bare.mkdir()
    for name in ("config.json", "model.safetensors"):
        (bare / name).write_bytes((saved / "checkpoint-500" / name).read_bytes())
    arguments = [
        "capture",
        "--model",
        str(bare),
        "--text",
        TEXTS["doctor"],
        "--tag",
        "doctor",
        "--logdir",
        str(tmp_path / "logs"),
    ]
    assert refusal(capsys, *arguments) == (
        f"there is no tokenizer in {bare}: name the one that the model was trained with by "
        "--tokenizer."
    )
    assert main([*arguments, "--tokenizer", str(saved / "checkpoint-500")]) == 0
    assert_is_the_models_own(saved, tmp_path / "logs", "doctor", 500, at=0)


@pytest.mark.parametrize("name", ["gpt2", "org/none@main"])
def test_without_a_hub_a_name_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    said = refusal(
        capsys, "capture", "--model", name, "--text", "a", "--logdir", str(tmp_path / "logs")
    )
    assert said.startswith(f"the model {name} could not be loaded (")
    assert not (tmp_path / "logs").exists()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--text", ""], "empty"),
        (["--step", "-1"], "begin at 0"),
        (["--logdir", "nosuch://b"], "nosuch:// is not known"),
    ],
)
def test_what_capture_cannot_log(
    saved: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    sentence: str,
) -> None:
    arguments = [
        "--model",
        str(saved / "checkpoint-500"),
        "--text",
        "The doctor",
        "--logdir",
        str(tmp_path / "logs"),
    ]
    assert sentence in refusal(capsys, "capture", *arguments, *options)
    assert not (tmp_path / "logs").exists()


# inspect


def inspected(capsys: pytest.CaptureFixture[str], logdir: Path | str) -> list[str]:
    capsys.readouterr()
    assert main(["inspect", str(logdir)]) == 0
    return capsys.readouterr().out.splitlines()


def test_inspect_lists_runs_probes_steps_and_sizes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = events(5, tag="other", of=capture(12, layers=3))
    write(record_file(tmp_path / "one"), *(events(step) for step in (0, 1000, 2000)), other)
    write(record_file(deep := tmp_path / "two" / "deep"), events(7))
    size = sum(record_files(tmp_path / "one").values())
    assert inspected(capsys, tmp_path) == [
        f"one  ({size / 1e3:.1f} kB)",
        "  tag    steps  first  last  tokens  layers x heads",
        "  other      1      5     5      12  3 x 4",
        "  probe      3      0  2000       6  2 x 4",
        "",
        f"{deep.relative_to(tmp_path)}  ({sum(record_files(deep).values()) / 1e3:.1f} kB)",
        "  tag    steps  first  last  tokens  layers x heads",
        "  probe      1      7     7       6  2 x 4",
        "",
    ]


def test_inspect_says_what_is_skipped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(record_file(tmp_path), events(0), events(1), events(2)[1:])
    lines = inspected(capsys, tmp_path)
    assert lines[2].split()[:4] == ["probe", "2", "0", "1"]
    assert lines[-2:] == ["Not shown:", f"  ./{path.name}: 1 capture left out: tensors are missing"]


def test_inspect_counts_bytes_that_are_hidden(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(record_file(tmp_path, 0), events(0, session="old"))
    write(record_file(tmp_path, 1), events(0, session="new", wall_time=2e9))
    size = sum(record_files(tmp_path).values())
    assert inspected(capsys, tmp_path)[0] == f".  ({size / 1e3:.1f} kB)"


def test_inspect_of_nothing_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    advice = "give the one that TensorBoard is started on."
    assert (
        refusal(capsys, "inspect", str(tmp_path))
        == f"there is no attention in {tmp_path}: {advice}"
    )
    none = tmp_path / "none"
    assert refusal(capsys, "inspect", str(none)) == f"there is no directory {none}: {advice}"
    path = write(record_file(tmp_path), events(0)[1:])
    said = refusal(capsys, "inspect", str(tmp_path))
    assert (
        said
        == f"there is no attention in {tmp_path} (./{path.name}: 1 capture left out: tensors are missing): {advice}"
    )


def test_inspect_needs_no_model_framework(tmp_path: Path) -> None:
    write(record_file(tmp_path), events(0))
    code = (
        "import sys; from tb_attention.cli.main import main; status = main(['inspect', "
        "sys.argv[1]]); "
        "print([name for name in ('torch', 'transformers', 'tensorflow', 'jax') if name in "
        "sys.modules]); sys.exit(status)"
    )
    command: list[Any] = [sys.executable, "-c", code, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY, check=True)
    assert "probe" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("command", ["capture", "checkpoints"])
def test_without_torch_it_says_what_to_install(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    given = (
        ["--model", "m", "--text", "t"]
        if command == "capture"
        else ["checkpoint-1", "--probes", "p"]
    )
    said = refusal(capsys, command, *given, "--logdir", "l")
    assert (
        said
        == f"tb-attention {command} needs torch and transformers: pip install 'tb-attention[torch]'."
    )
