"""Captures the attention of torch models: of one forward pass, or of what a caller does."""

from __future__ import annotations

from tb_attention.capture.attention_call import AttentionCall
from tb_attention.capture.forward_pass import capture
from tb_attention.capture.named_tokens import NamedTokens
from tb_attention.capture.passes import Passes, watch_passes
from tb_attention.capture.tokens import sequence_of
from tb_attention.capture.transformers_hook import capture_attention
from tb_attention.capture.wrappers import runs_on_all_processes

__all__ = [
    "AttentionCall",
    "NamedTokens",
    "Passes",
    "capture",
    "capture_attention",
    "runs_on_all_processes",
    "sequence_of",
    "watch_passes",
]
