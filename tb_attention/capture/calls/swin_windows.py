"""Attention inside the windows of an image (Swin), as calls over the whole image."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

import torch

from tb_attention.capture.calls.attention_call import AttentionCall
from tb_attention.capture.calls.patching import Failed, harmless


@contextmanager
def whole_images(
    model: torch.nn.Module, failed: Failed
) -> Iterator[Callable[[AttentionCall], AttentionCall]]:
    """Yields a function that puts the windows of a call together, for one image.

    Other calls are returned as they are. Queries and keys then are the patches of the image in
    rows, with those that pad it to whole windows. What is in different windows is masked.
    """
    layers = {
        name: module
        for name, module in model.named_modules()
        if {"shift_size", "window_size"} <= vars(module).keys()
    }
    sizes: dict[str, tuple[int, int]] = {}

    def remember(name: str) -> Callable[..., None]:
        def before(module: Any, given: tuple[Any, ...], options: dict[str, Any]) -> None:
            with harmless(failed):
                sizes[name] = (
                    options["input_dimensions"] if "input_dimensions" in options else given[1]
                )

        return before

    def whole(call: AttentionCall) -> AttentionCall:
        name = next((name for name in layers if call.name.startswith(f"{name}.")), None)
        if name is None or name not in sizes:
            return call
        return _joined(
            call, _places(*sizes[name], int(layers[name].window_size), int(layers[name].shift_size))
        )

    with ExitStack() as restore:
        with harmless(failed):
            for name, module in layers.items():
                hook = module.register_forward_pre_hook(remember(name), with_kwargs=True)
                restore.callback(hook.remove)
        yield whole


def _places(height: int, width: int, window: int, shift: int) -> torch.Tensor:
    """[windows, patches of a window]: the place of each in the image, row by row.

    The image is padded to whole windows.
    """
    rows, columns = -(-height // window), -(-width // window)
    image = (
        torch.arange(rows * columns * window**2)
        .view(rows * window, columns * window)
        .roll((-shift, -shift), (0, 1))
    )
    return (
        image.view(rows, window, columns, window).transpose(1, 2).reshape(rows * columns, window**2)
    )


def _joined(call: AttentionCall, places: torch.Tensor) -> AttentionCall:
    places = places.to(call.query.device)
    if call.query.shape[0] != places.shape[0]:
        return call
    tokens, first, second = places.numel(), places[:, :, None], places[:, None, :]

    def in_rows(windows: torch.Tensor) -> torch.Tensor:
        order = places.flatten().argsort()
        return windows.transpose(1, 2).flatten(0, 1)[order].transpose(0, 1)[None]

    inside = call.query.new_zeros(
        1 if call.mask is None else call.mask.shape[1], *places.shape, places.shape[1]
    )
    if call.mask is not None:
        inside = inside + call.mask.transpose(0, 1)
    mask = inside.new_full((inside.shape[0], tokens, tokens), float("-inf"))
    mask[:, first, second] = inside
    return replace(
        call,
        query=in_rows(call.query),
        key=in_rows(call.key),
        mask=mask[None],
        value=None if call.value is None else in_rows(call.value),
        output=None if call.output is None else in_rows(call.output),
        inner=(),
    )
