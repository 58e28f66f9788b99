"""Head metrics and thumbnails of one attention layer, from one pass over its row blocks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tb_attention.attention.head_metrics import HeadMetricSums
from tb_attention.attention.layer import AttentionLayer
from tb_attention.attention.softmax import raised_blocks
from tb_attention.attention.thumbnails import Thumbnails


def measure(
    layer: AttentionLayer, ids: Sequence[int] = (), *, aligned: bool = True
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.uint8]]:
    """Head metrics float32 [heads, len(metrics.NAMES)] and thumbnails uint8 [heads, <= 32, <= 32].

    ids: token ids of the sequence, for the metrics of repeats. aligned: queries and keys are the
    same tokens (not cross attention).
    """
    head_metrics, thumbnails = HeadMetricSums(layer, ids, aligned=aligned), Thumbnails(layer)
    # What is not a number stays where it is: a warning of numpy's would be one for each block of
    # each capture.
    with np.errstate(invalid="ignore", over="ignore"):
        for block in raised_blocks(layer):
            thumbnails.add(block)
            head_metrics.add(block)
    return head_metrics.result(), thumbnails.result()
