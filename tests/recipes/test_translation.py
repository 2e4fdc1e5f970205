"""What translation does beyond what every recipe does."""

import keras
import numpy as np
import pytest

import seqkit
from seqkit.data import pad
from seqkit.decoding import BeamSearch
from seqkit.errors import SeqkitError
from seqkit.inference import SequenceDecoder
from seqkit.recipes import translation
from seqkit.tokenizers import SentencePieceTokenizer
from tests import tiny

TEXTS = [
    "The black dog is sleeping.",
    "A <s> cat\tsees 🐕 </s>",
    "The woman who is old helps the small child.",
    "No.",
    "",
    "The cats are playing.",
    "Who saw the old man?",
] * 3
PAIRS = [
    ("the dog runs", "der Hund läuft"),
    ("a dog ran away", "ein Hund lief weg"),
    ("who saw the cat?", "wer sah die Katze?"),
    ("the cat saw the dog", "die Katze sah den Hund"),
] * 8
DATA = {"train": PAIRS, "validation": PAIRS[:8], "test": PAIRS[:4]}


def build(dataset=DATA, **options):
    return translation.build(dataset, **{**tiny.TRANSLATION, **options})


@pytest.fixture(scope="module")
def task():
    """A Transformer with weights at random: every text gets its own answer."""
    task = build()
    tiny.scatter(task.model)
    return task


@pytest.fixture(scope="module")
def gru():
    task = build(architecture="gru")
    tiny.scatter(task.model)
    return task


@pytest.mark.parametrize(
    ("architecture", "options"),
    [
        pytest.param("rnn", {"attention": None}, marks=pytest.mark.slow),
        ("lstm", {"input_feeding": True, "joint_vocabulary": False}),
        pytest.param(
            "gru",
            {"attention": "dot", "tokenizer_type": "bpe", "vocabulary_size": 300},
            marks=pytest.mark.slow,
        ),
    ],
)
def test_recurrent_architectures(architecture, options, tmp_path):
    task = build(architecture=architecture, **options)
    joint = options.get("joint_vocabulary", True)
    assert (task.source_tokenizer is task.target_tokenizer) == joint
    history = task.fit(4, verbose=0).history  # of a step each, with dropout
    assert history["loss"][-1] < history["loss"][0]
    task.save(tmp_path / "run")
    loaded = seqkit.load(tmp_path / "run")
    inputs, _, _ = next(iter(task.validation))
    np.testing.assert_array_equal(loaded.model(inputs), task.model(inputs))
    assert loaded.source_tokenizer.proto == task.source_tokenizer.proto
    assert loaded.target_tokenizer.proto == task.target_tokenizer.proto
    if options.get("attention") == "dot" or "attention" not in options:
        alignment = task.attention("the dog runs", "der Hund läuft")
        np.testing.assert_allclose(alignment.weights.sum(axis=1), 1, atol=1e-5)
        assert alignment.target_tokens[-1] == alignment.source_tokens[-1] == "</s>"
    else:
        with pytest.raises(SeqkitError, match="found attention=None"):
            task.attention("the dog runs", "der Hund läuft")


def n_best(task, source, extra=0, batch_size=64):
    """Ids and scores of the two best of each sentence, decoded in batches."""
    decoder = SequenceDecoder(
        task.model,
        BeamSearch(3, num_return_sequences=2),
        {"encoder_token_ids": ((None, None), "int32")},
        max_length=24,
        relative_length=(2, 10),
    )
    found = []
    for start in range(0, len(source), batch_size):
        batch = pad(source[start : start + batch_size])
        batch = np.pad(batch, [(0, 0), (0, extra)])
        decoded = decoder({"encoder_token_ids": batch})
        for ids, lengths, scores in zip(
            decoded.token_ids, decoded.lengths, decoded.scores, strict=True
        ):
            pieces = [i[:n].tolist() for i, n in zip(ids, lengths, strict=True)]
            found.append((pieces, scores))
    return found


@pytest.mark.parametrize(
    "architecture", ["transformer", pytest.param("gru", marks=pytest.mark.slow)]
)
def test_beams_depend_on_neither_batch_nor_padding(architecture, request):
    name = {"transformer": "task"}.get(architecture, architecture)
    task = request.getfixturevalue(name)
    source = task._source_ids(TEXTS)
    wanted = n_best(task, source)
    assert len({str(pieces) for pieces, _ in wanted}) > 3
    for extra, batch_size in [(0, 1), (0, 7), (9, 64), (3, 7)]:
        found = n_best(task, source, extra, batch_size)
        for (pieces, scores), (other, other_scores) in zip(found, wanted, strict=True):
            assert pieces == other
            np.testing.assert_allclose(scores, other_scores, rtol=1e-4)
    answers = task.predict(TEXTS)
    for batch_size in (1, 7, 64):
        assert task.predict(TEXTS, batch_size=batch_size) == answers


