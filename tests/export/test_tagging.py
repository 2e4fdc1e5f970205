"""A served tagger: strings in, tags and entities with their places out."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from seqkit.export import save_model, tagging_signatures
from seqkit.tokenizers import WordEncoder, WordSplitter
from tests.export.test_in_graph_entities import entities

TAGS = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]
LABELS = ["question", "statement"]
TEXTS = [
    "Ada Lovelace didn't visit São Paulo, did she?",
    "",
    "  \n",
    "👍🏽 ADA\0 in\x1fRio\xa0de Janeiro 1999...",
    "Rio",
]
SENTENCES = [[word for word, _, _ in WordSplitter().split(text)] for text in TEXTS]
SPLITTER = WordSplitter()
ENCODER = WordEncoder.train([*SENTENCES, ["Paulo"]], max_characters=7)


class FakeTagger(keras.Model):
    """Tags by words and shapes, scores by characters; it wants a word in each row."""

    def __init__(self, num_labels=2):
        super().__init__()
        rng = np.random.default_rng(0)
        self.words, self.characters, self.labels = (
            keras.Variable(rng.normal(size=shape).astype("float32"))
            for shape in (
                (ENCODER.vocabulary_size + ENCODER.num_shapes, len(TAGS)),
                (ENCODER.num_characters,),
                (ENCODER.num_shapes, num_labels),
            )
        )

    def predict_tags(self, inputs):
        word_ids, shape_ids = inputs["word_ids"], inputs["shape_ids"]
        mask = word_ids != 0
        words = tf.gather(self.words.value, word_ids)
        shapes = tf.gather(self.words.value, shape_ids + ENCODER.vocabulary_size)
        is_given = tf.reduce_all(mask[:, 0]) & (tf.shape(mask)[0] > 0)
        emissions = tf.where(is_given, words + shapes, np.nan)
        scores = tf.gather(self.characters.value, inputs["character_ids"])
        kinds = tf.gather(self.labels.value, shape_ids)
        kinds = tf.where(mask[..., None], kinds, 0.0)
        return {
            # Padding is not its care.
            "tag_ids": tf.argmax(emissions, axis=-1, output_type=tf.int32),
            "scores": tf.where(is_given, tf.sigmoid(tf.reduce_sum(scores, -1)), np.nan),
            "label_probabilities": tf.where(
                is_given, tf.nn.softmax(tf.reduce_sum(kinds, axis=1)), np.nan
            ),
        }


@pytest.fixture(scope="module")
def model():
    return FakeTagger()


@pytest.fixture(scope="module")
def folder(model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tagger") / "1"
    signatures = tagging_signatures(
        model.predict_tags, SPLITTER, ENCODER, TAGS, "BIO", LABELS
    )
    save_model(folder, model, signatures)
    return folder


@pytest.fixture(scope="module")
def loaded(folder):
    return tf.saved_model.load(str(folder))


def alone(model, words):
    """Tags, scores, label and its probability of one sentence by itself."""
    ids = {name: ids[None] for name, ids in ENCODER.encode(words or ["?"]).items()}
    if not words:  # an unknown word
        ids = {name: np.minimum(ids, 1) for name, ids in ids.items()}
    found = {name: v.numpy()[0] for name, v in model.predict_tags(ids).items()}
    probabilities = found["label_probabilities"]
    tags = [TAGS[i] for i in found["tag_ids"]][: len(words)]
    label = LABELS[probabilities.argmax()]
    return tags, found["scores"][: len(words)], label, probabilities.max()


def check(model, answer, texts, splits):
    """Every row of an answer against the same sentence alone."""
    answer = {name: values.numpy() for name, values in answer.items()}
    longest = max(map(len, splits), default=0)
    seen = 0
    for row, (text, split) in enumerate(zip(texts, splits, strict=True)):
        words = [word for word, _, _ in split]
        tags, scores, label, probability = alone(model, words)
        missing = longest - len(words)

        def padded(name, expected, padding, row=row):
            found = answer[name][row].tolist()
            expected = [one.encode() if type(one) is str else one for one in expected]
            assert found == expected + [padding] * (len(found) - len(expected)), name

        padded("words", words, b"")
        padded("tags", tags, b"")
        padded("starts", [start for _, start, _ in split], -1)
        padded("ends", [end for _, _, end in split], -1)
        np.testing.assert_allclose(
            answer["scores"][row], [*scores, *[0] * missing], rtol=1e-5
        )
        assert answer["label"][row].decode() == label
        np.testing.assert_allclose(answer["label_scores"][row], probability, rtol=1e-5)
        expected = entities(tags)
        places = [(split[s][1], split[e - 1][2]) for _, s, e in expected]
        padded("entity_types", [kind for kind, _, _ in expected], b"")
        padded("entity_starts", [start for start, _ in places], -1)
        padded("entity_ends", [end for _, end in places], -1)
        padded("entity_texts", [text[start:end] for start, end in places], b"")
        means = [scores[s:e].mean() for _, s, e in expected]
        found = answer["entity_scores"][row]
        np.testing.assert_allclose(found[: len(means)], means, rtol=1e-5)
        assert not found[len(means) :].any()
        seen += len(expected)
    assert answer["words"].shape[1] == longest
    return seen


def test_text_in_tags_out(model, loaded):
    call = loaded.signatures["serving_default"]
    splits = [SPLITTER.split(text) for text in TEXTS]
    assert check(model, call(text=tf.constant(TEXTS)), TEXTS, splits) > 3
    for text, split in zip(TEXTS, splits, strict=True):
        check(model, call(text=tf.constant([text])), [text], [split])
    check(model, call(text=tf.constant([], tf.string)), [], [])


def test_words_in_tags_out(model, loaded):
    call = loaded.signatures["words"]
    rows = [["Ada", "New York", "ä", "👍🏽"], [], ["did", "n't"], ["Rio"]]
    splits = []
    for row in rows:
        ends = np.cumsum([len(word) + 1 for word in row]) - 1
        splits.append(
            [(w, int(end) - len(w), int(end)) for w, end in zip(row, ends, strict=True)]
        )
    texts = [" ".join(row) for row in rows]
    dense = tf.ragged.constant(rows, dtype=tf.string).to_tensor("")
    assert check(model, call(words=dense), texts, splits)
    # Empty strings anywhere are none.
    loose = [["", "did", "", "n't", ""]]
    check(model, call(words=tf.constant(loose)), texts[2:3], splits[2:3])
    for shape in ([0, 3], [0, 0]):
        check(model, call(words=tf.fill(shape, "")), [], [])
    for shape in ([2, 3], [1, 0]):
        check(model, call(words=tf.fill(shape, "")), [""] * shape[0], [[]] * shape[0])
    (broken,) = call(words=tf.constant([[b"a\xff"]]))["words"].numpy().tolist()
    assert broken == ["a\ufffd".encode()]


def test_tags_without_a_scheme(model):
    served = tagging_signatures(
        model.predict_tags, SPLITTER, ENCODER, ["A", "B", "C", "D", "E"]
    )
    answer = served["serving_default"].function(tf.constant(TEXTS))
    assert set(answer) == {"words", "starts", "ends", "tags", "scores"}
    known = tagging_signatures(
        model.predict_tags, SPLITTER, ENCODER, TAGS, "BIO", LABELS
    )
    same = known["serving_default"].function(tf.constant(TEXTS))
    assert set(answer) < set(same)
    names = dict(zip(TAGS, "ABCDE", strict=True)) | {"": ""}
    for one, other in zip(answer["tags"].numpy(), same["tags"].numpy(), strict=True):
        assert [tag.decode() for tag in one] == [names[tag.decode()] for tag in other]


def test_ids_in_ids_out(model, tmp_path):
    signatures = tagging_signatures(
        model.predict_tags, SPLITTER, ENCODER, TAGS, "BIO", LABELS, text=False
    )
    save_model(tmp_path / "1", model, signatures)
    loaded = tf.saved_model.load(str(tmp_path / "1"))
    call = loaded.signatures["serving_default"]
    width = max(map(len, SENTENCES)) + 1
    ids = {
        "word_ids": np.zeros((len(SENTENCES), width), "int32"),
        "character_ids": np.zeros((len(SENTENCES), width, 7), "int32"),
        "shape_ids": np.zeros((len(SENTENCES), width), "int32"),
    }
    for row, words in enumerate(SENTENCES):
        for name, values in ENCODER.encode(words).items():
            ids[name][row, : len(words)] = values
    answer = call(**{name: tf.constant(values) for name, values in ids.items()})
    assert set(answer) == {"tag_ids", "scores", "label_probabilities"}
    for row, words in enumerate(SENTENCES):
        tags, scores, _, probability = alone(model, words)
        found = answer["tag_ids"][row].numpy().tolist()
        rest = [0] * (width - len(words))
        assert found == [TAGS.index(tag) for tag in tags] + rest
        np.testing.assert_allclose(answer["scores"][row], [*scores, *rest], rtol=1e-5)
        best = answer["label_probabilities"][row].numpy().max()
        np.testing.assert_allclose(best, probability, rtol=1e-5)
    none = call(**{name: tf.constant(values[:0, :0]) for name, values in ids.items()})
    assert none["tag_ids"].shape == (0, 0)
    assert none["label_probabilities"].shape == (0, 2)


ANSWER = """
folder, texts = request
loaded = tf.saved_model.load(folder)
found = loaded.signatures["serving_default"](text=tf.constant(texts))
answer = [[tag.decode() for tag in row] for row in found["tags"].numpy()]
"""


def test_a_process_with_tensorflow_alone(model, folder, tensorflow_alone):
    tags = tensorflow_alone("plain", ANSWER, [str(folder), TEXTS])
    for words, found in zip(SENTENCES, tags, strict=True):
        expected = alone(model, words)[0]
        assert found == expected + [""] * (len(found) - len(words))
