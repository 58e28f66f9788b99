"""Attention in TensorBoard, across training steps.

Logs what attention heads do, and shows it in a tab of TensorBoard. The public names are imported
when first used, so that `import tb_attention` imports nothing heavy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tb_attention._version import __version__ as __version__

if TYPE_CHECKING:
    from tb_attention.attention.layer import AttentionLayer
    from tb_attention.effects.options import Effects
    from tb_attention.integrations.lightning import LightningAttentionCallback
    from tb_attention.integrations.trainer import AttentionCallback
    from tb_attention.log.arrays import log_arrays
    from tb_attention.log.logger import AttentionLogger
    from tb_attention.log.size import capture_bytes
    from tb_attention.logs.attention_logs import AttentionLogs, open_logs
    from tb_attention.logs.head_table import HeadTable
    from tb_attention.logs.logged_steps import LoggedSteps
    from tb_attention.record.capture import Capture, Stack
    from tb_attention.record.capture import TokenSequence as Sequence
    from tb_attention.record.probes import Probe, Repeated
    from tb_attention.standalone.show import show

_MODULES = {
    "AttentionCallback": "tb_attention.integrations.trainer",
    "AttentionLayer": "tb_attention.attention.layer",
    "AttentionLogger": "tb_attention.log.logger",
    "AttentionLogs": "tb_attention.logs.attention_logs",
    "Capture": "tb_attention.record.capture",
    "Effects": "tb_attention.effects.options",
    "HeadTable": "tb_attention.logs.head_table",
    "LightningAttentionCallback": "tb_attention.integrations.lightning",
    "LoggedSteps": "tb_attention.logs.logged_steps",
    "Probe": "tb_attention.record.probes",
    "Repeated": "tb_attention.record.probes",
    "Sequence": "tb_attention.record.capture",
    "Stack": "tb_attention.record.capture",
    "capture_bytes": "tb_attention.log.size",
    "log_arrays": "tb_attention.log.arrays",
    "open_logs": "tb_attention.logs.attention_logs",
    "show": "tb_attention.standalone.show",
}

_RENAMED = {"Sequence": "TokenSequence"}
"""Public name -> name in its module, where the public one would be mistaken for another there."""

__all__ = [
    "AttentionCallback",
    "AttentionLayer",
    "AttentionLogger",
    "AttentionLogs",
    "Capture",
    "Effects",
    "HeadTable",
    "LightningAttentionCallback",
    "LoggedSteps",
    "Probe",
    "Repeated",
    "Sequence",
    "Stack",
    "capture_bytes",
    "log_arrays",
    "open_logs",
    "show",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module 'tb_attention' has no attribute '{name}'")
    try:
        module = import_module(_MODULES[name])
    except ModuleNotFoundError as error:
        if not _MODULES[name].startswith("tb_attention.integrations"):
            raise
        from tb_attention.integrations.absent import stand_in

        return stand_in(name, error)
    return getattr(module, _RENAMED.get(name, name))


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
