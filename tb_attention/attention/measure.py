"""Head metrics and thumbnails of one attention layer, from one pass over its row blocks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tb_attention.attention.head_metric_sums import HeadMetricSums
from tb_attention.attention.layer import AttentionLayer
from tb_attention.attention.needle import Needle
from tb_attention.attention.row_sums import RowSums
from tb_attention.attention.softmax import raised_blocks
from tb_attention.attention.thumbnails import Thumbnails


def measure_layer(
    layer: AttentionLayer,
    ids: Sequence[int] = (),
    *,
    aligned: bool = True,
    needle: Needle | None = None,
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.uint8]]:
    """Head metrics and thumbnails of one layer; its weights are never held as a whole.

    Example:
        >>> from tb_attention.attention.head_metrics import METRIC_NAMES
        >>> head_metrics, thumbnails = measure_layer(AttentionLayer(weights=np.eye(4)[None]))
        >>> float(head_metrics[0, METRIC_NAMES.index("self")]), thumbnails.shape
        (1.0, (1, 4, 4))

    Args:
        layer: the tensors of the layer.
        ids: token ids of the sequence, [keys], for the metrics of repeated tokens; without them
            these are NaN.
        aligned: whether queries and keys are the same tokens; False in cross attention, where
            metrics of positions are NaN.
        needle: the needle of a generation, for `retrieval`; None: there is none.

    Returns:
        Head metrics, float32 [heads, len(METRICS)], NaN where not defined; and thumbnails, uint8
        [heads, min(queries, 32), min(keys, 32)], 255 * sqrt(weight).
    """
    head_metrics = HeadMetricSums(RowSums(layer, ids, aligned=aligned, needle=needle))
    thumbnails = Thumbnails(layer)
    # What is not a number stays where it is: a warning of numpy's would be one for each block of
    # each capture.
    with np.errstate(invalid="ignore", over="ignore"):
        for block in raised_blocks(layer):
            thumbnails.add(block)
            head_metrics.add(block)
    return head_metrics.result(), thumbnails.result()
