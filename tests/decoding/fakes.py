"""Small models to decode with, in keras.ops and again in NumPy."""

import numpy as np
from keras import ops

START, END = 2, 3
FIRST_LETTER = 4
VOCABULARY_SIZE = FIRST_LETTER + 26


def spell(words):
    """`[len(words), longest]` ids of lower-case words, each with its end."""
    ids = np.full((len(words), max(map(len, words)) + 1), END, "int32")
    for row, word in enumerate(words):
        ids[row, : len(word)] = [FIRST_LETTER + ord(letter) - 97 for letter in word]
    return ids


def read(token_ids):
    """The word that one row of token ids spells."""
    return "".join(chr(93 + int(i)) for i in token_ids if i >= FIRST_LETTER)


def speller(words):
    """A model that spells a given word for each sentence: `(step, state)`."""

    def step(token_ids, state, index):
        words = state["shared"]
        index = ops.minimum(index, ops.shape(words)[1] - 1)
        wanted = ops.take(words, index, axis=1)[:, None]
        logits = 9.0 * ops.one_hot(wanted, VOCABULARY_SIZE)
        shape = (*ops.shape(token_ids), VOCABULARY_SIZE)
        return ops.broadcast_to(logits, shape), state

    return step, {"shared": ops.convert_to_tensor(spell(words))}


class HashModel:
    """Random logits, and attention, that depend on every token so far.

    A hypothesis is known by a running hash of its tokens, which is its state; so the
    model is as hard to search as can be, and wrong when its state is not reordered.
    """

    SIZE = 1009

    def __init__(self, vocabulary_size=7, source_length=3, sharpness=1.5, seed=0):
        rng = np.random.default_rng(seed)
        shape = (self.SIZE, vocabulary_size)
        self.logits = (sharpness * rng.normal(size=shape)).astype("float32")
        attention = rng.exponential(size=(self.SIZE, source_length)) ** 3
        attention /= attention.sum(axis=-1, keepdims=True)
        self.attention = attention.astype("float32")

    def next_hash(self, value, token_id):
        return (value * 31 + token_id * 17 + 5) % self.SIZE

    def state(self, sentences, width):
        hashes = np.repeat(np.asarray(sentences, "int32")[:, None], width, axis=1)
        return {"beams": {"hash": ops.convert_to_tensor(hashes)}, "shared": ()}

    def step(self, token_ids, state, index):
        hashes = self.next_hash(state["beams"]["hash"], token_ids)
        logits = ops.take(ops.convert_to_tensor(self.logits), hashes, axis=0)
        attention = ops.take(ops.convert_to_tensor(self.attention), hashes, axis=0)
        return logits, {"beams": {"hash": hashes}, "shared": ()}, attention

    def log_probs(self, sentence, prefix):
        """`[V]` float64 log-probabilities of the token after `prefix`, in NumPy."""
        logits = self.logits[self._hash(sentence, prefix)].astype("float64")
        return logits - np.log(np.sum(np.exp(logits)))

    def coverage(self, sentence, tokens):
        """`[S]` attention summed over the steps that generated `tokens`."""
        return sum(
            self.attention[self._hash(sentence, tokens[:end])].astype("float64")
            for end in range(len(tokens))
        )

    def _hash(self, sentence, prefix):
        value = sentence
        for token_id in (START, *prefix):
            value = self.next_hash(value, token_id)
        return value


def to_lists(decoded):
    """`[B][N]` lists of `(token ids without padding, score, log_prob, finished)`."""
    arrays = [ops.convert_to_numpy(x) for x in decoded]
    return [
        [
            (tuple(ids[:length].tolist()), float(score), float(log_prob), bool(done))
            for ids, length, score, log_prob, done in zip(*sentence, strict=True)
        ]
        for sentence in zip(*arrays, strict=True)
    ]


def assert_same(found, expected):
    """Equal results of `to_lists`, but for the last bits of scores.

    Processors round the end of an array, which is not a full vector, differently.
    """
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        assert [(h[0], h[3]) for h in one] == [(h[0], h[3]) for h in other]
        np.testing.assert_allclose(
            [h[1:3] for h in one], [h[1:3] for h in other], atol=2e-5
        )
