"""What `fit` reads without TensorFlow; Keras reads it on every backend."""

import threading

import keras
import numpy as np
import pytest

from seqkit.data import BatchedLanes, TokenStream
from seqkit.data.batching import py_dataset
from seqkit.data.batching.py_dataset import EpochDataset

STREAM = TokenStream(np.arange(1, 62))


def dataset(ahead=2):
    return EpochDataset(BatchedLanes(STREAM, batch_size=2, sequence_length=4), ahead)


def model():
    inputs = {
        "token_ids": keras.Input((4,), dtype="int32", name="token_ids"),
        "begins": keras.Input((), dtype="bool", name="begins"),
    }
    logits = keras.layers.Embedding(70, 70)(inputs["token_ids"])
    found = keras.Model(inputs, logits)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    found.compile("sgd", loss)
    return found


def first_tokens(batches):
    return [int(inputs["token_ids"][0, 0]) for inputs, _, _ in batches]


def epochs_seen(data, monkeypatch, **fit):
    """The first token of each batch that `fit` asked for."""
    seen, get = [], EpochDataset.__getitem__

    def noted(self, index):
        batch = get(self, index)
        seen.append(int(batch[0]["token_ids"][0, 0]))
        return batch

    monkeypatch.setattr(EpochDataset, "__getitem__", noted)
    model().fit(data, verbose=0, **fit)
    return seen


def threads():
    return [
        one for one in threading.enumerate() if one.name.startswith("seqkit-batches")
    ]


def test_iterations_are_the_epochs_of_the_batches():
    data = dataset()
    assert len(data) == len(data.batches) == 8
    assert first_tokens(data) == first_tokens(data.batches.epoch(0))
    assert data.batches.next_epoch == 1


@pytest.mark.parametrize("shuffle", [False, True])
def test_a_stream_stays_in_order_whatever_keras_shuffles(monkeypatch, shuffle):
    data = dataset()
    wanted = first_tokens(data.batches.epoch(0))
    seen = epochs_seen(data, monkeypatch, epochs=2, shuffle=shuffle)
    seen = seen[-2 * len(wanted) :]  # before them Keras may look at the shapes
    assert seen == wanted + wanted and not threads()


def test_a_batch_by_its_number_is_of_the_next_epoch():
    data = dataset()
    inputs, _, _ = data[3]
    assert first_tokens([data[3]]) == first_tokens([data.batches.batch(0, 3)])
    assert data.batches.next_epoch == 0 and inputs["begins"].tolist() == [False] * 2


def test_what_stops_in_an_epoch_can_be_closed():
    class Stop(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            raise KeyboardInterrupt

    data = dataset()
    with pytest.raises(KeyboardInterrupt):
        model().fit(data, verbose=0, callbacks=[Stop()])
    data.close()
    assert not threads()
    data.close()


def test_with_several_devices_keras_divides_batches_itself(monkeypatch):
    monkeypatch.setattr(keras.distribution, "distribution", lambda: object())
    batch = dataset()[0]
    assert py_dataset.to_device()(batch) is batch
