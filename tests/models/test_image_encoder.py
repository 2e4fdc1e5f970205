"""Encoders of images: the small one, and those that others have trained."""

import json

import keras
import numpy as np
import pytest
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.models import ImageEncoder, SmallImageEncoder, image_encoder
from seqkit.testing.arrays import assert_close, to_numpy

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (3, 16, 24, 3)).astype("uint8")


def small(**kwargs):
    encoder = SmallImageEncoder((16, 24), 32, **{"num_blocks": 1, **kwargs})
    encoder.build()
    return encoder


def convolution(size=(16, 24), filters=5):
    return keras.Sequential(
        [keras.Input((*size, 3)), keras.layers.Conv2D(filters, 8, strides=8)]
    )


def test_regions_of_eight_by_eight_pixels():
    encoder = small()
    assert (encoder.grid, encoder.num_regions, encoder.feature_dim) == ((2, 3), 6, 32)
    weights = len(encoder.weights)
    assert encoder(IMAGES).shape == (3, 6, 32) and len(encoder.weights) == weights
    assert SmallImageEncoder(32).grid == (4, 4)


def test_whole_numbers_equal_floats_and_rows_are_independent():
    encoder = small()
    want = encoder(IMAGES)
    assert_close([encoder(IMAGES.astype("float32"))], [want], 1e-6)
    assert_close([encoder(IMAGES[1:2])[0]], [want[1]], 1e-5)


def test_it_knows_where_things_are():
    """A dot in the middle of a wide plain, and the same one elsewhere."""
    encoder = SmallImageEncoder((64, 64), 32, num_blocks=0)
    images = np.full((2, 64, 64, 3), 128, "uint8")
    images[0, 20:28, 20:28] = images[1, 36:44, 36:44] = 255
    features = to_numpy(encoder(images)).reshape(2, 8, 8, 32)
    gap = features[0, 2:4, 2:4] - features[1, 4:6, 4:6]
    assert np.abs(gap).max() > 1e-2
    encoder.place_down.kernel.assign(ops.zeros_like(encoder.place_down.kernel))
    features = to_numpy(encoder(images)).reshape(2, 8, 8, 32)
    np.testing.assert_allclose(features[0, 2:4, 2:4], features[1, 4:6, 4:6], atol=1e-4)


def test_xla_trains_every_weight():
    encoder = small()
    before = [to_numpy(w) for w in encoder.trainable_weights]
    encoder.compile(keras.optimizers.SGD(1.0), "mse", jit_compile=True)
    encoder.fit(IMAGES, RNG.normal(size=(3, 6, 32)), verbose=0)
    for weight, old in zip(encoder.trainable_weights, before, strict=True):
        assert (to_numpy(weight) != old).any(), f"{weight.path} has no gradient"


def test_half_precision():
    exact, half = small(), small(dtype="mixed_float16")
    for weight, value in zip(half.weights, exact.weights, strict=True):
        weight.assign(value)
    got = half(IMAGES)
    assert keras.backend.standardize_dtype(got.dtype) == "float16"
    assert_close([got], [exact(IMAGES)], 3e-2)


def test_sizes_that_cannot_be():
    with pytest.raises(SeqkitError, match=r"multiples of 8, found \(16, 20\)"):
        SmallImageEncoder((16, 20))
    with pytest.raises(SeqkitError, match="multiple of four times groups=8, found 48"):
        SmallImageEncoder(16, feature_dim=48)
    for encoder in (small(), image_encoder(convolution())):
        with pytest.raises(
            SeqkitError, match=r"\[B, 16, 24, 3\], found \[3, 24, 16, 3"
        ):
            encoder(np.swapaxes(IMAGES, 1, 2))


def test_a_model_with_a_spatial_output():
    model = convolution()
    encoder = image_encoder(model)
    assert (encoder.grid, encoder.feature_dim) == ((2, 3), 5)
    want = to_numpy(model(IMAGES.astype("float32"))).reshape(3, 6, 5)
    assert_close([encoder(IMAGES)], [want], 1e-5)
    np.testing.assert_allclose(encoder.predict_on_batch(IMAGES), want, rtol=1e-4)
    assert image_encoder(encoder) is encoder
    known = small()
    assert image_encoder(known) is known


def test_a_model_with_regions_already():
    model = keras.Sequential([convolution((24, 24)), keras.layers.Reshape((9, 5))])
    encoder = image_encoder(model)
    assert (encoder.grid, encoder.num_regions) == ((3, 3), 9)
    wide = keras.Sequential([convolution(), keras.layers.Reshape((6, 5))])
    assert image_encoder(wide).grid == (1, 6)


def test_a_model_of_any_size_needs_one():
    model = convolution((None, None))
    with pytest.raises(SeqkitError, match="image_size: expected .* found None"):
        image_encoder(model)
    assert image_encoder(model, image_size=(16, 24)).grid == (2, 3)
    with pytest.raises(SeqkitError, match=r"reads \(16 by 24, .* found \(8, 8\)"):
        image_encoder(convolution(), image_size=(8, 8))


def test_a_layer_inside():
    model = keras.Sequential(
        [convolution(), keras.layers.GlobalMaxPooling2D(), keras.layers.Dense(2)]
    )
    with pytest.raises(
        SeqkitError, match=r"found \[None, 2\]. Of a classifier, layer="
    ):
        image_encoder(model)
    inside = image_encoder(model, layer=model.layers[0].name)
    assert_close([inside(IMAGES)], [image_encoder(model.layers[0])(IMAGES)], 1e-6)
    with pytest.raises(SeqkitError, match="found 'mixed10'. Its last ones are"):
        image_encoder(model, layer="mixed10")


