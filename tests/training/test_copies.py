"""How many copies of the weights callbacks say that they keep, and how many they do."""

import keras
import pytest

from seqkit.training import AveragedSGD, BestWeights, FiniteLoss, WeightAveraging
from seqkit.training.arrays import to_numpy
from seqkit.training.device_memory import bytes_of

from .notes import Figures, train


class Kept(keras.callbacks.Callback):
    """The most bytes in lists of arrays that callbacks have after a step."""

    def __init__(self, callbacks):
        super().__init__()
        self.callbacks, self.most, self.weights = callbacks, 0, 0

    def on_train_batch_end(self, batch, logs=None):
        lists = [
            value
            for one in self.callbacks
            for value in vars(one).values()
            if isinstance(value, list)
            and len(value) == 2
            and hasattr(value[0], "dtype")
        ]
        arrays = [to_numpy(array) for value in lists for array in value]
        self.most = max(self.most, sum(array.nbytes for array in arrays))
        self.weights = bytes_of(self.model.trainable_variables)


@pytest.mark.parametrize("kind", ["finite", "best", "average", "nonmonotone", "all"])
def test_as_many_are_kept_as_is_said(kind):
    averaging = WeightAveraging(0.9, every=2)
    callbacks = {
        "finite": [FiniteLoss()],
        "best": [BestWeights("loss", mode="min")],
        "average": [averaging],
        "nonmonotone": [AveragedSGD(nonmonotone_interval=0)],
        "all": [FiniteLoss(), averaging, BestWeights("loss", None, None, averaging)],
    }[kind]
    kept = Kept(callbacks)
    train(Figures(range(5)), *callbacks, kept, epochs=5)  # nothing gets better
    assert kept.most == sum(one.copies for one in callbacks) * kept.weights > 0
