"""Logs the attention of a text that a model writes: over the prompt and all that was generated.

python examples/generation.py --model gpt2 --prompt "The doctor asked the nurse a question. She"
python examples/generation.py --tiny     # a small new model, needs no hub
tensorboard --logdir runs
"""

import argparse

from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    ByT5Tokenizer,
    GPT2Config,
    GPT2LMHeadModel,
)

from tb_attention import AttentionLogger

parser = argparse.ArgumentParser(
    description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
)
parser.add_argument(
    "--model", default="gpt2", help="name on the hub or path of a saved causal model"
)
parser.add_argument(
    "--tiny", action="store_true", help="a small new model instead, whose tokens are bytes"
)
parser.add_argument("--prompt", default="The doctor asked the nurse a question. She")
parser.add_argument("--tokens", type=int, default=30, help="how many tokens are generated")
parser.add_argument("--samples", type=int, default=2, help="how many texts are generated")
parser.add_argument("--logdir", default="runs/generation")
options = parser.parse_args()

if options.tiny:
    tokenizer = ByT5Tokenizer()
    special = {
        "bos_token_id": tokenizer.eos_token_id,
        "eos_token_id": None,
        "pad_token_id": tokenizer.pad_token_id,
    }
    model = GPT2LMHeadModel(
        GPT2Config(
            vocab_size=len(tokenizer), n_positions=128, n_embd=64, n_layer=2, n_head=4, **special
        )
    )
else:
    tokenizer = AutoTokenizer.from_pretrained(options.model)
    model = AutoModelForCausalLM.from_pretrained(options.model)
model.eval()

prompt = tokenizer(options.prompt, return_tensors="pt", add_special_tokens=False)
with AttentionLogger(options.logdir, strict=True) as logger:
    # Whatever the model does in here is logged: generate() with its cache, greedy, sampled or by
    # beams, or a forward pass.
    with logger.capture(
        model, tag="written", step=0, tokenizer=tokenizer, examples=range(options.samples)
    ):
        written = model.generate(
            **prompt,
            max_new_tokens=options.tokens,
            do_sample=True,
            num_return_sequences=options.samples,
            pad_token_id=tokenizer.eos_token_id,
        )

for number, ids in enumerate(written):
    print(f"written/{number}:", tokenizer.decode(ids))
print(f"Look at it: tensorboard --logdir {options.logdir}")
