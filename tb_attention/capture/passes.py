"""Watches what the caller does with a model: one forward pass, or all of a generation, goes in.

A Capture comes out.

Of several passes that do not continue each other by a key-value cache, the last one counts.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any

import torch

from tb_attention.capture.assemble import assemble
from tb_attention.capture.attention_call import AttentionCall
from tb_attention.capture.forward_pass import capture
from tb_attention.capture.generate_hook import Generation
from tb_attention.capture.inputs import cut_sequence, real
from tb_attention.capture.model_inputs import OF_STEPS, Fed, arguments, cached_tokens
from tb_attention.capture.patching import harmless, recomputing
from tb_attention.capture.stitch import Stitcher
from tb_attention.capture.tokens import sequence_of
from tb_attention.capture.watch_model import watch
from tb_attention.capture.wrappers import backbone, name_of, runs_on_all_processes, unwrapped
from tb_attention.errors import InvalidInput
from tb_attention.record.capture import (
    CROSS,
    DECODER,
    ENCODER,
    Capture,
    TokenSequence,
    chosen_layers,
)


@dataclass(frozen=True, eq=False)
class _Text:
    """The tokens of one example. kept: without padding and what follows the end.

    row, encoder_row: where it was in the batches.
    """

    ids: tuple[int, ...]
    kept: slice
    prompt: int | None
    row: int
    encoder_row: int
    segments: tuple[int, ...]


class Passes:
    """Sees the forward passes inside of `watch_passes` and what generate() returned, and makes captures of it afterwards."""

    def __init__(self, model: torch.nn.Module, examples: Collection[int]) -> None:
        self._model, self._inner = model, unwrapped(model)
        self._config: Any = getattr(self._inner, "config", None)
        self._two = bool(getattr(self._config, "is_encoder_decoder", False))
        self._fed = {ENCODER: Fed(), DECODER: Fed()}
        self._stitchers = {example: Stitcher(self._config) for example in examples}
        self.examples = tuple(self._stitchers)
        self.absent: dict[int, InvalidInput] = {}
        """Examples that are not in the batch, which is smaller at the end of an epoch."""
        self._generation = Generation()
        self._running: torch.nn.Module | None = None
        self._failure: Exception | None = None
        self._thread = threading.get_ident()

    def captures(
        self, tokenizer: Any = None, layers: Collection[int] | None = None
    ) -> dict[int, Capture]:
        """Example -> its capture, of those that are not `absent`.

        Raises what went wrong while the model ran.
        """
        if self._failure is not None:
            raise self._failure
        if not any(fed.passes for fed in self._fed.values()):
            raise InvalidInput(
                f"{type(self._inner).__name__} was not run: run it, or its generate(), inside of the `with`."
            )
        return {
            example: self._capture(example, tokenizer, layers)
            for example in self.examples
            if example not in self.absent
        }

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watches until it is left."""
        with self.listening(), watch(self._model, self._calls, self._fails):
            yield

    def attention(self) -> AbstractContextManager[None]:
        """Sees the attention of a pass that has begun while it was `listening`, and has not ended."""
        return watch(self._model, self._calls, self._fails, inside=True)

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Sees what the model is fed, and not its attention."""
        # Hooks are functions and not methods, which a model that is copied meanwhile would copy
        # with all that is here.
        with ExitStack() as restore:
            for name, module, stacks in self._parts():
                restore.callback(
                    module.register_forward_pre_hook(
                        self._enters(name, stacks), with_kwargs=True
                    ).remove
                )
                restore.callback(
                    module.register_forward_hook(self._leaves(), always_call=True).remove
                )
            if hasattr(self._inner, "generate"):
                restore.enter_context(self._generation.watching(self._inner, not self._two))
            yield

    def _parts(self) -> list[tuple[str, torch.nn.Module, tuple[str, ...]]]:
        if self._two:
            parts = {
                ENCODER: (self._inner.get_encoder(), (ENCODER,)),
                DECODER: (self._inner.get_decoder(), (DECODER, CROSS)),
            }
            return [(name, module, stacks) for name, (module, stacks) in parts.items()]
        # A model with a head may call a part of its backbone, and a caller may leave the head out.
        modules = dict.fromkeys((self._inner, backbone(self._inner)))
        return [(DECODER, module, (ENCODER, DECODER, CROSS)) for module in modules]

    def _calls(self, call: AttentionCall) -> None:
        if self._failure is None and not self._generation.beams:
            with self.harmless():
                for example in self._stitchers.keys() - self.absent.keys():
                    self._stitchers[example](call)

    def _enters(self, name: str, stacks: tuple[str, ...]) -> Callable[..., None]:
        def before(module: torch.nn.Module, args: tuple[Any, ...], options: dict[str, Any]) -> None:
            if (
                self._failure is None
                and self._running is None
                and threading.get_ident() == self._thread
                and not recomputing()
            ):
                self._running = module
                with self.harmless():
                    self._begin(name, stacks, arguments(module, args, options))

        return before

    def _leaves(self) -> Callable[..., None]:
        def after(module: torch.nn.Module, *_: Any) -> None:
            if self._running is module:
                self._running = None

        return after

    def _begin(self, name: str, stacks: tuple[str, ...], given: Mapping[str, Any]) -> None:
        past = cached_tokens(given.get("past_key_values"))
        if past > self._fed[name].tokens:
            raise InvalidInput(
                "the key-value cache was begun before the `with`: begin it before the first token is fed."
            )
        if not past:
            self._fed[name] = Fed()
        self._fed[name].add(given, past)
        batch, generation = self._fed[name].batch, self._generation
        if not past and not generation.running:
            generation.clear()
        elif generation.running and name == DECODER and generation.prompt is None:
            generation.prompt = self._fed[name].tokens
        for example, stitcher in self._stitchers.items():
            # The encoder runs before examples are copied, to sample several texts of each.
            row = example // generation.copies if name == ENCODER else example
            if 0 <= row < batch or generation.beams:
                self.absent.pop(example, None)
                stitcher.begin(stacks, past, batch, row)
            else:
                self.absent[example] = InvalidInput(
                    f"example {example} is not in the batch of {batch}: the first is 0."
                )

    @contextmanager
    def harmless(self) -> Iterator[None]:
        """Keeps what goes wrong here out of the caller's forward pass, for `captures` to raise."""
        with harmless(self._fails):
            yield

    def _fails(self, error: Exception) -> None:
        self._failure = self._failure or error

    def _capture(self, example: int, tokenizer: Any, layers: Collection[int] | None) -> Capture:
        text = self._text(example)
        stacks = () if self._generation.beams else self._stitchers[example].stacks()
        kind = "batch" if text.prompt is None else "generation"
        if not stacks:
            if runs_on_all_processes(self._model):
                raise InvalidInput(
                    "its attention can only be seen in another forward pass, which all processes would have to make as its parameters are "
                    "spread over them: use a probe instead."
                )
            again = capture(self._model, self._whole(text), tokenizer, layers=layers)
            sequences = tuple(
                replace(one, prompt=text.prompt) if one.name == DECODER else one
                for one in again.sequences
            )
            return replace(again, sequences=sequences, kind=kind)
        known: dict[str, TokenSequence] = {}
        kept: dict[str, slice] = {}
        if text.ids:
            sequence = sequence_of(text.ids, tokenizer, name=DECODER)
            known[DECODER] = replace(
                cut_sequence(replace(sequence, segments=text.segments), text.kept),
                prompt=text.prompt,
            )
            kept[DECODER] = text.kept
        encoder = self._fed[ENCODER]
        if encoder.passes and (ids := encoder.all_ids(text.encoder_row)):
            kept[ENCODER] = encoder.real(text.encoder_row)
            known[ENCODER] = cut_sequence(sequence_of(ids, tokenizer, name=ENCODER), kept[ENCODER])
        pixels = self._fed[ENCODER if self._two else DECODER].options.get("pixel_values")
        image = None if pixels is None or pixels.ndim < 3 else (pixels.shape[-2], pixels.shape[-1])
        return assemble(
            name_of(self._inner),
            chosen_layers(stacks, layers),
            known,
            kept=kept,
            image=image,
            config=self._config,
            kind=kind,
        )

    def _text(self, example: int) -> _Text:
        fed, generation = self._fed[DECODER], self._generation
        row, ids = (
            (example, fed.all_ids(example)) if not generation.beams else self._returned(example)
        )
        kept = fed.real(row)
        if (
            generation.mask is not None and fed.mask is None
        ):  # a static cache comes with masks of another kind
            kept = slice(
                real(generation.mask[row * len(generation.mask) // fed.batch]).start, kept.stop
            )
        prompt = (
            generation.prompt
            if generation.prompt is not None
            else fed.first
            if fed.passes > 1
            else None
        )
        if prompt is not None:
            stop = generation.end(example, ids)
            kept, prompt = (
                slice(kept.start, stop if generation.beams else min(stop, kept.stop)),
                prompt - kept.start,
            )
        elif self._two and fed.mask is None:
            kept = slice(0, self._before_padding(ids, kept.stop))
        encoder_row = row * self._fed[ENCODER].batch // max(fed.batch, 1)
        return _Text(
            ids, kept, prompt, row, encoder_row, fed.segments(row) if fed.passes == 1 else ()
        )

    def _returned(self, example: int) -> tuple[int, tuple[int, ...]]:
        """A row of the batch that was a beam of the same example, and the ids of a text that was returned."""
        fed, returned = self._fed[DECODER], self._generation.returned
        if returned is None or not fed.ids:
            raise InvalidInput(
                "this beam search cannot be followed: let generate() return, and give it token ids, or num_beams=1."
            )
        if not 0 <= example < len(returned):
            raise InvalidInput(
                f"example {example} is not among the {len(returned)} texts that generate() returned: the first is 0."
            )
        return example * fed.batch // len(returned), tuple(returned[example].tolist())

    def _before_padding(self, ids: tuple[int, ...], stop: int) -> int:
        """Where the padding of a decoder's text begins, which in training has no mask."""
        padding = getattr(self._config, "pad_token_id", None)
        if padding != getattr(self._config, "eos_token_id", None):
            while stop > 1 and ids and ids[stop - 1] == padding:
                stop -= 1
        return stop

    def _whole(self, text: _Text) -> dict[str, Any]:
        """What one forward pass over the whole sequence is given."""
        if not text.ids:
            raise InvalidInput(
                "the model was given no token ids, so that its sequence cannot be run again: give ids, not embeddings."
            )
        fed = self._fed[ENCODER if self._two else DECODER]
        row = text.encoder_row if self._two else text.row
        given = {
            name: one[row : row + 1] if one.shape[:1] == (fed.batch,) else one
            for name, one in fed.options.items()
            if name not in OF_STEPS
        }
        if not self._two:
            given = {
                name: one
                for name, one in given.items()
                if name != "token_type_ids" or text.segments
            }
            if text.segments:
                given["token_type_ids"] = torch.tensor([text.segments[text.kept]])
            return given | {"input_ids": torch.tensor([text.ids[text.kept]])}
        if fed.mask is not None:
            given["attention_mask"] = fed.mask[row : row + 1]
        return given | {"decoder_input_ids": torch.tensor([text.ids[text.kept]])}


@contextmanager
def watch_passes(model: torch.nn.Module, examples: Collection[int] = (0,)) -> Iterator[Passes]:
    """Watches what is done with `model` inside of the `with`, without changing it.

    The captures are made afterwards.

    examples: which rows of the batch, or of what generate() returns. A generation is stitched
    together over prompt and generated tokens, but for the last, which is never fed. Beam search,
    and models that only return weights, run once more over the whole.
    """
    passes = Passes(model, examples)
    with passes.watching():
        yield passes
