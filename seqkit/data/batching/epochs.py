"""Batches as a function of epoch and step, and what `fit` reads of them."""

import numpy as np


class Epochs:
    """Iterates over batches, each iteration a new epoch.

    What a subclass adds: `__len__`, the batches of an epoch, the same in every epoch;
    `batch(epoch, step)`, nested NumPy arrays; and `signature()`, their
    `tf.TensorSpec`s, nested alike.

    Attributes:
        next_epoch: The epoch that the next iteration gives; it counts itself up.
    """

    next_epoch = 0

    def __iter__(self):
        return self.epoch(self._begin())

    def _begin(self):
        epoch, self.next_epoch = self.next_epoch, self.next_epoch + 1
        return epoch

    def epoch(self, epoch):
        """The batches of an epoch, one after the other."""
        return (self.batch(epoch, step) for step in range(len(self)))

    def to_tf_dataset(self):
        """A `tf.data.Dataset` of these batches, a new epoch at each iteration."""
        import tensorflow as tf

        signature = self.signature()
        specs = tf.nest.flatten(signature)

        # Not from_generator: TensorFlow 2.21 then has the allocator give memory back
        # at once, and each large tensor of the model is paid for in page faults.
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
