"""What stands for a public name whose framework is not installed."""

from __future__ import annotations

from typing import Any, NoReturn

_PACKAGES = {
    "AttentionCallback": ("torch, transformers and accelerate", "'tb-attention[torch]'"),
    "LightningAttentionCallback": ("PyTorch Lightning", "'tb-attention[torch]' lightning"),
}


def stand_in(name: str, cause: ImportError) -> type:
    """A class of that name which says what to install when it is called.

    So that `from tb_attention import *`, pydoc and inspect work without every framework.

    Args:
        name: the public name.
        cause: what importing it raised.
    """
    needed, install = _PACKAGES[name]
    sentence = f"{name} needs {needed}: pip install {install}"

    def refuse(self: object, *arguments: Any, **options: Any) -> NoReturn:
        raise ImportError(f"{sentence} ({cause})") from cause

    return type(name, (), {"__doc__": f"{sentence}.", "__module__": __name__, "__init__": refuse})
