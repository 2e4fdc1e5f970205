"""Small language models, with the same in a NumPy loop."""

import keras
import numpy as np
from keras import ops

V, D = 7, 5


class TinyLanguageModel(keras.Model):
    """A plain recurrent network in the form of `seqkit.models.LanguageModel`."""

    def __init__(self, seed=0):
        super().__init__()
        self.embedding = keras.layers.Embedding(V, D)
        self.rnn = keras.layers.SimpleRNN(D, return_sequences=True, return_state=True)
        self.output_layer = keras.layers.Dense(V)
        self.embedding.build((None, None))
        self.rnn.build((None, None, D))
        self.output_layer.build((None, D))
        self.built = True
        scatter(self, seed)

    def initial_state(self, batch_size):
        return {"layers": [ops.zeros((batch_size, D))]}

    def run(self, token_ids, state, training=False):
        x = self.embedding(token_ids)
        hidden, last = self.rnn(x, initial_state=state["layers"][0])
        return hidden, {"layers": (last,)}

    def logits(self, hidden):
        return self.output_layer(hidden)

    def reference(self, token_ids):
        """Hidden states `[T, D]` and log-probabilities `[T, V]` of one text."""
        weights = [np.array(w, "float64") for w in self.get_weights()]
        embeddings, kernel, recurrent, bias, output, output_bias = weights
        h, hidden = np.zeros(D), []
        for token in token_ids:
            h = np.tanh(embeddings[token] @ kernel + h @ recurrent + bias)
            hidden.append(h)
        hidden = np.array(hidden).reshape(-1, D)
        return hidden, log_softmax(hidden @ output + output_bias)


class Bigram(keras.Model):
    """A table of logits: the gradient of a row is that of a softmax."""

    def __init__(self, seed=0):
        super().__init__()
        self.table = self.add_weight(shape=(V, V), initializer="zeros")
        self.unused = self.add_weight(shape=(3,), initializer="ones")
        self.built = True
        scatter(self, seed)

    def initial_state(self, batch_size):
        return [ops.zeros((batch_size, 1))]

    def run(self, token_ids, state, training=False):
        return ops.take(self.table, token_ids, axis=0), state

    def logits(self, hidden):
        return hidden


def scatter(model, seed, scale=1.0):
    rng = np.random.default_rng(seed)
    model.set_weights([rng.normal(scale=scale, size=w.shape) for w in model.weights])


def log_softmax(logits):
    logits = logits - logits.max(axis=-1, keepdims=True)
    return logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))


def random_text(length, seed=0):
    return np.random.default_rng(seed).integers(0, V, length).astype("int32")


def segments(rows, length, begins=True):
    """Segments of texts of one length each, side by side, padded at the end."""
    rows = np.array(rows)
    for start in range(0, rows.shape[1] - 1, length):
        piece = rows[:, start : start + length + 1]
        missing = [(0, 0), (0, length + 1 - piece.shape[1])]
        weights = np.pad(np.ones(piece[:, 1:].shape, "float32"), missing)
        piece = np.pad(piece, missing)
        inputs = {
            "token_ids": piece[:, :-1],
            "begins": np.full(len(rows), begins and start == 0),
        }
        yield inputs, piece[:, 1:], weights


def scored(scorer, batches):
    """Log-probabilities and hits `[B, N]` of all tokens of all rows."""
    found = []
    for log_probs, correct, weights in scorer.score_segments(batches):
        real = weights[0] > 0
        found.append((log_probs[:, real], correct[:, real]))
    return tuple(np.concatenate(one, axis=1) for one in zip(*found, strict=True))
