"""Which rows go into which batch."""

import numpy as np


class BucketPlan:
    """Batches of rows of like length, in an order that is a function of the epoch.

    Rows fall into buckets by their longer side; within a bucket they are shuffled,
    roughly ordered by the difference of their sides, and cut into batches. What is left
    of a bucket moves up into the next, so that no batch but one an epoch has fewer rows
    than one of the widest bucket. The number of batches is the same in every epoch.

    Args:
        lengths: Integer array `[N, sides]` of the tokens of each row.
        batch_tokens: Padded tokens a batch at the most, on its longer side.
        batch_size: Rows a batch, instead of `batch_tokens`.
        bucket_width: Lengths that share a bucket.
        shuffle: Whether rows and batches are shuffled, anew in each epoch.
        seed: Seed of the shuffles.

    Example:

    >>> from seqkit.data import BucketPlan
    >>> plan = BucketPlan([[3, 2], [9, 9], [2, 3], [4, 4]], batch_size=2, shuffle=False)
    >>> [batch.tolist() for batch in plan.batches(epoch=0)]
    [[2, 0], [3, 1]]
    """

    def __init__(
        self,
        lengths,
        *,
        batch_tokens=None,
        batch_size=None,
        bucket_width=2,
        shuffle=True,
        seed=0,
    ):
        if (batch_tokens is None) == (batch_size is None):
            raise ValueError("give one of batch_tokens and batch_size")
        lengths = np.asarray(lengths, dtype=np.int64)
        self.lengths = lengths[:, None] if lengths.ndim == 1 else lengths
        self.batch_tokens, self.batch_size = batch_tokens, batch_size
        self.bucket_width, self.shuffle, self.seed = bucket_width, shuffle, seed
        longest = self.lengths.max(axis=1, initial=1)
        # The last length of each row's bucket: what the row may be padded to.
        self.bounds = -(-longest // bucket_width) * bucket_width
        self.num_batches = len(self._cuts())

    def rows(self, bound):
        """Rows of a batch whose rows are no longer than `bound`."""
        return self.batch_size or max(1, self.batch_tokens // int(bound))

    def _cuts(self):
        """Pairs (start, end): where the rows, in the order of buckets, are cut."""
        bounds, counts = np.unique(self.bounds, return_counts=True)
        cuts, start, end = [], 0, 0
        for bound, count in zip(bounds, counts, strict=True):
            end += count
            while end - start >= self.rows(bound):
                cuts.append((start, start + self.rows(bound)))
                start = cuts[-1][1]
        if end > start:
            # Rows may come from several buckets; the widest one rules.
            step = self.rows(bounds[-1])
            cuts += [(i, min(i + step, end)) for i in range(start, end, step)]
        return cuts

    def batches(self, epoch=0):
        """Row numbers of each batch of an epoch, as a list of integer arrays."""
        if not self.shuffle:
            order = np.lexsort((self.lengths[:, 0], self.bounds))
            return [order[start:end] for start, end in self._cuts()]
        generator = np.random.default_rng((self.seed, epoch))
        # Sides that differ alike stand together, blurred so that batches mix.
        difference = self.lengths[:, 0] - self.lengths[:, -1]
        blurred = difference + generator.uniform(0, 3, size=len(difference))
        order = np.lexsort((blurred, self.bounds))
        batches = [order[start:end] for start, end in self._cuts()]
        return [batches[i] for i in generator.permutation(len(batches))]
