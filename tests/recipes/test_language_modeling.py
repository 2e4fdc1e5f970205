"""The language-modelling recipe: its figures, its options, its streams."""

import numpy as np
import pytest
from keras import ops

import seqkit
from seqkit.errors import SeqkitError
from seqkit.models import RecurrentLanguageModel
from seqkit.recipes import language_modeling
from tests import tiny

ARCHITECTURES = ("rnn", "lstm", "gru", "transformer", "mamba")


def build(tmp_path, **options):
    options = tiny.LANGUAGE_MODELING | {"documents": False} | options
    if options["tokenizer_type"] in ("unigram", "bpe"):
        options.setdefault("vocabulary_size", 400)
    if not (tmp_path / "train.txt").exists():
        tiny.language_modeling_folder(tmp_path, train=25)
    return language_modeling.build(tmp_path, **options)


@pytest.fixture(scope="module")
def task(tmp_path_factory):
    """A running text of characters, and weights with much to say."""
    task = build(tmp_path_factory.mktemp("data"))
    tiny.scatter(task.model, 0.3)
    return task


def whole_text(task, split="test"):
    text = "".join(line + "\n" for line in task.split(split)["text"])
    return text, task.tokenizer.encode([text])[0]


def log_probs(model, ids):
    """Of all ids but the first, by one run over the whole, in float64."""
    hidden, _ = model.run(ops.convert_to_tensor([ids[:-1]]), model.initial_state(1))
    logits = ops.convert_to_numpy(model.logits(hidden))[0].astype("float64")
    logits -= logits.max(axis=-1, keepdims=True)
    logits -= np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    return logits[np.arange(len(ids) - 1), ids[1:]]


def test_evaluate_is_the_figure_of_the_whole_text(task):
    text, ids = whole_text(task)
    nats = -log_probs(task.model, [task.start_id, *ids]).sum()
    scores = task.evaluate("test")
    assert scores["tokens"] == len(ids) == len(text)
    assert scores["perplexity"] == pytest.approx(np.exp(nats / len(ids)), rel=1e-4)
    bits = nats / np.log(2) / len(text)
    assert scores["bits_per_character"] == pytest.approx(bits, rel=1e-4)
    words = len(text.split()) + text.count("\n")
    expected = np.exp(nats / words)
    assert scores["perplexity_per_word"] == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_the_cut_does_not_matter(tmp_path, architecture):
    task = build(tmp_path, architecture=architecture)
    expected = task.evaluate("validation")["perplexity"]
    for length in (7, 64):
        found = task.evaluate("validation", sequence_length=length)["perplexity"]
        assert found == pytest.approx(expected, rel=1e-5)


def test_the_batch_size_does_not_matter_for_documents(tmp_path):
    task = build(tmp_path, documents=True)
    expected = task.evaluate("test")
    for size in (2, 5):
        assert task.evaluate("test", batch_size=size) == pytest.approx(expected, 1e-5)


def test_subwords_are_measured_by_words_too(tmp_path):
    task = build(tmp_path, tokenizer_type="unigram")
    text, ids = whole_text(task)
    nats = -log_probs(task.model, [task.start_id, *ids]).sum()
    scores = task.evaluate("test")
    assert scores["tokens"] == len(ids) < len(text)
    words = len(text.split()) + text.count("\n")
    expected = np.exp(nats / words)
    assert scores["perplexity_per_word"] == pytest.approx(expected, rel=1e-3)
    bits = nats / np.log(2) / len(text)
    assert scores["bits_per_character"] == pytest.approx(bits, rel=1e-4)


def test_of_words_both_perplexities_are_one(tmp_path):
    scores = build(tmp_path, tokenizer_type="word").evaluate("test")
    assert scores["perplexity"] == scores["perplexity_per_word"]


