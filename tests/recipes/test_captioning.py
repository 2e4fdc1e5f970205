"""The captioning recipe: encoders, decoders, references, and what wrong input gets."""

import io
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

import seqkit
from seqkit.errors import SeqkitError
from seqkit.recipes import captioning
from tests import tiny


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tiny.captioning_folder(tmp_path_factory.mktemp("data"))


def build(folder, **options):
    return captioning.build(folder, **tiny.CAPTIONING | options)


def grid_encoder():
    """A network of one's own, [B, 16, 16, 3] to [B, 4, 4, 5]."""
    keras.utils.set_random_seed(0)
    return keras.Sequential(
        [keras.Input((16, 16, 3)), keras.layers.Conv2D(5, 4, strides=4)], name="grid"
    )


@pytest.fixture(scope="module")
def frozen(folder):
    task = build(folder, image_encoder=grid_encoder(), image_size=None)
    tiny.scatter(task.model, 0.3)
    return task


def test_a_frozen_encoder_runs_once(folder, frozen, monkeypatch):
    assert frozen.model.image_encoder is None
    weights = [np.array(w) for w in frozen.encoder.get_weights()]
    assert len(frozen.train) and len(frozen.validation)  # features of both are kept
    assert frozen.model.count_params() == sum(
        int(np.prod(w.shape)) for w in frozen.model.trainable_weights
    )

    def never(*_):
        raise AssertionError("the encoder ran again")

    again = build(folder, image_encoder=grid_encoder(), image_size=None)
    monkeypatch.setattr(again.encoder, "predict_on_batch", never)
    tiny.steps(again)
    again.evaluate("validation")
    for before, after in zip(weights, again.encoder.get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)


def test_a_small_encoder_is_trained(folder):
    task = build(folder)
    before = [np.array(w) for w in task.encoder.get_weights()]
    tiny.steps(task)
    changed = [
        (b != a).any() for b, a in zip(before, task.encoder.get_weights(), strict=True)
    ]
    assert all(changed)


def test_fine_tuning(folder, tmp_path):
    task = build(folder, image_encoder=grid_encoder(), image_size=None, fine_tune=True)
    before = [np.array(w) for w in task.encoder.get_weights()]
    tiny.steps(task)
    after = task.encoder.get_weights()
    assert all((b != a).any() for b, a in zip(before, after, strict=True))
    task.save(tmp_path / "run")
    loaded = seqkit.load(tmp_path / "run").encoder.get_weights()
    assert all((b == a).all() for b, a in zip(after, loaded, strict=True))


def test_images_of_every_kind_are_one_image(frozen):
    (path,) = tiny.pictures(1)
    picture = Image.open(path)
    with open(path, "rb") as file:
        encoded = file.read()
    kinds = [path, encoded, picture, np.asarray(picture)]
    assert len(set(frozen.predict(kinds))) == 1


@pytest.mark.parametrize(
    "options",
    [
        {"attention": None},
        {"architecture": "transformer"},
        pytest.param({"architecture": "gru"}, marks=pytest.mark.slow),
    ],
    ids=str,
)
def test_other_decoders(folder, options):
    task = build(folder, image_encoder=grid_encoder(), image_size=None, **options)
    losses = tiny.steps(task, 4)
    assert losses[-1] < losses[0]
    (path,) = tiny.pictures(1)
    if options.get("attention", "") is None:
        with pytest.raises(SeqkitError, match="attention: expected a model that"):
            task.attention(path)
    else:
        found = task.attention(path, "a red circle")
        assert found.tokens == ["a", "red", "circle", "</s>"]
        assert found.grid == (4, 4)


def test_several_captions_an_image(tmp_path):
    pixels = np.zeros([16, 16, 3], "uint8")
    rows = [(pixels, ["A dog.", "The dog runs!"]), (pixels + 255, ["a cat"])] * 4
    task = captioning.build(
        {"train": rows, "validation": rows, "test": rows},
        image_encoder=grid_encoder(),
        **tiny.CAPTIONING | {"image_size": None, "min_count": 1},
    )
    assert sorted(task.tokenizer.words) == ["a", "cat", "dog", "runs", "the"]
    scores = task.evaluate("test", num_beams=1)
    assert 0 <= scores["exact"] <= 1 and "cider" in scores
    # They stand in one batch, and no figure depends on it.
    assert task.options.group_captions
    inputs, targets, _ = next(iter(task.train))
    # Two pictures, of eight captions and of four.
    assert len(inputs["encoder_features"]) == 2 and len(targets) == 16
    task.settle({"group_captions": False})
    alone = task.use_dataset(task.splits).evaluate("test", num_beams=1)
    assert alone == pytest.approx(scores)


