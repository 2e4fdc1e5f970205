"""The state of `fit` on JAX is no place to look for variables; other attributes are."""

import keras

from seqkit.training import untracked_state


def test_state_is_taken_as_it_is_and_layers_are_still_found():
    model = keras.Model()
    state = {"trainable_variables": [1, 2], "metrics_variables": []}
    with untracked_state(model):
        assert model._tracker.track(state) is state
        model.further = [keras.layers.Dense(2)]
    assert model.further[0] in model._flatten_layers()
    assert model._tracker.track(state) is not state  # Keras looks through it
