"""Tasks that read images through an encoder, and decode a sequence."""

from pathlib import Path
from typing import Any

from seqkit.options import groups
from seqkit.task.architectures import precision
from seqkit.task.assets import asset
from seqkit.task.reading import check_sizes
from seqkit.task.reporting import report
from seqkit.task.sequence_task import SequenceTask


def _load_encoder(path: Path) -> Any:
    import keras

    check_sizes(path)
    return keras.saving.load_model(path, compile=False)


class ImageOptions(
    groups.BeamSearch,
    groups.Precision,
    groups.TokenStopping,
    groups.Smoothing,
    groups.Optimization,
    groups.BucketBatches,
    groups.Images,
    groups.Data,
):
    """What `build` takes."""


class ImageTask(SequenceTask):
    """A task from an image to a sequence; its options include those of
    `ImageTask.Options`.

    An encoder that is not trained runs over each image once, and what it returns is
    kept on disk.

    Attributes:
        encoder: From images to the features of their regions; a part of `model` if it
            is trained.
    """

    Options = ImageOptions
    input_name, input_rank = "image", 3
    frozen_encoder = asset("encoder.keras", _load_encoder, optional=True)

    @property
    def encoder(self) -> Any:
        return self.frozen_encoder or self.model.image_encoder

    def read_input(self, one):
        from seqkit.data import read_image

        return read_image(one, tuple(self.encoder.image_size))

    def network(self):
        from seqkit.models import image_encoder

        options = self.options
        with precision("float32"):
            encoder = image_encoder(
                options.image_encoder,
                weights=options.weights,
                image_size=options.image_size,
            )
        trained = options.fine_tune or options.image_encoder is None
        encoder.trainable = trained
        self.frozen_encoder = None if trained else encoder
        return self.construct(
            vocabulary_size=self.tokenizer.vocabulary_size,
            feature_dim=encoder.feature_dim,
            num_regions=encoder.num_regions,
            image_encoder=encoder if trained else None,
        )

    def images(self, split: str) -> Any:
        """What is kept of the images of a split: features, or pixels."""
        from seqkit.inference.images import images_of

        def make():
            images = images_of(
                self.split(split)["image"][:],
                self.encoder,
                trained=self.frozen_encoder is None,
                on_error=self.options.on_error,
                cache_dir=self.options.cache_dir,
            )
            report(f"{split}: {images.summary()}" if images.errors else "")
            return images

        return self.of_data(("images", split), make)

    def specs(self):
        shape = None, self.model.num_regions, self.model.feature_dim
        return {"encoder_features": (shape, "float32")}

    def encoded(self, inputs, batch_size):
        import numpy as np

        from seqkit.inference.images import decoder_inputs, features_of

        def pixels(rows):
            return np.stack([self.read_row(inputs, row) for row in rows])

        rows = list(range(len(inputs)))
        return decoder_inputs(features_of(self.encoder, pixels, rows, batch_size))

    def encoded_split(self, split: str, rows: list[int], batch_size: int) -> tuple:
        """What `encoded` returns, of rows of a split."""
        from seqkit.inference.images import decoder_inputs, features_of

        images = self.images(split)
        if images.input_name == "encoder_features":
            return decoder_inputs(images[rows])
        pixels = images.__getitem__
        return decoder_inputs(features_of(self.encoder, pixels, rows, batch_size))

    def signatures(self, text):
        from keras import ops

        from seqkit.export import TextWriter, caption_signatures

        def read(images):
            features = self.encoder(images)
            # In the precision in which the features of files are kept.
            features = ops.cast(ops.cast(features, "float16"), "float32")
            return {"encoder_features": features}

        return caption_signatures(
            *self.exported(),
            read,
            TextWriter(self.tokenizer) if text else None,
            tuple(self.encoder.image_size),
            resources=tuple(variable.value for variable in self.encoder.variables),
        )