@pytest.mark.parametrize("documents", [False, True])
def test_score_is_that_of_each_text_by_itself(task, tmp_path, documents):
    if documents:
        task = build(tmp_path, documents=True)
    texts = ["The dogs bark.", "", "A cat."]
    for text, score in zip(texts, task.score(texts, batch_size=2), strict=True):
        ids = task.tokenizer.encode([text])[0] + ([3] if documents else [])
        expected = log_probs(task.model, [task.start_id, *ids]) if ids else np.zeros(0)
        np.testing.assert_allclose(score.token_log_probs, expected, atol=1e-4)
        assert score.log_prob == pytest.approx(expected.sum(), abs=1e-3)
        assert len(score.tokens) == len(ids)
    alone, beside = task.score("A cat."), task.score(texts)[2]
    assert alone.tokens == beside.tokens
    assert alone.log_prob == pytest.approx(beside.log_prob, rel=1e-5)


@pytest.mark.parametrize("options", [{}, {"temperature": 0.9, "seed": 5}])
def test_a_stream_is_what_predict_gives(task, options):
    for prompt in ("The dogs", ""):
        expected = task.predict(prompt, max_length=60, **options)
        assert "".join(task.stream(prompt, max_length=60, **options)) == expected
        stream = task.stream(prompt, max_length=20, **options)
        first = "".join(stream)
        rest = "".join(task.stream(state=stream.state, max_length=40, **{
            name: value for name, value in options.items() if name != "seed"
        }))  # fmt: skip
        assert first + rest == expected


def test_predict_gives_several_and_scores(task):
    drawn = task.predict(
        ["The", "A"],
        temperature=1.0,
        num_return_sequences=3,
        max_length=10,
        return_scores=True,
    )
    assert [len(row) for row in drawn] == [3, 3]
    text, score = drawn[0][1]
    ids = [task.start_id, *task.tokenizer.encode(["The" + text])[0]]
    assert score == pytest.approx(log_probs(task.model, ids)[3:].sum(), abs=1e-3)
    best = task.predict("The", num_beams=3, max_length=10, return_scores=True)
    greedy = task.predict("The", max_length=10, return_scores=True)
    assert best[1] >= greedy[1] - 1e-4


def test_a_stop_string_ends_the_text(task):
    whole = task.predict("The dogs", temperature=1.0, max_length=80)
    stop = whole[30:33]
    text = task.predict("The dogs", temperature=1.0, max_length=80, stop=stop)
    assert text == whole[: whole.index(stop)]


@pytest.mark.parametrize(
    "architecture",
    [
        "lstm",
        "transformer",
        *(pytest.param(a, marks=pytest.mark.slow) for a in ("rnn", "gru", "mamba")),
    ],
)
def test_every_architecture_learns_and_lasts(tmp_path, architecture):
    data = tmp_path / "data"
    data.mkdir()
    task = build(data, architecture=architecture, tokenizer_type="word")
    before = task.evaluate("validation")["perplexity"]
    task.fit(5, verbose=0)
    after = task.evaluate("validation")["perplexity"]
    assert after < 0.8 * before
    task.save(tmp_path / "run")
    loaded = seqkit.load(tmp_path / "run")
    assert loaded.evaluate("validation")["perplexity"] == pytest.approx(after, rel=1e-6)


@pytest.mark.parametrize(
    "options",
    [
        {"schedule": "constant", "average": None},
        {"schedule": "cosine", "schedule_epochs": 2},
        {"schedule": "hold_then_decay", "optimizer": "sgd", "hold_epochs": 1},
        {"schedule": "plateau", "optimizer": "sgd", "average": "nonmonotone"},
        {
            "weight_drop": 0.2,
            "input_dropout": 0.1,
            "embedding_dropout": 0.1,
            "activation_regularization": 2.0,
            "temporal_activation_regularization": 1.0,
            "embedding_dim": 8,
        },
    ],
    ids=["constant", "cosine", "hold", "plateau", "awd"],
)
def test_training_options(tmp_path, options):
    learning_rate = 2.0 if options.get("optimizer") == "sgd" else 1e-2
    task = build(tmp_path, learning_rate=learning_rate, **options)
    task.fit(3, verbose=0)
    assert task.history["val_loss"][-1] < task.history["val_loss"][0]


