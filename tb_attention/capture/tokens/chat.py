"""Messages of a chat: the text that a model reads, and which tokens of it somebody said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tb_attention.errors import InvalidInput
from tb_attention.record.capture import Span, TokenSequence

Messages = Sequence[Mapping[str, Any]]

_MARK = "\ue000{}\ue001"
"""Stands for what the n-th message says, to see what the template writes around it."""


def chat_text(messages: Messages, tokenizer: Any) -> str:
    """The text that the tokenizer's chat template makes of the messages.

    It ends with the prompt for an answer, unless the last message is one.

    Raises:
        InvalidInput: there is no template, or it does not take these messages.
    """
    tokenizer = getattr(tokenizer, "tokenizer", tokenizer)
    if not hasattr(tokenizer, "apply_chat_template") or not getattr(
        tokenizer, "chat_template", None
    ):
        raise InvalidInput(
            "messages of a chat need a tokenizer with a chat template: give the model's own, or "
            "the text as the model reads it."
        )
    try:
        return str(
            tokenizer.apply_chat_template(
                list(messages),
                tokenize=False,
                add_generation_prompt=messages[-1]["role"] != "assistant",
            )
        )
    except Exception as error:
        # Templates are programs, and raise what they like.
        raise InvalidInput(
            f"the tokenizer's chat template does not take these messages ({error})."
        ) from error


def role_spans(messages: Messages, sequence: TokenSequence, tokenizer: Any) -> tuple[Span, ...]:
    """The tokens of what each message says, in order; none where tokens have no places.

    Args:
        messages: of the chat.
        sequence: the tokens of its text.
        tokenizer: has the template.
    """
    spans, place = [], 0
    before = _written_before(messages, tokenizer)
    starts, ends = _places(sequence)
    for number, message in enumerate(messages):
        said = _said(message)
        at = place + len(before.get(number, ""))
        if sequence.text[at : at + len(said)] != said:
            at = sequence.text.find(said, place)
        if not said or at < 0:
            continue  # a template may leave a message out, or write it otherwise
        place = at + len(said)
        inside = [
            token
            for token, (start, end) in enumerate(zip(starts, ends, strict=True))
            if start < place and end > at
        ]
        if inside:
            spans.append(Span(str(message["role"]), inside[0], inside[-1]))
    return tuple(spans)


def _said(message: Mapping[str, Any]) -> str:
    """What a message says, also where it comes in parts, such as images and text."""
    said = message.get("content")
    if isinstance(said, list | tuple):
        parts = [one.get("text") for one in said if isinstance(one, Mapping)]
        texts = [one for one in parts if isinstance(one, str)]
        said = texts[0] if len(texts) == 1 else None
    return said.strip() if isinstance(said, str) else ""


def _written_before(messages: Messages, tokenizer: Any) -> dict[int, str]:
    """What the template writes between what the messages say: before each, by its number.

    A word of the template, such as the name of a role, may stand in a message too.
    """
    marked = [
        {**one, "content": _MARK.format(number)} if isinstance(one.get("content"), str) else one
        for number, one in enumerate(messages)
    ]
    try:
        text = chat_text(marked, tokenizer)
    except InvalidInput:  # it looks at what is said
        return {}
    found, place = {}, 0
    for number in range(len(messages)):
        at = text.find(_MARK.format(number), place)
        if at >= 0:
            found[number] = text[place:at]
            place = at + len(_MARK.format(number))
    return found


def _places(sequence: TokenSequence) -> tuple[Sequence[int], Sequence[int]]:
    """First character of each token, and one past the last; from its bytes where it is not said."""
    if sequence.starts:
        return sequence.starts, sequence.ends
    text = sequence.text.encode()
    ends: list[int] = []
    for token in sequence.tokens:
        place = ends[-1] if ends else 0
        # Sentencepiece puts a space before the text.
        token = token.removeprefix(b" ") if not place and not text.startswith(b" ") else token
        if not text.startswith(token, place):
            return (), ()
        ends.append(place + len(token))
    counted = [len(text[:end].decode(errors="ignore")) for end in ends]
    return [0, *counted[:-1]], counted
