"""Captions with what is seen of their images, in batches."""

import datasets
import numpy as np
import pytest

from seqkit.data import (
    BucketPlan,
    CaptionBatches,
    RegionFeatures,
    ResizedImages,
    Spec,
    tokenize_captions,
)
from seqkit.errors import DataError

START, END = 2, 3


def encode(texts):
    return [[int(word) for word in text.split()] for text in texts]


@pytest.fixture(scope="module")
def dataset():
    """Images of one to four captions of one to 19 words; a word is an id from 4 on."""
    rng = np.random.default_rng(0)

    def caption():
        return " ".join(map(str, rng.integers(4, 90, rng.integers(1, 20))))

    rows = [[caption() for _ in range(rng.integers(1, 5))] for _ in range(60)]
    return datasets.Dataset.from_dict({"captions": rows})


@pytest.fixture
def tokenize(dataset, tmp_path):
    def run(dataset=dataset, encode=encode, **options):
        options = {"fingerprint": "words", "max_length": 99} | options
        return tokenize_captions(dataset, encode, cache_dir=tmp_path, **options)

    return run


def features(count=60):
    """Every region of image n says n."""
    array = np.broadcast_to(np.arange(1, count + 1)[:, None, None], (count, 4, 3))
    return RegionFeatures(array.astype(np.float16))


def make(captions, images=None, plan=None, **options):
    plan = {"batch_size": 7, "bucket_width": 3, "seed": 5} | (plan or {})
    lengths = captions.longest if options.get("by_image") else captions.lengths
    plan = BucketPlan(lengths, **plan)
    return CaptionBatches(captions, images or features(), plan, **options)


def everything(dataset):
    return sorted(
        (image, encode([text])[0])
        for image, texts in enumerate(dataset["captions"][:])
        for text in texts
    )


