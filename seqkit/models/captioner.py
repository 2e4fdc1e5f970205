"""What every model from an image to a sentence has in common."""

from typing import Any

from keras import ops

from seqkit.errors import SeqkitError
from seqkit.layers.checks import check_whole
from seqkit.models.parts import dropout
from seqkit.models.seq2seq import Seq2Seq
from seqkit.models.summary import Specs


class Captioner(Seq2Seq):
    """A `Seq2Seq` whose source is the features of an image's regions.

    Called with a dictionary of `"encoder_features"` `[B, S, F]` (float, of any width)
    and `"decoder_token_ids"` `[B, T]`, it returns the logits `[B, T, V]` of the token
    after each decoder position. Captions of one image may share it: then there are N
    images, and B / N rows of ids for each of them, in order. `decode`, `initial_state`,
    `step` and `alignment` are those of `Seq2Seq`, S being regions, and

    - `encode(encoder_features [B, S, F], training=False) -> memory, mask [B, S]`.

    With an `image_encoder` of its own, which is then trained, saved and loaded with
    it, the inputs may have `"images"` `[B, H, W, 3]` (uint8, or float from 0 to 255)
    instead, and `encode(encode_images(images))` starts a decoder.

    Args:
        vocabulary_size: Number of tokens, V.
        feature_dim, num_regions: Width F of a region's features, and number S of
            regions; by default those of `image_encoder`.
        image_encoder: A Keras layer or model from images `[B, H, W, 3]` to features
            `[B, S, F]`, such as `SmallImageEncoder` or what
            `seqkit.models.image_encoder` returns. With `image_encoder.trainable =
            False` it stays as it is. To be saved, its class must be registered with
            `keras.saving.register_keras_serializable`.

    Raises:
        SeqkitError: The inputs have neither of the two, or their shape is another.
    """

    def __init__(
        self,
        vocabulary_size: int,
        feature_dim: int | None = None,
        num_regions: int | None = None,
        image_encoder: Any = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.keep(locals())
        for name in ("feature_dim", "num_regions"):
            size = getattr(self, name)
            if size is None:
                size = getattr(self.image_encoder, name, None)
            check_whole(name, size, " (or an image_encoder that has it)")
            setattr(self, name, size)

    def _make_feature_dropout(self):
        if self.feature_dropout is None:
            self.feature_dropout = self.dropout
        self.feature_dropout_layer = dropout(self, self.feature_dropout, True)

    def _build_image_encoder(self):
        encoder = self.image_encoder
        if encoder is not None and not encoder.built:
            encoder.build((None, *getattr(encoder, "image_size", (None, None)), 3))

    def example_inputs(self) -> Specs:
        found = {"decoder_token_ids": ((None, None), "int32")}
        encoder = self.image_encoder
        if encoder is None:
            shape = None, self.num_regions, self.feature_dim
            return {"encoder_features": (shape, "float32")} | found
        size = getattr(encoder, "image_size", (None, None))
        return {"images": ((None, *size, 3), "float32")} | found

    def encode_inputs(
        self, inputs: dict[str, Any], training: bool = False
    ) -> tuple[Any, Any]:
        features = inputs.get("encoder_features")
        self._check_rows(inputs)
        if features is None:
            if "images" not in inputs:
                raise SeqkitError(
                    f"{self.name}: expected inputs with 'encoder_features', or with "
                    "'images' if it has an image_encoder, found "
                    f"{', '.join(map(repr, inputs))}"
                )
            features = self.encode_images(inputs["images"], training=training)
        return self.encode(features, training=training)

    def _check_rows(self, inputs):
        """Each image has as many captions as any other, if the shapes are known."""
        images = inputs.get("encoder_features", inputs.get("images"))
        ids = inputs.get("decoder_token_ids")
        if images is None or ids is None or None in (images.shape[0], ids.shape[0]):
            return
        if ids.shape[0] % images.shape[0]:
            raise SeqkitError(
                f"{self.name}: expected as many rows of 'decoder_token_ids' as images, "
                f"or a multiple, found {ids.shape[0]} rows for {images.shape[0]} images"
            )

    def encode_images(self, images: Any, training: bool = False) -> Any:
        """Features `[B, S, F]` of images, by the model's own encoder, if it has one."""
        if self.image_encoder is None:
            raise SeqkitError(
                f"{self.name}: expected 'encoder_features', found images, and the "
                "model has no encoder for them. Make it with image_encoder="
            )
        return self.image_encoder(images, training=training)

    def _regions(self, encoder_features, training):
        """The features, checked and with dropout, and a mask `[B, S]` of `True`."""
        features = ops.convert_to_tensor(encoder_features)
        shape, expected = features.shape, (None, self.num_regions, self.feature_dim)
        if len(shape) != 3 or any(
            None not in sizes and sizes[0] != sizes[1]
            for sizes in zip(shape, expected, strict=True)
        ):
            raise SeqkitError(
                f"{self.name}: expected features of shape [B, {self.num_regions}, "
                f"{self.feature_dim}] (images, regions, width), found "
                f"{list(shape)}. Of a model with an output [B, h, w, F] "
                "seqkit.models.image_encoder makes a list of regions"
            )
        features = ops.cast(features, self.compute_dtype)
        mask = ops.ones_like(features[:, :, 0], dtype="bool")
        return self.feature_dropout_layer(features, training=training), mask
