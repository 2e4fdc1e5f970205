import re
from types import SimpleNamespace

import keras
import numpy as np
import pytest
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.inspect import Saliency, plot_saliency, saliency
from seqkit.inspect import integrated_gradients as module
from seqkit.inspect.integrated_gradients import integrated_gradients

LABELS, TAGS, WIDTH, STATES = ["bad", "good", "mixed"], ["O", "B-X", "I-X"], 3, 4


class Model(keras.Model):
    """A tanh of each word and the one before it; of these the maximum, or each."""

    def __init__(self, kind, multi_label=False, dtype=None):
        super().__init__(dtype=dtype)
        self.kind, self.multi_label = kind, multi_label
        self.table = self.add_weight(shape=(20, WIDTH), name="table")
        self.kernel = self.add_weight(shape=(2 * WIDTH, STATES), name="kernel")
        self.head = self.add_weight(shape=(STATES, 3), name="head")
        draw = np.random.default_rng(8)
        for weight in self.weights:
            weight.assign(draw.normal(0, 0.8, weight.shape))
        self.built = True

    def embed(self, inputs):
        return ops.take(self.table, ops.convert_to_tensor(inputs["ids"]), axis=0)

    def call_embedded(self, embedded, mask, training=False):
        assert not training
        shifted = ops.pad(embedded, ((0, 0), (1, 0), (0, 0)))[:, :-1]
        pair = ops.concatenate([embedded, shifted], axis=-1)
        states = ops.tanh(ops.matmul(pair, self.kernel))
        each = ops.matmul(states, self.head)
        if self.kind == "tagger":
            return each
        kept = ops.cast(ops.expand_dims(mask, -1), states.dtype)
        pooled = ops.matmul(ops.max(states - 9 * (1 - kept), axis=1), self.head)
        return pooled if self.kind == "classifier" else {"tags": each, "label": pooled}

    def numpy_outputs(self, x, kind):
        """The same of one text `[T, E]`, in float64."""
        kernel, head = (
            ops.convert_to_numpy(w).astype("float64") for w in (self.kernel, self.head)
        )
        shifted = np.concatenate([np.zeros((1, WIDTH)), x[:-1]])
        states = np.tanh(np.concatenate([x, shifted], axis=1) @ kernel)
        return states @ head if kind == "tagger" else states.max(axis=0) @ head


def task(kind, padding=0, **options):
    model = Model(kind, **options)

    def saliency_inputs(text):
        words = text.split()
        ids = [3 + len(word) + ord(word[0]) % 7 for word in words] + [0] * padding
        mask = np.arange(len(ids)) < len(words)
        return {"ids": np.array([ids])}, mask[None], words

    return SimpleNamespace(
        model=model,
        labels=SimpleNamespace(names=LABELS),
        tags=TAGS,
        saliency_inputs=saliency_inputs,
    )


def log_odds(logits, place):
    others = np.delete(logits, place)
    return logits[place] - np.log(np.exp(others).sum())


def by_differences(function, x, steps=32, epsilon=1e-5):
    """Integrated gradients in float64, gradients by central differences."""
    total = np.zeros_like(x)
    for step in range(steps):
        point = x * (step + 0.5) / steps
        for place in np.ndindex(x.shape):
            added = np.zeros_like(x)
            added[place] = epsilon
            slope = function(point + added) - function(point - added)
            total[place] += slope / (2 * epsilon) / steps
    return (total * x).sum(axis=-1)


TEXT = "a rather long film"


def embedded(given):
    inputs, _, words = given.saliency_inputs(TEXT)
    x = ops.convert_to_numpy(given.model.embed(inputs))[0].astype("float64")
    return x[: len(words)]


@pytest.mark.parametrize("padding", [0, 3])
@pytest.mark.parametrize("place", [0, 2])
def test_a_label_by_finite_differences(padding, place):
    given = task("classifier", padding)
    x = embedded(given)

    def function(x):
        return log_odds(given.model.numpy_outputs(x, "classifier"), place)

    found = saliency(given, TEXT, LABELS[place])
    np.testing.assert_allclose(found.scores, by_differences(function, x), atol=1e-4)
    assert found.value == pytest.approx(function(x), abs=1e-4)
    assert found.baseline_value == pytest.approx(function(0 * x), abs=1e-4)
    assert found.tokens == TEXT.split() and found.target == LABELS[place]


