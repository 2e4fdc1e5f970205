"""A served language model answers as the generator does here."""

import numpy as np
import pytest
import tensorflow as tf

from seqkit.decoding import Greedy, Sampling
from seqkit.export import language_signatures, save_model
from seqkit.export.reading import read_rows, score_rows
from seqkit.inference.language.generator import Generator
from seqkit.models import RecurrentLanguageModel, TransformerLanguageModel
from seqkit.tokenizers import (
    ByteTokenizer,
    SentencePieceTokenizer,
    WordTokenizer,
)

TEXTS = ["the dog saw the cat\n", "a dog ran away\n", "who saw the dög?\n"] * 9
PROMPTS = ["the dog", "", "who saw the dög?\nthe cat ran" * 7, "a", " \n"]
TOKENIZERS = {
    "bytes": ByteTokenizer(),
    "words": WordTokenizer.train(TEXTS),
    "sentencepiece": SentencePieceTokenizer.train(TEXTS, vocabulary_size=290),
}
# max_length, temperature, top_k, top_p, seed; and the strategy that says the same.
PARAMETERS = [
    ((20, 0.0, 0, 1.0, 0), Greedy()),
    ((12, 1.0, 0, 1.0, 5), Sampling()),
    ((12, 1.3, 9, 0.8, 7), Sampling(1.3, top_k=9, top_p=0.8)),
]


def build(vocabulary_size, kind="lstm"):
    if kind == "transformer":
        model = TransformerLanguageModel(
            vocabulary_size, num_layers=1, hidden_dim=8, num_heads=2, context_length=6
        )
    else:
        model = RecurrentLanguageModel(vocabulary_size, num_layers=2, hidden_dim=10)
    model.build()
    # As it is initialised, it would say one token for ever.
    rng = np.random.default_rng(0)
    for weight in model.trainable_weights:
        weight.assign(rng.normal(scale=0.6, size=weight.shape))
    return model


def sampling(max_length, temperature, top_k, top_p, seed):
    return {
        "max_length": tf.constant(max_length),
        "temperature": tf.constant(temperature),
        "top_k": tf.constant(top_k),
        "top_p": tf.constant(top_p),
        "seed": tf.constant(seed, tf.int64),
    }


def served(folder, model, *arguments, names=None, **options):
    signatures = language_signatures(model, *arguments, **options)
    # Those alone that are asked, since each takes its time.
    signatures = {name: signatures[name] for name in names or signatures}
    save_model(folder / "1", model, signatures)
    return tf.saved_model.load(str(folder / "1"))


# SentencePiece is asked in a process of its own, below.
@pytest.mark.slow
@pytest.mark.parametrize("name", ["bytes", "words"])
def test_text_in_text_out(tmp_path, name):
    tokenizer = TOKENIZERS[name]
    model = build(tokenizer.vocabulary_size)
    # Of a running text, but for one, of documents.
    special = {"start_id": 2 if name == "bytes" else 3}
    special["end_id"] = 3 if name == "bytes" else None
    generator = Generator(model, tokenizer, **special)
    names = ["generate", "serving_default"]
    loaded = served(tmp_path, model, tokenizer, names=names, **special)
    for numbers, strategy in PARAMETERS[::2]:
        expected = generator.predict(
            PROMPTS, strategy=strategy, max_length=numbers[0], seed=numbers[-1]
        )
        answer = loaded.signatures["generate"](
            text=tf.constant(PROMPTS), **sampling(*numbers)
        )
        texts = [text.decode() for text in answer["texts"].numpy()]
        assert texts == [one.text for [one] in expected]
        np.testing.assert_allclose(
            answer["scores"], [one.score for [one] in expected], rtol=1e-3
        )
    assert len(set(texts)) > 2
    # Nobody beside it, and nobody at all.
    one = loaded.signatures["serving_default"](
        text=tf.constant(PROMPTS[:1]), **sampling(*numbers)
    )
    assert one["texts"].numpy()[0].decode() == texts[0]
    none = loaded.signatures["generate"](
        text=tf.constant([], tf.string), **sampling(*numbers)
    )
    assert none["texts"].shape == none["scores"].shape == (0,)
    nothing = loaded.signatures["generate"](
        text=tf.constant(PROMPTS), **sampling(0, *numbers[1:])
    )
    assert set(nothing["texts"].numpy()) == {b""}


