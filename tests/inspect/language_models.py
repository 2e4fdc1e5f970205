"""Small language models, and their equations once more in NumPy float64."""

from types import SimpleNamespace

import numpy as np
from keras import ops

from seqkit.models import RecurrentLanguageModel

VOCABULARY = 12


def recurrent(cell, num_layers=1, hidden_dim=4, **options):
    """A built model with weights that are drawn."""
    model = RecurrentLanguageModel(
        VOCABULARY, cell, num_layers, hidden_dim=hidden_dim, **options
    )
    return drawn(model)


def drawn(model):
    """Builds it, and draws weights that are large enough to matter."""
    model.build((None, None))
    draw = np.random.default_rng(3)
    for weight in model.weights:
        weight.assign(draw.normal(0, 0.6, weight.shape))
    return model


def token_ids(length, seed=0):
    return np.random.default_rng(seed).integers(0, VOCABULARY, length)


class Characters:
    """A tokenizer of a few characters."""

    alphabet = 'ab "(<\n)$é↵ '[:VOCABULARY]

    def encode(self, texts):
        return [[self.alphabet.index(c) for c in text] for text in texts]

    def pieces(self, token_ids):
        return [self.alphabet[i] for i in token_ids]


def task(model):
    return SimpleNamespace(model=model, tokenizer=Characters(), config={})


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


class Reference:
    """The equations of such a model, for one row, a step at a time."""

    def __init__(self, model):
        def double(weight):
            return ops.convert_to_numpy(weight).astype("float64")

        self.embeddings = double(model.embedding.embeddings)
        self.bias = double(model.embedding.bias)
        self.cells = [
            tuple(map(double, (c.kernel, c.recurrent_kernel, c.bias)))
            for c in (layer.cell for layer in model.stack.recurrent_layers)
        ]
        self.cell = model.cell
        self.width = model.hidden_dim
        self.gates = []  # of each step a list of a dictionary a layer

    def zeros(self):
        return [
            [np.zeros(self.width)] * (2 if self.cell == "lstm" else 1)
            for _ in self.cells
        ]

    def step(self, x, state):
        """From an embedding and the states to the new states."""
        after, gates = [], []
        for weights, states in zip(self.cells, state, strict=True):
            states, seen = getattr(self, self.cell)(x, states, *weights)
            x = states[0]
            after.append(states)
            gates.append(seen)
        self.gates.append(gates)
        return after

    @staticmethod
    def rnn(x, states, kernel, recurrent, bias):
        return [np.tanh(x @ kernel + states[0] @ recurrent + bias)], {}

    @staticmethod
    def lstm(x, states, kernel, recurrent, bias):
        i, f, g, o = np.split(x @ kernel + states[0] @ recurrent + bias, 4)
        i, f, o = sigmoid(i), sigmoid(f), sigmoid(o)
        c = f * states[1] + i * np.tanh(g)
        seen = {"kept": f, "written": i, "read": o}
        return [o * np.tanh(c), c], seen

    @staticmethod
    def gru(x, states, kernel, recurrent, bias):
        x_z, x_r, x_g = np.split(x @ kernel + bias[0], 3)
        h_z, h_r, h_g = np.split(states[0] @ recurrent + bias[1], 3)
        z, r = sigmoid(x_z + h_z), sigmoid(x_r + h_r)
        h = z * states[0] + (1 - z) * np.tanh(x_g + r * h_g)
        return [h], {"kept": z, "written": 1 - z, "read": r}

    def loss(self, hidden, target):
        logits = self.embeddings @ hidden + self.bias
        return np.log(np.exp(logits).sum()) - logits[target]

    def states(self, ids):
        """The states after each token."""
        states = [self.zeros()]
        for token in ids:
            states.append(self.step(self.embeddings[token], states[-1]))
        return states[1:]
