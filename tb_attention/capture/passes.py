"""Watches what the caller does with a model: one forward pass, or all of a generation, goes in; a Capture comes out.

Of several passes that do not continue each other by a key-value cache, the last one counts.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any

import torch

from tb_attention.capture.assemble import assemble
from tb_attention.capture.fed import OF_STEPS, Fed, arguments, cached_tokens
from tb_attention.capture.generate import Stitcher
from tb_attention.capture.hf import AttentionCall
from tb_attention.capture.inputs import cut_sequence, real
from tb_attention.capture.probe import capture, chosen
from tb_attention.capture.tokens import sequence_of
from tb_attention.capture.watch import watch
from tb_attention.capture.watching import recomputing
from tb_attention.capture.wrappers import backbone, name_of, unwrapped
from tb_attention.captures import CROSS, DECODER, ENCODER, Capture, Sequence
from tb_attention.errors import InvalidInput


@dataclass(frozen=True, eq=False)
class _Text:
    """The tokens of one example. kept: without padding and what follows the end. row, encoder_row: where it was in the batches."""

    ids: tuple[int, ...]
    kept: slice
    prompt: int | None
    row: int
    encoder_row: int
    segments: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class _Generated:
    """What generate() returned, [examples, tokens].

    ends: ids that end a text. prompt: number of tokens it was given, if these were ids. mask: [batch, prompt], 0 is padding.
    """

    sequences: torch.Tensor
    ends: frozenset[int]
    prompt: int | None
    mask: torch.Tensor | None


class Passes:
    """Sees the forward passes inside of `watch_passes`, and what generate() returned; afterwards makes captures of it."""

    def __init__(self, model: torch.nn.Module, examples: Collection[int]) -> None:
        self._model, self._inner = model, unwrapped(model)
        self._config: Any = getattr(self._inner, "config", None)
        self._two = bool(getattr(self._config, "is_encoder_decoder", False))
        self._fed = {ENCODER: Fed(), DECODER: Fed()}
        self._stitchers = {example: Stitcher(self._config) for example in examples}
        self._generated: _Generated | None = None
        self._beams, self._copies = False, 1
        self._failure: Exception | None = None
        self._thread = threading.get_ident()

    def captures(self, tokenizer: Any = None, layers: Collection[int] | None = None) -> dict[int, Capture]:
        """Example -> its capture. Raises what went wrong while the model ran; InvalidInput for an example that is not there."""
        if self._failure is not None:
            raise self._failure
        if not any(fed.passes for fed in self._fed.values()):
            raise InvalidInput(f"{type(self._inner).__name__} was not run: run it, or its generate(), inside of the `with`.")
        return {example: self._capture(example, tokenizer, layers) for example in self._stitchers}

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watches until it is left."""
        with ExitStack() as restore:
            for name, module, stacks in self._parts():
                restore.callback(module.register_forward_pre_hook(self._enters(name, stacks), with_kwargs=True).remove)
            if hasattr(self._inner, "generate"):
                restore.enter_context(self._generate_replaced())
            restore.enter_context(watch(self._model, self._calls))
            yield

    def _parts(self) -> list[tuple[str, torch.nn.Module, tuple[str, ...]]]:
        if self._two:
            parts = {ENCODER: (self._inner.get_encoder(), (ENCODER,)), DECODER: (self._inner.get_decoder(), (DECODER, CROSS))}
            return [(name, module, stacks) for name, (module, stacks) in parts.items()]
        return [(DECODER, backbone(self._inner), (ENCODER, DECODER, CROSS))]

    def _calls(self, call: AttentionCall) -> None:
        if self._failure is None and not self._beams:
            with self._harmless():
                for stitcher in self._stitchers.values():
                    stitcher(call)

    def _enters(self, name: str, stacks: tuple[str, ...]) -> Callable[..., None]:
        def before(module: torch.nn.Module, args: tuple[Any, ...], options: dict[str, Any]) -> None:
            if self._failure is None and threading.get_ident() == self._thread and not recomputing():
                with self._harmless():
                    self._begin(name, stacks, arguments(module, args, options))

        return before

    def _begin(self, name: str, stacks: tuple[str, ...], given: Mapping[str, Any]) -> None:
        past = cached_tokens(given.get("past_key_values"))
        if past > self._fed[name].tokens:
            raise InvalidInput("the key-value cache was begun before the `with`: begin it before the first token is fed.")
        if not past:
            self._fed[name] = Fed()
        self._fed[name].add(given, past)
        batch = self._fed[name].batch
        for example, stitcher in self._stitchers.items():
            # The encoder runs before examples are copied, to sample several texts of each.
            row = example // self._copies if name == ENCODER else example
            if not 0 <= row < batch and not self._beams:
                raise InvalidInput(f"example {example} is not in the batch of {batch}: the first is 0.")
            stitcher.begin(stacks, past, batch, row)

    @contextmanager
    def _harmless(self) -> Iterator[None]:
        """Keeps what goes wrong here out of the caller's forward pass."""
        try:
            yield
        except Exception as error:  # noqa: BLE001  (raised by `captures`)
            self._failure = error

    @contextmanager
    def _generate_replaced(self) -> Iterator[None]:
        model, original = self._inner, self._inner.generate
        own = vars(model).get("generate")

        def generate(*args: Any, **options: Any) -> Any:
            settings = options.get("generation_config") or getattr(model, "generation_config", None)
            # The rows of the batch are beams then, which change places between the steps.
            self._beams = (options.get("num_beams") or getattr(settings, "num_beams", None) or 1) > 1
            self._copies = options.get("num_return_sequences") or getattr(settings, "num_return_sequences", None) or 1
            result = original(*args, **options)
            ends = options.get("eos_token_id", getattr(settings, "eos_token_id", None))
            prompt = next(
                (one for one in (*args[:1], options.get("inputs"), options.get("input_ids")) if isinstance(one, torch.Tensor)), None
            )
            self._generated = _Generated(
                sequences=getattr(result, "sequences", result),
                ends=frozenset([ends] if isinstance(ends, int) else ends or ()),
                prompt=None if self._two or prompt is None else prompt.shape[1],
                mask=None if self._two else options.get("attention_mask"),
            )
            return result

        model.generate = generate
        try:
            yield
        finally:
            del model.generate
            if own is not None:
                model.generate = own

    def _capture(self, example: int, tokenizer: Any, layers: Collection[int] | None) -> Capture:
        text = self._text(example)
        stacks = () if self._beams else self._stitchers[example].stacks()
        kind = "batch" if text.prompt is None else "generation"
        if not stacks:
            again = capture(self._model, self._whole(text), tokenizer, layers=layers)
            sequences = tuple(replace(one, prompt=text.prompt) if one.name == DECODER else one for one in again.sequences)
            return replace(again, sequences=sequences, kind=kind)
        known: dict[str, Sequence] = {}
        kept: dict[str, slice] = {}
        if text.ids:
            sequence = sequence_of(text.ids, tokenizer, name=DECODER)
            known[DECODER] = replace(cut_sequence(replace(sequence, segments=text.segments), text.kept), prompt=text.prompt)
            kept[DECODER] = text.kept
        encoder = self._fed[ENCODER]
        if encoder.passes and (ids := encoder.all_ids(text.encoder_row)):
            kept[ENCODER] = encoder.real(text.encoder_row)
            known[ENCODER] = cut_sequence(sequence_of(ids, tokenizer, name=ENCODER), kept[ENCODER])
        pixels = self._fed[ENCODER if self._two else DECODER].options.get("pixel_values")
        image = None if pixels is None or pixels.ndim < 3 else (pixels.shape[-2], pixels.shape[-1])
        return assemble(name_of(self._inner), chosen(stacks, layers), known, kept=kept, image=image, config=self._config, kind=kind)

    def _text(self, example: int) -> _Text:
        fed, generated = self._fed[DECODER], self._generated
        row, ids = example, fed.all_ids(example) if not self._beams else ()
        if self._beams:
            assert generated is not None
            if example >= len(generated.sequences):
                raise InvalidInput(f"example {example} is not among the {len(generated.sequences)} returned sequences: the first is 0.")
            row = example * fed.batch // len(generated.sequences)
            # The last token is never fed.
            ids = tuple(generated.sequences[example].tolist()[:-1])
            if not fed.ids:
                raise InvalidInput("beam search over embeddings cannot be followed: give token ids to generate(), or num_beams=1.")
        kept = fed.real(row)
        if generated is not None and generated.mask is not None and fed.mask is None:  # a static cache gets masks of another kind
            kept = slice(real(generated.mask[row * len(generated.mask) // fed.batch]).start, kept.stop)
        kept = slice(kept.start, len(ids)) if self._beams else kept
        prompt = None
        if generated is not None or fed.passes > 1:
            first = fed.first if generated is None or generated.prompt is None else generated.prompt
            ends = frozenset() if generated is None else generated.ends
            stop = next((place for place in range(first, len(ids)) if ids[place] in ends), kept.stop)
            kept, prompt = slice(kept.start, min(stop, kept.stop)), first - kept.start
        elif self._two and fed.mask is None:
            kept = slice(0, self._before_padding(ids, kept.stop))
        encoder_row = row * self._fed[ENCODER].batch // max(fed.batch, 1)
        return _Text(ids, kept, prompt, row, encoder_row, fed.segments(row) if fed.passes == 1 else ())

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
            raise InvalidInput("the model was given no token ids, so that its sequence cannot be run again: give ids, not embeddings.")
        fed = self._fed[ENCODER if self._two else DECODER]
        row = text.encoder_row if self._two else text.row
        given = {
            name: one[row : row + 1] if one.shape[:1] == (fed.batch,) else one for name, one in fed.options.items() if name not in OF_STEPS
        }
        if not self._two:
            given = {name: one for name, one in given.items() if name != "token_type_ids" or text.segments}
            if text.segments:
                given["token_type_ids"] = torch.tensor([text.segments[text.kept]])
            return given | {"input_ids": torch.tensor([text.ids[text.kept]])}
        if fed.mask is not None:
            given["attention_mask"] = fed.mask[row : row + 1]
        return given | {"decoder_input_ids": torch.tensor([text.ids[text.kept]])}


@contextmanager
def watch_passes(model: torch.nn.Module, examples: Collection[int] = (0,)) -> Iterator[Passes]:
    """Watches what is done with `model` inside of the `with`, without changing it; the captures are made afterwards.

    examples: which rows of the batch, or of what generate() returns. A generation is stitched together over prompt and generated
    tokens, but for the last, which is never fed. Beam search, and models that only return weights, run once more over the whole.
    """
    passes = Passes(model, examples)
    with passes.watching():
        yield passes
