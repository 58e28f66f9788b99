"""A transformer and its training in plain torch: attention beside the loss, in one SummaryWriter.

The sequences repeat themselves: after some 400 steps layer 1 looks at what followed the last time.
python examples/plain_loop.py && tensorboard --logdir runs
"""

from argparse import ArgumentParser, RawDescriptionHelpFormatter

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, scaled_dot_product_attention
from torch.utils.tensorboard import SummaryWriter

from tb_attention import AttentionLogger

VOCABULARY, TOKENS, WIDTH, HEADS = 32, 48, 64, 4


class Place(nn.Embedding):
    """Adds the embedding of its place to each token."""

    def forward(self, x: Tensor) -> Tensor:  # noqa: D102
        return x + self.weight[: x.shape[1]]


class Block(nn.Module):
    """Attention only: its queries and keys are what is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv = nn.Sequential(nn.LayerNorm(WIDTH), nn.Linear(WIDTH, 3 * WIDTH))
        self.out = nn.Linear(WIDTH, WIDTH)

    def forward(self, x: Tensor) -> Tensor:  # noqa: D102
        qkv = self.qkv(x).unflatten(-1, (3, HEADS, -1)).permute(2, 0, 3, 1, 4)
        heads = scaled_dot_product_attention(*qkv, is_causal=True)
        return x + self.out(heads.transpose(1, 2).flatten(2))


parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
parser.add_argument("--logdir", default="runs/plain")
parser.add_argument("--steps", type=int, default=1000)
parser.add_argument("--every", type=int, default=50, help="training steps between two captures")
options = parser.parse_args()
embedding = nn.Sequential(nn.Embedding(VOCABULARY, WIDTH), Place(TOKENS, WIDTH))
layers = nn.Sequential(Block(), Block())
model = nn.Sequential(embedding, layers, nn.Linear(WIDTH, VOCABULARY))
probe = torch.randint(VOCABULARY, (12,)).repeat(3)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
with SummaryWriter(options.logdir) as writer, AttentionLogger(writer) as logger:
    for step in range(options.steps):
        if step % options.every == 0:
            logger.log(model, probe, tag="repeated", step=step)
        ids = torch.randint(VOCABULARY, (32, int(torch.randint(8, 17, ())))).repeat(1, 6)
        loss = cross_entropy(model(ids[:, : TOKENS - 1]).transpose(1, 2), ids[:, 1:TOKENS])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        writer.add_scalar("loss", loss.item(), step)
