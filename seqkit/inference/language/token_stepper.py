"""Reading and writing tokens with a language model and its state."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from seqkit.decoding import decode, decode_piece
from seqkit.decoding.noise import mix
from seqkit.errors import SeqkitError
from seqkit.inference.compiled import compiled, spec_of, to_numpy
from seqkit.inference.strategies import strategy_key, with_seeds

# Tokens of a text that are read at once. The rest is read in halves of that, and halves
# of those: texts of all lengths make few shapes, and how a text is read depends on
# itself alone.
MOST_READ = 256


class TokenStepper:
    """Reads and writes tokens with a `LanguageModel`, one compiled function each.

    A state is a list of tensors, `[B, ...]` while texts are read and `[B, K, ...]`
    while K continuations of each are written.
    """

    def __init__(self, model, end_id, suppress_ids):
        self.model = model
        self._special = {"end_id": end_id, "suppress_ids": tuple(suppress_ids)}
        state = model.initial_state(1)
        self._structure = keras.tree.map_structure(lambda _: 0, state)
        self._leaves = keras.tree.flatten(state)
        self._specs = [spec_of(leaf) for leaf in self._leaves]
        specs = [((None, None), "int32"), self._specs]
        self._read = compiled(self._run, model, specs)
        self._functions: dict[tuple, Callable] = {}

    def initial_state(self, batch_size: int) -> list[Any]:
        """The state of texts of which nothing has been read."""
        return [ops.repeat(leaf, batch_size, axis=0) for leaf in self._leaves]

    def read(self, sequences: Sequence[Sequence[int]], state: list[Any]) -> list[Any]:
        """The state after B sequences of token ids of any length, read in one pass."""
        read = np.zeros(len(sequences), int)
        lengths = np.array([len(ids) for ids in sequences], int)
        size = MOST_READ
        while size:
            rows = np.flatnonzero(lengths - read >= size)
            if not len(rows):
                size //= 2
                continue
            ids = [sequences[i][read[i] : read[i] + size] for i in rows.tolist()]
            state = self._read_rows(np.array(ids, "int32"), rows, state)
            read[rows] += size
        return state

    def _read_rows(self, token_ids, rows, state):
        count = len(rows)
        if count == state[0].shape[0]:
            return list(self._read(token_ids, state))
        if keras.backend.backend() != "tensorflow":
            # Few shapes where every shape is compiled again.
            fill = (1 << (count - 1).bit_length()) - count
            rows = np.pad(rows, (0, fill), mode="edge")
            token_ids = np.pad(token_ids, [(0, fill), (0, 0)], mode="edge")
        new = self._read(token_ids, take(state, rows))
        places = rows[:count, None].astype("int32")
        return [
            ops.scatter_update(old, places, leaf[:count])
            for old, leaf in zip(state, new, strict=True)
        ]

    def write(self, strategy, most, token_ids, seeds, limits, first_index, state):
        """Continues B texts, K continuations of each, by at most L tokens.

        The last tokens `[B, K]` have not been read yet; `seeds` and `limits` are `[B]`,
        `first_index` counts tokens written before. Returns token ids `[B, K, L]`, their
        numbers `[B, K]`, log-probabilities `[B, K, L]`, whether the end came `[B, K]`,
        as NumPy arrays; and the state `[B, K, ...]`.
        """

        def function(token_ids, seeds, limits, first_index, state):
            piece = decode_piece(
                self._step,
                {"beams": state},
                token_ids,
                strategy=with_seeds(strategy, seeds),
                max_length=most,
                max_lengths=limits,
                first_index=first_index[0],
                **self._special,
            )
            return piece[:4], piece.state["beams"]

        last = (None, strategy.width), "int32"
        specs = [last, ((None,), "uint32"), ((None,), "int32"), ((1,), "int32")]
        run = self._function(("write", most), strategy, function, specs)
        # Not a scalar: TensorFlow keeps every scalar that it has seen.
        first = np.array([first_index], "int32")
        found, state = run(token_ids, seeds, limits, first, state)
        return *to_numpy(found), list(state)

    def search(self, strategy, token_ids, max_length, state):
        """The `Decoded` of a beam search from the last tokens `[B]`, as NumPy arrays.

        The last tokens have not been read yet; the state is `[B, K, ...]`.
        """
        static = keras.backend.backend() != "tensorflow"

        def function(token_ids, limit, state):
            return decode(
                self._step,
                # With the second entry, rows that are done leave.
                {"beams": state, "sentences": ()},
                ops.shape(token_ids)[0],
                strategy=strategy,
                max_length=max_length if static else limit,
                start_id=token_ids,
                **self._special,
            )

        key = "search", max_length if static else None
        specs = [((None,), "int32"), ((), "int32")]
        run = self._function(key, strategy, function, specs)
        return to_numpy(run(token_ids, np.int32(max_length), state))

    def _run(self, token_ids, state):
        state = keras.tree.pack_sequence_as(self._structure, state)
        return keras.tree.flatten(self.model.run(token_ids, state)[1])

    def _step(self, token_ids, state, index):
        """The model's step, for K continuations side by side."""
        width = token_ids.shape[1]
        leaves = self._reshaped(state["beams"], -1)
        logits, new = self.model.step(
            ops.reshape(token_ids, (-1,)),
            keras.tree.pack_sequence_as(self._structure, leaves),
        )
        logits = ops.reshape(logits, (-1, width, logits.shape[-1]))
        beams = self._reshaped(keras.tree.flatten(new), -1, width)
        return logits, {**state, "beams": beams}

    def _reshaped(self, leaves, *rows):
        return [
            ops.reshape(leaf, (*rows, *shape[1:]))
            for leaf, (shape, _) in zip(leaves, self._specs, strict=True)
        ]

    def _function(self, key, strategy, function, specs):
        # The seed is an input of what is compiled.
        key = *key, strategy_key(with_seeds(strategy, None))
        if key not in self._functions:
            width = strategy.width
            state = [((None, width, *shape[1:]), dtype) for shape, dtype in self._specs]
            self._functions[key] = compiled(function, self.model, [*specs, state])
        return self._functions[key]


def take(state: list[Any], rows: Any) -> list[Any]:
    """The rows of a state, by number."""
    rows = np.asarray(rows, "int32")
    return [ops.take(leaf, rows, axis=0) for leaf in state]


def row_seeds(seed: int | Sequence[int], count: int) -> np.ndarray:
    """The seeds `[count]` uint32 of texts: of one and their numbers, or their own."""
    if isinstance(seed, int | np.integer):
        seeds, numbers = [seed] * count, np.arange(count, dtype="int32")
    else:
        seeds, numbers = list(seed), np.zeros(count, "int32")
        if len(seeds) != count:
            raise SeqkitError(
                f"seed: expected an int, or one for each of {count} prompts, found "
                f"{len(seeds)}."
            )
    uint32 = np.array([int(one) % (1 << 32) for one in seeds], "uint32")
    return to_numpy(mix(ops.convert_to_tensor(uint32), numbers))
