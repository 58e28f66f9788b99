"""Logs the attention of a text that a model writes: over the prompt and all that was generated.

python examples/generation.py --model gpt2 --prompt "The doctor asked the nurse a question. She"
python examples/generation.py --tiny     # a small new model, needs no hub
tensorboard --logdir runs
"""

from argparse import ArgumentParser, RawDescriptionHelpFormatter

from transformers import AutoModelForCausalLM, AutoTokenizer, ByT5Tokenizer, GPT2Config

from tb_attention import AttentionLogger

parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
parser.add_argument("--model", default="gpt2", help="a causal model on the hub, or its saved path")
parser.add_argument("--tiny", action="store_true", help="a small new model, whose tokens are bytes")
parser.add_argument("--prompt", default="The doctor asked the nurse a question. She")
parser.add_argument("--tokens", type=int, default=30, help="how many tokens are generated")
parser.add_argument("--samples", type=int, default=2, help="how many texts are generated")
parser.add_argument("--logdir", default="runs/generation")
options = parser.parse_args()

if options.tiny:
    tokenizer = ByT5Tokenizer()
    special = {"bos_token_id": tokenizer.eos_token_id, "pad_token_id": tokenizer.pad_token_id}
    special["eos_token_id"] = None  # no text ends early
    config = GPT2Config(vocab_size=len(tokenizer), n_embd=64, n_layer=2, n_head=4, **special)
    model = AutoModelForCausalLM.from_config(config)
else:
    tokenizer = AutoTokenizer.from_pretrained(options.model)
    model = AutoModelForCausalLM.from_pretrained(options.model)
model.eval()

prompt = tokenizer(options.prompt, return_tensors="pt", add_special_tokens=False)
examples = range(options.samples)
with AttentionLogger(options.logdir, strict=True) as logger:
    # Whatever the model does in here is logged: generate() with its cache, greedy, sampled or by
    # beams, or a forward pass.
    with logger.capture(model, tag="written", step=0, tokenizer=tokenizer, examples=examples):
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
