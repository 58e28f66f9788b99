"""Fine-tunes GPT-2 with the Trainer of transformers and follows two sentences through the training.

python examples/finetune_trainer.py                      # gpt2 from the hub
python examples/finetune_trainer.py --model PATH         # a saved model
python examples/finetune_trainer.py --tiny --steps 200   # a small new model, needs no hub
tensorboard --logdir finetuned
"""

import argparse
from pydoc_data.topics import topics

import torch
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    ByT5Tokenizer,
    GPT2Config,
    GPT2LMHeadModel,
    Trainer,
    TrainingArguments,
)

from tb_attention import AttentionCallback

PROBES = {
    "doctor-she": "The doctor asked the nurse a question. She",
    "doctor-he": "The doctor asked the nurse a question. He",
}

parser = argparse.ArgumentParser(
    description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
)
parser.add_argument(
    "--model", default="gpt2", help="name on the hub or path of a saved causal model"
)
parser.add_argument(
    "--tiny", action="store_true", help="a small new model instead, whose tokens are bytes"
)
parser.add_argument(
    "--output",
    default="finetuned",
    help="where the Trainer writes; the logs are in its folder runs",
)
parser.add_argument("--steps", type=int, default=300)
parser.add_argument("--every", type=int, default=50, help="training steps between two captures")
options = parser.parse_args()

if options.tiny:
    tokenizer = ByT5Tokenizer()
    special = {"bos_token_id": tokenizer.eos_token_id, "eos_token_id": tokenizer.eos_token_id}
    model = GPT2LMHeadModel(
        GPT2Config(
            vocab_size=len(tokenizer), n_positions=128, n_embd=64, n_layer=2, n_head=4, **special
        )
    )
else:
    tokenizer = AutoTokenizer.from_pretrained(options.model)
    model = AutoModelForCausalLM.from_pretrained(options.model)

# Blocks of 64 tokens from the language reference that every Python has with it; put your own text
# here.
ids = torch.tensor(
    tokenizer("\n".join(topics[name] for name in sorted(topics)[:30]), verbose=False)["input_ids"]
)
data = [{"input_ids": block, "labels": block} for block in ids.split(64)[:-1]]

arguments = TrainingArguments(
    output_dir=options.output,
    max_steps=options.steps,
    per_device_train_batch_size=8,
    logging_steps=options.every,
    save_strategy="no",
    report_to="tensorboard",
)
attention = AttentionCallback(PROBES, every=options.every)  # logs beside the Trainer's scalars
Trainer(
    model, arguments, train_dataset=data, processing_class=tokenizer, callbacks=[attention]
).train()
print(f"Look at it: tensorboard --logdir {options.output}")
