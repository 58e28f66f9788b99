"""Small models of plain torch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch.nn import functional
from torch.nn.functional import scaled_dot_product_attention as imported

WORDS, WIDTH, HEADS, LAYERS = 50, 16, 4, 2
IDS = [7, 3, 44, 12, 30, 9, 21]


def by_name(*args: Any, **options: Any) -> torch.Tensor:
    """scaled_dot_product_attention as a module calls it that has imported the name."""
    return imported(*args, **options)


class Heads(nn.Module):
    """Causal self attention as nanoGPT writes it."""

    def __init__(self, call: Callable[..., torch.Tensor] | None = None) -> None:
        super().__init__()
        self.c_attn, self.c_proj, self.call = (
            nn.Linear(WIDTH, 3 * WIDTH),
            nn.Linear(WIDTH, WIDTH),
            call,
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        batch, tokens, _ = x.shape
        q, k, v = (
            part.view(batch, tokens, HEADS, -1).transpose(1, 2)
            for part in self.c_attn(x).split(WIDTH, dim=2)
        )
        attention = self.call or functional.scaled_dot_product_attention
        return self.c_proj(
            attention(
                q, k, v, attn_mask=None, dropout_p=0.1 if self.training else 0, is_causal=True
            )
            .transpose(1, 2)
            .flatten(2)
        )


class Block(nn.Module):
    def __init__(self, attention: nn.Module) -> None:
        super().__init__()
        self.ln, self.attn = nn.LayerNorm(WIDTH), attention

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.attn(self.ln(x))


class Small(nn.Module):
    """A language model around any layers."""

    def __init__(self, *layers: nn.Module) -> None:
        super().__init__()
        self.wte, self.h, self.head = (
            nn.Embedding(WORDS, WIDTH),
            nn.ModuleList(layers),
            nn.Linear(WIDTH, WORDS),
        )

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        x = self.wte(ids)
        for layer in self.h:
            x = layer(x)
        return self.head(x)


class WithWeights(nn.Module):
    """torch.nn.MultiheadAttention as it is called by default; keeps the weights that it gives."""

    def __init__(self, batch_first: bool = True, need_weights: bool = True, **options: Any) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(WIDTH, HEADS, batch_first=batch_first, **options)
        self.batch_first, self.need_weights = batch_first, need_weights
        self.weights: torch.Tensor | None = None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        mask = nn.Transformer.generate_square_subsequent_mask(x.shape[1], device=x.device)
        x = x if self.batch_first else x.transpose(0, 1)
        result, self.weights = self.attention(
            x, x, x, attn_mask=mask, need_weights=self.need_weights, average_attn_weights=False
        )
        return result if self.batch_first else result.transpose(0, 1)


class Translator(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.wte = nn.Embedding(WORDS, WIDTH)
        self.transformer = nn.Transformer(WIDTH, HEADS, LAYERS, LAYERS, 32, batch_first=True)

    def forward(self, ids: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        mask = nn.Transformer.generate_square_subsequent_mask(target.shape[1])
        return self.transformer(self.wte(ids), self.wte(target), tgt_mask=mask, tgt_is_causal=True)


def built(make: Callable[[], nn.Module]) -> Any:
    """A model with large weights, so that attention is not flat, in training mode.

    The mode must not matter.
    """
    with torch.random.fork_rng():
        torch.manual_seed(3)
        model = make()
        for parameter in model.parameters():
            if parameter.ndim > 1:
                nn.init.normal_(parameter, std=0.7)
    return model


def nano(call: Callable[..., torch.Tensor] | None = None) -> Any:
    return built(lambda: Small(*(Block(Heads(call)) for _ in range(LAYERS))))