def contents(batches, name="encoder_features"):
    """(image, caption) of every row; checks what holds for each."""
    found = []
    for inputs, targets, weights in batches:
        given = inputs["decoder_token_ids"]
        assert given.dtype == targets.dtype == np.int32
        assert weights.dtype == np.float32 and np.array_equal(weights, targets != 0)
        # Where captions share an image, there are as many rows for each.
        images = np.repeat(inputs[name], len(given) // len(inputs[name]), axis=0)
        assert len(images) == len(given)
        for image, read, target in zip(images, given, targets, strict=True):
            length = np.count_nonzero(target)
            assert not target[length:].any() and not read[length:].any()
            if not length:  # a row that fills up
                assert not image.any() or len(images) > len(inputs[name])
                continue
            assert read[0] == START and target[length - 1] == END
            assert np.array_equal(read[1:length], target[: length - 1])
            assert (image == image.flat[0]).all()
            found.append((int(image.flat[0]) - 1, target[: length - 1].tolist()))
    return sorted(found)


def same(one, other):
    flat = [[(*i.values(), t, w) for i, t, w in batches] for batches in (one, other)]
    return len(flat[0]) == len(flat[1]) and all(
        len(a) == len(b) and all(map(np.array_equal, a, b))
        for a, b in zip(*flat, strict=True)
    )


# Captions as ids.


def test_every_caption_is_a_row_with_its_image(dataset, tokenize):
    captions = tokenize()
    rows = np.arange(len(captions))
    ids = [one.tolist() for one in captions.token_ids(rows)]
    found = sorted(zip(captions.images.tolist(), ids, strict=True))
    assert found == everything(dataset)
    assert captions.lengths.tolist() == [len(one) + 1 for one in ids]
    assert captions.over_length == captions.unreadable == 0
    some = np.array([5, 0, 77, 5])
    assert encode(captions.texts(some)) == [ids[row] for row in some]


def test_captions_are_encoded_once(dataset, tokenize):
    first = tokenize()
    second = tokenize(encode=lambda texts: pytest.fail("encoded again"))
    assert np.array_equal(first.lengths, second.lengths)
    changed = [[f"{one} 4" for one in texts] for texts in dataset["captions"][:]]
    other = tokenize(datasets.Dataset.from_dict({"captions": changed}))
    assert np.array_equal(other.lengths, first.lengths + 1)
    doubled = tokenize(
        encode=lambda texts: [2 * ids for ids in encode(texts)], fingerprint="other"
    )
    assert np.array_equal(doubled.lengths, 2 * first.lengths - 1)


def test_long_captions_and_unreadable_images_are_left_out_and_counted(
    dataset, tokenize
):
    wanted = everything(dataset)
    captions = tokenize(max_length=10)
    kept = [(image, ids) for image, ids in wanted if len(ids) < 10]
    assert contents(make(captions)) == kept
    assert captions.over_length == len(wanted) - len(kept) > 0
    readable = np.ones(60, bool)
    readable[[0, 7, 59]] = False
    captions = tokenize(max_length=10, readable=readable)
    kept = [(image, ids) for image, ids in kept if readable[image]]
    assert contents(make(captions)) == kept and captions.unreadable == 3
    rows = np.arange(len(captions))
    for text, ids in zip(captions.texts(rows), captions.token_ids(rows), strict=True):
        assert encode([text])[0] == ids.tolist()
    with pytest.raises(DataError, match="a caption of at most 1 tokens"):
        tokenize(max_length=1)
    with pytest.raises(DataError, match="60 images being unreadable"):
        tokenize(readable=~np.ones(60, bool))
    with pytest.raises(ValueError, match="expected one of each image, found 3 for 60"):
        tokenize(readable=np.ones(3, bool))


def test_an_encoder_that_loses_texts(tokenize):
    with pytest.raises(ValueError, match="expected a list of ids each"):
        tokenize(encode=lambda texts: encode(texts)[1:])


# Batches.


@pytest.mark.parametrize("by_image", [False, True])
@pytest.mark.parametrize("static_shapes", [False, True])
@pytest.mark.parametrize("plan", [{}, {"batch_size": None, "batch_tokens": 100}])
def test_every_caption_exactly_once_an_epoch(
    dataset, tokenize, static_shapes, plan, by_image
):
    options = {"static_shapes": static_shapes, "by_image": by_image}
    batches = make(tokenize(), plan=plan, **options)
    for _ in range(2):
        epoch = list(batches)
        assert len(epoch) == len(batches)
        assert contents(epoch) == everything(dataset)


def test_by_image_each_is_there_once_with_all_its_captions(dataset, tokenize):
    captions = tokenize(max_length=15)
    assert captions.counts.sum() == len(captions)
    seen = []
    for inputs, targets, _ in make(captions, by_image=True).epoch(1):
        images = inputs["encoder_features"][:, 0, 0].astype(int) - 1
        seen += images.tolist()
        per_image = targets.reshape(len(images), -1, targets.shape[1])
        wanted = [(captions.images == image).sum() for image in images]
        assert (per_image[..., 0] != 0).sum(axis=1).tolist() == wanted
        assert per_image.shape[1] == max(wanted)
    assert sorted(seen) == np.unique(captions.images).tolist()


def test_features_keep_their_type_and_shape(tokenize):
    inputs, _, _ = make(tokenize()).batch(0, 0)
    assert inputs["encoder_features"].dtype == np.float16
    assert inputs["encoder_features"].shape == (7, 4, 3)


def test_images_in_place_of_features(dataset, tokenize):
    array = np.broadcast_to(np.arange(1, 61)[:, None, None, None], (60, 5, 4, 3))
    images = ResizedImages(array.astype(np.uint8))
    for static_shapes in (False, True):
        batches = make(tokenize(), images, static_shapes=static_shapes)
        inputs, _, _ = batches.batch(0, 0)
        assert inputs["images"].dtype == np.uint8
        assert inputs["images"].shape[1:] == (5, 4, 3)
        assert contents(batches, "images") == everything(dataset)
    spec = batches.signature()[0]["images"]
    assert spec == Spec((None, 5, 4, 3), "uint8")


def test_order_is_a_function_of_seed_epoch_and_step(tokenize):
    captions = tokenize()
    batches = make(captions)
    first, second = list(batches), list(batches)
    assert batches.next_epoch == 2 and not same(first, second)
    assert same(make(captions).epoch(1), second)
    assert same([make(captions).batch(1, 3)], second[3:4])
    assert not same(make(captions, plan={"seed": 6}).epoch(0), first)


@pytest.mark.parametrize("by_image", [False, True])
def test_static_shapes_are_no_more_than_buckets(tokenize, by_image):
    batches = make(tokenize(), static_shapes=True, by_image=by_image)
    rows = 7 * (batches.captions.counts.max() if by_image else 1)
    shapes = set()
    for epoch in range(3):
        for inputs, targets, _ in batches.epoch(epoch):
            assert inputs["decoder_token_ids"].shape == targets.shape
            assert inputs["encoder_features"].shape[0] == 7
            assert targets.shape[0] == rows
            shapes.add(targets.shape)
    assert len(shapes) <= len(np.unique(batches.plan.bounds)) <= 7


def doubled(texts, seeds):
    """Draws which words of a caption are said twice."""
    return [
        [i for one in ids for i in [one] * int(rng.integers(1, 3))]
        for ids, rng in zip(
            encode(texts), map(np.random.default_rng, seeds), strict=True
        )
    ]


@pytest.mark.parametrize("by_image", [False, True])
@pytest.mark.parametrize("static_shapes", [False, True])
def test_draws_are_functions_of_seed_epoch_and_step(
    dataset, tokenize, static_shapes, by_image
):
    captions = tokenize(max_length=25)
    shapes = {"static_shapes": static_shapes, "by_image": by_image}
    options = {"resample": doubled, **shapes}
    batches = make(captions, **options)
    epoch = list(batches.epoch(4))
    assert same(epoch, make(captions, **options).epoch(4))
    assert same([batches.batch(4, 2)], epoch[2:3])
    plain = make(captions, **shapes)
    drawn, planned = contents(epoch), contents(plain.epoch(4))
    assert drawn != planned == everything(dataset)
    assert max(len(ids) for _, ids in drawn) < 25

    def merged(rows):
        def once(ids):
            kept = zip(ids, [None, *ids[:-1]], strict=True)
            return [one for one, before in kept if one != before]

        return sorted((image, once(ids)) for image, ids in rows)

    assert merged(drawn) == merged(planned)
    longest = max(len(ids) for _, ids in drawn)
    if static_shapes:  # within the bounds of the buckets
        assert longest < batches.plan.bounds.max()
        shapes = {targets.shape for _, targets, _ in epoch}
        assert shapes <= {targets.shape for _, targets, _ in plain.epoch(4)}
    else:
        assert longest > 19


def test_tf_dataset_is_the_same_batches(tokenize):
    import tensorflow as tf

    captions = tokenize()
    batches = make(captions)
    dataset = batches.to_tf_dataset()
    inputs, targets, weights = dataset.element_spec
    assert inputs["encoder_features"].shape.as_list() == [None, 4, 3]
    assert inputs["encoder_features"].dtype == tf.float16
    for spec in (inputs["decoder_token_ids"], targets):
        assert spec.shape.as_list() == [None, None] and spec.dtype == tf.int32
    assert weights.dtype == tf.float32
    assert len(dataset) == len(batches)

    def read():
        for inputs, targets, weights in dataset.as_numpy_iterator():
            order = ("encoder_features", "decoder_token_ids")
            yield {name: inputs[name] for name in order}, targets, weights

    assert same(read(), make(captions).epoch(0))
    assert same(read(), make(captions).epoch(1))
