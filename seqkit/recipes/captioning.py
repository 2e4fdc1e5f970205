"""Captioning: an image in, a sentence out, and where in the image each word looked."""

from pathlib import Path
from typing import Any, Literal

from seqkit import registries
from seqkit.options import Count, Default, by, groups, option
from seqkit.special_ids import END_ID, START_ID, UNKNOWN_ID
from seqkit.task import SequenceTask, TokenizerTask, asset, recipe
from seqkit.task.batching import bucket_plan, over_length
from seqkit.task.task import report


def _load_encoder(path):
    import keras

    return keras.saving.load_model(path, compile=False)


class CaptioningOptions(
    groups.BeamSearch,
    groups.Precision,
    groups.Smoothing,
    groups.Optimization,
    groups.Batches,
    groups.Tokenizer,
    groups.Captioner,
    groups.Images,
    groups.Data,
):
    """What `build` takes."""

    title = "Captions"

    normalize: bool = option(
        True,
        "Whether captions are learnt in lower case and without punctuation, as they are "
        "scored.",
    )
    max_length: Count = option(
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
    defaults = {
        "vocabulary_size": by("tokenizer_type", word=None, otherwise=4000),
        "min_count": Default(4, sample=1),
        "batch_size": Default(64, sample=32),
        "learning_rate": Default(1e-3, sample=4e-3),
        "schedule": "cosine",
        "warmup_steps": Default(200, sample=300),
        "schedule_epochs": Default(10, sample=4),
        "num_beams": 3,
    }


@recipe("captioning")
class Captioning(SequenceTask, TokenizerTask):
    """Captioning: an image in, a sentence out.

    A convolutional network sees an image as a grid of regions; a recurrent decoder with
    attention (Xu et al. 2015, arXiv:1502.03044), or a Transformer, describes what is
    there, looking at regions as it writes. Without `attention` the image is in the
    decoder's initial state alone (Vinyals et al. 2015, arXiv:1411.4555). An encoder that
    is not trained runs over each image once, and what it returns is kept on disk.

    Attributes:
        tokenizer: One of `seqkit.tokenizers`.
        encoder: From images to the features of their regions; a part of `model` if it is
            trained.
        splits: Name to a `datasets.Dataset` with the columns image, a path, and
            captions, a list.
    """

    Options = CaptioningOptions
    architectures = (registries.captioners,)
    input_name = "image"
    suppress = (UNKNOWN_ID,)  # it tells the reader of a caption nothing

    frozen_encoder = asset("encoder.keras", _load_encoder, optional=True)

    @property
    def encoder(self) -> Any:
        return self.frozen_encoder or self.model.image_encoder

    def is_one(self, inputs):
        return not isinstance(inputs, list | tuple)

    def load_examples(self):
        from seqkit.data import load_captions
        from seqkit.samples import captioning

        names = ("image", "caption", "image_dir", "format", "test_fraction")
        return self.load(load_captions, captioning.splits, *names)

    def inferred(self):
        if self.options.group_captions is not None:
            return {}
        splits = self.splits
        split = splits["train"] if "train" in splits else next(iter(splits.values()))
        counts = [len(captions) for captions in split["captions"]]
        return {"group_captions": sum(counts) >= 2 * max(1, len(counts))}

    def learn(self):
        def texts(train):
            captions = (one for several in train["captions"] for one in several)
            return self._normalized(captions)

        self.learn_tokenizer(texts)

    def _normalized(self, captions):
        """Captions as the model learns them."""
        from seqkit.metrics.caption_tokens import caption_tokens

        if not self.options.normalize:
            return captions
        return (" ".join(caption_tokens(caption)) for caption in captions)

    def _encode(self, captions):
        return self.tokenizer.encode(list(self._normalized(captions)))

    def network(self):
        from seqkit import models

        options = self.options
        if options.image_encoder is None:
            encoder = models.SmallImageEncoder(options.image_size or 64)
        else:
            encoder = models.image_encoder(
                options.image_encoder,
                weights=options.weights,
                image_size=options.image_size,
            )
            encoder.trainable = options.fine_tune
        trained = options.fine_tune or options.image_encoder is None
        self.frozen_encoder = None if trained else encoder
        if not isinstance(options.image_encoder, str | Path | None):
            name = getattr(options.image_encoder, "name", "a model")
            self.settle({"image_encoder": name})
        return self.construct(
            vocabulary_size=self.tokenizer.vocabulary_size,
            feature_dim=encoder.feature_dim,
            num_regions=encoder.num_regions,
            image_encoder=encoder if trained else None,
        )

    def images(self, split: str) -> Any:
        """What is kept of the images of a split: features, or pixels."""
        from seqkit.data import RegionFeatures, ResizedImages

        def make():
            options, paths = self.options, self.split(split)["image"][:]
            shared = {
                "size": tuple(self.encoder.image_size),
                "on_error": options.on_error,
                "cache_dir": options.cache_dir,
            }
            if self.frozen_encoder is None:
                images = ResizedImages.make(paths, **shared)
            else:
                images = RegionFeatures.make(
                    paths,
                    self.encoder.predict_on_batch,
                    key=self.encoder.fingerprint,
                    **shared,
                )
            if images.errors:
                report(f"{split}: {images.summary()}")
            return images

        return self.of_data(("images", split), make)

    def _captions(self, split, readable=None):
        from seqkit.data import tokenize_captions

        return tokenize_captions(
            self.split(split),
            self._encode,
            fingerprint=f"{self.tokenizer.fingerprint} {self.options.normalize}",
            max_length=self.options.max_length,
            readable=readable,
            cache_dir=self.options.cache_dir,
        )

    def _plan(self, captions, training):
        lengths, rows = captions.lengths, self.options.batch_size
        if self.options.group_captions:
            lengths = captions.longest
            rows = max(1, round(rows * len(captions.counts) / len(captions)))
        return bucket_plan(lengths, self.options, training, batch_size=rows)

    def steps_per_epoch(self):
        """The number of training batches, if all images can be read."""
        return self._plan(self._captions("train"), True).num_batches

    def batches(self, split, training):
        from seqkit.data import CaptionBatches

        images = self.images(split)
        captions = self._captions(split, images.readable)
        report(over_length(split, "captions", captions, self.options, "are left out"))
        return CaptionBatches(
            captions,
            images,
            self._plan(captions, training),
            static_shapes=self.options.static_shapes,
            by_image=bool(self.options.group_captions),
        )

    def specs(self):
        shape = None, self.model.num_regions, self.model.feature_dim
        return {"encoder_features": (shape, "float32")}

    def encoded(self, inputs, batch_size):
        import numpy as np

        from seqkit.data import read_image

        size = tuple(self.encoder.image_size)
        rows = range(len(inputs))
        return self._features(
            [rows[start : start + batch_size] for start in rows[::batch_size]],
            lambda some: self.encoder.predict_on_batch(
                np.stack([read_image(inputs[row], size) for row in some])
            ),
        )

    def _features(self, batches, see):
        """Lengths and inputs of the decoder, of batches of rows that are seen."""
        import numpy as np

        shape = 0, self.model.num_regions, self.model.feature_dim
        found = [np.zeros(shape), *map(see, batches)]
        # As they are kept on disk, so that it does not matter where they come from.
        features = np.concatenate(found).astype(np.float16)

        def batch(rows, length):
            return {"encoder_features": features[rows].astype(np.float32)}

        return [shape[1]] * len(features), batch

    def render(self, rows, ids, inputs):
        return [text.strip() for text in self.tokenizer.decode(ids)]

    def scores(self, split, options):
        """Scores the captions of a split against all references of each image.

        Returns:
            `bleu_1` to `bleu_4`, `cider` and `rouge_l` with their signature (see
            `seqkit.metrics.caption_scores`); `exact`, the fraction of captions that
            equal a reference; `perplexity` and `accuracy` per token. Images that cannot
            be read are counted in `unreadable`.
        """
        from seqkit.metrics import caption_scores
        from seqkit.metrics.caption_tokens import caption_tokens

        examples, images = self.split(split), self.images(split)
        rows = [row for row, readable in enumerate(images.readable) if readable]
        size, see = options.batch_size, images.__getitem__
        if images.input_name != "encoder_features":

            def see(some):
                return self.encoder.predict_on_batch(images[some])

        batches = [rows[start : start + size] for start in range(0, len(rows), size)]
        n_best = self.n_best(self._features(batches, see), options)
        captions = self.tokenizer.decode([row[0][0] if row else [] for row in n_best])
        references = [examples[row]["captions"] for row in rows]
        scores = caption_scores(captions, references)
        exact = [
            caption_tokens(one) in map(caption_tokens, those)
            for one, those in zip(captions, references, strict=True)
        ]
        scores["exact"] = sum(exact) / len(exact)
        scores |= self.model_figures(split, "perplexity", "accuracy")
        unreadable = len(examples) - len(rows)
        return scores | ({"unreadable": unreadable} if unreadable else {})

    def attention(self, image: Any, caption: str | None = None) -> Any:
        """Where in an image each word of a caption looked.

        Args:
            image: An image, as in `predict`.
            caption: A caption; by default that of `predict`.

        Returns:
            A `seqkit.inspect.RegionAttention`: `weights` `[T, S]`, the attention of
            each token over the regions, with `tokens` (T), the last being `</s>`, and
            the `grid` of regions.

        Raises:
            SeqkitError: The model has no attention.
        """
        from seqkit.inspect import RegionAttention

        caption = self.predict(image) if caption is None else caption
        (ids,) = self._encode([caption])
        _, batch = self.encoded([image], 1)
        return RegionAttention(
            self.alignment([START_ID, *ids], **batch([0], None)),
            self.tokenizer.pieces([*ids, END_ID]),
            tuple(self.encoder.grid),
        )

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


build = Captioning.build
