"""Logs the attention of one inference, without any training.

python examples/inference.py --model gpt2 --text "The cat sat on the mat because it was tired."
python examples/inference.py --model bert-base-uncased --text "The cat sat." --pair "It was tired."
python examples/inference.py --tiny     # a small new model, needs no hub
tensorboard --logdir runs
"""

from argparse import ArgumentParser, RawDescriptionHelpFormatter

from transformers import AutoModel, AutoTokenizer, ByT5Tokenizer, GPT2Config, GPT2Model

from tb_attention import AttentionLogger

parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
parser.add_argument("--model", default="gpt2", help="name on the hub or path of a saved model")
parser.add_argument("--tiny", action="store_true", help="a small new model, whose tokens are bytes")
parser.add_argument("--text", default="The cat sat on the mat because it was tired.")
parser.add_argument("--pair", help="a second text, for models that read two")
parser.add_argument("--logdir", default="runs/inference")
options = parser.parse_args()

if options.tiny:
    tokenizer = ByT5Tokenizer()
    ends = {"bos_token_id": tokenizer.eos_token_id, "eos_token_id": tokenizer.eos_token_id}
    config = GPT2Config(vocab_size=len(tokenizer), n_embd=64, n_layer=2, n_head=4, **ends)
    model = GPT2Model(config)
else:
    tokenizer = AutoTokenizer.from_pretrained(options.model)
    model = AutoModel.from_pretrained(options.model)

text = (options.text, options.pair) if options.pair else options.text
# strict: an error is raised and not only reported.
with AttentionLogger(options.logdir, strict=True) as logger:
    logger.log(model, text, tag="inference", step=0, tokenizer=tokenizer)
print(f"Look at it: tensorboard --logdir {options.logdir}")
