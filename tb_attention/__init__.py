"""Attention in TensorBoard, across training steps.

Logs what attention heads do, and shows it in a tab of TensorBoard.

The public names are imported when first used, so that `import tb_attention` imports nothing heavy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tb_attention.arrays import log_arrays
    from tb_attention.attend import AttentionLayer
    from tb_attention.captures import Capture, Sequence, Stack
    from tb_attention.integrations.lightning import LightningAttentionCallback
    from tb_attention.integrations.trainer import AttentionCallback
    from tb_attention.logger import AttentionLogger
    from tb_attention.planning import capture_bytes
    from tb_attention.probes import Repeated

__version__ = "0.1.0"

_MODULES = {
    "AttentionCallback": "tb_attention.integrations.trainer",
    "AttentionLayer": "tb_attention.attend",
    "AttentionLogger": "tb_attention.logger",
    "Capture": "tb_attention.captures",
    "LightningAttentionCallback": "tb_attention.integrations.lightning",
    "Repeated": "tb_attention.probes",
    "Sequence": "tb_attention.captures",
    "Stack": "tb_attention.captures",
    "capture_bytes": "tb_attention.planning",
    "log_arrays": "tb_attention.arrays",
}

__all__ = [
    "AttentionCallback",
    "AttentionLayer",
    "AttentionLogger",
    "Capture",
    "LightningAttentionCallback",
    "Repeated",
    "Sequence",
    "Stack",
    "capture_bytes",
    "log_arrays",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module 'tb_attention' has no attribute '{name}'")
    return getattr(import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