def test_an_image_that_cannot_be_read(tmp_path):
    folder = tiny.captioning_folder(tmp_path, train=20)
    (folder / "test" / "3.png").write_bytes(b"no image")
    task = build(folder, image_encoder=grid_encoder(), image_size=None)
    with pytest.raises(SeqkitError, match="3.png"):
        task.evaluate("test")
    task = build(folder, image_encoder=grid_encoder(), image_size=None, on_error="skip")
    assert task.evaluate("test")["unreadable"] == 1
    with pytest.raises(SeqkitError, match="3.png"):
        task.predict(str(folder / "test" / "3.png"))


def test_served_images_may_have_any_size(frozen, tmp_path):
    import tensorflow as tf

    frozen.export(tmp_path / "served")
    loaded = tf.saved_model.load(str(tmp_path / "served"))
    images = [Image.new("RGB", size, color) for size, color in SIZES]
    encoded = []
    for image in images:
        stream = io.BytesIO()
        image.save(stream, "PNG")
        encoded.append(stream.getvalue())
    answer = loaded.signatures["serving_default"](image=tf.constant(encoded))
    served = [text.decode() for text in answer["captions"].numpy()]
    assert served == frozen.predict(images)
    broken = [encoded[0], encoded[1][:60], b"", encoded[1], b"no image"]
    answer = loaded.signatures["serving_default"](image=tf.constant(broken))
    found = [text.decode() for text in answer["captions"].numpy()]
    assert found == [served[0], "", "", served[1], ""]
    assert np.isfinite(answer["scores"]).tolist() == [True, False, False, True, False]
    n_best = loaded.signatures["n_best"](image=tf.constant(broken[1:4]))
    assert [bool(b"".join(row)) for row in n_best["captions"].numpy()] == [0, 0, 1]
    n_best = loaded.signatures["n_best"](image=tf.constant(encoded))
    assert n_best["captions"].shape == (2, 2)
    pixels = np.stack([np.asarray(images[0], "float32")])
    answer = loaded.signatures["pixels"](pixels=tf.constant(pixels))
    assert answer["captions"].numpy()[0].decode() == served[0]
    none = loaded.signatures["serving_default"](image=tf.constant([], tf.string))
    assert none["captions"].shape == (0,)


SIZES = [((40, 30), "red"), ((7, 90), "blue")]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"architecture": "lstms"}, "architecture: expected .*found 'lstms'"),
        ({"image_size": 0}, "image_size: expected an integer from 1"),
        ({"fine_tune": True}, "fine_tune, image_encoder: expected an image_encoder"),
        ({"image_encoder": "ResNet5"}, "ResNet5"),
        ({"image_encoder": "none.keras"}, "none.keras"),
    ],
)
def test_wrong_arguments(folder, options, message):
    with pytest.raises(SeqkitError, match=message):
        build(folder, **options)


@pytest.mark.slow
def test_the_sample_is_learnt_in_pairs_never_seen():
    task = captioning.build(seed=1)
    task.fit(verbose=0)
    assert task.evaluate("test")["exact"] >= 0.9


def test_one_unreadable_image_among_good_ones(folder, frozen, tmp_path, capfd):
    good = frozen.split("test")["image"][:2]
    bad = tmp_path / "cut.png"
    bad.write_bytes(Path(good[0]).read_bytes()[:200])
    images = [good[0], str(bad), good[1], str(tmp_path / "absent.png")]
    answers, errors = frozen.answer_readable(images, {})
    assert [answers[0], answers[2]] == frozen.predict(good)
    assert sorted(errors) == [1, 3] and answers[1] is answers[3] is None
    assert "cut.png" in str(errors[1]) and "no such file" in str(errors[3])
    with pytest.raises(SeqkitError, match=r"cut\.png, row 1: expected"):
        frozen.predict(images)


def test_default_batches_fit_small_data_before_there_is_a_model(tmp_path):
    folder = tiny.captioning_folder(tmp_path)
    options = {k: v for k, v in tiny.CAPTIONING.items() if k != "batch_size"}
    task = seqkit.recipes.captioning.build(str(folder), **options)
    assert task.options.batch_size < 64 and len(task.train) == task.steps_per_epoch()
