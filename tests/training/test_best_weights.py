"""The best epoch, of figures that are better when they are higher or lower."""

import keras
import numpy as np
import pytest

from seqkit.errors import SeqkitError
from seqkit.training import BestWeights


@pytest.mark.parametrize(("mode", "best"), [("max", 3.0), ("min", 1.0)])
def test_the_best_epoch_is_kept(mode, best):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    callback = BestWeights(None, "figure", mode=mode)
    callback.set_model(model)
    for figure in (2.0, 3.0, 1.0, 2.5):
        model.set_weights([np.full((1, 1), figure), np.zeros(1)])
        callback.score = lambda figure=figure: {"figure": figure}
        callback.on_epoch_end(0, {})
    callback.on_train_end()
    assert callback.best == best
    assert float(model.get_weights()[0][0, 0]) == best


def test_another_mode_is_refused():
    with pytest.raises(SeqkitError, match="mode: expected max or min, found 'most'"):
        BestWeights(dict, "figure", mode="most")
