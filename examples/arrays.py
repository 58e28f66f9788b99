"""Logs attention that is already there as arrays, of JAX, TensorFlow or numpy: no torch is needed.

python examples/arrays.py && tensorboard --logdir runs
"""

import argparse

import numpy as np

from tb_attention import AttentionLogger, log_arrays

LAYERS, HEADS, NEURONS = 2, 4, 16

parser = argparse.ArgumentParser(
    description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
)
parser.add_argument("--logdir", default="runs/arrays")
parser.add_argument("--steps", type=int, default=10)
options = parser.parse_args()

tokens = ["The", " cat", " saw", " the", " dog", " and", " the", " cat", " ran"]
ids = [0, 1, 2, 3, 4, 5, 3, 1, 6]
random = np.random.default_rng(0)
words = random.standard_normal((max(ids) + 1, NEURONS))[
    ids
]  # one vector for each token, equal ones for equal tokens

with AttentionLogger(options.logdir, strict=True) as logger:
    for step in range(options.steps):
        # A head that turns, step by step, from looking anywhere to looking at the same word. Your
        # model's arrays go here: [heads, tokens, neurons] for each layer, as they enter its
        # attention function.
        query = [
            np.stack([words * step / options.steps * (head + 1) for head in range(HEADS)])
            for _ in range(LAYERS)
        ]
        key = [np.stack([words] * HEADS) for _ in range(LAYERS)]
        log_arrays(logger, tokens, query=query, key=key, ids=ids, tag="queries-and-keys", step=step)

    # Where there are only weights, after the softmax, [heads, tokens, tokens] for each layer: all
    # but the neuron view works.
    scores = np.where(np.tri(len(tokens), dtype=bool), words @ words.T / NEURONS**0.5, -np.inf)
    weights = np.exp(scores) / np.exp(scores).sum(axis=-1, keepdims=True)
    log_arrays(
        logger, tokens, [np.stack([weights] * HEADS)] * LAYERS, ids=ids, tag="weights", step=0
    )
