"""AttentionLogger: logs attention to a run directory, written in the background."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self, Unpack

from tb_attention.effects.options import Effects, effects_of
from tb_attention.errors import InvalidInput
from tb_attention.log.capture_queue import CaptureQueue
from tb_attention.log.measured import generated_probe
from tb_attention.log.options import LoggerOptions, options_of, shows_options
from tb_attention.log.probe_log import Asked, ProbeLog
from tb_attention.record.capture import Capture, chosen_layers
from tb_attention.record.effects import kept_effects
from tb_attention.record.needle import mark_needle
from tb_attention.record.probes import as_probe

TokenText = str | bytes
"""What one token stands for; a name, as `bytes` is another thing inside of AttentionLogger."""

Tokens = Sequence[TokenText] | Mapping[str, Sequence[TokenText]]
"""Of all tokens of a text; of those of the encoder and of the decoder where a model has both."""


class AttentionLogger:
    """Logs attention to TensorBoard, while a model trains or runs.

    Into record files in plugins/attention of the run directory, and a small value in its event
    file. The forward pass runs where `log` is called; everything else (head metrics, thumbnails,
    writing) in one background thread. What fails, be it a full disk or a text that the model cannot
    take, is reported once as a warning of the logger "tb_attention.logger" and never stops the
    caller.

    Example:
        >>> with AttentionLogger("runs/first", every=10, scalars=["entropy"]) as logger:
        ...     logger.log(model, "The doctor asked.", tag="doctor", step=0, tokenizer=tokenizer)
    """

    @shows_options(LoggerOptions)
    def __init__(self, log_dir: Any, **options: Unpack[LoggerOptions]) -> None:
        """Begins to log to a run directory, where nothing is made before there is something to log.

        Args:
            log_dir: the run directory, or the SummaryWriter that already writes there
                (torch.utils.tensorboard, tensorboardX). The directory may be a URL, of s3://, gs://
                or whatever else TensorBoard's file layer writes. None: nothing is written. In a
                distributed training that has begun (init_process_group), on all processes but the
                first nothing is written either.
            options: see tb_attention.log.options.Options.

        Raises:
            InvalidInput: an option or the log_dir cannot be used.
        """
        self._options = options_of(options, LoggerOptions)
        self._captures = CaptureQueue(log_dir, self._options)
        self._effects = effects_of(self._options.effects)
        self._probes = ProbeLog(self._captures)
        self._next: tuple[str, Any] | None = None
        """The tag and the pass that is waited for."""

    @property
    def bytes(self) -> int:
        """Size of what was logged: bytes of its queries, keys and weights as they are stored."""
        return sum(queue.bytes for queue in self._probes.queues)

    @property
    def effects_seconds(self) -> float:
        """How long measuring losses, answers and effects took so far, in seconds."""
        return self._probes.clock.seconds

    @property
    def directory(self) -> Path | str | None:
        """The run directory; a str where it is a URL, None where nothing is written."""
        return self._captures.directory

    @property
    def lost(self) -> int:
        """Number of captures that could not be logged, or were dropped where the queue was full."""
        return sum(queue.lost for queue in self._probes.queues)

    def log(
        self,
        model: Any,
        text_or_ids: Any,
        *,
        tag: str,
        step: int,
        tokenizer: Any = None,
        tokens: Tokens | None = None,
        decoder: Any = None,
        layers: Collection[int] | None = None,
        effects: Effects | bool | None = None,
        without_adapter: bool | None = None,
    ) -> None:
        """Runs the model on one input in evaluation mode, and logs its attention.

        The model is left exactly as it was. Where its parameters are spread over processes (FSDP),
        all of them must call this.

        Example:
            >>> logger = AttentionLogger("runs/first")
            >>> logger.log(model, "The doctor asked.", tag="doctor", step=0, tokenizer=tokenizer)
            >>> logger.close()

        Args:
            model: a torch module: of transformers, or another one that calls torch's attention
                functions.
            text_or_ids: a text, a pair of texts, token ids [T] or [1, T], Repeated(), tensors of
                the model (see tb_attention.capture.capture), or a Probe, which has answers too.
            tag: name of the probe, followed over steps.
            step: training step, 0 or more; passed over where it is no multiple of `every`.
            tokenizer: of transformers, tokenizers, tiktoken or sentencepiece, a dict of characters,
                or anything with encode and decode; needed for a text or the messages of a chat.
            tokens: what token ids stand for, one by one, instead of a tokenizer; of an
                encoder-decoder model {"encoder": [...], "decoder": [...]}.
            decoder: text or ids that the decoder of an encoder-decoder model reads; None: its start
                token.
            layers: numbers of the layers that are kept; None: those of the logger.
            effects: whether effects of heads are measured, and how; None: as the logger says. Where
                that fails the attention is logged all the same.
            without_adapter: whether the model is logged without its adapter too; None: as the
                logger says.

        Raises:
            InvalidInput: the model cannot take the input; only of a strict logger.
            NoAttention: no attention layer was seen; only of a strict logger.
        """
        with self._captures.harmless(tag):
            if not self._captures.due(tag, step):
                return
            asked = Asked(
                as_probe(text_or_ids, decoder),
                tag,
                step,
                _words(tokenizer, tokens),
                self._options.layers if layers is None else layers,
                self._effects if effects is None else effects_of(effects),
            )
            self._probes.log(model, asked)
            if self._options.without_adapter if without_adapter is None else without_adapter:
                self._probes.log_without_adapter(model, asked)

    @contextmanager
    def capture(
        self,
        model: Any,
        *,
        tag: str,
        step: int,
        tokenizer: Any = None,
        tokens: Tokens | None = None,
        examples: Collection[int] = (0,),
        layers: Collection[int] | None = None,
        needle: str | Sequence[int] | None = None,
    ) -> Iterator[None]:
        """Logs what is done with the model inside of the `with`: forward passes, or generate().

        Also the forward pass of a training step. A generation is logged over its prompt and all
        generated tokens but the last, which is never fed. Of several separate passes the last one
        is logged. Beam search, and models that only return weights, run once more over the whole
        text. What the model computes is not changed. Nothing is logged where the `with` is left by
        an exception. Effects of heads are measured on the whole text of a generation, where the
        model was given nothing but its tokens, and not on other passes.

        Example:
            >>> with AttentionLogger("runs/first") as logger:
            ...     with logger.capture(model, tag="batch", step=0, tokenizer=tokenizer):
            ...         loss = model(**batch).loss

        Args:
            model: the model that is run inside, or one that contains it.
            tag: name of the probe, followed over steps; where there are several examples they are
                tag/0, tag/1 ...
            step: training step, 0 or more; passed over where it is no multiple of `every`.
            tokenizer: as in `log`, for the texts of the tokens.
            tokens: what token ids stand for, one by one, instead of a tokenizer.
            examples: rows of the batch, or of what generate() returns.
            layers: numbers of the layers that are kept; None: those of the logger.
            needle: a piece of the prompt that the model is to find again, as text or token ids: the
                head metric `retrieval` says which heads do. Where it is not in the prompt, a note
                of the capture says so.

        Raises:
            InvalidInput: what was seen cannot be logged; only of a strict logger, when the `with`
                is left.
            NoAttention: no attention layer was seen; only of a strict logger, when the `with` is
                left.
        """
        seen = None
        with ExitStack() as watching:
            with self._captures.harmless(tag):
                if self._captures.due(tag, step) and self._captures.has_room():
                    from tb_attention.capture import watch_passes

                    seen = watching.enter_context(watch_passes(model, examples))
            yield
        if seen is not None:
            self._log_passes(seen, tag, step, tokenizer, layers, tokens, model, needle)

    def capture_next(
        self,
        model: Any,
        *,
        tag: str,
        step: int,
        tokenizer: Any = None,
        tokens: Tokens | None = None,
        examples: Collection[int] = (0,),
        layers: Collection[int] | None = None,
    ) -> None:
        """Logs the next forward pass of the model that has gradients, as soon as it is done.

        For a training step that is out of sight, as in a Trainer. If the pass that an earlier call
        waits for has not come, that is reported, and it is waited for no longer.

        Example:
            >>> with AttentionLogger("runs/first") as logger:
            ...     logger.capture_next(model, tag="batch", step=0, tokenizer=tokenizer)
            ...     model(**batch).loss.backward()

        Args:
            model: the model that is trained.
            tag: name of the probe, followed over steps; where there are several examples they are
                tag/0, tag/1 ...
            step: training step, 0 or more; passed over where it is no multiple of `every`.
            tokenizer: as in `log`, for the texts of the tokens.
            tokens: what token ids stand for, one by one, instead of a tokenizer.
            examples: rows of the batch.
            layers: numbers of the layers that are kept; None: those of the logger.
        """
        self._expect_nothing()
        with self._captures.harmless(tag):
            if self._captures.due(tag, step) and self._captures.has_room():
                from tb_attention.capture.next_pass import NextPass

                self._next = (
                    tag,
                    NextPass(
                        model,
                        examples,
                        lambda seen: self._log_passes(seen, tag, step, tokenizer, layers, tokens),
                    ),
                )

    def write(self, capture: Capture, *, tag: str, step: int) -> None:
        """Logs a capture that is there already.

        Its arrays must stay as they are until it is written (see flush).

        Example:
            >>> from tb_attention.capture import capture
            >>> with AttentionLogger("runs/first") as logger:
            ...     logger.write(capture(model, "The doctor", tokenizer), tag="doctor", step=0)

        Args:
            capture: tokens and layers.
            tag: name of the probe, followed over steps.
            step: training step, 0 or more; passed over where it is no multiple of `every`.

        Raises:
            InvalidInput: tokens and tensors do not fit each other; only of a strict logger.
        """
        with self._captures.harmless(tag):
            if self._captures.due(tag, step) and self._captures.has_room():
                stacks = chosen_layers(capture.stacks, self._options.layers)
                rows = {(stack.name, layer) for stack in stacks for layer in stack.layers}
                effects = kept_effects(capture.effects, rows)
                self._captures.put(replace(capture, stacks=stacks, effects=effects), tag, step)

    def flush(self) -> None:
        """Returns when everything that was logged before is written.

        Raises:
            LoggingFailed: something could not be logged; only of a strict logger.
        """
        with ExitStack() as flushing:  # where one fails, the other is flushed all the same
            for queue in self._probes.queues:
                flushing.callback(queue.flush)

    def close(self) -> None:
        """Writes what waits and closes the files; a SummaryWriter that was given stays open.

        May be called twice.

        Raises:
            LoggingFailed: something could not be logged; only of a strict logger.
        """
        self._expect_nothing()
        with ExitStack() as closing:
            for queue in self._probes.queues:
                closing.callback(queue.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _log_passes(
        self,
        seen: Any,
        tag: str,
        step: int,
        tokenizer: Any,
        layers: Collection[int] | None,
        tokens: Tokens | None = None,
        model: Any = None,
        needle: str | Sequence[int] | None = None,
    ) -> None:
        """Logs what was seen of several examples, each under a tag of its own.

        model: that which the effects on generated texts are measured on; None: they are not.
        needle: of `capture`.
        """

        def name(example: int) -> str:
            return tag if len(seen.examples) == 1 else f"{tag}/{example}"

        with self._captures.harmless(tag):
            tokenizer = _words(tokenizer, tokens)
            captures = seen.captures(tokenizer, self._options.layers if layers is None else layers)
            for example, captured in captures.items():
                if needle is not None:
                    captured = mark_needle(captured, needle)
                if model is not None and (probe := generated_probe(captured)) is not None:
                    failed = partial(self._captures.effects_lost, name(example))
                    captured = self._probes.clock.measured(
                        captured, model, probe, tokenizer, self._effects, failed
                    )
                self._captures.put(captured, name(example), step)
        for example, error in seen.absent.items():
            with self._captures.harmless(name(example)):
                raise error

    def _expect_nothing(self) -> None:
        """Waits no longer for a pass, and reports that it never came."""
        if self._next is not None:
            (tag, waiting), self._next = self._next, None
            if waiting.cancel():
                with self._captures.harmless(tag):
                    raise InvalidInput(
                        "the model made no forward pass with gradients where one was waited for: "
                        "give the model that is trained."
                    )


def _words(tokenizer: Any, tokens: Tokens | None) -> Any:
    """The tokenizer, or what stands for one where tokens are named one by one."""
    if tokens is None:
        return tokenizer
    from tb_attention.capture import NamedTokens

    return NamedTokens(tokens)