def test_options_of_predict(task):
    texts = TEXTS[:5]
    answers = task.predict(texts, num_beams=3)
    lists = task.predict(texts, num_beams=3, num_return_sequences=3)
    assert [len(one) for one in lists] == [3] * 5
    assert [one[0] for one in lists] == answers
    scored = task.predict(
        texts, num_beams=3, num_return_sequences=3, return_scores=True
    )
    assert [[text for text, _ in one] for one in scored] == lists
    for one in scored:
        scores = [score for _, score in one]
        assert scores == sorted(scores, reverse=True)
    text, score = task.predict(texts[0], num_beams=3, return_scores=True)
    assert (text, score) == (scored[0][0][0], pytest.approx(scored[0][0][1]))
    assert [len(one) for one in task.predict(texts, num_return_sequences=1)] == [1] * 5
    assert len(task.predict(texts, num_beams=3, coverage_penalty=0.2)) == 5


def test_greedy_is_a_beam_of_one(task):
    greedy = task.predict(TEXTS[:5], num_beams=1)
    beam = task.predict(TEXTS[:5], num_beams=1, num_return_sequences=1)
    assert [[text] for text in greedy] == beam


def test_what_is_drawn_is_a_function_of_seed_and_row(task):
    def draw(batch_size=64, **options):
        options = {"temperature": 0.9, "top_k": 20, "seed": 1} | options
        return task.predict(TEXTS, batch_size=batch_size, **options)

    drawn = draw()
    assert draw() == draw(7) == draw(1) == drawn
    assert draw(seed=2) != drawn
    # The same text in other rows is drawn anew.
    assert drawn[:7] != drawn[7:14]
    three = draw(num_return_sequences=3)
    assert [len(one) for one in three] == [3] * len(TEXTS)
    assert any(len(set(one)) > 1 for one in three)
    # Another seed, but nothing compiled anew.
    assert len([key for key in task._of_model if key[0] == "Sampling"]) == 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"num_beams": 0}, "num_beams"),
        ({"num_beams": 2, "num_return_sequences": 3}, "num_return_sequences"),
        (
            {"num_return_sequences": 0},
            "num_return_sequences: expected an integer from 1",
        ),
        ({"batch_size": 0}, "batch_size: expected an integer from 1, found 0"),
        ({"temperature": 0.0}, "temperature: expected a number above 0"),
        ({"top_p": 1.5}, "top_p"),
    ],
)
def test_wrong_options_of_predict(task, options, message):
    with pytest.raises(SeqkitError, match=message):
        task.predict(["a"], **options)


def test_wrong_inputs_of_predict(task):
    with pytest.raises(SeqkitError, match="row 1: expected a string, found None"):
        task.predict(["a", None])
    with pytest.raises(SeqkitError, match="row 0: expected Unicode"):
        task.predict("\ud800")


def test_a_diverged_model_says_so():
    task = build()
    for weight in task.model.trainable_weights:
        weight.assign(np.full(weight.shape, np.nan))
    with pytest.raises(SeqkitError, match="its training has diverged"):
        task.predict(["a"])


def functional_model(vocabulary_size, units=16):
    """A model of one's own, in Keras's functional form: no steps, no cache."""
    layers = keras.layers
    source = keras.Input((None,), dtype="int32", name="encoder_token_ids")
    target = keras.Input((None,), dtype="int32", name="decoder_token_ids")
    embedding = layers.Embedding(vocabulary_size, units)
    real = keras.ops.cast(keras.ops.not_equal(source, 0), "float32")[..., None]
    memory = keras.ops.sum(embedding(source) * real, axis=1, keepdims=True)
    x = layers.GRU(units, return_sequences=True)(embedding(target))
    logits = layers.Dense(vocabulary_size)(x + memory)
    return keras.Model(
        {"encoder_token_ids": source, "decoder_token_ids": target}, logits
    )


