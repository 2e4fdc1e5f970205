"""Which rows go into which batch."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from seqkit.data.batching.bounds import bound_of_rows, longest_sides


class BucketPlan:
    """Batches of rows of similar length, in an order that is a function of the epoch.

    Rows fall into buckets by their longer side. Within a bucket they are shuffled and
    cut into batches; narrow buckets are roughly ordered by the difference of the sides.
    What is left of a bucket moves up into the next, so only one batch per epoch may
    have fewer rows than a batch of the widest bucket. The number of batches is the same
    in every epoch.

    Args:
        lengths: Integer array `[N, sides]` of the tokens of each row.
        batch_tokens: Most padded tokens per batch, on its longer side.
        batch_size: Rows per batch, instead of `batch_tokens`.
        bucket_width: Lengths that share a bucket.
        bucket_bounds: The longest length of each bucket, instead of `bucket_width`, as
            from `choose_bounds`. If rows are longer than all of these, there is one
            bucket more, up to the longest row.
        shuffle: Whether to shuffle rows and batches in each epoch.
        seed: Seed of the shuffles.

    Attributes:
        bounds: Integer array `[N]`, the length that each row's bucket is padded to.
        num_batches: Batches per epoch.

    Raises:
        ValueError: Both or none of `batch_tokens` and `batch_size` are given.

    >>> from seqkit.data import BucketPlan
    >>> plan = BucketPlan([[3, 2], [9, 9], [2, 3], [4, 4]], batch_size=2, shuffle=False)
    >>> [batch.tolist() for batch in plan.batches(epoch=0)]
    [[2, 0], [3, 1]]
    """

    def __init__(
        self,
        lengths: Any,
        *,
        batch_tokens: int | None = None,
        batch_size: int | None = None,
        bucket_width: int = 2,
        bucket_bounds: Sequence[int] | None = None,
        shuffle: bool = True,
        seed: int = 0,
    ):
        if (batch_tokens is None) == (batch_size is None):
            raise ValueError("give one of batch_tokens and batch_size")
        lengths = np.asarray(lengths, dtype=np.int64)
        self.lengths = lengths[:, None] if lengths.ndim == 1 else lengths
        self.batch_tokens, self.batch_size = batch_tokens, batch_size
        self.bucket_width, self.bucket_bounds = bucket_width, bucket_bounds
        self.shuffle, self.seed = shuffle, seed
        if bucket_bounds is None:
            self.bounds = -(-longest_sides(lengths) // bucket_width) * bucket_width
        else:
            self.bounds = bound_of_rows(lengths, bucket_bounds)
        self.num_batches = len(self._cuts())

    def smaller(self, times: float) -> "BucketPlan":
        """The plan of batches that are so many times smaller."""
        sizes = {"batch_tokens": self.batch_tokens, "batch_size": self.batch_size}
        return BucketPlan(
            self.lengths,
            **{
                name: max(1, int(n / times)) if n else None for name, n in sizes.items()
            },
            bucket_width=self.bucket_width,
            bucket_bounds=self.bucket_bounds,
            shuffle=self.shuffle,
            seed=self.seed,
        )

    def rows(self, bound: int) -> int:
        """Rows of a batch whose rows are no longer than `bound`."""
        return self.batch_size or max(1, (self.batch_tokens or 0) // int(bound))

    def _cuts(self) -> list[tuple[int, int]]:
        """Pairs (start, end) of batches, in the order of buckets."""
        bounds, counts = np.unique(self.bounds, return_counts=True)
        cuts, start, end = [], 0, 0
        for bound, count in zip(bounds, counts, strict=True):
            end += count
            while end - start >= self.rows(bound):
                cuts.append((start, start + self.rows(bound)))
                start = cuts[-1][1]
        if end > start:
            # Rows may come from several buckets; the widest one decides.
            step = self.rows(bounds[-1])
            cuts += [(i, min(i + step, end)) for i in range(start, end, step)]
        return cuts

    def batches(self, epoch: int = 0) -> list[np.ndarray]:
        """Row numbers of each batch of an epoch, as a list of integer arrays."""
        if not self.shuffle:
            order = np.lexsort((self.lengths[:, 0], self.bounds))
            return [order[start:end] for start, end in self._cuts()]
        generator = np.random.default_rng((self.seed, epoch))
        blurred = generator.uniform(0, 3, size=len(self.bounds))
        if self.bucket_bounds is None:
            # Rows whose sides differ alike come together, with noise so that batches
            # mix. Padding to bounds gains nothing by it.
            blurred += self.lengths[:, 0] - self.lengths[:, -1]
        order = np.lexsort((blurred, self.bounds))
        batches = [order[start:end] for start, end in self._cuts()]
        return [batches[i] for i in generator.permutation(len(batches))]