@pytest.mark.parametrize("make", [small, lambda: image_encoder(convolution())])
def test_configuration_and_file_lose_nothing(make, tmp_path):
    encoder = make()
    config = json.loads(json.dumps(encoder.get_config()))
    again = type(encoder).from_config(config)
    assert again.grid == encoder.grid and again.image_size == encoder.image_size
    encoder.save(tmp_path / "encoder.keras")
    loaded = keras.models.load_model(tmp_path / "encoder.keras")
    assert_close([loaded(IMAGES)], [encoder(IMAGES)], 0)
    assert loaded.fingerprint == encoder.fingerprint
    assert type(image_encoder(str(tmp_path / "encoder.keras"))) is type(encoder)


def test_the_fingerprint_is_that_of_the_features():
    first, second = convolution(), convolution()  # of other names
    second.set_weights(first.get_weights())
    print_of = image_encoder(first).fingerprint
    assert len(print_of) == 16 and print_of == image_encoder(second).fingerprint
    assert print_of != ImageEncoder(first, application="VGG16").fingerprint
    kernel, bias = first.get_weights()
    kernel[0, 0, 0, 0] += 1e-3
    second.set_weights([kernel, bias])
    assert print_of != image_encoder(second).fingerprint
    strides = keras.Sequential(
        [keras.Input((16, 24, 3)), keras.layers.Conv2D(5, 8, strides=4)]
    )
    strides.set_weights(first.get_weights())
    assert print_of != image_encoder(strides).fingerprint
    anywhere = convolution((None, None))
    anywhere.set_weights(first.get_weights())
    sizes = {image_encoder(anywhere, image_size=n).fingerprint for n in (16, 24)}
    assert len(sizes) == 2


def test_the_colours_are_what_the_application_wants():
    same = keras.Sequential(
        [keras.Input((16, 24, 3)), keras.layers.Conv2D(3, 1, use_bias=False)]
    )
    same.set_weights([np.eye(3)[None, None]])
    colours = IMAGES.reshape(3, -1, 3).astype("float32")
    want = {
        "MobileNet": colours / 127.5 - 1,
        "VGG16": colours[..., ::-1] - np.float32([103.939, 116.779, 123.68]),
        "DenseNet121": (colours / 255 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225],
        "EfficientNetV2S": colours,
        None: colours,
    }
    for application, pixels in want.items():
        got = ImageEncoder(same, application=application)(IMAGES)
        assert_close([got], [pixels.astype("float32")], 1e-4)


def test_an_application_by_its_name(tmp_path):
    options = {"image_size": 32, "alpha": 0.25}
    encoder = image_encoder("mobile_net", weights=None, **options)
    assert encoder.application == "MobileNet"
    assert (encoder.grid, encoder.feature_dim) == ((1, 1), 256)
    images = RNG.integers(0, 256, (2, 32, 32, 3)).astype("uint8")
    want = to_numpy(encoder.model(images.astype("float32") / 127.5 - 1))
    assert_close([encoder(images)], [want.reshape(2, 1, 256)], 1e-4)
    encoder.model.save_weights(tmp_path / "of.weights.h5")
    loaded = image_encoder("MobileNet", weights=tmp_path / "of.weights.h5", **options)
    assert_close([loaded(images)], [encoder(images)], 0)
    assert loaded.fingerprint == encoder.fingerprint


def test_names_and_files_that_are_not_there(tmp_path):
    with pytest.raises(SeqkitError, match="found 'ResNet51'. There is .*ResNet50"):
        image_encoder("ResNet51")
    with pytest.raises(SeqkitError, match="weights: expected 'imagenet' or a file"):
        image_encoder("ResNet50", weights="nowhere.h5")
    with pytest.raises(SeqkitError, match="found none at .*nowhere.keras"):
        image_encoder(tmp_path / "nowhere.keras")
    (tmp_path / "text.keras").write_text("no model")
    with pytest.raises(SeqkitError, match="text.keras: expected a model"):
        image_encoder(tmp_path / "text.keras")
    with pytest.raises(SeqkitError, match="MobileNet cannot be made so: .*beta"):
        image_encoder("MobileNet", weights=None, beta=1)
    with pytest.raises(SeqkitError, match="expected alpha with the name"):
        image_encoder(convolution(), alpha=1)


def test_without_a_network_the_error_says_what_to_do(monkeypatch):
    def offline(**kwargs):
        assert kwargs["weights"] == "imagenet" and not kwargs["include_top"]
        raise Exception("URL fetch failure on https://storage: None -- no route")

    monkeypatch.setattr(keras.applications, "ResNet50", offline)
    with pytest.raises(SeqkitError) as caught:
        image_encoder("ResNet50")
    for part in (
        "URL fetch failure",
        "save_weights('resnet50.weights.h5')",
        "weights=",
    ):
        assert part in str(caught.value)


def test_squeezenet(repository):
    path = repository.parent / "shared" / "data" / "flickr8k" / "squeezenet.keras"
    if not path.is_file():
        pytest.skip("the Flickr8k folder does not lie beside the repository")
    encoder = image_encoder(path)
    assert encoder.image_size == (224, 224)
    assert (encoder.grid, encoder.feature_dim) == ((13, 13), 512)
    images = RNG.integers(0, 256, (2, 224, 224, 3)).astype("uint8")
    want = to_numpy(encoder.model(images.astype("float32"))).reshape(2, 169, 512)
    np.testing.assert_allclose(
        encoder.predict_on_batch(images), want, rtol=1e-3, atol=1e-3
    )
