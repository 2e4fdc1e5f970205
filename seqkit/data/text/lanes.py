"""A long text in parallel lanes: each batch continues the one before it."""

import heapq
from typing import Any

import numpy as np

from seqkit.data.batching.epochs import Epochs
from seqkit.data.batching.spec import Spec
from seqkit.data.text.token_stream import TokenStream
from seqkit.errors import SeqkitError


class BatchedLanes(Epochs):
    """`Batches` of a `TokenStream` for a language model.

    A batch is `(inputs, targets, weights)`: inputs a dictionary of `token_ids`
    `[B, T]` int32 and `begins` `[B]` bool; targets `[B, T]` int32, the token after
    each; weights `[B, T]` float32, 1 for a target and 0 for padding, which has id 0.
    All batches have the same shape. In each pass over the text every token is a target
    exactly once.

    **A stream** is cut into B lanes whose lengths differ by at most one token. Row b of
    a batch continues row b of the batch before it, so that the state may be carried
    over; `begins` is true for all rows of the first batch and for none after it. The
    first target of a lane is predicted from the token before it, the last one of the
    lane before; that of the first lane from `stream.start_id`. With `batch_size=1` each
    token is predicted from all before it.

    **Documents** fill segments of T tokens, the last one of each padded; the next
    document of a lane begins with the next segment, for which `begins` is true (as it
    is for all rows of the first batch). Documents share lanes so that lanes are about
    equally long; a lane that has run out has weight 0.

    Args:
        stream: A `TokenStream`.
        batch_size: Lanes, B.
        sequence_length: Tokens of each lane in a batch, T.
        shuffle: Whether to shuffle documents in each epoch: in their lanes, and across
            lanes with those of as many segments. A stream keeps its order.
        seed: Seed of the shuffles.

    Raises:
        SeqkitError: `batch_size` or `sequence_length` is below 1.

    >>> import numpy as np
    >>> from seqkit.data import BatchedLanes, TokenStream
    >>> stream = TokenStream(np.arange(11, 18))
    >>> lanes = BatchedLanes(stream, batch_size=2, sequence_length=3)
    >>> for inputs, targets, weights in lanes:
    ...     print(inputs["token_ids"].tolist(), targets.tolist())
    [[2, 11, 12], [14, 15, 16]] [[11, 12, 13], [15, 16, 17]]
    [[13, 0, 0], [0, 0, 0]] [[14, 0, 0], [0, 0, 0]]
    """

    def __init__(
        self,
        stream: TokenStream,
        *,
        batch_size: int,
        sequence_length: int,
        shuffle: bool = True,
        seed: int = 0,
    ):
        sizes = {"batch_size": batch_size, "sequence_length": sequence_length}
        for name, value in sizes.items():
            if value < 1:
                raise SeqkitError(f"{name}: expected at least 1, found {value}")
        self.stream, self.shuffle, self.seed = stream, shuffle, seed
        self.batch_size, self.sequence_length = batch_size, sequence_length
        if stream.offsets is None:
            self._plan = _StreamPlan(len(stream), batch_size, sequence_length)
        else:
            self._plan = _DocumentPlan(
                stream.offsets, batch_size, sequence_length, seed if shuffle else None
            )

    def __len__(self) -> int:
        return self._plan.num_batches

    def places(self, epoch: int, step: int) -> tuple[np.ndarray, np.ndarray]:
        """Where among the tokens the targets of a batch are, and which are none."""
        first, stop, _ = self._plan.spans(epoch, step)
        places = first[:, None] + np.arange(self.sequence_length)
        return places, places < stop[:, None]

    def with_lanes(self, batch_size: int) -> "BatchedLanes":
        """The same text in another number of lanes."""
        return BatchedLanes(
            self.stream,
            batch_size=batch_size,
            sequence_length=self.sequence_length,
            shuffle=self.shuffle,
            seed=self.seed,
        )

    def count_if_smaller(self, times: float) -> int:
        return len(self.with_lanes(max(1, int(self.batch_size / times))))

    def batch(self, epoch: int, step: int) -> Any:
        """The batch of a step of an epoch."""
        return self.part(epoch, step, 0, self.batch_size)

    def num_rows(self, epoch: int, step: int) -> tuple[int, int]:
        """How many rows a batch has, without and with those that only fill it up."""
        return self.batch_size, self.batch_size

    def part(self, epoch: int, step: int, begin: int, end: int) -> Any:
        """Some lanes of a batch, made alone."""
        places, inside = (one[begin:end] for one in self.places(epoch, step))
        begins = self._plan.spans(epoch, step)[2][begin:end]
        tokens = self.stream.tokens
        # Clipped, since padding and the token before the first are outside.
        targets = tokens[np.where(inside, places, 0)].astype(np.int32)
        before = np.where(inside, places - 1, 0)
        inputs = tokens[np.maximum(before, 0)].astype(np.int32)
        inputs[before < 0] = self.stream.start_id
        inputs[~inside] = targets[~inside] = 0
        inputs = {"token_ids": inputs, "begins": begins}
        return inputs, targets, inside.astype(np.float32)

    def signature(self) -> Any:
        """The `Spec`s of a batch, with its size and length."""
        shape = (self.batch_size, self.sequence_length)
        ids = Spec(shape, "int32")
        inputs = {"token_ids": ids, "begins": Spec(shape[:1], "bool")}
        return inputs, ids, Spec(shape, "float32")


