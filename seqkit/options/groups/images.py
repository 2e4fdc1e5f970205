"""Images with captions, and the network that describes them."""

from typing import Annotated, Any, ClassVar, Literal

from seqkit import registries
from seqkit.options.groups.model import Decoder
from seqkit.options.groups.tokenizer import Tokenizer
from seqkit.options.option import (
    Count,
    Default,
    Fraction,
    Length,
    NotNegative,
    OneOf,
    option,
)
from seqkit.options.options import Mistakes, Options


class Images(Options):
    """Where images and captions are, and the network that sees the images."""

    title: ClassVar[str] = "Images and captions"

    image: str = option("image", "Column of the images.")
    caption: str = option("caption", "Column of the captions.")
    image_dir: str | None = option(
        None,
        "Folder that the paths of images are relative to, if not that of the file.",
    )
    format: (
        Annotated[str, OneOf(registries.readers, also=("coco", "flickr"))] | None
    ) = option(None, "What the files are, if their endings do not tell.")
    test_fraction: NotNegative = option(
        0.0, "What is held out of validation if there is no test split."
    )
    image_encoder: Any = option(
        None,
        "The network that sees images: a name of `keras.applications`, a `.keras` "
        "file, or a `keras.Model` from images `[B, H, W, 3]` of 0 to 255 to "
        "`[B, h, w, F]`; without a value, a small one that is trained from scratch.",
    )
    weights: str | None = option(
        "imagenet", "Weights of a network of `keras.applications`, or a file of them."
    )
    fine_tune: bool = option(False, "Whether a given network is trained, too.")
    image_size: Count | None = option(
        None, "Height and width of images; without a value, what the network expects."
    )

    def mistakes(self) -> Mistakes:
        yield from super().mistakes()
        if self.weights not in ("imagenet", None) and self.image_encoder is None:
            yield (
                "weights, image_encoder",
                "expected an image_encoder, which weights are for, found none",
            )
        if self.fine_tune and self.image_encoder is None:
            yield (
                "fine_tune, image_encoder",
                "expected an image_encoder with fine_tune, found none. The small one "
                "that is made otherwise is trained anyway",
            )


class Captions(Tokenizer):
    """How captions are learnt."""

    normalize: bool = option(
        True,
        "Whether captions are learnt in lower case and without punctuation, as they "
        "are scored.",
    )
    max_length: Length = option(
        50,
        "Captions with more tokens are left out and reported; also the most tokens of "
        "a caption that is written.",
    )
    group_captions: bool | None = option(
        None,
        "Whether the captions of an image are in one batch, so that its regions are "
        "read once; without a value, if images have two captions or more on average.",
    )
    tokenizer_type: Literal["word", "unigram", "bpe"] = option("word")


class Captioner(Decoder):
    """A decoder that attends to regions of an image."""

    architecture: Annotated[str, OneOf(registries.captioners)] = option(
        "lstm", "The decoder: a recurrent cell, or a Transformer."
    )
    encoder_layers: Count = option(1, "Blocks of a Transformer between the regions.")
    doubly_stochastic: NotNegative = option(
        1.0,
        "The λ of the penalty by which every region is looked at (Xu et al. 2015, "
        "equation 14).",
        sample=0.0,
    )
    gate: bool = option(
        False, "Whether a recurrent decoder can ignore the image at a word."
    )
    feature_dropout: Fraction | None = option(
        None, "Fraction of the regions' features dropped; without a value, `dropout`."
    )
    defaults: ClassVar = {"dropout": Default(0.3, sample=0.0)}
