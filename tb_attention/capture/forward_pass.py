"""One forward pass of one example, and what is captured of it."""

from __future__ import annotations

import inspect
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import torch

from tb_attention.capture.captured import captured
from tb_attention.capture.eval_mode import undisturbed
from tb_attention.capture.reading.recorder import has_rotary
from tb_attention.capture.repeated import repeated_ids
from tb_attention.capture.streams.embedded import embeddings_of
from tb_attention.capture.streams.inputs import Inputs, inputs_of
from tb_attention.capture.streams.pass_watcher import PassWatcher
from tb_attention.capture.streams.wrappers import backbone, sharded, unwrapped
from tb_attention.errors import InvalidInput
from tb_attention.record.capture import Capture
from tb_attention.record.probes import Repeated


def capture(
    model: torch.nn.Module,
    text_or_ids: Any,
    tokenizer: Any = None,
    *,
    decoder: Any = None,
    layers: Collection[int] | None = None,
) -> Capture:
    """The tokens, queries and keys of one forward pass of one example, in evaluation mode.

    The model is left exactly as it was. Layers that call an attention function of transformers or
    torch.nn.functional.scaled_dot_product_attention have queries and keys; of other models of
    transformers the weights that they return are taken.

    Example:
        >>> captured = capture(model, "The doctor asked. She", tokenizer)
        >>> captured = capture(model, [5, 3, 8])  # or token ids
        >>> tuple(captured.stacks[0].layers[0].query.shape)  # [heads, tokens, neurons]
        (4, 3, 8)

    Args:
        model: a torch module: of transformers, or another one that calls torch's attention
            functions.
        text_or_ids: a text, a pair of texts or the messages of a chat, for which `tokenizer` is
            needed; or token ids [T] or [1, T], which with a tokenizer get their texts; or floating
            numbers: pixels [channels, height, width], audio features, embeddings; or a mapping of
            the model's inputs, such as a tokenizer or processor returns, with one example, from
            which padding is cut; or Repeated(), random tokens of the model that come twice.
        tokenizer: of transformers, tokenizers, tiktoken or sentencepiece, a dict of characters, or
            anything with encode and decode.
        decoder: text or ids that the decoder of an encoder-decoder model reads; None: its start
            token. A text is shifted by the start token as in training, ids are taken as they are.
        layers: numbers of the layers that are kept; None: all.

    Returns:
        The capture, its tensors on the CPU in the model's dtype.

    Raises:
        InvalidInput: the text is empty or longer than the model's positions, ids are outside the
            vocabulary, or layers are not there.
        NoAttention: no attention can be seen.
        NotUnderstood: no layer computes the attention that its arguments say.
    """
    inner = unwrapped(model)
    body = _taking(inner, text_or_ids)
    if isinstance(text_or_ids, Repeated):
        text_or_ids = repeated_ids(inner, tokenizer, text_or_ids)
    inputs = inputs_of(body, text_or_ids, tokenizer, decoder)
    _check(inputs, inner, getattr(inner, "config", None))
    runs = model if sharded(model) else body
    passes = PassWatcher(model, (0,), ours=True)
    with undisturbed(model), passes.watching():
        runs(*inputs.arguments, **inputs.options)
    given = {sequence.ids: sequence for sequence in inputs.sequences.values()}
    return captured(passes, 0, tokenizer, layers, given=given, kind="probe")


def _taking(model: Any, given: Any) -> Any:
    """The model without its head, unless only the whole takes what is given (SpeechT5)."""
    body = backbone(model)
    accepted, more = (inspect.signature(one.forward).parameters for one in (body, model))
    names = set(given) - {"labels"} if isinstance(given, Mapping) else set()
    return model if names & set(more) - set(accepted) else body


def _check(inputs: Inputs, model: Any, config: Any) -> None:
    """Checks ids before the forward pass: an accelerator cannot recover from a wrong index."""
    config = config.get_text_config() if hasattr(config, "get_text_config") else config
    for sequence in inputs.sequences.values():
        _check_ids(sequence.ids, model, config)


def _check_ids(ids: Sequence[int], model: Any, config: Any) -> None:
    positions, length = getattr(config, "max_position_embeddings", None) or 0, len(ids)
    # Rotary embeddings have no table that ends; where there is no limit at all some configs say -1.
    if 0 < positions < length and not has_rotary(config):
        raise InvalidInput(
            f"the text has {length} tokens and the model {positions} positions: "
            f"shorten it by {length - positions} tokens."
        )
    table = embeddings_of(model)
    vocabulary = (
        getattr(config, "vocab_size", None)
        if table is None
        else getattr(table, "num_embeddings", None)
    )
    wrong = next(
        (token for token in ids if token < 0 or (vocabulary is not None and token >= vocabulary)),
        None,
    )
    if wrong is not None:
        raise InvalidInput(
            f"token id {wrong} is not in the model's vocabulary of {vocabulary} tokens: "
            "use the tokenizer of this model."
        )
