"""tb-attention capture: a saved model and a text go in; one inference is logged."""

from __future__ import annotations

from tb_attention.cli.existing import existing_steps
from tb_attention.cli.models import load_model, load_tokenizer
from tb_attention.log.logger import AttentionLogger
from tb_attention.record.probes import tag_of

SESSION = "capture"
"""One for all, so that a capture of an earlier step hides no later one."""


def run_capture(
    model: str,
    text: str,
    logdir: str,
    *,
    tag: str | None = None,
    step: int = 0,
    tokenizer: str | None = None,
) -> None:
    """Logs the attention of one forward pass to the run directory `logdir`.

    A capture of the same tag and step is replaced.

    model: a path, a name on a hub, or name@revision; tokenizer: another one than the model's. tag:
    by default the first words. Raises InvalidInput for what cannot be loaded or logged,
    NoAttention, LoggingFailed.
    """
    tag = tag or tag_of(text)
    existing_steps(logdir, {tag: text}, SESSION, same_text=False)
    with AttentionLogger(logdir, strict=True, session=SESSION) as logger:
        loaded, words = load_model(model), load_tokenizer(tokenizer or model)
        logger.log(loaded, text, tag=tag, step=step, tokenizer=words)
    print(f"Logged {tag} at step {step}. To look: tensorboard --logdir {logdir}")
