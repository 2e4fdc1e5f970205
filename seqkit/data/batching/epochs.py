"""Iteration over numbered batches, in Python and by `fit`."""

import abc
from collections.abc import Iterator
from typing import Any

import numpy as np


class Epochs(abc.ABC):
    """`Batches` of which a subclass defines the abstract methods."""

    next_epoch = 0

    @abc.abstractmethod
    def __len__(self) -> int:
        """Batches per epoch, the same in every epoch."""

    def count_if_smaller(self, times: float) -> int:
        """Batches per epoch, if each had so many times fewer rows.

        By default they cannot have fewer.
        """
        return len(self)

    @abc.abstractmethod
    def batch(self, epoch: int, step: int) -> Any:
        """One batch, nested NumPy arrays."""

    @abc.abstractmethod
    def signature(self) -> Any:
        """The `Spec`s of a batch, nested alike."""

    def heaviest(self) -> Any:
        """The batch that takes the most memory to train on."""
        return self.batch(0, 0)

    def __iter__(self) -> Iterator[Any]:
        return self.epoch(self._begin())

    def _begin(self) -> int:
        epoch, self.next_epoch = self.next_epoch, self.next_epoch + 1
        return epoch

    def epoch(self, epoch: int) -> Iterator[Any]:
        """The batches of an epoch, one after the other."""
        return (self.batch(epoch, step) for step in range(len(self)))

    def to_dataset(self) -> Any:
        """What `fit` reads on the backend in use, a new epoch at each iteration.

        A `tf.data.Dataset` on TensorFlow, an `EpochDataset` on JAX and PyTorch.
        """
        import keras

        if keras.backend.backend() == "tensorflow":
            return self.to_tf_dataset()
        from seqkit.data.batching.py_dataset import EpochDataset

        return EpochDataset(self)

    def to_tf_dataset(self) -> Any:
        """A `tf.data.Dataset` of these batches, a new epoch at each iteration."""
        import tensorflow as tf

        signature = tf.nest.map_structure(
            lambda spec: tf.TensorSpec(spec.shape, spec.dtype), self.signature()
        )
        specs = tf.nest.flatten(signature)

        # Not from_generator: with it, TensorFlow 2.21 returns memory to the system at
        # once, and each large tensor of the model costs page faults.
        def batch(epoch, step):
            return tf.nest.flatten(self.batch(int(epoch), int(step)))

        def load(epoch, step):
            types = [spec.dtype for spec in specs]
            arrays = tf.numpy_function(batch, [epoch, step], types)
            for array, spec in zip(arrays, specs, strict=True):
                array.set_shape(spec.shape)
            return tf.nest.pack_sequence_as(signature, arrays)

        def steps(epoch):
            steps = tf.data.Dataset.range(len(self))
            return steps.map(lambda step: (epoch, step))

        def begin(_):
            return tf.numpy_function(lambda: np.int64(self._begin()), [], tf.int64)

        dataset = tf.data.Dataset.from_tensors(0).map(begin)
        dataset = dataset.flat_map(steps).map(load)
        dataset = dataset.apply(tf.data.experimental.assert_cardinality(len(self)))
        return dataset.prefetch(4)
