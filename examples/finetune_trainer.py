"""Fine-tunes GPT-2 with the Trainer of transformers and follows two sentences through the training.

python examples/finetune_trainer.py                      # gpt2 from the hub
python examples/finetune_trainer.py --model PATH         # a saved model
python examples/finetune_trainer.py --tiny --steps 200   # a small new model, needs no hub
tensorboard --logdir finetuned
"""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pydoc_data.topics import topics

import torch
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    ByT5Tokenizer,
    GPT2Config,
    Trainer,
    TrainingArguments,
)

from tb_attention import AttentionCallback

SENTENCE = "The doctor asked the nurse a question."
PROBES = {"doctor-she": f"{SENTENCE} She", "doctor-he": f"{SENTENCE} He"}

parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
parser.add_argument("--model", default="gpt2", help="a causal model on the hub, or its saved path")
parser.add_argument("--tiny", action="store_true", help="a small new model, whose tokens are bytes")
parser.add_argument("--output", default="finetuned", help="the Trainer's; logs are in its runs/")
parser.add_argument("--steps", type=int, default=300)
parser.add_argument("--every", type=int, default=50, help="training steps between two captures")
options = parser.parse_args()

if options.tiny:
    tokenizer = ByT5Tokenizer()
    ends = {"bos_token_id": tokenizer.eos_token_id, "eos_token_id": tokenizer.eos_token_id}
    config = GPT2Config(vocab_size=len(tokenizer), n_embd=64, n_layer=2, n_head=4, **ends)
    model = AutoModelForCausalLM.from_config(config)
else:
    tokenizer = AutoTokenizer.from_pretrained(options.model)
    model = AutoModelForCausalLM.from_pretrained(options.model)

# Blocks of 64 tokens from the language reference of Python; put your own text here.
text = "\n".join(topics[name] for name in sorted(topics)[:30])
blocks = torch.tensor(tokenizer(text, verbose=False)["input_ids"]).split(64)[:-1]
data = [{"input_ids": block, "labels": block} for block in blocks]

arguments = TrainingArguments(
    output_dir=options.output,
    max_steps=options.steps,
    logging_steps=options.every,
    save_strategy="no",
    report_to="tensorboard",
)
trainer = Trainer(model, arguments, train_dataset=data, processing_class=tokenizer)
trainer.add_callback(AttentionCallback(PROBES, every=options.every))  # logs beside its scalars
trainer.train()
print(f"Look at it: tensorboard --logdir {options.output}")