def test_a_model_and_a_tokenizer_of_one_s_own(tmp_path):
    texts = [text for pair in PAIRS for text in pair]
    tokenizer = SentencePieceTokenizer.train(texts, vocabulary_size=310)
    tokenizer.save(tmp_path / "own.model")
    own = functional_model(tokenizer.vocabulary_size)
    task = build(tokenizer=tmp_path / "own.model", model=own, max_length=16)
    assert task.model is own
    assert task.source_tokenizer.proto == tokenizer.proto
    history = task.fit(2, verbose=0).history
    assert history["loss"][1] < history["loss"][0]
    tiny.scatter(own)
    answers = task.predict(TEXTS)
    assert len(set(answers)) > 3
    assert task.predict(TEXTS, batch_size=7) == answers
    scores = task.evaluate("test")
    with pytest.raises(SeqkitError, match="expected a model that attends"):
        task.attention("the dog runs", "der Hund")
    task.save(tmp_path / "run")
    loaded = seqkit.load(tmp_path / "run", dataset=DATA)
    assert loaded.predict(TEXTS) == answers
    assert loaded.evaluate("test") == pytest.approx(scores)


def test_a_dataset_in_memory_is_not_kept(task, tmp_path):
    task.save(tmp_path / "run")
    loaded = seqkit.load(tmp_path / "run")
    with pytest.raises(SeqkitError, match="built with a dict in memory"):
        loaded.evaluate("test")


def test_saved_over_another_task_nothing_of_it_is_left(task, tmp_path):
    texts = [text for pair in PAIRS for text in pair]
    tokenizer = SentencePieceTokenizer.train(texts, vocabulary_size=310)
    both = task.source_tokenizer, task.target_tokenizer
    task.target_tokenizer = tokenizer
    task.save(tmp_path / "run")
    task.source_tokenizer, task.target_tokenizer = both
    task.save(tmp_path / "run")
    loaded = seqkit.load(tmp_path / "run")
    assert loaded.target_tokenizer is loaded.source_tokenizer


def test_separate_tokenizers(tmp_path):
    for column, name in enumerate(("source", "target")):
        texts = [pair[column] for pair in PAIRS]
        tokenizer = SentencePieceTokenizer.train(
            texts, vocabulary_size=290 + 10 * column
        )
        tokenizer.save(tmp_path / f"{name}.model")
    task = build(
        source_tokenizer=tmp_path / "source.model",
        target_tokenizer=tmp_path / "target.model",
    )
    sizes = task.source_tokenizer.vocabulary_size, task.target_tokenizer.vocabulary_size
    assert sizes[0] != sizes[1]
    logits = task.model(next(iter(task.train))[0])
    assert logits.shape[-1] == sizes[1]


def test_the_dtype_policy_reaches_the_model():
    task = build(dtype_policy="mixed_bfloat16")
    assert task.model.compute_dtype == "bfloat16"
    assert {w.dtype for w in task.model.trainable_weights} == {"float32"}
    inputs, _, _ = next(iter(task.train))
    assert task.model(inputs).dtype == "float32"


@pytest.mark.slow
@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_mixed_precision_trains_and_decodes(policy):
    architecture = "transformer" if policy == "mixed_bfloat16" else "gru"
    task = build(dtype_policy=policy, architecture=architecture)
    history = task.fit(2, verbose=0).history
    assert np.isfinite(history["loss"]).all()
    assert history["loss"][1] < history["loss"][0]
    assert len(task.predict(TEXTS[:2], num_beams=1)) == 2


def test_subword_regularization_draws_in_training_alone():
    task = build(sampling_alpha=0.2)
    tokenizer = task.target_tokenizer

    def read(dataset):
        rows = [row for _, targets, _ in dataset for row in targets.numpy().tolist()]
        return sorted(
            (text, tuple(row))
            for row, text in zip(rows, tokenizer.decode(rows), strict=True)
        )

    first, second = read(task.train), read(task.train)
    assert [text for text, _ in first] == [text for text, _ in second]
    assert first != second
    assert read(task.validation) == read(task.validation)
    tiny.steps(task)


@pytest.mark.slow
def test_static_shapes_and_xla():
    task = build(static_shapes=True, jit_compile=True, bucket_width=16, batch_size=8)
    shapes = {tuple(targets.shape) for _, targets, _ in task.train}
    assert len(shapes) == 1
    history = task.fit(1, verbose=0).history
    assert np.isfinite(history["loss"]).all()


def test_bad_pairs_are_skipped_and_reported(tmp_path, capfd):
    rows = [f"{source}\t{target}\n" for source, target in PAIRS]
    rows[5:5] = ["only one side\t \n", "  \tnur eine Seite\n"]
    file = tmp_path / "train.tsv"
    file.write_text("en\tde\n" + "".join(rows), encoding="utf-8")
    with pytest.raises(SeqkitError, match=r"train\.tsv, line 7: expected text"):
        build(file)
    task = build(file, on_error="skip")
    assert task.splits.skipped == {"train": 2}
    out, err = capfd.readouterr()
    assert "train: 2 left out" in err and "line 7" in err and out == ""


