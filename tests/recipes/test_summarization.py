"""Summaries of reports with names that no vocabulary holds."""

import json

import numpy as np
import pytest

import seqkit
from seqkit.errors import ArgumentError, SeqkitError
from seqkit.recipes import summarization
from seqkit.samples import summarization as reports
from seqkit.testing.arrays import to_numpy
from tests import tiny


def names_right(task, rows):
    """The fraction of the names of summaries that are in the result, each once."""
    found = task.predict([text for text, _ in rows])
    right = total = 0
    for (_, summary), result in zip(rows, found, strict=True):
        names = reports.names_in(summary)
        right += sum(name in reports.names_in(result) for name in names)
        total += len(names)
    return right / total


@pytest.fixture(scope="module")
def sample():
    return reports.splits(train=1500, validation=50, test=60)


def trained(sample, epochs, **options):
    settings = {"vocabulary_size": 180, "num_beams": 2, "learning_rate": 6e-3}
    settings |= {"architecture": "gru", "hidden_dim": 64, "warmup_steps": 50}
    task = summarization.build(sample, **settings, **options)
    task.fit(epochs, verbose=0)
    return task


@pytest.fixture(scope="module")
def pointer(sample):
    return trained(sample, 4, schedule_epochs=4, coverage_start=0.5)


def test_unseen_names_are_copied(sample, pointer):
    assert names_right(pointer, sample["test"]) >= 0.95
    scores = pointer.evaluate("test")
    assert scores["unknown_words"] >= 0.95 and scores["rouge_l"] > 90
    assert 0.3 < scores["copied"] < 0.95


def test_without_a_pointer_no_unseen_name_is_right(sample):
    task = trained(sample, 2, copy=False)
    assert names_right(task, sample["test"]) < 0.1
    scores = task.evaluate("test")
    assert "copied" not in scores and "unknown_words" not in scores


def test_attention_says_what_was_copied(sample, pointer):
    text, summary = sample["test"][0]
    found = pointer.attention(text)
    names = {"▁" + name for name in reports.names_in(summary)}
    shares = dict(zip(found.target_tokens, found.copied, strict=True))
    assert names <= shares.keys() and min(shares[name] for name in names) > 0.9
    for token, weights in zip(found.target_tokens, found.weights, strict=True):
        if token in names:
            assert found.source_tokens[int(np.argmax(weights))] == token
    assert "100%" in found.to_text() and "copied" in found.shown()
    assert pointer.explain(text)["copied"]


