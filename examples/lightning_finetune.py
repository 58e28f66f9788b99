"""Trains GPT-2 with PyTorch Lightning.

Two sentences, and the first example of the batch, are followed through the training.

python examples/lightning_finetune.py                      # gpt2 from the hub
python examples/lightning_finetune.py --tiny --steps 200   # a small new model, needs no hub
tensorboard --logdir lightning_logs
"""

import argparse
from pydoc_data.topics import topics

import lightning
import torch
from lightning.pytorch.loggers import TensorBoardLogger
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    ByT5Tokenizer,
    GPT2Config,
    GPT2LMHeadModel,
)

from tb_attention import LightningAttentionCallback

PROBES = {
    "she": "The doctor asked the nurse a question. She",
    "he": "The doctor asked the nurse a question. He",
}

parser = argparse.ArgumentParser(
    description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
)
parser.add_argument(
    "--tiny", action="store_true", help="a small new model instead of gpt2, whose tokens are bytes"
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
    tokenizer, model = (
        AutoTokenizer.from_pretrained("gpt2"),
        AutoModelForCausalLM.from_pretrained("gpt2"),
    )


class FineTuning(lightning.LightningModule):
    """The loss of the model on a batch."""

    def __init__(self) -> None:
        super().__init__()
        self.model = model

    def training_step(self, ids: torch.Tensor) -> torch.Tensor:  # noqa: D102
        loss = self.model(input_ids=ids, labels=ids).loss
        self.log("loss", loss)
        return loss

    def configure_optimizers(self) -> torch.optim.Optimizer:  # noqa: D102
        return torch.optim.AdamW(self.parameters(), lr=1e-4)


text = "\n".join(
    topics[name] for name in sorted(topics)[:30]
)  # from the language reference; put your own text here
blocks = torch.tensor(tokenizer(text, verbose=False)["input_ids"]).split(64)[:-1]
attention = LightningAttentionCallback(
    PROBES, options.every, tokenizer, examples=(0,), scalars=["first_token"]
)
logger = TensorBoardLogger(".")  # the attention goes beside its scalars
trainer = lightning.Trainer(
    max_steps=options.steps, callbacks=[attention], logger=logger, log_every_n_steps=1
)
trainer.fit(FineTuning(), torch.utils.data.DataLoader(blocks, batch_size=8, shuffle=True))