@pytest.fixture(
    scope="module", params=["transformer", pytest.param("lstm", marks=pytest.mark.slow)]
)
def by_ids(request, tmp_path_factory):
    """A model that takes and gives ids, as documents: `(model, loaded)`."""
    model = build(30, request.param)
    return model, served(tmp_path_factory.mktemp("ids"), model)


ROWS = [[5, 6, 7, 8, 9, 10, 11], [12], [], list(range(4, 30)) * 3]


def padded(rows):
    longest = max(map(len, rows))
    return tf.constant([row + [0] * (longest - len(row)) for row in rows], tf.int32)


class Ids:
    """A tokenizer for texts that are ids already."""

    vocabulary_size = 30

    def encode(self, texts):
        return [list(text) for text in texts]

    def decoding(self):
        return self

    def add(self, token_id):
        return ""

    def end(self):
        return ""


def test_token_ids_in_token_ids_out(by_ids):
    model, loaded = by_ids
    generator, ended = Generator(model, Ids()), 0
    for numbers, strategy in [*PARAMETERS, ((30, 3.0, 0, 1.0, 1), Sampling(3.0))]:
        expected = generator.predict(
            ROWS, strategy=strategy, max_length=numbers[0], seed=numbers[-1]
        )
        answer = loaded.signatures["generate"](
            token_ids=padded(ROWS), **sampling(*numbers)
        )
        for row, [one] in enumerate(expected):
            length = answer["lengths"][row].numpy()
            ids = answer["token_ids"][row].numpy().tolist()
            assert ids[:length] == one.token_ids and not any(ids[length:])
            ended += one.finished
            np.testing.assert_allclose(answer["scores"][row], one.score, rtol=1e-3)
    assert ended


def test_scores(by_ids):
    model, loaded = by_ids
    answer = loaded.signatures["score"](token_ids=padded(ROWS))
    assert answer["num_tokens"].numpy().tolist() == [len(row) + 1 for row in ROWS]
    for number, row in enumerate(ROWS):
        logits = np.array(model({"token_ids": np.array([[2, *row]])})[0], "float64")
        log_probs = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
        targets = [*row, 3]
        expected = log_probs[np.arange(len(targets)), targets]
        found = answer["token_log_probs"][number].numpy()
        np.testing.assert_allclose(found[: len(targets)], expected, rtol=1e-3)
        assert not found[len(targets) :].any()
        ids = answer["token_ids"][number].numpy().tolist()
        assert ids[: len(targets)] == targets
        np.testing.assert_allclose(
            answer["log_prob"][number], expected.sum(), rtol=1e-4
        )
    none = loaded.signatures["score"](token_ids=tf.zeros([0, 4], tf.int32))
    assert none["log_prob"].shape == (0,)


def test_a_running_text_is_scored_without_an_end(tmp_path):
    tokenizer = TOKENIZERS["words"]
    model = build(tokenizer.vocabulary_size)
    special = {"start_id": 3, "end_id": None}
    loaded = served(tmp_path, model, tokenizer, names=["score"], **special)
    answer = loaded.signatures["score"](text=tf.constant(["the dog\na dog\n", ""]))
    assert answer["num_tokens"].numpy().tolist() == [6, 0]
    assert answer["log_prob"][0] < 0 == answer["log_prob"][1]
    generator = Generator(model, tokenizer, start_id=3, end_id=None)
    ids = tokenizer.encode(["the dog\na dog\n"])
    np.testing.assert_allclose(
        answer["log_prob"][0], generator.score([[3]], ids)[0], rtol=1e-4
    )


def test_a_server_streams_by_steps(by_ids):
    model, loaded = by_ids
    expected = loaded.signatures["generate"](
        token_ids=padded(ROWS), **sampling(8, 0.0, 0, 1.0, 0)
    )
    here = dict(loaded.signatures["read"](token_ids=padded(ROWS)))
    assert here["token_ids"].numpy().tolist() == [11, 12, 2, 29]
    written = []
    for _ in range(8):
        here = dict(loaded.signatures["step"](**here))
        logits = here.pop("logits").numpy()
        assert logits.shape == (4, 30)
        logits[:, :3] = -np.inf
        here["token_ids"] = tf.constant(logits.argmax(-1), tf.int32)
        written.append(logits.argmax(-1))
    for row, ids in enumerate(np.array(written).T.tolist()):
        ids = ids[: ids.index(3)] if 3 in ids else ids
        length = expected["lengths"][row].numpy()
        assert ids == expected["token_ids"][row, :length].numpy().tolist()


