"""All watchers of attention calls at once, whichever function a model calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

import torch

from tb_attention.capture.calls.attention_call import AttentionCall, Change
from tb_attention.capture.calls.patching import Failed, reporting
from tb_attention.capture.calls.projection import Projections
from tb_attention.capture.calls.sdpa_hook import capture_sdpa
from tb_attention.capture.calls.swin_windows import whole_images
from tb_attention.capture.calls.transformers_hook import capture_attention


@contextmanager
def watch(
    model: torch.nn.Module,
    sink: Callable[[AttentionCall], None],
    failed: Failed | None = None,
    *,
    inside: bool = False,
    anywhere: bool = False,
    change: Change | None = None,
) -> Iterator[None]:
    """Hands every attention call of `model` in this thread to `sink`, when it is computed.

    Of transformers' functions and of torch's.

    Args:
        model: the model.
        sink: called with each AttentionCall.
        failed: called with every exception of a watcher, none of which reaches the model; None: the
            first is raised when the `with` is left.
        inside: whether the forward pass of the model has begun, and the `with` is left before it
            ends.
        anywhere: whether calls in other threads are handed on too, in their threads.
        change: what the output of each call is replaced by; `sink` is then not called.
    """
    with reporting(failed) as report, whole_images(model, report) as whole:

        def whole_sink(call: AttentionCall) -> None:
            if not left:  # functions may be restored later, see replacing
                sink(replace(whole(call), projected=partial(projections.follow, call)))

        left: list[bool] = []
        projections = Projections(model, report)
        with (
            capture_attention(model, whole_sink, report, anywhere=anywhere, change=change),
            capture_sdpa(
                model, whole_sink, report, inside=inside, anywhere=anywhere, change=change
            ),
        ):
            try:
                yield
            finally:
                left.append(True)
                projections.close()
