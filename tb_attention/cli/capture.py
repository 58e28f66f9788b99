"""tb-attention capture: logs one inference of a saved model on a text, or what it generates."""

from __future__ import annotations

from tb_attention.cli.existing import existing_steps
from tb_attention.cli.models import load_model, load_tokenizer, load_writer
from tb_attention.effects.options import Effects
from tb_attention.errors import InvalidInput
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
    generate: int = 0,
    needle: str | None = None,
) -> None:
    """Logs the attention of one forward pass, or of a generation, to a run directory.

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
        generate: number of tokens that the model writes behind the text, each the likeliest; 0: it
            only reads.
        needle: a piece of the text that the model is to find again while it writes.

    Raises:
        InvalidInput: something cannot be loaded or logged.
        NoAttention: no attention layer was seen in the model.
        LoggingFailed: it could not be written.
    """
    if generate < 0:
        raise InvalidInput(f"generate is {generate}: give a number of tokens.")
    if needle is not None and not generate:
        raise InvalidInput("a needle is found again in a generation: give generate as well.")
    tag = tag or tag_of(text)
    existing_steps(logdir, {tag: text}, SESSION, same_text=False)
    with AttentionLogger(logdir, strict=True, session=SESSION, effects=effects) as logger:
        loaded = load_writer(model) if generate else load_model(model, head=bool(effects))
        words = load_tokenizer(tokenizer or model)
        if generate:
            inputs = words(text, return_tensors="pt")
            with logger.capture(loaded, tag=tag, step=step, tokenizer=words, needle=needle):
                loaded.generate(**inputs, max_new_tokens=generate, do_sample=False)
        else:
            logger.log(loaded, text, tag=tag, step=step, tokenizer=words)
    print(f"Logged {tag} at step {step}. To look: tensorboard --logdir {logdir}")
