"""A training loop with Accelerate.

Attention goes into its TensorBoard tracker, from the first process alone.

python examples/accelerate_loop.py && tensorboard --logdir runs
accelerate launch --num_processes=2 examples/accelerate_loop.py    # the same lines on every process
"""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pydoc_data.topics import topics

import torch
from accelerate import Accelerator
from transformers import ByT5Tokenizer, GPT2Config, GPT2LMHeadModel

from tb_attention import AttentionLogger

parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
parser.add_argument("--steps", type=int, default=300)
parser.add_argument("--every", type=int, default=50, help="training steps between two captures")
options = parser.parse_args()

tokenizer = ByT5Tokenizer()  # tokens are bytes
ends = {"bos_token_id": tokenizer.eos_token_id, "eos_token_id": tokenizer.eos_token_id}
config = GPT2Config(vocab_size=len(tokenizer), n_embd=64, n_layer=2, n_head=4, **ends)
model = GPT2LMHeadModel(config)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
# Blocks of 64 tokens from the language reference; put your own text here.
text = "\n".join(topics[name] for name in sorted(topics)[:30])
blocks = torch.tensor(tokenizer(text, verbose=False)["input_ids"]).split(64)[:-1]
loader = torch.utils.data.DataLoader(blocks, batch_size=8, shuffle=True)

accelerator = Accelerator(log_with="tensorboard", project_dir="runs")
accelerator.init_trackers("accelerate")
model, optimizer, loader = accelerator.prepare(model, optimizer, loader)
writer = accelerator.get_tracker("tensorboard", unwrap=True)
probe = "The doctor asked the nurse."
step = 0
with AttentionLogger(writer, every=options.every) as logger:
    while step < options.steps:
        for ids in loader:
            logger.log(model, probe, tag="doctor", step=step, tokenizer=tokenizer)
            # What the training sees, with no second pass.
            with logger.capture(model, tag="batch", step=step, tokenizer=tokenizer):
                loss = model(input_ids=ids, labels=ids).loss
            accelerator.backward(loss)
            optimizer.step()
            optimizer.zero_grad()
            accelerator.log({"loss": loss.item()}, step=step)
            step += 1
            if step == options.steps:
                break
accelerator.end_training()
