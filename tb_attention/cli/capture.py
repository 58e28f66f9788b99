"""tb-attention capture: logs one inference of a saved model on a text."""

from __future__ import annotations

from tb_attention.cli.existing import existing_steps
from tb_attention.cli.models import load_model, load_tokenizer
from tb_attention.effects.options import Effects
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
    effects: Effects | bool = False,
) -> None:
    """Logs the attention of one forward pass to a run directory.

    A capture of the same tag and step is replaced.

    Example:
        >>> run_capture("saved", "The doctor asked. She", "runs/saved", step=100)
        Logged the-doctor-asked-she at step 100. To look: tensorboard --logdir runs/saved

    Args:
        model: a path, a name on a hub, or name@revision.
        text: what the model reads.
        logdir: the run directory, a path or URL.
        tag: name of the probe; None: the first words of the text.
        step: training step that it is shown at.
        tokenizer: another one than the model's, named like `model`.
        effects: whether effects of heads are measured, and how; see AttentionLogger.

    Raises:
        InvalidInput: something cannot be loaded or logged.
        NoAttention: no attention layer was seen in the model.
        LoggingFailed: it could not be written.
    """
    tag = tag or tag_of(text)
    existing_steps(logdir, {tag: text}, SESSION, same_text=False)
    with AttentionLogger(logdir, strict=True, session=SESSION, effects=effects) as logger:
        loaded, words = load_model(model), load_tokenizer(tokenizer or model)
        logger.log(loaded, text, tag=tag, step=step, tokenizer=words)
    print(f"Logged {tag} at step {step}. To look: tensorboard --logdir {logdir}")
