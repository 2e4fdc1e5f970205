"""A served classifier: strings in, labels and probabilities out."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from seqkit.errors import SeqkitError
from seqkit.export import classification_signatures, save_model
from seqkit.tokenizers import ByteTokenizer, WordTokenizer

NAMES = ["good", "bad", "süß"]
TEXTS = ["the dog\0 ran", "", " ", "a süßer dog\n who ran", "who"]
TOKENIZERS = {"words": WordTokenizer.train(TEXTS), "bytes": ByteTokenizer()}


class FakeClassifier(keras.Model):
    """The mean of a table's rows; it wants a token in each row."""

    def __init__(self, vocabulary_size, multi_label):
        super().__init__()
        rng = np.random.default_rng(1)
        table = rng.normal(scale=2.0, size=(vocabulary_size, len(NAMES)))
        self.table = keras.Variable(table.astype("float32"))
        self.last = tf.sigmoid if multi_label else tf.nn.softmax

    def probabilities(self, inputs):
        token_ids = inputs["token_ids"]
        mask = tf.cast(token_ids != 0, tf.float32)[..., None]
        total = tf.reduce_sum(tf.gather(self.table.value, token_ids) * mask, axis=1)
        return self.last(total / tf.reduce_sum(mask, axis=1))


def alone(model, ids):
    ids = tf.constant([ids], tf.int32)
    return model.probabilities({"token_ids": ids})[0].numpy()


def check(answer, expected, multi_label):
    """Every row against its probabilities `[B, K]`."""
    answer = {name: values.numpy() for name, values in answer.items()}
    for row in answer["label_names"]:
        assert [name.decode() for name in row] == NAMES
    assert answer["label_names"].shape == answer["probabilities"].shape
    assert answer["probabilities"].shape == (len(expected), 3)
    np.testing.assert_allclose(answer["probabilities"], expected, rtol=1e-5)
    if not multi_label:
        best = [NAMES[row.argmax()] for row in expected]
        assert [label.decode() for label in answer["labels"]] == best
        np.testing.assert_allclose(answer["scores"], expected.max(1), rtol=1e-5)
        return
    for row, labels, scores in zip(
        expected, answer["labels"], answer["scores"], strict=True
    ):
        order = [i for i in np.argsort(-row) if row[i] >= 0.5]
        rest = 3 - len(order)
        found = [label.decode() for label in labels]
        assert found == [NAMES[i] for i in order] + [""] * rest
        np.testing.assert_allclose(scores, [*row[order], *[0] * rest], rtol=1e-5)


@pytest.mark.parametrize("multi_label", [False, True])
@pytest.mark.parametrize("kind", TOKENIZERS)
def test_text_in_labels_out(tmp_path, kind, multi_label):
    tokenizer = TOKENIZERS[kind]
    model = FakeClassifier(tokenizer.vocabulary_size, multi_label)
    signatures = classification_signatures(
        model.probabilities, tokenizer, NAMES, multi_label
    )
    save_model(tmp_path / "1", model, signatures)
    loaded = tf.saved_model.load(str(tmp_path / "1"))
    call = loaded.signatures["serving_default"]
    rows = [[*ids, 3] for ids in tokenizer.encode(TEXTS)]
    expected = np.array([alone(model, ids) for ids in rows])
    assert len(set(expected.argmax(1))) > 1 and (expected < 0.5).any()
    check(call(text=tf.constant(TEXTS)), expected, multi_label)
    check(call(text=tf.constant(TEXTS[1:2])), expected[1:2], multi_label)
    check(call(text=tf.constant([], tf.string)), expected[:0], multi_label)


@pytest.mark.parametrize("multi_label", [False, True])
def test_token_ids_in_labels_out(tmp_path, multi_label):
    model = FakeClassifier(9, multi_label)
    signatures = classification_signatures(
        model.probabilities, None, NAMES, multi_label, text=False
    )
    save_model(tmp_path / "1", model, signatures)
    loaded = tf.saved_model.load(str(tmp_path / "1"))
    call = loaded.signatures["serving_default"]
    rows = [[5, 6, 3], [3, 0, 0], [0, 0, 0], [8, 3, 0]]
    expected = np.array([alone(model, [i for i in row if i] or [3]) for row in rows])
    check(call(token_ids=tf.constant(rows)), expected, multi_label)
    for shape in ([0, 2], [0, 0]):
        check(call(token_ids=tf.zeros(shape, tf.int32)), expected[:0], multi_label)
    empty = call(token_ids=tf.zeros([1, 0], tf.int32))
    check(empty, expected[1:2], multi_label)


def test_a_threshold():
    signatures = classification_signatures(
        lambda inputs: tf.constant([[0.2, 0.9, 0.3]]),
        ByteTokenizer(),
        NAMES,
        True,
        threshold=0.25,
    )
    answer = signatures["serving_default"].function(tf.constant(["a"]))
    assert answer["labels"].numpy().tolist() == [[b"bad", "süß".encode(), b""]]
    np.testing.assert_allclose(answer["scores"], [[0.9, 0.3, 0.0]])


def test_no_tokenizer():
    with pytest.raises(SeqkitError, match="tokenizer: expected one of .* NoneType"):
        classification_signatures(lambda inputs: None, None, NAMES)
