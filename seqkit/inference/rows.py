"""A function of a model, run over rows of any length."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from operator import itemgetter
from typing import Any

import keras
import numpy as np

from seqkit.inference.compiled import compiled, to_numpy


class RowRunner:
    """Runs a compiled function over rows, in batches of similar length.

    Args:
        model: The `keras.Model` whose variables the function reads.
        function: Takes the dictionary of inputs and returns a dictionary of tensors
            whose first axis is that of the rows.
        specs: From the name of each input to its (shape, dtype), with None in a shape
            for any size.
        threads: Batches that run at a time, apart from the first, which compiles.

    >>> import keras
    >>> from seqkit.data import pad
    >>> from seqkit.inference import RowRunner
    >>> model = keras.Sequential([keras.layers.Embedding(9, 2)])
    >>> runner = RowRunner(
    ...     model,
    ...     lambda inputs: {"vectors": model(inputs["token_ids"])},
    ...     {"token_ids": ((None, None), "int32")})
    >>> ids = [[4, 5], [6, 7, 8]]
    >>> found = runner([2, 3], lambda rows, length: {
    ...     "token_ids": pad([ids[row] for row in rows], length)})
    >>> found[1]["vectors"][:3].shape
    (3, 2)
    """

    def __init__(
        self,
        model: keras.Model,
        function: Callable[[dict[str, Any]], dict[str, Any]],
        specs: dict[str, tuple],
        threads: int = 1,
    ):
        self.model, self.specs, self.threads = model, specs, threads
        self._run = compiled(function, model, [specs])

    def run_batch(self, inputs: dict[str, Any]) -> dict[str, np.ndarray]:
        """Runs one batch of arrays."""
        return to_numpy(self._run({name: inputs[name] for name in self.specs}))

    def __call__(
        self,
        lengths: Sequence[int] | np.ndarray,
        batch: Callable[[np.ndarray, int], dict[str, Any]],
        batch_size: int = 64,
    ) -> list[dict[str, np.ndarray]]:
        """Runs all rows.

        Args:
            lengths: The length of each of N rows.
            batch: `batch(rows, length)` returns the inputs of some rows as arrays,
                padded to `length`.
            batch_size: Rows per batch.

        Returns:
            N dictionaries in the order of the rows. Their arrays are as long as the
            row's batch: what follows the row's own length is padding.
        """
        results: list[Any] = [None] * len(lengths)

        def run(arguments):
            rows, filled, length = arguments
            found = self.run_batch(batch(filled, length))
            for place, row in enumerate(rows):
                results[row] = keras.tree.map_structure(itemgetter(place), found)

        batches = list(similar_rows(lengths, batch_size))
        for first in batches[:1]:
            run(first)
        with ThreadPoolExecutor(self.threads) as threads:
            list(threads.map(run, batches[1:]))
        return results


def similar_rows(
    lengths: Sequence[int] | np.ndarray, batch_size: int
) -> Iterator[tuple[np.ndarray, np.ndarray, int]]:
    """Batches of rows of similar length, the longest first.

    Yields their numbers, the same filled up where all shapes are compiled, and the
    length to pad to.
    """
    lengths = np.asarray(lengths, dtype=np.int64)
    order = np.argsort(-lengths, kind="stable")
    static = keras.backend.backend() != "tensorflow"
    for start in range(0, len(order), batch_size):
        rows = order[start : start + batch_size]
        length = max(1, int(lengths[rows[0]]))
        if static:
            filled = np.pad(rows, (0, batch_size - len(rows)), mode="edge")
            yield rows, filled, -(-length // 16) * 16
        else:
            yield rows, rows, length
