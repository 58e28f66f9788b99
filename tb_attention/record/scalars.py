"""Head metrics, loss and answer as ordinary values for TensorBoard's Scalars tab."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np
from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.util import tensor_util

from tb_attention.attention.head_metrics import METRIC_NAMES
from tb_attention.errors import InvalidInput
from tb_attention.record.message import parse_plugin_data


def scalar_values(
    commit: event_pb2.Event, names: Collection[str], heads: Collection[int] = ()
) -> Iterator[summary_pb2.Summary.Value]:
    """The named head metrics of each layer, loss and answer, for the Scalars tab.

    Loss and answer, where they were measured, are `attention/<tag>/loss` and
    `attention/<tag>/answer`.
    `attention/<tag>/<metric>.<layer>.mean` and `.max` are over all heads of the layer. The name is
    short because TensorBoard cuts it; where there are several stacks it is
    `<metric>.<stack>.<layer>`. A metric that is not defined, such as induction in a text without
    repeats, has no value.

    Args:
        commit: the Event that commits the capture.
        names: names of head metrics.
        heads: each of these query heads has values of its own too, `.head<n>`.
    """
    value = commit.summary.value[0]
    capture = parse_plugin_data(value.metadata.plugin_data.content).capture
    for effect in capture.effects:
        yield _scalar(f"attention/{value.tag}/{effect.number}", effect.value)
    table = tensor_util.make_ndarray(value.tensor)
    rows = [(stack.name, layer) for stack in capture.stacks for layer in stack.layers]
    for name in (one for one in dict.fromkeys(names) if one in capture.metrics):
        column = list(capture.metrics).index(name)
        for (stack, layer), row in zip(rows, table[:, :, column], strict=True):
            which = f"{stack.replace(' ', '_')}." if len(capture.stacks) > 1 else ""
            place = f"attention/{value.tag}/{name}.{which}{layer.layer}"
            if np.isfinite(row).any():
                yield _scalar(f"{place}.mean", np.nanmean(row))
                yield _scalar(f"{place}.max", np.nanmax(row))
            for head in heads:
                if head < layer.heads and np.isfinite(row[head]):
                    yield _scalar(f"{place}.head{head}", row[head])


def check_names(names: Collection[str]) -> None:
    """Checks that each name is that of a head metric.

    Raises:
        InvalidInput: a name is not, or names are one string.
    """
    unknown = (
        [names] if isinstance(names, str) else [name for name in names if name not in METRIC_NAMES]
    )
    if unknown:
        raise InvalidInput(
            f"scalars are names of head metrics, in a list, and {unknown[0]!r} is not: choose "
            f"among {', '.join(METRIC_NAMES)}."
        )


def _scalar(tag: str, number: float) -> summary_pb2.Summary.Value:
    return summary_pb2.Summary.Value(tag=tag, simple_value=float(number))
