"""A transformer and a training loop of one's own, in plain torch.

Attention beside the loss, in one SummaryWriter.

The sequences repeat themselves: after some 400 steps layer 1 looks at what followed the last time.
python examples/plain_loop.py && tensorboard --logdir runs
"""

import argparse

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, scaled_dot_product_attention
from torch.utils.tensorboard import SummaryWriter

from tb_attention import AttentionLogger

VOCABULARY, TOKENS, WIDTH, HEADS = 32, 48, 64, 4


class Block(nn.Module):
    """Attention only: its queries and keys are what is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.norm, self.qkv, self.out = (
            nn.LayerNorm(WIDTH),
            nn.Linear(WIDTH, 3 * WIDTH),
            nn.Linear(WIDTH, WIDTH),
        )

    def forward(self, x: Tensor) -> Tensor:  # noqa: D102
        qkv = self.qkv(self.norm(x)).unflatten(-1, (3, HEADS, -1)).permute(2, 0, 3, 1, 4)
        return x + self.out(
            scaled_dot_product_attention(*qkv, is_causal=True).transpose(1, 2).flatten(2)
        )


class Model(nn.Module):
    """Two blocks between embeddings and a head."""

    def __init__(self) -> None:
        super().__init__()
        self.token, self.place = nn.Embedding(VOCABULARY, WIDTH), nn.Embedding(TOKENS, WIDTH)
        self.rest = nn.Sequential(Block(), Block(), nn.Linear(WIDTH, VOCABULARY))

    def forward(self, ids: Tensor) -> Tensor:  # noqa: D102
        return self.rest(self.token(ids) + self.place.weight[: ids.shape[1]])


parser = argparse.ArgumentParser(
    description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
)
parser.add_argument("--logdir", default="runs/plain")
parser.add_argument("--steps", type=int, default=1000)
parser.add_argument("--every", type=int, default=50)
options = parser.parse_args()
model, probe = Model(), torch.randint(VOCABULARY, (12,)).repeat(3)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
with SummaryWriter(options.logdir) as writer, AttentionLogger(writer) as logger:
    for step in range(options.steps):
        if step % options.every == 0:
            logger.log(model, probe, tag="repeated", step=step)
        ids = torch.randint(VOCABULARY, (32, int(torch.randint(8, 17, ())))).repeat(1, 6)[
            :, :TOKENS
        ]
        loss = cross_entropy(model(ids[:, :-1]).transpose(1, 2), ids[:, 1:])
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        writer.add_scalar("loss", loss.item(), step)
