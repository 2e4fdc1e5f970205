from types import SimpleNamespace

import numpy as np
import pytest
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.inspect import GateActivity, gate_activity
from seqkit.inspect.gates import gru_gates, lstm_gates
from seqkit.inspect.recurrent_trace import LayerTrace, trace
from seqkit.layers import GRU, RecurrentStack
from tests.inspect.language_models import Reference, recurrent, task, token_ids

GATES = ("kept", "written", "read")


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_gates_are_those_of_the_equations(cell):
    model, ids = recurrent(cell, num_layers=2), token_ids(15)
    reference = Reference(model)
    states = reference.states(ids)
    layers = gate_activity(model, ids, layer=None)
    assert [activity.layer for activity in layers] == [0, 1]
    for number, activity in enumerate(layers):
        for name in GATES:
            expected = [gates[number][name] for gates in reference.gates]
            np.testing.assert_allclose(getattr(activity, name), expected, atol=1e-5)
        # And with these equations the layer's own outputs come out.
        _, seen = trace(model, ids, number)
        hidden = [state[number][0] for state in states]
        np.testing.assert_allclose(seen.hidden, hidden, atol=1e-5)


def test_hidden_follows_from_the_gates_and_the_cell():
    model, ids = recurrent("lstm"), token_ids(15)
    _, seen = trace(model, ids, 0)
    gates = lstm_gates(seen)
    expected = gates["output"] * np.tanh(gates["cell"])
    np.testing.assert_allclose(seen.hidden, expected, atol=1e-6)


@pytest.mark.parametrize("zoneout", [0.0, [0.3, 0.6]])
def test_the_cell_is_that_of_the_state(zoneout):
    model, ids = recurrent("lstm"), token_ids(15)
    stack = RecurrentStack(4, zoneout=zoneout, return_sequences=True, return_state=True)

    def run(token_ids, state):
        return stack(model.embedding(token_ids), initial_state=state)

    other = SimpleNamespace(stack=stack, run=run, initial_state=model.initial_state)
    _, [[_, c]] = run(ops.convert_to_tensor(ids[None]), model.initial_state(1))
    cells = lstm_gates(trace(other, ids, 0)[1])["cell"]
    np.testing.assert_allclose(cells[-1], ops.convert_to_numpy(c)[0], atol=1e-5)


def test_without_bias_and_in_the_form_of_the_paper():
    layer = GRU(4, reset_after=False, use_bias=False, return_sequences=True)
    x = np.random.default_rng(0).standard_normal((8, 3)).astype("float32")
    hidden = ops.convert_to_numpy(layer(x[None]))[0]
    seen = LayerTrace(layer, x, hidden)
    z, r = gru_gates(seen).values()
    kernel, recurrent_kernel = (ops.convert_to_numpy(w)[:, 8:] for w in layer.weights)
    proposed = np.tanh(x @ kernel + (r * seen.before) @ recurrent_kernel)
    expected = z * seen.before + (1 - z) * proposed
    np.testing.assert_allclose(hidden, expected, atol=1e-6)


def test_a_task_reads_text():
    text = "ab (a)\n"
    activity = gate_activity(task(recurrent("gru")), text)
    assert activity.tokens == list(text)
    assert activity.kept.shape == (len(text), 4)
    np.testing.assert_allclose(activity.kept + activity.written, 1, atol=1e-6)


def test_a_part_of_the_text():
    activity = gate_activity(task(recurrent("lstm")), "ab (a)\n")
    part = activity[2:5]
    assert part.tokens == list(" (a")
    for name in GATES:
        np.testing.assert_array_equal(getattr(part, name), getattr(activity, name)[2:5])
    with pytest.raises(SeqkitError, match="expected a slice"):
        activity[3]


def test_means_and_saturation():
    kept = np.array([[0.05, 0.95], [0.5, 0.95], [0.0, 0.1], [1.0, 0.9]])
    half = np.full((4, 2), 0.5)
    activity = GateActivity(list("abcd"), 0, kept, half, half)
    np.testing.assert_allclose(activity.means()["kept"], [0.5, 0.725, 0.05, 0.95])
    shut, opened = activity.saturation()["kept"]
    assert shut.tolist() == [0.5, 0] and opened.tolist() == [0.25, 0.5]
    shut, opened = activity.saturation(low=0.6, high=0.7)["read"]
    assert shut.tolist() == [1, 1] and opened.tolist() == [0, 0]


def test_what_has_no_gates_is_an_error():
    with pytest.raises(SeqkitError, match="SimpleRNN, which has no gates"):
        gate_activity(recurrent("rnn"), [1, 2])
    with pytest.raises(SeqkitError, match="layer: expected a number from -1 to 0"):
        gate_activity(recurrent("gru"), [1, 2], layer=1)
    model = recurrent("gru")
    model.stack = None
    with pytest.raises(SeqkitError, match="expected a recurrent language model"):
        gate_activity(model, [1, 2], layer=None)
