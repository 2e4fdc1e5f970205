"""Networks that were trained to recognise images, as encoders of their regions."""

import difflib
import math
import sys
from pathlib import Path
from typing import Any

import keras
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.models.region_encoder import RegionEncoder
from seqkit.models.small_image_encoder import SmallImageEncoder


def image_encoder(
    model: Any,
    *,
    weights: Any = "imagenet",
    image_size: Any = None,
    layer: Any = None,
    **kwargs: Any,
) -> Any:
    """Makes an `ImageEncoder`, from images to the features of their regions.

    The preprocessing that an application expects is part of it. It can be trained,
    unless `encoder.trainable = False`.

    Args:
        model: The name of an architecture of `keras.applications`, such as
            `"ResNet50"`; the path of a `.keras` file; or a `keras.Model` from images
            `[B, H, W, 3]` with values from 0 to 255 to an output `[B, h, w, F]` or
            `[B, S, F]`; or `None` for a `SmallImageEncoder`. An encoder of this module
            is returned as it is.
        weights: Of an architecture without its classifier: `"imagenet"`, which Keras
            downloads once; a file; or `None` for random ones.
        image_size: Height and width of the images; by default those of the model, and
            224 by 224 for an architecture.
        layer: Name of the layer whose output to take, by default the last.
        **kwargs: More arguments of the architecture, such as `alpha=0.5`.

    Raises:
        SeqkitError: There is no such architecture, file or layer, the weights cannot
            be loaded, or the output is not of such a shape.

    >>> import keras, numpy as np, seqkit
    >>> model = keras.Sequential([
    ...     keras.Input((32, 32, 3)), keras.layers.Conv2D(5, 8, strides=8)])
    >>> encoder = seqkit.models.image_encoder(model)
    >>> tuple(encoder(np.zeros((2, 32, 32, 3), "uint8")).shape), encoder.grid
    ((2, 16, 5), (4, 4))
    """
    if model is None:
        return SmallImageEncoder(image_size or 64)
    application = None
    if isinstance(model, str | Path):
        if str(model).endswith(".keras"):
            model = _load(Path(model))
        else:
            application = _application_name(str(model))
            image_size = _pair(image_size or 224)
            model = _application(application, weights, image_size, kwargs)
            kwargs = {}
    if isinstance(model, RegionEncoder):
        return model
    if kwargs:
        raise SeqkitError(
            f"image_encoder: expected {', '.join(kwargs)} with the name of an "
            "architecture alone, found a model that is made already"
        )
    if layer is not None:
        names = [known.name for known in model.layers]
        if layer not in names:
            raise SeqkitError(
                f"layer: expected one of the layers of {model.name}, found {layer!r}. "
                f"Its last ones are {', '.join(names[-8:])}"
            )
        model = keras.Model(model.inputs, model.get_layer(layer).output)
    return ImageEncoder(model, application, image_size)


@keras.saving.register_keras_serializable(package="seqkit")
class ImageEncoder(RegionEncoder):
    """A network with a spatial output as a `RegionEncoder`; `image_encoder` makes it.

    Args:
        model: A `keras.Model` with an output `[B, h, w, F]` or `[B, S, F]`. Region s of
            S = h · w is in row `s // w` and column `s % w` of the output.
        application: Architecture of `keras.applications` whose `preprocess_input` comes
            before the model, or `None` for a model that reads values from 0 to 255.
        image_size: Height and width of the images, by default the model's own.

    `grid` of an output `[B, S, F]` has as many rows as columns, or one row if S is no
    square.
    """

    def __init__(
        self, model: Any, application: Any = None, image_size: Any = None, **kwargs: Any
    ):
        super().__init__(**kwargs)
        self.keep(locals())
        model = self.model
        self._preprocess = None
        if application is not None:
            builder = getattr(keras.applications, _application_name(application))
            self._preprocess = sys.modules[builder.__module__].preprocess_input
        self.image_size = _image_size(model, image_size)
        shape = tuple(model.compute_output_shape((None, *self.image_size, 3)))
        if len(shape) not in (3, 4) or None in shape[1:]:
            raise SeqkitError(
                f"model: expected an output [B, h, w, F] or [B, S, F] of {model.name}, "
                f"found {list(shape)}. Of a classifier, layer= names the last layer "
                "that still has regions, or include_top=False leaves out the rest"
            )
        self.feature_dim = shape[-1]
        self.num_regions = math.prod(shape[1:-1])
        side = math.isqrt(self.num_regions)
        square = (side, side) if side**2 == self.num_regions else (1, self.num_regions)
        self.grid = shape[1:-1] if len(shape) == 4 else square
        self.build((None, *self.image_size, 3))

    def build(self, input_shape: Any = None) -> None:
        if not self.model.built:
            self.model.build((None, *self.image_size, 3))
        self.built = True

    def features(self, images: Any, training: bool = False) -> Any:
        x = ops.cast(images, "float32")
        if self._preprocess is not None:
            x = self._preprocess(x)
        return self.model(x, training=training)


def _pair(size):
    return (size, size) if isinstance(size, int) else tuple(size)


def _image_size(model, image_size):
    own = getattr(model, "input_shape", None) or (None,) * 4
    if not isinstance(own, tuple) or len(own) != 4 or own[3] not in (3, None):
        raise SeqkitError(
            f"model: expected one input [B, H, W, 3] of {model.name}, found {own}."
        )
    size = own[1:3] if image_size is None else _pair(image_size)
    fits = all(n in (given, None) for n, given in zip(own[1:3], size, strict=True))
    if None in size or not fits:
        raise SeqkitError(
            f"image_size: expected the size of images that {model.name} reads "
            f"({own[1]} by {own[2]}, None being any), found {image_size}."
        )
    return tuple(size)


def _load(path):
    if not path.is_file():
        raise SeqkitError(
            f"image_encoder: expected a .keras file, found none at {path}"
        )
    try:
        return keras.saving.load_model(path, compile=False)
    except Exception as error:
        raise SeqkitError(
            f"{path}: expected a model that Keras can load, found {error}"
        ) from error


def _application_name(name):
    """The name as `keras.applications` spells it."""
    known = {
        known.lower(): known
        for known in dir(keras.applications)
        if known[0].isupper() and callable(getattr(keras.applications, known))
    }
    plain = name.lower().replace("_", "").replace("-", "")
    if plain not in known:
        near = difflib.get_close_matches(plain, known, n=3) or known
        raise SeqkitError(
            "image_encoder: expected an architecture of keras.applications, a .keras "
            f"file or a keras.Model, found {name!r}. There is "
            f"{', '.join(known[one] for one in near)}"
        )
    return known[plain]


def _application(name, weights, image_size, kwargs):
    if weights not in ("imagenet", None) and not Path(weights).is_file():
        raise SeqkitError(f"weights: expected 'imagenet' or a file, found {weights!r}.")
    if isinstance(weights, Path):
        weights = str(weights)
    try:
        return getattr(keras.applications, name)(
            include_top=False, weights=weights, input_shape=(*image_size, 3), **kwargs
        )
    except (TypeError, ValueError) as error:
        raise SeqkitError(
            f"image_encoder: {name} cannot be made so: {error}"
        ) from error
    except Exception as error:  # Keras raises Exception itself where a download fails
        raise SeqkitError(
            f"weights: expected the ImageNet weights of {name}, which Keras downloads "
            f"on first use, found {error}. Without a network: where there is one, save "
            f"keras.applications.{name}(include_top=False) with save_weights("
            f"'{name.lower()}.weights.h5') and give that file as weights=; or give a "
            "model of your own, or train a SmallImageEncoder from scratch"
        ) from error
