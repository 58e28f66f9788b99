"""Captures the attention of torch models: of one forward pass, or of what a caller does."""

from __future__ import annotations

from tb_attention.capture.calls.attention_call import AttentionCall
from tb_attention.capture.calls.transformers_hook import capture_attention
from tb_attention.capture.forward_pass import capture
from tb_attention.capture.passes import Passes, watch_passes
from tb_attention.capture.streams.wrappers import runs_on_all_processes
from tb_attention.capture.tokens.named_tokens import NamedTokens
from tb_attention.capture.tokens.sequence import sequence_of

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
