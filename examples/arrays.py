"""Logs attention that is already there as arrays, of JAX, TensorFlow or numpy: no torch is needed.

python examples/arrays.py && tensorboard --logdir runs
"""

from argparse import ArgumentParser, RawDescriptionHelpFormatter

import numpy as np

from tb_attention import AttentionLogger, log_arrays

LAYERS, HEADS, NEURONS = 2, 4, 16

parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
parser.add_argument("--logdir", default="runs/arrays")
parser.add_argument("--steps", type=int, default=10)
options = parser.parse_args()

tokens = ["The", " cat", " saw", " the", " dog", " and", " the", " cat", " ran"]
ids = [0, 1, 2, 3, 4, 5, 3, 1, 6]
random = np.random.default_rng(0)
# One vector for each token, equal ones for equal tokens.
words = random.standard_normal((max(ids) + 1, NEURONS))[ids]

with AttentionLogger(options.logdir, strict=True) as logger:
    for step in range(options.steps):
        # Heads that turn, step by step, from looking anywhere to looking at the same word. Your
        # model's arrays go here: [heads, tokens, neurons] for each layer, as they enter its
        # attention function.
        turned = words * step / options.steps
        query = [np.stack([turned * (head + 1) for head in range(HEADS)])] * LAYERS
        key = [np.stack([words] * HEADS)] * LAYERS
        log_arrays(logger, tokens, query=query, key=key, ids=ids, tag="queries-and-keys", step=step)

    # Where there are only weights, after the softmax, [heads, tokens, tokens] for each layer: all
    # but the neuron view works.
    scores = np.where(np.tri(len(tokens), dtype=bool), words @ words.T / NEURONS**0.5, -np.inf)
    weights = np.exp(scores) / np.exp(scores).sum(axis=-1, keepdims=True)
    layers = [np.stack([weights] * HEADS)] * LAYERS
    log_arrays(logger, tokens, layers, ids=ids, tag="weights", step=0)