@pytest.mark.parametrize("kind", ["tagger", "both"])
def test_a_tag_by_finite_differences(kind):
    given = task(kind, padding=2)
    x = embedded(given)

    def function(x):
        return log_odds(given.model.numpy_outputs(x, "tagger")[2], 1)

    found = saliency(given, TEXT, (2, "B-X"))
    np.testing.assert_allclose(found.scores, by_differences(function, x), atol=1e-4)
    assert found.target == (2, "B-X")
    # The tag of a word depends on it and the one before.
    assert found.scores[0] == found.scores[3] == 0 and (found.scores[1:3] != 0).all()


def test_scores_add_up_to_what_the_text_changes():
    given = task("both")
    for target in ("good", (1, "I-X")):
        deltas = []
        for steps in (2, 8, 64):
            found = saliency(given, TEXT, target, steps=steps)
            change = found.value - found.baseline_value
            assert found.delta == pytest.approx(found.scores.sum() - change)
            deltas.append(abs(found.delta))
        assert deltas[2] < 2e-3 * abs(change) + 1e-5
        assert deltas[2] < deltas[0]


def test_several_labels_are_independent_of_each_other():
    given = task("classifier", multi_label=True)
    x, found = embedded(given), saliency(given, TEXT, "mixed")
    expected = given.model.numpy_outputs(x, "classifier")[2]
    assert found.value == pytest.approx(expected, abs=1e-5)


def test_what_is_meant_by_default():
    given = task("both")
    inputs, mask, words = given.saliency_inputs(TEXT)
    outputs = given.model.call_embedded(given.model.embed(inputs), mask)
    label = LABELS[int(ops.argmax(outputs["label"][0]))]
    tags = [TAGS[n] for n in ops.convert_to_numpy(ops.argmax(outputs["tags"][0], -1))]
    assert saliency(task("classifier"), TEXT).target == label
    first = next(n for n, tag in enumerate(tags) if tag != "O")
    assert saliency(given, TEXT).target == (first, tags[first])
    assert saliency(given, TEXT, 3).target == (3, tags[3])
    # A CRF's tags are not those of the highest emissions.
    given.model.predict_tags = lambda inputs: {
        "tag_ids": ops.convert_to_tensor([[0, 0, 2, 1]])
    }
    assert saliency(given, TEXT).target == (2, "I-X")


def test_exact_where_the_gradient_is_linear():
    rng = np.random.default_rng(0)
    x, start, weights = rng.normal(size=(3, 1, 5, 2))

    def function(x):
        return ops.sum(ops.convert_to_tensor(weights.astype("float32")) * x**2, (1, 2))

    for steps in (1, 6):
        scores, value, base = integrated_gradients(function, x, start, steps)
        expected = (weights * (x**2 - start**2)).sum(axis=-1)[0]
        np.testing.assert_allclose(scores, expected, rtol=1e-4, atol=1e-5)
        assert value == pytest.approx((weights * x**2).sum(), abs=1e-4)
        assert base == pytest.approx((weights * start**2).sum(), abs=1e-4)


def test_long_texts_go_in_batches_of_one_size(monkeypatch):
    given, sizes = task("classifier"), []
    whole = saliency(given, TEXT, steps=12)
    run = given.model.call_embedded
    given.model.call_embedded = lambda x, mask: sizes.append(x.shape[0]) or run(x, mask)
    monkeypatch.setattr(module, "TOKENS", 5 * 4)
    parts = saliency(given, TEXT, steps=12)
    np.testing.assert_allclose(parts.scores, whole.scores, atol=1e-5)
    # The text, the batches of 4 (12 has no 5), and both ends of the integral.
    assert set(sizes) == {1, 4, 2}


def test_in_half_precision():
    found = saliency(task("classifier", dtype="float16"), TEXT, "good")
    exact = saliency(task("classifier"), TEXT, "good")
    np.testing.assert_allclose(found.scores, exact.scores, atol=0.02)


