"""The examples as a user runs them, with small settings, and what the tab finds they logged."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import transformers

from tb_attention.answers.capture import answer_capture
from tb_attention.answers.runs import answer_runs
from tb_attention.answers.weights import answer_weights
from tb_attention.demo.corpus import paragraphs, trained_tokenizer
from tb_attention.store.store import Store
from tests.support.repository import ROOT
from tests.support.stores import store_of

EXAMPLES = ROOT / "examples"


def run(name: str, *arguments: str, at: Path) -> Store:
    """Runs an example in an empty directory and opens what it logged."""
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "PYTHONPATH": str(EXAMPLES.parent)}
    environment.pop("TENSORBOARD_LOGGING_DIR", None)
    command = [sys.executable, str(EXAMPLES / name), *arguments]
    done = subprocess.run(
        command, cwd=at, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return store_of(at)


def steps(store: Store) -> dict[str, list[int]]:
    """tag -> logged steps of the only run."""
    found = answer_runs(store)
    assert found["problems"] == []
    (only,) = found["runs"]
    return {tag["tag"]: tag["steps"] for tag in only["tags"]}


def tokens(store: Store, tag: str) -> list[str]:
    (only,) = answer_runs(store)["runs"]
    described = answer_capture(store, only["run"], store.find(only["run"], tag, 0))
    return list(described["sequences"][0]["tokens"])


def test_finetuning_with_the_trainer_logs_beside_its_scalars(tmp_path: Path) -> None:
    store = run("finetune_trainer.py", "--tiny", "--steps=2", "--every=1", at=tmp_path)
    assert steps(store) == {"doctor-he": [0, 1, 2], "doctor-she": [0, 1, 2]}
    (event_file,) = tmp_path.glob("finetuned/runs/*/events.out.tfevents.*")
    assert (event_file.parent / "plugins" / "attention").is_dir()


def test_a_plain_loop_logs_into_its_summary_writer(tmp_path: Path) -> None:
    store = run("plain_loop.py", "--steps=3", "--every=2", at=tmp_path)
    assert steps(store) == {"repeated": [0, 2]}
    weights = answer_weights(store, store.find("runs/plain", "repeated", 2), None, 1, None).arrays[
        "weights"
    ]
    assert weights.shape == (4, 36, 36)


def test_lightning_logs_beside_the_scalars_of_its_logger(tmp_path: Path) -> None:
    store = run("lightning_finetune.py", "--tiny", "--steps=3", "--every=2", at=tmp_path)
    assert steps(store) == {"batch": [0, 2], "he": [0, 2, 3], "she": [0, 2, 3]}
    assert len(list(tmp_path.rglob("*tfevents*"))) == 1


def test_a_loop_with_accelerate(tmp_path: Path) -> None:
    store = run("accelerate_loop.py", "--steps=3", "--every=2", at=tmp_path)
    assert steps(store) == {"batch": [0, 2], "doctor": [0, 2]}
    assert len(list(tmp_path.rglob("*tfevents*"))) == 1


def test_one_inference_of_a_saved_model(tmp_path: Path) -> None:
    tokenizer = trained_tokenizer(paragraphs(), 400)
    config = transformers.GPT2Config(
        vocab_size=400,
        n_positions=64,
        n_embd=16,
        n_layer=1,
        n_head=2,
        bos_token_id=0,
        eos_token_id=0,
    )
    transformers.GPT2LMHeadModel(config).save_pretrained(tmp_path / "saved")
    tokenizer.save_pretrained(tmp_path / "saved")
    store = run("inference.py", "--model=saved", "--text=A name is bound.", at=tmp_path)
    assert steps(store) == {"inference": [0]}
    assert "".join(tokens(store, "inference")) == "A name is bound."


def test_one_inference_of_a_new_model(tmp_path: Path) -> None:
    store = run("inference.py", "--tiny", "--text=Hello", at=tmp_path)
    assert steps(store) == {"inference": [0]}


def test_a_generation_is_logged_over_prompt_and_answer(tmp_path: Path) -> None:
    store = run("generation.py", "--tiny", "--prompt=Hello", "--tokens=4", at=tmp_path)
    assert steps(store) == {"written/0": [0], "written/1": [0]}
    said = answer_capture(store, "runs/generation", store.find("runs/generation", "written/1", 0))
    (sequence,) = said["sequences"]
    assert (said["kind"], sequence["prompt"], len(sequence["tokens"])) == (
        "generation",
        5,
        5 + 4 - 1,
    )
    assert "".join(sequence["tokens"]).startswith("Hello")


def test_checkpoints_are_logged_after_the_training(tmp_path: Path) -> None:
    store = run("checkpoints.py", "--steps=2", "--save=1", at=tmp_path)
    assert steps(store) == {"doctor-he": [1, 2], "doctor-she": [1, 2]}


def test_arrays_of_any_library(tmp_path: Path) -> None:
    store = run("arrays.py", "--steps=3", at=tmp_path)
    assert steps(store) == {"queries-and-keys": [0, 1, 2], "weights": [0]}
    weights, last = (
        answer_weights(store, store.find("runs/arrays", tag, step), None, 1, None)
        for tag, step in (("weights", 0), ("queries-and-keys", 2))
    )
    for of in (weights, last):
        np.testing.assert_allclose(of.arrays["weights"].sum(axis=-1), 1, atol=2e-3)
    assert last.arrays["weights"][3, 6].argmax() in (3, 6)  # " the" looks at " the"


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.name)
def test_it_is_short(path: Path) -> None:
    # pronouns.py is a study, with two trainings and the language that they read.
    longest = 80 if path.name == "pronouns.py" else 60
    assert len(path.read_text().splitlines()) < longest
