"""A language model's tokens in, tokens out: reading and writing with a state."""

import copy

import keras
import numpy as np
from keras import ops

from seqkit.decoding import decode, decode_piece
from seqkit.decoding.noise import mix
from seqkit.errors import SeqkitError
from seqkit.inference.compiled import compiled

# Tokens of a text that are read at once. What is left over at its end is read in halves
# of that, and halves of those: so texts of all lengths make few shapes, and how a text
# is read depends on itself alone.
MOST_READ = 256


class TokenStepper:
    """Reads and writes tokens with a `LanguageModel`, a compiled function for each.

    A state is a list of tensors, `[B, ...]` while texts are read and `[B, K, ...]`
    while K continuations of each are written.

    Args:
        model: A `LanguageModel`, or any built model of that form.
        end_id: Token that ends a text, None where nothing does.
        suppress_ids: Tokens that are never written.
    """

    def __init__(self, model, end_id, suppress_ids):
        self.model = model
        self._special = {"end_id": end_id, "suppress_ids": tuple(suppress_ids)}
        state = model.initial_state(1)
        self._structure = keras.tree.map_structure(lambda _: 0, state)
        self._leaves = keras.tree.flatten(state)
        self._shapes = [
            (tuple(leaf.shape[1:]), keras.backend.standardize_dtype(leaf.dtype))
            for leaf in self._leaves
        ]
        self._read = compiled(
            self._run,
            model,
            [((None, None), "int32")] + [((None, *s), d) for s, d in self._shapes],
        )
        self._functions = {}

    def initial_state(self, batch_size):
        """The state of texts of which nothing is read yet."""
        return [ops.repeat(leaf, batch_size, axis=0) for leaf in self._leaves]

    def read(self, sequences, state):
        """The state behind B sequences of token ids of any lengths, in one pass."""
        read = np.zeros(len(sequences), int)
        lengths = np.array([len(ids) for ids in sequences], int)
        size = MOST_READ
        while size:
            rows = np.flatnonzero(lengths - read >= size)
            if not len(rows):
                size //= 2
                continue
            ids = [sequences[i][read[i] : read[i] + size] for i in rows]
            state = self._read_rows(np.array(ids, "int32"), rows, state)
            read[rows] += size
        return state

    def _read_rows(self, token_ids, rows, state):
        everything = len(rows) == state[0].shape[0]
        count = len(rows)
        if keras.backend.backend() != "tensorflow" and not everything:
            # Compiled shapes are few where every shape is compiled anew.
            fill = (1 << (count - 1).bit_length()) - count
            rows = np.pad(rows, (0, fill), mode="edge")
            token_ids = np.pad(token_ids, [(0, fill), (0, 0)], mode="edge")
        new = self._read(token_ids, *(state if everything else take(state, rows)))
        if everything:
            return list(new)
        places = rows[:count, None].astype("int32")
        return [
            ops.scatter_update(old, places, leaf[:count])
            for old, leaf in zip(state, new, strict=True)
        ]

    def write(self, strategy, most, token_ids, seeds, limits, first_index, state):
        """Goes on with B texts, K continuations of each, by at most `most` tokens.

        Args:
            strategy: `Greedy()` or `Sampling(...)`, whose own seed does not count.
            most: L, an int; compiled once for each.
            token_ids: `[B, K]`, the last tokens, not read yet.
            seeds: `[B]` uint32.
            limits: `[B]`, most tokens of each.
            first_index: Tokens written before.
            state: `[B, K, ...]`.

        Returns:
            Token ids `[B, K, L]`, their numbers `[B, K]`, log-probabilities
            `[B, K, L]`, whether the end came `[B, K]`, all NumPy arrays; and the state.
        """

        def function(token_ids, seeds, limits, first_index, *state):
            piece = decode_piece(
                self._step,
                {"beams": list(state)},
                token_ids,
                strategy=_with_seeds(strategy, seeds),
                max_length=most,
                max_lengths=limits,
                first_index=first_index[0],
                **self._special,
            )
            return piece[:4], piece.state["beams"]

        run = self._function(
            ("write", most, *_key(strategy)),
            function,
            [
                ((None, strategy.width), "int32"),
                ((None,), "uint32"),
                ((None,), "int32"),
                ((1,), "int32"),
            ],
            strategy.width,
        )
        # Not a scalar: TensorFlow keeps every scalar that it has seen.
        first_index = np.array([first_index], "int32")
        found, state = run(token_ids, seeds, limits, first_index, *state)
        return *map(ops.convert_to_numpy, found), list(state)

    def search(self, strategy, token_ids, max_length, state):
        """The `Decoded`, in NumPy arrays, of a strategy that takes whole texts.

        Args:
            strategy: A strategy that does not draw, such as `BeamSearch(...)`.
            token_ids: `[B]`, the last tokens, not read yet.
            max_length: Most tokens of each text.
            state: `[B, K, ...]`.
        """
        static = keras.backend.backend() != "tensorflow"

        def function(token_ids, limit, *state):
            return decode(
                self._step,
                # With the second entry, rows that are done leave.
                {"beams": list(state), "sentences": ()},
                ops.shape(token_ids)[0],
                strategy=strategy,
                max_length=max_length if static else limit,
                start_id=token_ids,
                **self._special,
            )

        run = self._function(
            ("search", max_length if static else None, *_key(strategy)),
            function,
            [((None,), "int32"), ((), "int32")],
            strategy.width,
        )
        decoded = run(token_ids, np.int32(max_length), *state)
        return keras.tree.map_structure(ops.convert_to_numpy, decoded)

    def _run(self, token_ids, *state):
        state = keras.tree.pack_sequence_as(self._structure, list(state))
        return keras.tree.flatten(self.model.run(token_ids, state)[1])

    def _step(self, token_ids, state, index):
        """The model's step, for K continuations side by side."""
        width = token_ids.shape[1]
        leaves = [
            ops.reshape(leaf, (-1, *shape))
            for leaf, (shape, _) in zip(state["beams"], self._shapes, strict=True)
        ]
        logits, new = self.model.step(
            ops.reshape(token_ids, (-1,)),
            keras.tree.pack_sequence_as(self._structure, leaves),
        )
        leaves = [
            ops.reshape(leaf, (-1, width, *shape))
            for leaf, (shape, _) in zip(
                keras.tree.flatten(new), self._shapes, strict=True
            )
        ]
        logits = ops.reshape(logits, (-1, width, logits.shape[-1]))
        return logits, {**state, "beams": leaves}

    def _function(self, key, function, specs, width):
        if key not in self._functions:
            state = [((None, width, *shape), dtype) for shape, dtype in self._shapes]
            self._functions[key] = compiled(function, self.model, [*specs, *state])
        return self._functions[key]


def take(state, rows):
    """The rows of a state, by number."""
    rows = np.asarray(rows, "int32")
    return [ops.take(leaf, rows, axis=0) for leaf in state]


def row_seeds(seed, count):
    """Seeds `[count]` uint32 of texts: from one and their numbers, or their own."""
    if isinstance(seed, int | np.integer):
        seeds, numbers = [seed] * count, np.arange(count, dtype="int32")
    else:
        seeds, numbers = list(seed), np.zeros(count, "int32")
        if len(seeds) != count:
            raise SeqkitError(
                f"seed: expected an int, or one for each of {count} prompts, found "
                f"{len(seeds)}."
            )
    seeds = np.array([int(one) % (1 << 32) for one in seeds], "uint32")
    return ops.convert_to_numpy(mix(ops.convert_to_tensor(seeds), numbers))


def _with_seeds(strategy, seeds):
    strategy = copy.copy(strategy)
    strategy.seed = seeds
    return strategy


def _key(strategy):
    """What tells strategies apart; the seed is an input of what is compiled."""
    arguments = {**vars(strategy), "seed": None}
    return (type(strategy).__name__, *sorted(arguments.items()))