_Spans = tuple[np.ndarray, np.ndarray, np.ndarray]


class _StreamPlan:
    """Where in a stream each row of a batch starts and stops."""

    def __init__(self, num_tokens: int, lanes: int, length: int):
        bounds = np.arange(lanes + 1) * (num_tokens // lanes)
        bounds += np.minimum(np.arange(lanes + 1), num_tokens % lanes)
        self.starts, self.stops, self.length = bounds[:-1], bounds[1:], length
        self.num_batches = -(-int(bounds[1]) // length)  # the longest lane

    def spans(self, epoch: int, step: int) -> _Spans:
        """First target and the end of targets of each row, and whether it begins."""
        first = self.starts + step * self.length
        return first, self.stops, np.full(len(first), step == 0)


class _DocumentPlan:
    """Where among documents each row of a batch starts and stops.

    Lanes are made of slots, each for documents of a number of segments, so that lanes
    have the same lengths in every epoch, whichever document gets which slot.
    """

    def __init__(self, offsets: np.ndarray, lanes: int, length: int, seed: int | None):
        self.offsets, self.length, self.seed = offsets, length, seed
        self.lanes, self.planned = np.arange(lanes), None
        # Segments of each document, whose <s> is no target.
        self.sizes = -(-(np.diff(offsets) - 1) // length)
        self.slot_sizes = -np.sort(-self.sizes)
        # The longest first, each into the shortest lane.
        lengths, slot_lanes = [(0, lane) for lane in range(lanes)], []
        for size in self.slot_sizes.tolist():
            shortest, lane = lengths[0]
            slot_lanes.append(lane)
            heapq.heapreplace(lengths, (shortest + size, lane))
        self.slot_lanes = np.array(slot_lanes, np.int64)
        self.num_batches = max(lengths)[0]

    def _order(self, epoch: int) -> tuple[np.ndarray, np.ndarray]:
        """Documents, lane after lane, and the segment in which each one begins.

        Segments are numbered across lanes, `num_batches` per lane.
        """
        documents = np.arange(len(self.sizes))
        by_slot, by_lane = documents, None
        if self.seed is not None:
            generator = np.random.default_rng((self.seed, epoch))
            by_slot = generator.permutation(documents)
            by_lane = generator.permutation(documents)
        # Documents into slots of their size, then slots into the order of their lane.
        documents = np.lexsort((by_slot, -self.sizes))
        slots = np.lexsort((documents if by_lane is None else by_lane, self.slot_lanes))
        lanes, sizes = self.slot_lanes[slots], self.slot_sizes[slots]
        begins = np.cumsum(sizes) - sizes
        first_of_lane = np.searchsorted(lanes, lanes)
        begins += lanes * self.num_batches - begins[first_of_lane]
        return documents[slots], begins

    def spans(self, epoch: int, step: int) -> _Spans:
        """First target and the end of targets of each row, and whether it begins."""
        # A local name, since another iteration may be in another epoch meanwhile.
        planned = self.planned
        if planned is None or planned[0] != epoch:
            planned = self.planned = epoch, *self._order(epoch)
        _, documents, begins = planned
        segments = self.lanes * self.num_batches + step
        slots = np.searchsorted(begins, segments, side="right") - 1
        documents, segments = documents[slots], segments - begins[slots]
        first = self.offsets[documents] + 1 + segments * self.length
        stop = self.offsets[documents + 1]
        # A lane that has run out is past the end of its last document.
        return first, stop, (segments == 0) | (step == 0)
