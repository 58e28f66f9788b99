"""The run `text`: a GPT-2 learns English from nothing."""

from __future__ import annotations

from pathlib import Path

from transformers import GPT2Config, GPT2LMHeadModel, set_seed

from tb_attention.demo.corpus import Blocks, paragraphs, trained_tokenizer
from tb_attention.demo.training import FEW_HEADS, train

VOCABULARY = 1536
TOKENS = 128
BATCH = 8
PROBES = {
    "doctor-she": "The doctor asked the nurse a question. She did not know the answer.",
    "doctor-he": "The doctor asked the nurse a question. He did not know the answer.",
    "passage": (
        "A name that is bound in a function is local to that function. When the function is called "
        "again, the name is bound again, and the old value is not seen. A list is different: if a "
        "list is passed to a function and the function changes the list, the caller sees the "
        "change, because both names refer to the same object. To keep the caller's list as it was, "
        "make a copy of the list first, and change only the copy. The same is true of every other "
        "object that can be changed."
    ),
}


def train_text(run: Path, steps: int) -> None:
    """Trains a GPT-2 of four layers on the language reference of Python, and logs it to `run`.

    Its tokenizer too is trained on that text.
    """
    set_seed(0)
    texts = paragraphs()
    # The tokenizer sees the probes, so that their words are whole tokens; the model does not.
    tokenizer = trained_tokenizer([*texts, *(10 * [*PROBES.values()])], VOCABULARY)
    end = tokenizer.eos_token_id
    model = GPT2LMHeadModel(
        GPT2Config(
            vocab_size=len(tokenizer),
            n_positions=TOKENS,
            n_embd=128,
            n_layer=4,
            n_head=4,
            bos_token_id=end,
            eos_token_id=end,
        )
    )
    data = Blocks(texts, tokenizer, TOKENS, steps * BATCH)
    train(
        model,
        data,
        run,
        probes=PROBES,
        steps=steps,
        batch=BATCH,
        learning_rate=1e-3,
        tokenizer=tokenizer,
        effects=FEW_HEADS,
    )