def test_the_initial_state(by_ids):
    model, loaded = by_ids
    state = dict(loaded.signatures["initial_state"](batch_size=tf.constant(3)))
    assert {leaf.shape[0] for leaf in state.values()} == {3}
    answer = loaded.signatures["step"](token_ids=tf.constant([2, 5, 9]), **state)
    logits, _ = model.step(tf.constant([2, 5, 9]), model.initial_state(3))
    np.testing.assert_allclose(answer["logits"], logits, rtol=1e-4, atol=1e-5)
    assert set(state) == set(answer) - {"logits"}


def test_rows_are_read_to_their_own_lengths():
    """A model that is a sum over everything read shows what was."""
    calls = []

    def run(ids, state):
        calls.append(ids.shape)
        weights = tf.cast(tf.range(1, tf.shape(ids)[1] + 1), tf.float32)
        count = state[1] + tf.cast(tf.shape(ids)[1], tf.float32)
        place = state[1][:, None] + weights
        return [state[0] + tf.reduce_sum(tf.cast(ids, tf.float32) * place, 1), count]

    rng = np.random.default_rng(0)
    lengths = np.array([0, 1, 5, 255, 256, 600, 47], "int32")
    ids = rng.integers(1, 9, (7, 600)).astype("int32")
    state = [tf.zeros([7]), tf.zeros([7])]
    total, count = read_rows(run, tf.constant(ids), tf.constant(lengths), state)
    assert count.numpy().tolist() == lengths.tolist()
    expected = [
        (row[:n] * np.arange(1, n + 1)).sum()
        for row, n in zip(ids, lengths, strict=True)
    ]
    np.testing.assert_allclose(total, expected, rtol=1e-5)
    # 600 = 2·256 + 64 + 16 + 8, and what others have left: 128, 32, 4, 2, 1.
    assert len(calls) <= 2 + 8


def test_scores_in_pieces():
    rng = np.random.default_rng(0)
    table = rng.normal(size=(6, 6)).astype("float32")
    pieces = []

    def run(ids, state):
        pieces.append(ids.shape[1])
        return lambda: tf.gather(table, ids), [state[0] + 1]

    ids, targets = rng.integers(0, 6, (2, 3, 70)).astype("int32")
    lengths = np.array([70, 0, 33], "int32")
    found = score_rows(
        run, tf.constant(ids), tf.constant(targets), lengths, [tf.zeros([3])]
    )
    log_probs = table - np.log(np.exp(table).sum(-1, keepdims=True))
    expected = log_probs[ids, targets] * (np.arange(70) < lengths[:, None])
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)
    assert pieces == [32, 32, 6]


ANSWER = """
folder, given = request
loaded = tf.saved_model.load(folder)
given = {name: tf.constant(value, dtype) for name, value, dtype in given}
found = loaded.signatures["serving_default"](**given)
answer = [text.decode() for text in found["texts"].numpy()]
"""


def test_it_answers_in_a_process_with_tensorflow_alone(tmp_path, tensorflow_alone):
    tokenizer = TOKENIZERS["sentencepiece"]
    model = build(tokenizer.vocabulary_size)
    served(tmp_path, model, tokenizer, names=["serving_default"])
    numbers, strategy = PARAMETERS[2]
    inputs = [["text", PROMPTS, "string"]]
    inputs += [
        [name, value.numpy().item(), value.dtype.name]
        for name, value in sampling(*numbers).items()
    ]
    texts = tensorflow_alone("text", ANSWER, [str(tmp_path / "1"), inputs])
    expected = Generator(model, tokenizer).predict(
        PROMPTS, strategy=strategy, max_length=numbers[0], seed=numbers[-1]
    )
    assert texts == [one.text for [one] in expected]


def test_two_names_of_one_signature_are_written_once(tmp_path):
    model = build(12)
    signatures = language_signatures(model)
    assert signatures["serving_default"] is signatures["generate"]
    one = signatures["step"]
    save_model(tmp_path / "one", model, {"step": one})
    save_model(tmp_path / "both", model, {"step": one, "serving_default": one})
    size, other = (
        (tmp_path / name / "saved_model.pb").stat().st_size for name in ("one", "both")
    )
    assert other < 1.3 * size
    loaded = tf.saved_model.load(str(tmp_path / "both"))
    assert set(loaded.signatures) == {"step", "serving_default"}
