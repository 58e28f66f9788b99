"""One tag of one run along its steps, for people and programs."""

from __future__ import annotations

from typing import Any

import numpy as np

from tb_attention.answers.capture import answer_capture
from tb_attention.answers.change import begin_change
from tb_attention.answers.characters import shown
from tb_attention.answers.findings import begin_findings
from tb_attention.answers.logged_probe import others_of
from tb_attention.answers.pair import begin_pair
from tb_attention.answers.show import WEIGHT
from tb_attention.answers.show import shown as layer_shown
from tb_attention.answers.slow import at_once
from tb_attention.answers.types import answer_types
from tb_attention.attention import softmax
from tb_attention.attention.dtypes import Floats32
from tb_attention.attention.head_types import TYPES
from tb_attention.attention.layer import AttentionLayer
from tb_attention.errors import InvalidInput, NotLogged
from tb_attention.logs.head_table import HeadTable
from tb_attention.store.layers import find_layer, find_stack
from tb_attention.store.location import Location
from tb_attention.store.store import Store


class LoggedSteps:
    """What was logged of one tag of one run.

    Wherever a step is asked for, None means the last one; wherever a stack is, the first one of the
    capture, which is the only one of a decoder.

    Example:
        >>> from tb_attention import open_logs
        >>> probe = open_logs("runs").probe("gpt2", "doctor-she")
        >>> probe.tokens()
        ['The', ' doctor', ' asked']
        >>> probe.weights(step=100, layer=0, head=1)[2].round(2)
        array([0.33, 0.33, 0.33], dtype=float32)
        >>> probe.change(0, 100).heads("distance")[0].value
        0.0

    Attributes:
        run: name of the run.
        tag: name of the tag.
    """

    def __init__(self, store: Store, run: str, tag: str) -> None:
        self._store, self.run, self.tag = store, run, tag

    def __repr__(self) -> str:
        """Its place and its steps."""
        steps = self.steps
        return f"LoggedSteps({self.run!r}, {self.tag!r}, {len(steps)} steps to {steps[-1]})"

    @property
    def steps(self) -> list[int]:
        """The steps, ascending."""
        return list(self._store.steps(self.run, self.tag))

    def capture(self, step: int | None = None) -> dict[str, Any]:
        """The description of a step: tokens, stacks, layers, losses and effects.

        Returns:
            The values of the route `capture`, whose fields are those of docs/http.md.
        """
        return answer_capture(self._store, self.run, self._at(step))

    def tokens(
        self, step: int | None = None, stack: str | None = None, *, of: str = "keys"
    ) -> list[str]:
        """The tokens of the keys of a stack, or of its queries.

        Args:
            step: the step.
            stack: name of the stack.
            of: "keys" or "queries", which are the same but in cross attention and where a cache
                held the first tokens.

        Raises:
            InvalidInput: `of` is neither.
            NotLogged: there is no such step or stack.
        """
        if of not in ("keys", "queries"):
            raise InvalidInput(f"of is {of!r}: give 'keys' or 'queries'.")
        message = self._store.message(self._at(step))
        found = find_stack(message, stack)
        number = found.query_sequence if of == "queries" else found.key_sequence
        return [shown(token) for token in message.sequences[number].tokens]

    def layers(self, step: int | None = None, stack: str | None = None) -> list[int]:
        """The numbers of the layers of a stack."""
        found = find_stack(self._store.message(self._at(step)), stack)
        return [layer.layer for layer in found.layers]

    def layer(
        self,
        step: int | None = None,
        layer: int = 0,
        head: int | None = None,
        *,
        stack: str | None = None,
    ) -> AttentionLayer:
        """A layer with its tensors as they were stored, or one head of it.

        Raises:
            NotLogged: there is no such step, stack, layer or head.
            UnreadableRecord: it is damaged.
        """
        return self._store.layer(self._at(step), stack, layer, head)

    def weights(
        self,
        step: int | None = None,
        layer: int = 0,
        head: int | None = None,
        *,
        stack: str | None = None,
        show: str = WEIGHT,
    ) -> Floats32:
        """Attention weights.

        Args:
            step: the step.
            layer: number of the layer.
            head: number of the query head; None: all that were logged.
            stack: name of the stack.
            show: "weight", or "arriving" for the shares of what arrives, see docs/metrics.md.

        Returns:
            float32 [queries, keys] of a head, [heads, queries, keys] of a layer; rows sum to 1.

        Raises:
            NotLogged: there is no such step, stack, layer or head, or what arrives is not known.
            UnreadableRecord: it is damaged.
        """
        found = layer_shown(self.layer(step, layer, head, stack=stack), show)
        weights: Floats32 = softmax.weights(found)
        return weights if head is None else weights[0]

    def queries(
        self,
        step: int | None = None,
        layer: int = 0,
        head: int | None = None,
        *,
        stack: str | None = None,
    ) -> Floats32:
        """Query vectors, as they enter the attention function.

        Returns:
            float32 [queries, neurons] of a head, [heads, queries, neurons] of a layer.

        Raises:
            NotLogged: only weights were logged, or there is no such place.
        """
        return self._vectors("query", step, layer, head, stack)

    def keys(
        self,
        step: int | None = None,
        layer: int = 0,
        head: int | None = None,
        *,
        stack: str | None = None,
    ) -> Floats32:
        """Key vectors, as they enter the attention function.

        Returns:
            float32 [keys, neurons] of the key head that a query head uses, [key_heads, keys,
            neurons] of a layer.

        Raises:
            NotLogged: only weights were logged, or there is no such place.
        """
        return self._vectors("key", step, layer, head, stack)

    def metrics(self) -> HeadTable:
        """Head metrics of all steps, see docs/metrics.md.

        Effects of heads are among them where they were measured.
        """
        steps = self._store.steps(self.run, self.tag)
        joined = self._store.head_metrics(steps)
        return HeadTable(joined.values, tuple(steps), joined.rows, joined.names)

    def types(self) -> HeadTable:
        """Which head has which type at which step, bool; see docs/metrics.md."""
        steps = self._store.steps(self.run, self.tag)
        answer = answer_types(self._store, steps)
        bits = np.asarray(answer.arrays["types"], np.int64)
        values = np.stack([bits >> place & 1 == 1 for place in range(len(TYPES))], axis=-1)
        rows, notes = answer.metadata["rows"], answer.metadata["notes"]
        names = tuple(kind.name for kind in TYPES)
        return HeadTable(values, tuple(steps), tuple(rows), names, tuple(notes))

    def losses(self) -> Floats32 | None:
        """What the model loses on the text: nats, float32 [steps], None where not measured."""
        numbers = self._store.output_numbers(self._store.steps(self.run, self.tag))
        of_steps = [
            next((each.value for each in of if each.number == "loss"), np.nan) for of in numbers
        ]
        losses = np.array(of_steps, np.float32)
        return None if np.isnan(losses).all() else losses

    def effects(self, step: int | None = None) -> list[dict[str, Any]]:
        """What was measured by cutting heads, with its controls; see docs/effects.md.

        Returns:
            `effects` of the route `capture`; empty where nothing was measured.
        """
        effects: list[dict[str, Any]] = self.capture(step)["effects"]
        return effects

    def findings(self) -> list[dict[str, Any]]:
        """What is worth looking at, in sentences; takes seconds where there are many layers.

        Returns:
            The values of the route `findings`, see docs/http.md.
        """
        found: list[dict[str, Any]] = at_once(
            begin_findings(
                self._store,
                self._store.steps(self.run, self.tag),
                others_of(self._store, self.run, self.tag),
            )
        )["findings"]
        return found

    def change(
        self, a: int, b: int, *, other: LoggedSteps | None = None, show: str = WEIGHT
    ) -> HeadTable:
        """How far each head of step `b` is from the same head of step `a`.

        Args:
            a: a step of this probe.
            b: a step of `other`.
            other: another probe, of as many tokens; None: this one.
            show: "weight" or "arriving".

        Returns:
            `distance`, the Jensen-Shannon distance (0 to 1) of the rows of weights, on average.

        Raises:
            InvalidInput: their tokens are not as many.
            NotLogged: there is no such step.
        """
        there = other or self
        if there._store is not self._store:
            raise NotLogged("Both probes must be of one log directory: open the one above both.")
        answer = at_once(begin_change(self._store, self._at(a), there._at(b), show=show))
        return HeadTable(
            answer.arrays["distance"][None, ..., None],
            (b,),
            tuple(answer.metadata["rows"]),
            ("distance",),
            tuple(answer.metadata["notes"]),
        )

    def pair(
        self,
        query: int,
        key: int,
        *,
        step: int | None = None,
        stack: str | None = None,
        show: str = WEIGHT,
    ) -> HeadTable:
        """The weight of one query on one key, in all heads at all steps.

        Args:
            query: position of the query.
            key: position of the key.
            step: the step whose tokens are meant; steps with other tokens there are NaN.
            stack: name of the stack.
            show: "weight" or "arriving".

        Returns:
            `weight`.

        Raises:
            NotLogged: there are no such tokens.
        """
        steps = self._store.steps(self.run, self.tag)
        answer = at_once(
            begin_pair(self._store, steps, self._at(step), stack, query, key, show=show)
        )
        about = answer.metadata
        rows = tuple((about["stack"], layer) for layer in about["layers"])
        values = answer.arrays["weights"][..., None]
        return HeadTable(values, tuple(steps), rows, ("weight",), tuple(about["notes"]))

    def _vectors(
        self, kind: str, step: int | None, layer: int, head: int | None, stack: str | None
    ) -> Floats32:
        message = self._store.message(self._at(step))
        if find_layer(find_stack(message, stack), layer).weights_only:
            raise NotLogged(
                f"Only the weights of layer {layer} were logged, because the model does not give "
                "queries and keys."
            )
        vectors = np.asarray(getattr(self.layer(step, layer, head, stack=stack), kind), np.float32)
        return vectors if head is None else vectors[0]

    def _at(self, step: int | None) -> Location:
        steps = self._store.steps(self.run, self.tag)
        return (
            list(steps.values())[-1] if step is None else self._store.find(self.run, self.tag, step)
        )
