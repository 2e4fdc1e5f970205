import numpy as np
import pytest
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.inspect import UnitActivity, UnitView, inside_quotes, unit_activity
from tests.inspect.language_models import Reference, recurrent, task, token_ids


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_values_are_those_of_the_equations(cell):
    model, ids = recurrent(cell, num_layers=2), token_ids(15)
    states = Reference(model).states(ids)
    for layer in (0, 1):
        hidden = np.stack([state[layer][0] for state in states])
        found = unit_activity(model, ids, layer, of="hidden")
        np.testing.assert_allclose(found.values, hidden, atol=1e-5)
        assert found.name == f"layer {layer}"
        default = unit_activity(model, ids, layer).values
        if cell == "lstm":
            hidden = np.tanh([state[layer][1] for state in states])
        np.testing.assert_allclose(default, hidden, atol=1e-5)


def test_one_unit_is_a_view():
    given, text = task(recurrent("lstm")), 'a "b"\n'
    activity = unit_activity(given, text)
    view = unit_activity(given, text, unit=2)
    assert isinstance(view, UnitView)
    np.testing.assert_array_equal(view.values, activity.values[:, 2])
    assert view.tokens == list(text) and view.name == "layer 0, unit 2"
    assert activity[1:3].view(2).tokens == list(text)[1:3]


def test_a_document_begins_with_its_start():
    given = task(recurrent("gru"))
    given.start_id = 2
    ids = [2, *given.tokenizer.encode(["ab"])[0]]
    found = unit_activity(given, "ab")
    np.testing.assert_array_equal(found.values, unit_activity(given, ids).values)
    assert found.tokens == given.tokenizer.pieces(ids)
    given.start_id = given.tokenizer.encode(["\n"])[0][0]  # of a running text
    assert unit_activity(given, "ab").tokens == ["a", "b"]


def test_of_another_architecture_the_last_hidden_vectors_are_seen():
    model, ids = recurrent("gru"), token_ids(6)
    hidden, _ = model.run(ops.convert_to_tensor(ids[None]), model.initial_state(1))

    class Other:
        built, vocabulary_size = True, model.vocabulary_size
        initial_state, run, logits = model.initial_state, model.run, model.logits

    values = unit_activity(Other(), ids).values
    np.testing.assert_array_equal(values, ops.convert_to_numpy(hidden)[0])
    with pytest.raises(SeqkitError, match="expected a recurrent language model"):
        unit_activity(Other(), ids, layer=0)
    with pytest.raises(SeqkitError, match="Only an LSTM has cells"):
        unit_activity(Other(), ids, of="cell")


def test_a_unit_that_follows_a_property_is_found():
    draw = np.random.default_rng(0)
    tokens = list('a "b c" d "e" f')
    quoted = inside_quotes(tokens)
    values = draw.normal(0, 0.1, (len(tokens), 6))
    values[:, 4] -= quoted  # follows it upside down
    values[:, 1] = 0.3  # never changes
    activity = UnitActivity(values, tokens)
    (best, second) = activity.find(inside_quotes, top=2)
    assert best.unit == 4 and best.correlation < -0.9
    expected = np.corrcoef(values[:, second.unit], quoted)[0, 1]
    np.testing.assert_allclose(second.correlation, expected)
    everything = activity.find(quoted, top=100)
    assert len(everything) == 6 and everything[-1] == (1, 0)
    sizes = [abs(found.correlation) for found in everything]
    assert sizes == sorted(sizes, reverse=True)


def test_what_is_wrong_is_said():
    model = recurrent("gru")
    activity = unit_activity(model, [1, 2, 3])
    with pytest.raises(SeqkitError, match="unit: expected a number from 0 to 3"):
        activity.view(4)
    with pytest.raises(SeqkitError, match=r"for each of 3 tokens, found the shape \(2"):
        activity.find([1, 2])
    with pytest.raises(SeqkitError, match="inside_quotes to be 0.0 everywhere"):
        activity.find(inside_quotes)
    with pytest.raises(SeqkitError, match="not finite"):
        activity.find([0, np.nan, 1])
    with pytest.raises(SeqkitError, match="for GRU, found 'cell'"):
        unit_activity(model, [1, 2], of="cell")
    with pytest.raises(SeqkitError, match="of: expected 'cell', 'hidden' or None"):
        unit_activity(model, [1, 2], of="c")
    with pytest.raises(SeqkitError, match="expected a slice"):
        activity[0]