def test_words_of_pieces():
    pieces = ["▁not", "▁a", "▁mas", "ter", "piece", "▁", "(", "sad", "ly", ").", "</s>"]
    scores = np.arange(11.0) - 4
    words = Saliency(scores, pieces, "bad", 12.0, 1.0).by_word()
    assert words.tokens == ["not", "a", "masterpiece", "(sadly", ").", "</s>"]
    np.testing.assert_array_equal(words.scores, [-4, -3, -3, 10, 5, 6])
    assert words.delta == 0 and words.target == "bad"
    plain = Saliency([1.0, 2.0], ["a", "b."], "bad", 3.0, 0.0)
    assert plain.by_word() is plain


def test_shows_itself_coloured():
    shown = Saliency([-1.0, 0.5, 2.0], ["<b>", "good", "film"], "good", 1.9, 0.4)
    page = shown._repr_html_()
    assert "&lt;b&gt;" in page and "<b>" not in page
    assert "background:#3391cd" in page and "good: log-odds +1.90" in page
    plain = re.sub(r"\x1b\[[\d;]*m", "", shown.to_ansi())
    assert plain == "good: log-odds +1.90, of which +1.50 by the text\n<b> good film"
    tag = Saliency([1.0, 0.0], ["Ada", "wrote"], (0, "B-PER"), 2.0, 1.0)
    assert tag.name.startswith("B-PER at word 0 (Ada): log-odds")


def test_says_where_the_steps_were_too_few():
    assert "try more steps" not in Saliency([1.04], ["a"], "x", 1.0, 0.0).name
    name = Saliency([1.2], ["a"], "x", 1.0, 0.0).name
    assert name.endswith("the scores add up to +1.20, try more steps")


def test_draws_what_it_shows():
    from matplotlib import pyplot

    shown = Saliency([-1.0, 2.0], ["▁not", "▁bad"], "good", 1.5, 0.5)
    ax = plot_saliency(shown, colorbar=False)
    assert "".join(text.get_text() for text in ax.texts) == "not bad"
    assert ax.get_title(loc="left") == shown.name
    image = np.asarray(ax.images[0].get_array())
    np.testing.assert_array_equal(image[0, -1], shown.view().colors()[1])
    assert plot_saliency(shown, ax) is ax
    tag = Saliency([1.0], ["Donaudampfschiff"], (0, "B-VEHICLE"), 2.5, -1.0)
    assert "more steps" in tag.name  # three lines
    ax = plot_saliency(tag)
    ax.figure.canvas.draw()
    assert " ".join(ax.get_title(loc="left").split("\n")) == tag.name
    corner = ax._left_title.get_window_extent().max
    assert (corner <= ax.figure.bbox.max).all()
    pyplot.close("all")


@pytest.mark.parametrize(
    ("kind", "text", "target", "message"),
    [
        ("classifier", "", None, "at least one token"),
        ("classifier", TEXT, "ugly", "a label out of 'bad', 'good', 'mixed'.*'ugly'"),
        ("classifier", TEXT, 1, "a label out of.*found 1"),
        ("tagger", TEXT, "good", r"has no labels, found 'good'"),
        ("tagger", TEXT, 4, "a word from 0 to 3, found 4"),
        ("tagger", TEXT, -1, "found -1"),
        ("tagger", TEXT, 1.5, "found 1.5"),
        ("tagger", TEXT, (0, "B-Y"), "a tag out of 'O', 'B-X', 'I-X', found 'B-Y'"),
    ],
)
def test_what_is_wrong_is_said(kind, text, target, message):
    with pytest.raises(SeqkitError, match=message):
        saliency(task(kind), text, target)


def test_no_entity_to_choose():
    given = task("tagger")
    given.model.predict_tags = lambda inputs: {"tag_ids": np.zeros((1, 4), int)}
    with pytest.raises(SeqkitError, match="no entity is predicted"):
        saliency(given, TEXT)
    given.tags = ["X", "Y", "Z"]
    with pytest.raises(SeqkitError, match=r"the number of a word or \(number, tag\)"):
        saliency(given, TEXT)


def test_shapes_that_are_wrong():
    given = task("classifier")
    with pytest.raises(SeqkitError, match="steps=0"):
        saliency(given, TEXT, steps=0)
    with pytest.raises(SeqkitError, match=r"broadcasts to \(1, 4, 3\).*\(2,\)"):
        saliency(given, TEXT, baseline=np.zeros(2))
    with pytest.raises(SeqkitError, match=r"\(tokens,\) = \(2,\), found \(1,\)"):
        Saliency([1.0], ["a", "b"], "x", 0.0, 0.0)