@pytest.mark.parametrize("architecture", ["gru", "transformer"])
def test_the_share_that_was_copied_is_that_of_the_equation(architecture):
    """(1 - p_gen) times the attention to the word, of the probability of the word."""
    splits = reports.splits(train=60, validation=5, test=5)
    options = tiny.SUMMARIZATION | {"architecture": architecture}
    task = summarization.build(splits, **options)
    text, target = splits["test"][0]
    found = task.attention(text, target)
    source = np.array([[*task.open_vocabulary.encode(text), 3]], "int32")
    ids = [*task.open_vocabulary.encode_target(text, target), 3]
    inputs = {
        "encoder_token_ids": source,
        "decoder_token_ids": np.array([[2, *ids[:-1]]], "int32"),
    }
    model = task.model
    memory, mask = model.encode_inputs(inputs)
    decoder_ids = inputs["decoder_token_ids"]
    _, attention, read = model.decoded(decoder_ids, memory, mask)
    p_gen = to_numpy(model.copying.generation_probability(**read))[0]
    total = np.exp(to_numpy(model(inputs))[0])
    at_word = to_numpy(attention)[0] * (source == np.array(ids)[:, None])
    share = (1 - p_gen) * at_word.sum(-1) / total[np.arange(len(ids)), ids]
    np.testing.assert_allclose(found.copied, share, rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(found.weights, to_numpy(attention)[0], atol=1e-5)
    assert found.copied.max() > 0.9 and found.copied.min() < 0.1


def test_coverage_counts_from_its_epoch_on(sample, pointer):
    assert float(pointer.model.coverage_weight) == 1.0
    losses = pointer.history["loss"]
    assert losses[2] > losses[1]  # the loss of coverage joined it


def test_a_name_that_no_row_of_train_has(pointer):
    text = (
        "Xyqqwen has opened a bakery in Qwyxham. Blarg of Zzham was there and saw it."
    )
    assert pointer.predict(text) == "Xyqqwen opens bakery in Qwyxham"


def test_resumed_training_is_that_without_a_break(tmp_path):
    folder = tiny.summarization_folder(tmp_path)
    options = tiny.SUMMARIZATION
    whole, broken = (summarization.build(folder, **options) for _ in range(2))
    whole.fit(2, verbose=0)
    broken.fit(1, verbose=0, checkpoint_dir=tmp_path / "run")
    resumed = summarization.build(folder, **options)
    resumed.fit(2, verbose=0, checkpoint_dir=tmp_path / "run", resume=True)
    assert float(resumed.model.coverage_weight) == pytest.approx(0.01)
    for a, b in zip(
        whole.model.get_weights(), resumed.model.get_weights(), strict=True
    ):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_copying_over_pieces():
    """Of SentencePiece nothing is unknown, and pieces are copied."""
    task = summarization.build(
        reports.splits(train=100, validation=10, test=10),
        **tiny.SUMMARIZATION
        | {"tokenizer_type": "unigram", "vocabulary_size": 330, "max_length": 40},
    )
    assert task.open_vocabulary is None and task.model.copying.max_extra == 0
    scores = task.evaluate("test")
    assert 0 <= scores["copied"] <= 1 and "unknown_words" not in scores


def test_sources_are_cut_and_long_summaries_left_out(tmp_path, capsys):
    rows = [{"text": "a b c " * n, "summary": "x " * n} for n in range(1, 31)]
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (tmp_path / "train.jsonl").write_text(lines, "utf-8")
    options = {"max_source_length": 31, "max_length": 21, "validation_fraction": 0}
    task = summarization.build(
        {"train": tmp_path / "train.jsonl"},
        **tiny.SUMMARIZATION | options | {"vocabulary_size": 6},
    )
    said = capsys.readouterr().err
    assert "20 of 30 sources have more than max_source_length=31" in said
    assert "10 of 30 pairs have more than max_length=21" in said
    inputs, _, _ = next(iter(task.train))
    assert inputs["encoder_token_ids"].shape[1] <= 31


def test_wrong_options_are_named_together():
    with pytest.raises(ArgumentError) as caught:
        summarization.build(
            architecture="lstm",
            attention=None,
            joint_vocabulary=False,
            label_smoothing=0.1,
            lowercase=True,
            tokenizer_type="bpe",
        )
    for names in (
        "copy, attention",
        "copy, joint_vocabulary",
        "copy, label_smoothing",
        "lowercase, tokenizer_type",
    ):
        assert names in str(caught.value)
    with pytest.raises(ArgumentError, match="coverage, copy"):
        summarization.build(copy=False, coverage=True)


def test_bad_references_are_named(tmp_path):
    row = {"text": "a b", "summary": "a", "references": ["a", 3]}
    (tmp_path / "train.jsonl").write_text(json.dumps(row) + "\n", "utf-8")
    with pytest.raises(SeqkitError, match="line 1: expected texts in column 'ref"):
        summarization.build(tmp_path)


def test_translation_copies_too(tmp_path):
    """With words and with pieces; without it the model is as it was."""
    folder = tiny.translation_folder(tmp_path)
    for kind in ("word", "unigram"):
        options = {"copy": True, "tokenizer_type": kind, "architecture": "gru"}
        task = seqkit.recipes.translation.build(folder, **tiny.TRANSLATION | options)
        assert task.options.label_smoothing == 0 and not task.options.coverage
        first, last = tiny.steps(task, 2)
        assert np.isfinite([first, last]).all()
        text = task.split("test")["source"][0]
        assert len(task.attention(text).copied) > 0
    plain = seqkit.recipes.translation.build(folder, **tiny.TRANSLATION)
    assert plain.model.copying is None and plain.options.label_smoothing == 0.1
