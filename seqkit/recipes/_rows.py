"""A function of a model, run over rows of any length."""

import keras
import numpy as np

from seqkit.recipes._compiled import compiled


class RowRunner:
    """Runs a compiled function in batches of rows of like length.

    Args:
        model: The `keras.Model` whose variables the function reads.
        function: Takes the dictionary of inputs, gives a dictionary of tensors whose
            first axis is that of the rows.
        specs: From name of an input to (shape, dtype), None in a shape for any size.
    """

    def __init__(self, model, function, specs):
        self.model, self._names = model, list(specs)

        def run(*tensors):
            return function(dict(zip(self._names, tensors, strict=True)))

        self._run = compiled(run, model, list(specs.values()))

    def __call__(self, lengths, batch, batch_size=64):
        """Runs all rows.

        Args:
            lengths: Length of each of N rows.
            batch: `batch(rows, length)` gives the inputs of some rows as arrays, padded
                to `length`.
            batch_size: Rows a batch.

        Returns:
            N dictionaries in the order of the rows, of arrays as long as the row's
            batch: what is behind the row's own length is padding.
        """
        lengths = np.asarray(lengths, dtype=np.int64)
        order = np.argsort(-lengths, kind="stable")
        static = keras.backend.backend() != "tensorflow"
        results = [None] * len(lengths)
        for start in range(0, len(order), batch_size):
            rows = order[start : start + batch_size]
            longest = max(1, int(lengths[rows].max()))
            chosen = rows
            if static:  # few shapes, where every shape is compiled anew
                longest = -(-longest // 16) * 16
                chosen = np.pad(rows, (0, batch_size - len(rows)), mode="edge")
            inputs = batch(chosen, longest)
            found = self._run(*(inputs[name] for name in self._names))
            found = {k: keras.ops.convert_to_numpy(v) for k, v in found.items()}
            for place, row in enumerate(rows):
                results[row] = {name: array[place] for name, array in found.items()}
        return results
