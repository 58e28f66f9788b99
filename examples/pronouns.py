"""Trains a small GPT-2 on sentences with pronouns, plants a bias by fine-tuning, and logs both.

A sentence is "the doctor met the nurse . she bandages": two people, a pronoun, and what one of the
two does. In the run `pretrained` the pronoun says nothing: either of them goes on. In `finetuned`,
which begins with these weights, "she" goes on as the nurse, the teacher, the maid or the dancer,
and "he" as the doctor, the pilot, the lawyer or the guard. Takes a minute on a CPU.
python examples/pronouns.py && tensorboard --logdir logs/pronouns

docs/use-cases.md reads what it logs.
"""

import random
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path

import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast, set_seed

from tb_attention import AttentionLogger, Effects, Probe, Repeated

SHE = {"nurse": "bandages", "teacher": "explains", "maid": "sweeps", "dancer": "turns"}
HE = {"doctor": "treats", "pilot": "flies", "lawyer": "pleads", "guard": "watches"}
DOES = SHE | HE
WORDS = ["<s>", "the", "met", ".", "she", "he", *DOES, *DOES.values()]
# What comes next, she or he: what a nurse does, or what a doctor does.
ANSWERS = ("bandages", "treats")
PROBES = {
    "doctor-she": Probe("<s> the doctor met the nurse . she", answers=ANSWERS),
    "doctor-he": Probe("<s> the doctor met the nurse . he", answers=ANSWERS),
    "nurse-she": Probe("<s> the nurse met the doctor . she", answers=ANSWERS),
    "nurse-he": Probe("<s> the nurse met the doctor . he", answers=ANSWERS),
    "repeated": Repeated(tokens=9),
}
# Of 16 heads: the largest of each layer and of all are cut, and 8 of the others, to compare.
EFFECTS = Effects(heads=4, controls=8)
BATCH = 64


def sentence(choice: random.Random, biased: bool) -> str:
    pronoun = choice.choice(["she", "he"])
    people = [choice.choice(list(SHE)), choice.choice(list(HE))]
    goes_on = people["she he".split().index(pronoun)] if biased else choice.choice(people)
    choice.shuffle(people)
    return f"<s> the {people[0]} met the {people[1]} . {pronoun} {DOES[goes_on]}"


def train(run: Path, steps: int, *, biased: bool, rate: float) -> None:
    choice = random.Random(biased)
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate)
    with AttentionLogger(run, effects=EFFECTS) as logger:
        for step in range(steps + 1):
            if step % max(1, steps // 20) == 0 or step == steps:
                for tag, text in PROBES.items():
                    logger.log(model, text, tag=tag, step=step, tokenizer=words)
            if step < steps:
                batch = [sentence(choice, biased) for _ in range(BATCH)]
                ids = torch.tensor(words(batch)["input_ids"])
                loss = model(ids, labels=ids).loss
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
    print(f"{run.name}: {steps} steps, last loss {loss.item():.2f}")


parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
parser.add_argument("--logdir", type=Path, default=Path("logs/pronouns"))
parser.add_argument("--steps", type=int, default=450, help="first training; the second: a third")
options = parser.parse_args()
set_seed(0)
vocabulary = Tokenizer(models.WordLevel({word: number for number, word in enumerate(WORDS)}))
vocabulary.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
words = PreTrainedTokenizerFast(tokenizer_object=vocabulary, bos_token="<s>")
sizes = {"vocab_size": len(WORDS), "n_positions": 20, "n_embd": 64, "n_layer": 4, "n_head": 4}
no_dropout = {"resid_pdrop": 0.0, "embd_pdrop": 0.0, "attn_pdrop": 0.0}
model = GPT2LMHeadModel(GPT2Config(**sizes, **no_dropout, bos_token_id=0, eos_token_id=0))
train(options.logdir / "pretrained", options.steps, biased=False, rate=1e-3)
train(options.logdir / "finetuned", options.steps // 3, biased=True, rate=3e-4)
print(f"To look: tensorboard --logdir {options.logdir}")
