"""The model inside of the wrappers of a training."""

from __future__ import annotations

import inspect
from typing import Any

import torch

from tb_attention.errors import InvalidInput


def unwrapped(model: Any) -> Any:
    """The model inside of DistributedDataParallel, torch.compile and PEFT.

    PEFT's adapters are in its layers.

    Raises:
        InvalidInput: it is no model, or one whose text has tokens without ids before it.
    """
    is_model = isinstance(model, torch.nn.Module)
    if not is_model:
        raise InvalidInput(_no_model(model))
    while True:
        if isinstance(inner := getattr(model, "_orig_mod", None), torch.nn.Module):
            model = inner
        elif hasattr(model, "get_base_model"):
            if any(config.is_prompt_learning for config in model.peft_config.values()):
                raise InvalidInput(
                    "prompt and prefix tuning put tokens without ids before the text, which cannot "
                    "be captured: give model.get_base_model(), which has no adapter."
                )
            model = model.get_base_model()
        elif not hasattr(model, "config") and isinstance(
            inner := getattr(model, "module", None), torch.nn.Module
        ):
            model = inner
        else:
            return model


def backbone(model: Any) -> Any:
    """The model without its head, which takes a third of the time of a small model.

    The model itself where what is without the head does not say what it takes (a decoder alone).
    """
    body = getattr(model, "base_model", model)
    parameters = inspect.signature(body.forward).parameters.values()
    named = any(
        one.kind not in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
        for one in parameters
    )
    return body if named else model


def runs_on_all_processes(model: torch.nn.Module) -> bool:
    """Whether parameters are spread over processes, so that all must run the model.

    FSDP, DeepSpeed ZeRO 3, tensor parallel.
    """
    return sharded(model) or any(hasattr(parameter, "ds_id") for parameter in model.parameters())


def sharded(model: torch.nn.Module) -> bool:
    """Whether only the whole model can gather its parameters.

    FSDP2 and tensor parallel (DTensor), or FSDP1.
    """
    wrapped = any(type(module).__name__ == "FullyShardedDataParallel" for module in model.modules())
    return wrapped or any(hasattr(parameter, "device_mesh") for parameter in model.parameters())


def _no_model(given: Any) -> str:
    """What somebody gave in place of a model, and what to do."""
    if isinstance(given, str):
        return (
            f"{given!r} is a name, not a model: load it first, as with "
            f"AutoModelForCausalLM.from_pretrained({given!r})."
        )
    if isinstance(given, type):
        return f"{given.__name__} is a class, not a model: give an instance of it."
    kind = type(given).__name__
    if isinstance(getattr(given, "model", None), torch.nn.Module):
        return f"a {kind} is no torch.nn.Module: give its `.model`, which it runs."
    return f"a torch.nn.Module is needed as the model, not {kind}."


def name_of(model: Any) -> str:
    """The name a model was loaded by, else its class."""
    return getattr(getattr(model, "config", None), "name_or_path", "") or type(model).__name__
