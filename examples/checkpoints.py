"""Trains a small model that saves checkpoints, and logs their attention afterwards.

Nothing has to be planned before a training.

python examples/checkpoints.py && tensorboard --logdir runs

Checkpoints that are there already need one line:
tb-attention checkpoints out/checkpoint-* --probes probes.txt --logdir runs/checkpoints
"""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from pydoc_data.topics import topics

import torch
from transformers import ByT5Tokenizer, GPT2Config, GPT2LMHeadModel, Trainer, TrainingArguments

from tb_attention.cli.main import main

parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
parser.add_argument("--output", type=Path, default=Path("trained"), help="where the Trainer saves")
parser.add_argument("--logdir", default="runs/checkpoints")
parser.add_argument("--steps", type=int, default=200)
parser.add_argument("--save", type=int, default=50, help="training steps between two checkpoints")
options = parser.parse_args()

tokenizer = ByT5Tokenizer()  # its tokens are bytes, so that there is nothing to download
ends = {"bos_token_id": tokenizer.eos_token_id, "eos_token_id": tokenizer.eos_token_id}
config = GPT2Config(vocab_size=len(tokenizer), n_embd=64, n_layer=2, n_head=4, **ends)
model = GPT2LMHeadModel(config)
text = "\n".join(topics[name] for name in sorted(topics)[:30])
blocks = torch.tensor(tokenizer(text, verbose=False)["input_ids"]).split(64)[:-1]
data = [{"input_ids": block, "labels": block} for block in blocks]
arguments = TrainingArguments(
    output_dir=str(options.output),
    max_steps=options.steps,
    save_steps=options.save,
    per_device_train_batch_size=8,
    report_to="none",
)
Trainer(model, arguments, train_dataset=data, processing_class=tokenizer).train()

# A probe in each line: a tag and its text, or just a text.
probes = options.output / "probes.txt"
probes.write_text(
    "doctor-she: The doctor asked the nurse. She\ndoctor-he: The doctor asked the nurse. He\n",
    "utf-8",
)
saved = sorted(map(str, options.output.glob("checkpoint-*")))
# The command tb-attention. It skips steps that are logged: run it again after more training.
main(["checkpoints", *saved, "--probes", str(probes), "--logdir", options.logdir])
