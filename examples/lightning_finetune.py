"""Trains GPT-2 with PyTorch Lightning; follows two sentences and the first example of the batch.

python examples/lightning_finetune.py                      # gpt2 from the hub
python examples/lightning_finetune.py --tiny --steps 200   # a small new model, needs no hub
tensorboard --logdir lightning_logs
"""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pydoc_data.topics import topics

import lightning
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, ByT5Tokenizer, GPT2Config

from tb_attention import LightningAttentionCallback

PROBES = {"she": "The doctor asked the nurse. She", "he": "The doctor asked the nurse. He"}


class FineTuning(lightning.LightningModule):
    """The loss of a model on a batch."""

    def __init__(self, model: torch.nn.Module) -> None:
        super().__init__()
        self.model = model

    def training_step(self, ids: torch.Tensor) -> torch.Tensor:  # noqa: D102
        loss = self.model(input_ids=ids, labels=ids).loss
        self.log("loss", loss)
        return loss

    def configure_optimizers(self) -> torch.optim.Optimizer:  # noqa: D102
        return torch.optim.AdamW(self.parameters(), lr=1e-4)


parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
parser.add_argument("--tiny", action="store_true", help="a small new model, whose tokens are bytes")
parser.add_argument("--steps", type=int, default=300)
parser.add_argument("--every", type=int, default=50, help="training steps between two captures")
options = parser.parse_args()

if options.tiny:
    tokenizer = ByT5Tokenizer()
    ends = {"bos_token_id": tokenizer.eos_token_id, "eos_token_id": tokenizer.eos_token_id}
    config = GPT2Config(vocab_size=len(tokenizer), n_embd=64, n_layer=2, n_head=4, **ends)
    model = AutoModelForCausalLM.from_config(config)
else:
    tokenizer = AutoTokenizer.from_pretrained("gpt2")
    model = AutoModelForCausalLM.from_pretrained("gpt2")

# Blocks of 64 tokens from the language reference; put your own text here.
text = "\n".join(topics[name] for name in sorted(topics)[:30])
blocks = torch.tensor(tokenizer(text, verbose=False)["input_ids"]).split(64)[:-1]
# Lightning's own logger is TensorBoard's; the attention goes beside its scalars.
attention = LightningAttentionCallback(
    PROBES, options.every, tokenizer, examples=(0,), scalars=["first_token"]
)
trainer = lightning.Trainer(max_steps=options.steps, callbacks=[attention], log_every_n_steps=1)
trainer.fit(FineTuning(model), torch.utils.data.DataLoader(blocks, batch_size=8, shuffle=True))
