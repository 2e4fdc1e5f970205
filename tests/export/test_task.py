"""`Task.export`, of a task whose languages have a vocabulary each."""

import pytest
import tensorflow as tf

import seqkit
from seqkit.errors import SeqkitError

PAIRS = {
    "en": ["the dog runs", "a dog ran away", "who saw the cat?", "the cat sleeps"] * 9,
    "de": ["der Hund läuft", "ein Hund lief weg", "wer sah sie?", "sie schläft"] * 9,
}
TEXTS = ["the dog runs", "", "who <s> saw\tthe 🐕?"]


@pytest.fixture(scope="module")
def task(tmp_path_factory):
    import datasets

    return seqkit.recipes.translation.build(
        datasets.DatasetDict({"train": datasets.Dataset.from_dict(PAIRS)}),
        architecture="transformer",
        num_layers=1,
        hidden_dim=16,
        num_heads=2,
        vocabulary_size=300,
        joint_vocabulary=False,
        num_beams=3,
        max_length=8,
        cache_dir=tmp_path_factory.mktemp("cache"),
    )


@pytest.mark.slow
def test_exported_text_is_what_predict_says(task, tmp_path):
    task.export(tmp_path / "1")
    signatures = tf.saved_model.load(str(tmp_path / "1")).signatures
    expected = task.predict(TEXTS, num_return_sequences=3, return_scores=True)
    found = signatures["n_best"](text=tf.constant(TEXTS))
    for row, n_best in enumerate(expected):
        texts = [text.decode() for text in found["translations"][row].numpy()]
        assert texts == [text for text, _ in n_best]
        scores = [score for _, score in n_best]
        assert found["scores"][row].numpy().tolist() == pytest.approx(scores, 1e-4)
    best = signatures["serving_default"](text=tf.constant(TEXTS))["translations"]
    assert [text.decode() for text in best.numpy()] == task.predict(TEXTS)


def test_exported_ids_are_those_of_predict(task, tmp_path):
    task.export(tmp_path / "1", text=False)
    loaded = tf.saved_model.load(str(tmp_path / "1"))
    (ids,) = task.source_tokenizer.encode(TEXTS[:1])
    found = loaded.signatures["serving_default"](token_ids=tf.constant([[*ids, 3]]))
    assert set(found) == {"token_ids", "lengths", "scores"}
    ids = found["token_ids"][0, : found["lengths"][0]].numpy().tolist()
    assert task.target_tokenizer.decode([ids]) == task.predict(TEXTS[:1])


def test_a_taken_path_is_left_alone(task, tmp_path):
    (tmp_path / "kept").write_text("")
    with pytest.raises(SeqkitError, match="kept"):
        task.export(tmp_path, text=False)
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
