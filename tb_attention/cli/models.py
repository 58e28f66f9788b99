"""Loads models and tokenizers as transformers does, by a path or a name on a hub."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import transformers
from huggingface_hub.utils import logging as hub_logging
from safetensors import SafetensorError

from tb_attention.errors import InvalidInput


def load_model(name: str, *, head: bool = False) -> Any:
    """A saved model, on the CPU in the dtype it was saved in.

    Args:
        name: a path, a name on a hub, or name@revision.
        head: whether it has the head that it was saved with, which loss and answers need; the head
            has no attention.

    Raises:
        InvalidInput: it cannot be loaded.
    """
    advice = "give the path of a saved model, or a name on a hub that can be reached"
    with _loading(f"the model {name}", advice):
        place, kind = _place(name), transformers.AutoModel
        if head:
            saved = transformers.AutoConfig.from_pretrained(**place).architectures or [""]
            kind = getattr(transformers, saved[0], kind)
        return kind.from_pretrained(**place)


def load_writer(name: str) -> Any:
    """The model with the head that it generates by, on the CPU in the dtype it was saved in.

    Args:
        name: a path, a name on a hub, or name@revision.

    Raises:
        InvalidInput: it cannot be loaded, or does not generate.
    """
    advice = "give the path of a saved language model, or a name on a hub that can be reached"
    with _loading(f"the model {name}", advice):
        config = transformers.AutoConfig.from_pretrained(**_place(name))
        kind = (
            transformers.AutoModelForSeq2SeqLM
            if config.is_encoder_decoder
            else transformers.AutoModelForCausalLM
        )
        return kind.from_pretrained(**_place(name))


def load_tokenizer(name: str) -> Any:
    """The tokenizer that was saved with a model.

    Raises:
        InvalidInput: there is none.
    """
    advice = "name the one that the model was trained with by --tokenizer"
    with _loading(f"the tokenizer of {name}", advice):
        tokenizer = transformers.AutoTokenizer.from_pretrained(**_place(name))
    # Where a folder has no tokenizer, transformers makes an empty one of the model's class.
    if len(tokenizer) <= len(tokenizer.all_special_ids):
        raise InvalidInput(f"there is no tokenizer in {name}: {advice}.")
    return tokenizer


def _place(name: str) -> dict[str, str]:
    """The arguments of from_pretrained for a path, a name on a hub, or name@revision."""
    source, at, revision = name.rpartition("@")
    if at and not Path(name).exists():
        return {"pretrained_model_name_or_path": source, "revision": revision}
    return {"pretrained_model_name_or_path": name}


@contextmanager
def _loading(what: str, advice: str) -> Iterator[None]:
    """Without the progress bars and hints of the libraries; what fails becomes one sentence."""
    verbosity, of_hub = transformers.logging.get_verbosity(), hub_logging.get_verbosity()
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    hub_logging.set_verbosity_error()
    try:
        yield
    except (OSError, ValueError, ImportError, RuntimeError, SafetensorError) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
        raise InvalidInput(f"{what} could not be loaded ({reason}): {advice}.") from error
    finally:
        transformers.logging.set_verbosity(verbosity)
        transformers.logging.enable_progress_bar()
        hub_logging.set_verbosity(of_hub)
