"""The weights that a model itself returns, where no queries and keys can be seen."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

import torch

from tb_attention.capture.again import once_more, whole
from tb_attention.capture.assemble import cut
from tb_attention.capture.eval_mode import undisturbed
from tb_attention.capture.reading.eager import eager_stacks, layers_in_parts
from tb_attention.capture.shown import Seen, asked_by, text_of
from tb_attention.capture.streams.frames import probing
from tb_attention.capture.streams.pass_watcher import PassWatcher
from tb_attention.capture.streams.roles import Unit
from tb_attention.capture.streams.runs import Run
from tb_attention.capture.streams.stream import Stream
from tb_attention.capture.streams.towers import is_transformers
from tb_attention.capture.streams.wrappers import runs_on_all_processes, sharded
from tb_attention.capture.texts import Text
from tb_attention.errors import InvalidInput
from tb_attention.record.capture import CROSS, DECODER, ENCODER, Stack


def gives_weights(module: torch.nn.Module) -> bool:
    """Whether it takes output_attentions."""
    accepted = inspect.signature(module.forward).parameters
    return is_transformers(module) and ("output_attentions" in accepted or "kwargs" in accepted)


def own_weights(
    passes: PassWatcher, run: Run, example: int, silent: Sequence[Stream]
) -> tuple[list[Seen], dict[str, list[int]]]:
    """The stacks of towers that were not seen to attend, and what cannot be shown of them.

    The model runs once more, in evaluation mode.

    Returns:
        The stacks; and tower -> layers whose weights are not those of one example over its tokens.
    """
    check_alone(passes)
    main = run.main() or silent[-1]
    row = next(iter(main.rows.get(example, ())), 0)
    module, given = whole(run, row, text_of(run, main, example, row))
    outputs: dict[int, list[Any]] = {}
    with ExitStack() as restore:
        for tower in {one.tower for one in silent}:
            restore.callback(tower.register_forward_pre_hook(_asks, with_kwargs=True).remove)
            restore.callback(
                tower.register_forward_hook(
                    lambda tower, _, output: outputs.setdefault(id(tower), []).append(output)
                ).remove
            )
        restore.enter_context(once_more())
        restore.enter_context(undisturbed(passes.model))
        restore.enter_context(probing(outputs))
        runs = passes.model if sharded(passes.model) else module
        output = runs(**given | {"output_attentions": True, "return_dict": True})
    found: list[Seen] = []
    in_parts: dict[str, list[int]] = {}
    for stream in silent:
        # A tower may run several times, over a text each.
        mine = [one for one in silent if one.tower is stream.tower]
        gave = outputs.get(id(stream.tower), [])
        one = gave[mine.index(stream)] if len(gave) == len(mine) else None
        # Only encoders attend inside of a window, of which the config says the size.
        own = eager_stacks(one, None if stream.decodes else stream.config)
        # What the model gives as a whole has names for its encoder and its decoder.
        if layers := layers_in_parts(one):
            in_parts[stream.name] = layers
        for stack in own or eager_stacks(output, passes.towers.config):
            if stack.name != CROSS and not stream.fed.tokens:
                stream.fed.has(next(iter(stack.layers.values())).queries)
            text = text_of(run, stream, example, next(iter(stream.rows.get(example, ())), 0))
            if (role := _role(stack, stream, text, bool(own), silent)) is not None:
                found.append(Seen(role, stack.layers, text, text, stream, Unit(())))
    for each in found:
        if each.role == CROSS:
            each.asked = asked_by(run, example, each, found)
    return found, in_parts


def _asks(tower: Any, args: Any, options: dict[str, Any]) -> Any:
    """Asks the parts of a model for weights too, as some models do not."""
    return (args, options | {"output_attentions": True}) if gives_weights(tower) else None


def check_alone(passes: PassWatcher) -> None:
    """Checks that no other process would have to make the same pass.

    Raises:
        InvalidInput: all processes would.
    """
    if not passes.ours and runs_on_all_processes(passes.model):
        raise InvalidInput(
            "its attention can only be seen in another forward pass, which all processes would "
            "have to make as its parameters are spread over them: use a probe instead."
        )


def _role(
    stack: Stack, stream: Stream, text: Text, own: bool, silent: Sequence[Stream]
) -> str | None:
    """What a stack is in this stream; None where it is of another one."""
    if stack.name == CROSS:
        return CROSS if own or stream.decodes else None
    if stream.decodes is not None:
        role = DECODER if stream.decodes else ENCODER
        return role if own or stack.name == role else None
    if not own and len(silent) > 1:
        return None
    # Rows of padding see anything.
    causal = all(cut(layer, text.kept, text.kept).causal for layer in stack.layers.values())
    return DECODER if causal else ENCODER