def test_pairs_over_max_length_are_left_out_and_reported(capfd):
    task = build({**DATA, "train": [*PAIRS, ("a " * 30, "b")]}, max_length=24)
    rows = sum(len(targets) for _, targets, _ in task.train)
    assert rows == len(PAIRS)
    assert "train: 1 of 33 pairs have more than max_length=24" in capfd.readouterr().err
    with pytest.raises(
        SeqkitError, match="train: expected pairs of at most max_length"
    ):
        build(max_length=2)


def test_the_sample_from_german_to_english():
    task = translation.build(source="de", target="en", **tiny.TRANSLATION)
    words = " ".join(task.split("train")["source"][:50]).split()
    assert {"Die", "Der"} & set(words) and "The" not in words
    inputs, targets, _ = next(iter(task.train))
    (text,) = task.source_tokenizer.decode(inputs["encoder_token_ids"][:1].numpy())
    assert text in set(task.split("train")["source"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"architecture": "cnn"}, "architecture: expected 'rnn', .*, found 'cnn'"),
        ({"tokenizer_type": "syllable"}, "tokenizer_type: expected 'unigram'"),
        ({"dtype_policy": "float8"}, "dtype_policy: expected 'float32'"),
        ({"on_error": "ignore"}, "on_error: expected 'raise' or 'skip'"),
        ({"batch_tokens": 9, "batch_size": 9}, "expected one of them, found both"),
        (
            {"batch_size": 0},
            "batch_size: expected an integer from 1, 'auto' or null, found 0",
        ),
        ({"max_length": 0}, "max_length: expected an integer from 1"),
        (
            {"jit_compile": True, "static_shapes": False},
            "jit_compile, static_shapes: expected static_shapes with jit_compile",
        ),
        ({"source_tokenizer": "a.model"}, "expected either tokenizer for both sides"),
        (
            {"tokenizer": "a", "target_tokenizer": "b"},
            "expected either tokenizer for both sides",
        ),
        ({"tokenizer": "nowhere.model"}, "nowhere.model: expected a SentencePiece"),
        ({"dataset": None, "source": "fr"}, "the languages of the embedded sample"),
        ({"dataset": {"test": PAIRS}}, "expected a train split, found test"),
        ({"dataset": "no/where/at/all"}, "no/where/at/all"),
        ({"source": "de"}, "two different columns"),
        ({"vocabulary_size": 100}, "256 bytes .* found 100. Give a larger vocabulary_"),
    ],
)
def test_wrong_arguments(options, message):
    options = {"dataset": DATA, **tiny.TRANSLATION, **options}
    with pytest.raises(SeqkitError, match=message):
        translation.build(**options)


def test_an_unknown_argument():
    with pytest.raises(SeqkitError, match="beam_size: unknown"):
        translation.build(DATA, beam_size=5)


def test_a_target_without_spaces(capsys):
    """BLEU is counted as the language needs it, and the signature says how."""
    pairs = [(text, "我们昨天去北京大学参观。") for text, _ in PAIRS]
    data = {"train": pairs, "test": pairs[:2]}
    task = build(data, target="zh")
    scores = task.evaluate("test")
    assert "tok:zh" in scores["signature"]
    assert "tok:char" in task.evaluate("test", bleu_tokenizer="char")["signature"]
    with pytest.raises(SeqkitError, match="bleu_tokenizer: expected .*'zh'"):
        task.evaluate("test", bleu_tokenizer="chinese")
    assert "BLEU" not in capsys.readouterr().err
    task = build(data, target="ja", model=task.model)
    task.bleu_tokenizer("test")
    if "tok:char" in task.evaluate("test")["signature"]:  # MeCab is not installed
        assert capsys.readouterr().err.count("ja-mecab for ja is not installed") == 1


@pytest.mark.parametrize("text", ["", "   ", "\t", "\u3000", "\u200b\n"], ids=ascii)
def test_a_blank_text_is_a_blank_translation(task, text):
    assert task.predict(["the dog runs", text])[1] == ""
    found = task.predict([text], num_return_sequences=2, return_scores=True)
    assert [answer for answer, _ in found[0]] == [""] * len(found[0])


def test_a_long_text_is_cut_and_counted(task, capfd):
    limit = task.options.max_length
    (ids,) = task.source_tokenizer.encode(["the dog runs " * limit])
    cut = task.source_tokenizer.decode([ids[: limit - 1]])
    capfd.readouterr()
    found = task.predict(["the dog runs " * limit, "the dog runs " * 20_000, *cut])
    assert found[0] == found[1] == found[2]
    said = f"2 of 3 texts have more than max_length={limit} tokens and are cut"
    assert said in capfd.readouterr().err
