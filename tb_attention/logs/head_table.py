"""Numbers of heads over steps, with the names of their axes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tb_attention.errors import InvalidInput, NotLogged


@dataclass(frozen=True, eq=False)
class HeadTable:
    """Numbers of all heads at several steps, such as head metrics.

    Example:
        >>> from tb_attention import open_logs
        >>> table = open_logs("runs").probe("gpt2", "doctor-she").metrics()
        >>> table["entropy"].shape  # steps, rows, heads
        (2, 1, 2)
        >>> table.heads("first_token")[0]  # the largest one of the last step
        HeadNumber(stack='decoder', layer=0, head=0, value=0.41...)

    Attributes:
        values: [steps, rows, heads, names], float32 with NaN where a number is not defined or not
            known, or bool.
        steps: the steps, ascending.
        rows: (stack, layer) of each row.
        names: what the numbers are.
        notes: sentences about what is left out or cannot be compared; often none.
    """

    values: npt.NDArray[Any]
    steps: tuple[int, ...]
    rows: tuple[tuple[str, int], ...]
    names: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        """The numbers of one name: [steps, rows, heads].

        Raises:
            NotLogged: there is no such name.
        """
        if name not in self.names:
            raise NotLogged(f"There is no {name!r}; there are {', '.join(self.names)}.")
        return self.values[..., self.names.index(name)]

    def __repr__(self) -> str:
        """Its shape and names, and not a thousand numbers."""
        steps, rows, heads, _ = self.values.shape
        return f"HeadTable({steps} steps, {rows} layers, {heads} heads: {', '.join(self.names)})"

    def heads(self, name: str, step: int | None = None) -> list[HeadNumber]:
        """All heads by one of the numbers, the largest first.

        Args:
            name: one of `names`.
            step: one of `steps`; None: the last one.

        Returns:
            The heads whose number is defined, and not False.

        Raises:
            NotLogged: there is no such name or step.
        """
        of_step = self[name][self._place(step)]
        there = of_step if of_step.dtype == bool else ~np.isnan(of_step)
        places = np.argwhere(there)
        order = np.argsort(-of_step[there].astype(np.float64), kind="stable")
        return [
            HeadNumber(stack, layer, int(head), of_step[row, head].item())
            for row, head in places[order]
            for stack, layer in (self.rows[row],)
        ]

    def to_pandas(self) -> Any:
        """The same as a DataFrame: a row for each step, stack, layer and head, a column a name.

        Heads that have none of the numbers, as where layers have fewer heads, are left out.

        Raises:
            InvalidInput: pandas is not installed.
        """
        try:
            import pandas
        except ImportError:
            raise InvalidInput("to_pandas needs pandas: pip install pandas.") from None
        steps, rows, heads, names = self.values.shape
        index = pandas.MultiIndex.from_tuples(
            [
                (step, stack, layer, head)
                for step in self.steps
                for stack, layer in self.rows
                for head in range(heads)
            ],
            names=["step", "stack", "layer", "head"],
        )
        flat = self.values.reshape(steps * rows * heads, names)
        return pandas.DataFrame(flat, index=index, columns=list(self.names)).dropna(how="all")

    def _place(self, step: int | None) -> int:
        if step is None:
            return -1
        if step not in self.steps:
            raise NotLogged(
                f"There is no step {step}; there are {', '.join(map(str, self.steps))}."
            )
        return self.steps.index(step)


@dataclass(frozen=True)
class HeadNumber:
    """A number of one head.

    Attributes:
        stack: name of its stack.
        layer: its layer.
        head: the head.
        value: the number.
    """

    stack: str
    layer: int
    head: int
    value: float