def test_a_cosine_ends_at_nothing(tmp_path):
    task = build(tmp_path, schedule="cosine", schedule_epochs=2)
    steps = 2 * len(task.train)
    rate = task.model.optimizer._learning_rate
    assert float(rate(5)) == pytest.approx(1e-2, rel=1e-2)
    assert float(rate(steps)) == pytest.approx(0, abs=1e-6)


def test_validation_leaves_no_trace_in_training(tmp_path):
    """States begin anew with each pass, so validating in between changes nothing."""
    weights = []
    for validated in (True, False):
        task = build(tmp_path, average=None)
        for _ in range(2):
            data = task.validation if validated else None
            task.model.fit(task.train, validation_data=data, verbose=0, shuffle=False)
        weights.append(task.model.get_weights())
    for one, other in zip(*weights, strict=True):
        np.testing.assert_array_equal(one, other)


def test_test_time_adaptation_helps_and_leaves_the_model_alone(tmp_path):
    task = build(tmp_path, tokenizer_type="word")
    task.fit(2, verbose=0)
    before = [w.copy() for w in task.model.get_weights()]
    plain = task.evaluate("test")["perplexity"]
    cached = task.evaluate("test", cache_interpolation=0.2, cache_flatness=0.1)
    assert cached["perplexity"] < plain
    for rms, rate in ((True, 1e-4), (False, 0.05)):
        learnt = task.evaluate(
            "test", dynamic_learning_rate=rate, dynamic_rms=rms, sequence_length=16
        )
        assert learnt["perplexity"] < plain
    for one, other in zip(before, task.model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_model_of_ones_own(tmp_path):
    size = build(tmp_path).tokenizer.vocabulary_size
    model = RecurrentLanguageModel(size, hidden_dim=8, batch_size=8)
    model.build()
    task = build(tmp_path, model=model)
    assert task.model is model
    tiny.steps(task)
    with pytest.raises(SeqkitError, match="batch_size: expected 4, as the model"):
        build(tmp_path, model=RecurrentLanguageModel(size, batch_size=4))


def test_a_list_of_words(tmp_path):
    (tmp_path / "words.list").write_text("dog\ncat\n<unk>\nthe\n")
    task = build(
        tmp_path, tokenizer_type="word", tokenizer=str(tmp_path / "words.list")
    )
    assert task.tokenizer.words == ("dog", "cat", "the")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"architecture": "lsmt"}, "architecture: expected .*found 'lsmt'"),
        ({"tokenizer_type": "letters"}, "tokenizer_type: expected"),
        (
            {"sequence_length": 0},
            "sequence_length: expected an integer from 1, found 0",
        ),
        (
            {"architecture": "mamba", "embedding_dim": 4},
            "embedding_dim, architecture: expected no embedding_dim with mamba",
        ),
        ({"tokenizer": "nowhere.json"}, "nowhere.json"),
        ({"tokenizer_type": "word", "tokenizer": "nowhere.txt"}, "nowhere.txt"),
    ],
)
def test_wrong_arguments(tmp_path, options, message):
    with pytest.raises(SeqkitError, match=message):
        build(tmp_path, **options)


def test_wrong_calls(task):
    with pytest.raises(SeqkitError, match="max_length: expected an integer from 1"):
        task.predict("The", max_length=0)
    with pytest.raises(
        SeqkitError, match="interpolation: expected a number from 0 below 1"
    ):
        task.evaluate("test", cache_interpolation=2.0)
    with pytest.raises(
        SeqkitError, match="sequence_length: expected an integer from 1"
    ):
        task.evaluate("test", sequence_length=0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"batch_size": 100_000}, "as many lanes as there are tokens.*found 100000"),
        ({"sequence_length": 2**31 - 1}, "sequence_length: expected sizes that fit"),
    ],
    ids=str,
)
def test_batches_that_cannot_fit(tmp_path, options, message):
    with pytest.raises(SeqkitError, match=message):
        build(tmp_path, architecture="rnn", **options).fit()


def test_a_measure_that_cannot_fit(task):
    with pytest.raises(SeqkitError, match="batch_size, sequence_length: .*GB"):
        task.evaluate(sequence_length=2**31 - 1)
