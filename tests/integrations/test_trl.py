"""TRL's SFTTrainer with packing and LoRA: where trl is installed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import transformers
from peft import LoraConfig

from tb_attention import AttentionCallback
from tb_attention.attention import softmax
from tests.support.stores import store_of
from tests.support.tokenizers import tokenizer
from tests.support.trainings import logged, runs_in

trl = pytest.importorskip(
    "trl", reason="trl is not installed, or not for this transformers", exc_type=ImportError
)
table = pytest.importorskip("datasets.table")

LENGTHS = [5, 7]
"""Two documents in a row of twelve tokens; two rows are packed into one."""


@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_packed_documents_do_not_see_each_other(tmp_path: Path) -> None:
    from datasets import Dataset

    rows = {"input_ids": [list(range(5, 17))] * 8, "seq_lengths": [LENGTHS] * 8}
    # A fingerprint of its own: to make one, datasets pickles all that it has imported.
    data = Dataset(table.InMemoryTable.from_pydict(rows), fingerprint="rows")
    config = transformers.LlamaConfig(
        vocab_size=400,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        intermediate_size=48,
        pad_token_id=0,
        eos_token_id=0,
    )
    arguments = trl.SFTConfig(
        output_dir=str(tmp_path),
        max_steps=2,
        per_device_train_batch_size=2,
        packing=True,
        max_length=64,
        dataset_kwargs={"skip_prepare_dataset": True},
        report_to="tensorboard",
        save_strategy="no",
        use_cpu=True,
        bf16=False,
        disable_tqdm=True,
    )
    trl.SFTTrainer(
        model=transformers.LlamaForCausalLM(config),
        args=arguments,
        train_dataset=data,
        processing_class=tokenizer(),
        peft_config=LoraConfig(r=2, target_modules=["q_proj", "v_proj"]),
        callbacks=[AttentionCallback({"probe": [5, 6, 7]}, every=1, examples=(0,))],
    ).train()
    document = np.repeat(np.arange(4), LENGTHS * 2)
    same, lower = document[:, None] == document, np.tri(24, dtype=bool)
    (run,) = runs_in(tmp_path)
    store = store_of(run)
    for step in (0, 1):
        location = store.find(".", "batch", step)
        for number in (0, 1):
            layer = store.layer(location, "decoder", number)
            weights = np.asarray(softmax.weights(layer))
            assert weights.shape == (4, 24, 24) and layer.check.error < 1e-5
            assert np.array_equal(weights.any(0), same & lower)
    assert set(logged(run)) == {
        ("batch", 0),
        ("batch", 1),
        ("probe", 0),
        ("probe", 1),
        ("probe", 2),
    }
