"""Docstrings: every example runs, and those of public names have one and name every argument."""

from __future__ import annotations

import ast
import doctest
import inspect
import logging
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import transformers

from tb_attention import AttentionLogger, log_arrays
from tb_attention.demo.corpus import trained_tokenizer
from tests.support.repository import ROOT

PUBLIC = (
    "attention.layer AttentionLayer",
    "attention.measure measure_layer",
    "attention.softmax scores",
    "attention.softmax weights",
    "capture.forward_pass capture",
    "cli.capture run_capture",
    "cli.checkpoints run_checkpoints",
    "cli.export run_export",
    "cli.inspect run_inspect",
    "cli.main main",
    "cli.page run_page",
    "integrations.lightning LightningAttentionCallback",
    "integrations.trainer AttentionCallback",
    "log.arrays log_arrays",
    "log.logger AttentionLogger",
    "log.logger AttentionLogger.capture",
    "log.logger AttentionLogger.capture_next",
    "log.logger AttentionLogger.log",
    "log.logger AttentionLogger.write",
    "log.size capture_bytes",
    "record.capture Capture",
    "record.capture Stack",
    "record.capture TokenSequence",
    "record.probes Repeated",
    "standalone.show show",
    "store.store Store",
    "store.store Store.open",
)
"""Module of tb_attention and name in it."""

RUN_ELSEWHERE = {"demo.smollm2 load_smollm2"}
"""By tests.support.smollm2, for all tests that need it: half a minute."""


def with_examples() -> list[str]:
    """Names as in PUBLIC of all classes and functions that have an example."""
    found = []
    for path in sorted((ROOT / "tb_attention").rglob("*.py")):
        module = ".".join(path.relative_to(ROOT / "tb_attention").with_suffix("").parts)

        def walk(node: ast.AST, outer: str, module: str = module) -> None:
            for one in ast.iter_child_nodes(node):
                if isinstance(one, ast.ClassDef | ast.FunctionDef):
                    if ">>>" in (ast.get_docstring(one) or ""):
                        found.append(f"{module} {outer}{one.name}")
                    walk(one, f"{outer}{one.name}.")

        walk(ast.parse(path.read_text("utf-8")), "")
    return found


def public(name: str) -> Any:
    module, _, path = name.partition(" ")
    found: Any = import_module(f"tb_attention.{module}")
    for part in path.split("."):
        found = getattr(found, part)
    return found


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    found = trained_tokenizer(["The doctor asked the nurse a question. She"], 270)
    found.pad_token = found.eos_token
    return found


@pytest.fixture
def place(tmp_path: Path, tokenizer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The directory that the examples run in: a saved model, probes and logs."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    model(tokenizer).save_pretrained("saved")
    tokenizer.save_pretrained("saved")
    Path("probes.txt").write_text("doctor: The doctor asked the nurse.\n")
    weights = np.broadcast_to(np.tri(3) / np.arange(1, 4)[:, None], (1, 2, 3, 3))
    with AttentionLogger("runs/gpt2", strict=True) as logger:
        for step in (0, 100):
            log_arrays(logger, ["The", " doctor", " asked"], weights, tag="doctor-she", step=step)


def model(tokenizer: Any) -> Any:
    sizes: dict[str, Any] = {"n_positions": 64, "n_embd": 32, "n_layer": 2, "n_head": 4}
    config = transformers.GPT2Config(
        vocab_size=len(tokenizer), **sizes, bos_token_id=0, eos_token_id=0, pad_token_id=0
    )
    return transformers.GPT2LMHeadModel(config)


def names(example: str, tokenizer: Any) -> dict[str, Any]:
    """What an example takes for granted."""
    ids = torch.arange(6)[None]
    known = {
        "np": np,
        "Path": Path,
        "GPT2Config": transformers.GPT2Config,
        "model": model(tokenizer),
        "tokenizer": tokenizer,
        "batch": {"input_ids": ids, "labels": ids},
        "data": [{"input_ids": ids[0], "labels": ids[0]}] * 4,
    }
    if "LightningAttentionCallback" in example:
        known |= lightning_names(known)
    elif "trainer = Trainer" in example:
        known |= {"Trainer": quiet_trainer, "arguments": arguments()}
    return known


def arguments() -> Any:
    return transformers.TrainingArguments(
        output_dir="out", max_steps=1, report_to="none", use_cpu=True, disable_tqdm=True
    )


def quiet_trainer(*given: Any, **options: Any) -> Any:
    trainer = transformers.Trainer(*given, **options)
    trainer.remove_callback(transformers.PrinterCallback)
    return trainer


def lightning_names(known: dict[str, Any]) -> dict[str, Any]:
    import lightning

    class Module(lightning.LightningModule):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.model = known["model"]

        def training_step(self, batch: Any, index: int) -> Any:
            return self.model(**batch).loss

        def configure_optimizers(self) -> Any:
            return torch.optim.SGD(self.parameters(), lr=0.1)

    def trainer(**options: Any) -> Any:
        quiet = ("enable_progress_bar", "enable_model_summary", "enable_checkpointing", "logger")
        return lightning.Trainer(**options, accelerator="cpu", **dict.fromkeys(quiet, False))

    loader = torch.utils.data.DataLoader(known["data"], batch_size=2)
    return {"Trainer": trainer, "module": Module(), "data": loader}


@pytest.mark.filterwarnings(
    "ignore::UserWarning:lightning",
    "ignore:`isinstance.treespec, LeafSpec.` is deprecated",  # Lightning's, of torch
)
@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("name", sorted({*with_examples()} - RUN_ELSEWHERE))
def test_the_example_runs(name: str, tokenizer: Any, caplog: pytest.LogCaptureFixture) -> None:
    found = public(name)
    module = import_module(found.__module__)
    (test,) = doctest.DocTestFinder(recurse=False).find(
        found, name, module, extraglobs=names(found.__doc__, tokenizer)
    )
    assert 1 <= len(test.examples) <= 6, f"{name} needs an example of a few lines"
    lines: list[str] = []
    runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.ELLIPSIS)
    with caplog.at_level(logging.WARNING, "tb_attention"):
        failed, _ = runner.run(test, out=lines.append)
    assert not failed, "".join(lines)
    assert [record for record in caplog.records if record.name.startswith("tb_attention")] == []


def test_public_names_have_an_example() -> None:
    assert set(PUBLIC) <= set(with_examples())


@pytest.mark.parametrize("name", PUBLIC)
def test_every_argument_is_explained(name: str) -> None:
    found = public(name)
    text = "\n".join(filter(None, (inspect.getdoc(found), inspect.getdoc(found.__init__))))
    explained = set(re.findall(r"^    (\w+): ", text, re.M))
    assert set(inspect.signature(found).parameters) - {"self"} <= explained
