"""Captioning: an image in, a sentence out, and where in the image each word looked."""

from pathlib import Path
from typing import Literal

from seqkit.errors import SeqkitError
from seqkit.recipes._configuration import (
    check_batches,
    check_choices,
    check_counts,
    check_train,
    fill_in,
    load_splits,
    options,
    plain,
    report,
    settle_compilation,
)
from seqkit.task import Task

_END_ID = 3  # of </s>, in every tokenizer


def build(
    dataset=None,
    *,
    image: str = "image",
    caption: str = "caption",
    image_dir: str | Path | None = None,
    format: Literal["jsonl", "csv", "tsv", "parquet", "coco", "flickr", None] = None,
    encoding: str = "utf-8",
    name: str | None = None,
    on_error: Literal["raise", "skip"] = "raise",
    validation_fraction: float = 0.05,
    test_fraction: float = 0.0,
    image_encoder: str | Path | None = None,
    weights: str | None = "imagenet",
    fine_tune: bool = False,
    image_size: int | None = None,
    architecture: Literal["rnn", "lstm", "gru", "transformer"] = "lstm",
    model=None,
    attention: str | None = "additive",
    doubly_stochastic: float | None = None,
    gate: bool = False,
    num_layers: int | None = None,
    encoder_layers: int = 1,
    hidden_dim: int | None = None,
    num_heads: int = 4,
    intermediate_dim: int | None = None,
    dropout: float | None = None,
    feature_dropout: float | None = None,
    normalize: bool = True,
    tokenizer_type: Literal["word", "unigram", "bpe"] = "word",
    tokenizer: str | Path | None = None,
    vocabulary_size: int | None = None,
    min_count: int | None = None,
    max_length: int = 50,
    batch_size: int | None = None,
    group_captions: bool | None = None,
    static_shapes: bool | None = None,
    optimizer: Literal["adamw", "sgd"] = "adamw",
    learning_rate: float | None = None,
    schedule: Literal["constant", "inverse_square_root", "cosine"] = "cosine",
    warmup_steps: int | None = None,
    schedule_epochs: int | None = None,
    gradient_clip: float | None = 1.0,
    weight_decay: float = 0.0,
    label_smoothing: float = 0.0,
    average_momentum: float | None = 0.98,
    dtype_policy: Literal["float32", "mixed_float16", "mixed_bfloat16"] = "float32",
    jit_compile: bool | None = None,
    num_beams: int = 3,
    length_penalty: float = 0.6,
    seed: int = 0,
    cache_dir: str | Path | None = None,
) -> "Captioning":
    """Builds a captioning task: images, encoder, compiled model, decoding, metrics.

    A convolutional network sees an image as a grid of regions; a recurrent decoder
    with attention (Xu et al. 2015, arXiv:1502.03044), or a Transformer, says what is
    there, looking at regions as it goes. An encoder that is not trained runs over each
    image once: what it gives is kept on disk.

    Where two defaults are given, the second is that of the embedded sample: pictures of
    coloured shapes that a small network learns from scratch in a few minutes.

    Args:
        dataset: Images with captions: a folder with `metadata.jsonl`, files of paths
            and captions, COCO's or Flickr's files, a hub id, a `datasets` object, or
            `None` for the embedded sample. See `seqkit.data.load_captions`.
        image, caption: Columns of the images and of their captions.
        image_dir: Folder that the paths of images are relative to, where it is not
            that of the file.
        format: What files are, where their ending does not tell.
        encoding: Encoding of text files.
        name: Configuration of a hub dataset.
        on_error: What a bad row or an unreadable image does: `"raise"`, or `"skip"`
            and report.
        validation_fraction: What is held out of train where there is no validation.
        test_fraction: What is held out of validation where there is no test.
        image_encoder: The network that sees images: a name of `keras.applications`,
            such as `"EfficientNetB0"`; a `.keras` file; or a `keras.Model` from images
            `[B, H, W, 3]` of 0 to 255 to `[B, h, w, F]`. By default a small one that
            is trained from scratch, which wants simple pictures.
        weights: Of a network of `keras.applications`: `"imagenet"`, a file, or `None`.
        fine_tune: Whether a given network is trained, too.
        image_size: Height and width that images are resized to; by default what the
            network wants; of the small one 64.
        architecture: `"rnn"`, `"lstm"`, `"gru"`, or `"transformer"`.
        model: A `seqkit.models.Captioner` of one's own instead. Its vocabulary must
            fit the tokenizer.
        attention: Score function of a recurrent decoder over regions (see
            `seqkit.layers.Attention`), or `None`: then the image is in its initial
            state alone (Vinyals et al. 2015, arXiv:1411.4555).
        doubly_stochastic: The λ of the penalty that asks every region to be looked at
            (Xu et al., equation 14), 1; 0, as most of a simple picture is empty.
        gate: Whether a recurrent decoder can do without the image at a word.
        num_layers: Layers of the decoder; 1, of a Transformer 2.
        encoder_layers: Blocks of a Transformer between regions.
        hidden_dim: Width of the model, 256; 128.
        num_heads, intermediate_dim: Of a Transformer; 4 × `hidden_dim`.
        dropout: Fraction dropped in training, 0.3; 0.
        feature_dropout: Fraction of the features of regions dropped, `dropout` by
            default.
        normalize: Whether captions are learnt in lower case and without punctuation, as
            they are scored.
        tokenizer_type: `"word"`, or the SentencePiece models `"unigram"` and `"bpe"`.
        tokenizer: An existing tokenizer: a file that one of `seqkit.tokenizers` saved.
        vocabulary_size: Size of the vocabulary; of SentencePiece 4,000 by default.
        min_count: How often a word must stand in the training captions to be known, 4;
            1.
        max_length: Captions with more tokens are left out and reported; also the most
            tokens of a caption that is written.
        batch_size: Captions a batch, 64; 32.
        group_captions: Whether the captions of an image stand in one batch, so that its
            regions are read once for all of them; by default where images have two
            captions or more on average.
        static_shapes: Whether batches are padded to the bounds of their buckets; by
            default where XLA compiles the training step.
        optimizer: `"adamw"`, or plain `"sgd"`.
        learning_rate: Peak of the learning rate: 0.001; 0.004.
        schedule, warmup_steps, schedule_epochs: As of
            `seqkit.recipes.language_modeling.build`; 200 steps and 10 epochs; 300
            and 4.
        gradient_clip: Largest norm of the gradient of all weights, or `None`.
        weight_decay: Of AdamW.
        label_smoothing: The ε of the loss.
        average_momentum: Momentum of the averaged weights (every 10 steps), which are
            the ones that are validated and kept; `None` keeps the last weights.
        dtype_policy: `"float32"`, `"mixed_float16"` or `"mixed_bfloat16"`.
        jit_compile: Whether XLA compiles the training step; by default on JAX alone.
        num_beams: Beams of `predict` and `evaluate`; 1 is greedy.
        length_penalty: The α of the beam search.
        seed: Seed of Keras's global generators (set here), of the split and the order.
        cache_dir: Folder for prepared data, by default inside that of `datasets`.

    Returns:
        A `Captioning`.

    Raises:
        SeqkitError: An argument or the data is not as described.
    """
    config = dict(locals())
    model = config.pop("model")
    _fill_in(config)
    _check(config)
    import keras

    settle_compilation(config)
    from seqkit.training import keep_freed_memory

    splits = _load_splits(config)
    if config["group_captions"] is None:
        config["group_captions"] = _captions_per_image(splits) >= 2
    tokenizer = _tokenizer(config, splits)
    keep_freed_memory()
    keras.utils.set_random_seed(seed)
    encoder = _encoder(config)
    if model is None:
        model = _model(config, encoder, tokenizer.vocabulary_size)
    if not isinstance(image_encoder, str | Path | None):
        config["image_encoder"] = getattr(image_encoder, "name", "a model")
    task = Captioning(
        model=model,
        config=plain(config),
        splits=splits,
        tokenizer=tokenizer,
        encoder=encoder,
    )
    task.compile()
    return task


def load(folder, config):
    """The task that `Captioning.save` wrote; `seqkit.load` calls this."""
    import keras

    import seqkit.metrics  # registers the classes that the file names
    import seqkit.models
    import seqkit.training  # noqa: F401
    from seqkit.tokenizers import load_tokenizer

    model = keras.saving.load_model(folder / "model.keras")
    encoder = model.image_encoder
    if encoder is None:
        encoder = keras.saving.load_model(folder / "encoder.keras", compile=False)
    return Captioning(
        model=model,
        config=config,
        tokenizer=load_tokenizer(folder / "tokenizer"),
        encoder=encoder,
    )


class Captioning(Task):
    """A captioning task; `build` makes it and says what its arguments mean.

    Attributes:
        tokenizer: One of `seqkit.tokenizers`.
        encoder: From images to the features of their regions; a part of `model` where
            it is trained.
        splits: From name to a `datasets.Dataset` with the columns image, a path, and
            captions, a list.
    """

    recipe = "captioning"

    def __init__(self, *, model, config, tokenizer, encoder, splits=None):
        super().__init__(model=model, config=config, splits=splits)
        self.tokenizer, self.encoder = tokenizer, encoder
        self._pictures = {}

    def compile(self):
        """Compiles the model as the configuration says."""
        from seqkit.metrics import Perplexity, TokenAccuracy
        from seqkit.recipes._optimizers import scheduled_optimizer
        from seqkit.training import TokenCrossentropy

        config = self.config
        steps = len(self._batched("train", training=True)[0])
        self._compile(
            optimizer=scheduled_optimizer(config, steps),
            loss=TokenCrossentropy(label_smoothing=config["label_smoothing"]),
            weighted_metrics=[Perplexity(), TokenAccuracy()],
        )

    def use_dataset(self, dataset):
        self._pictures = {}
        return super().use_dataset(dataset)

    def predict(
        self,
        texts,
        *,
        num_beams: int | None = None,
        length_penalty: float | None = None,
        num_return_sequences: int | None = None,
        temperature: float | None = None,
        top_k: int | None = None,
        top_p: float | None = None,
        seed: int = 0,
        batch_size: int = 64,
        return_scores: bool = False,
    ):
        """Describes images.

        Args:
            texts: A list of N images, or one: paths, bytes of encoded images, PIL
                images, or arrays `[H, W, 3]` of 0 to 255.
            num_beams: Beams; 1 is greedy. By default that of `build`.
            length_penalty: As in `build`, and by default what was given there.
            num_return_sequences: Captions an image, best first; then each result is a
                list. At most `num_beams` in a beam search.
            temperature, top_k, top_p: Where one is given, captions are drawn.
            seed: Seed of the draw.
            batch_size: Images a batch; changes the speed and nothing else.
            return_scores: Whether to return each caption with its score.

        Returns:
            N strings (a string for one image); lists of them with
            `num_return_sequences`; pairs (string, score) with `return_scores`.
        """
        if not isinstance(texts, list | tuple):
            return self.predict([texts], **options(locals()))[0]
        from seqkit.recipes._n_best import n_best_texts
        from seqkit.recipes._strategies import draws

        check_counts(
            {"batch_size": batch_size, "num_return_sequences": num_return_sequences}
        )
        strategy = self._strategy(
            num_beams,
            length_penalty,
            num_return_sequences=num_return_sequences,
            temperature=temperature,
            top_k=top_k,
            top_p=top_p,
        )
        n_best = self._generator(strategy).generate(
            self._features(list(texts), batch_size),
            batch_size,
            seed if draws(strategy) else None,
        )
        return n_best_texts(
            n_best,
            lambda ids: [text.strip() for text in self.tokenizer.decode(ids)],
            num_return_sequences=num_return_sequences,
            return_scores=return_scores,
            what="image",
        )

    def evaluate(
        self,
        split: str = "test",
        *,
        num_beams: int | None = None,
        length_penalty: float | None = None,
        batch_size: int = 64,
        dataset=None,
    ):
        """Scores the captions of a split against all references of each image.

        Args:
            split: Name of the split.
            num_beams, length_penalty, batch_size: As of `predict`.
            dataset: Dataset to take the split from, instead of the task's own.

        Returns:
            `bleu_1` to `bleu_4`, `cider` and `rouge_l` with their signature (see
            `seqkit.metrics.caption_scores`); `exact`, the fraction of captions that are
            one of the references to the word; `perplexity` and `accuracy` a token.
            Images that cannot be read are counted in `unreadable`.
        """
        from seqkit.metrics import caption_scores
        from seqkit.metrics.caption_tokens import caption_tokens

        if dataset is not None:
            self.use_dataset(dataset)
        examples, images = self.split(split), self._images(split)
        rows = [row for row, readable in enumerate(images.readable) if readable]
        strategy = self._strategy(num_beams, length_penalty)
        n_best = self._generator(strategy).generate(
            self._encoded(images, rows, batch_size), batch_size
        )
        captions = self.tokenizer.decode([row[0][0] if row else [] for row in n_best])
        references = [examples[row]["captions"] for row in rows]
        scores = caption_scores(captions, references)
        exact = [
            caption_tokens(one) in map(caption_tokens, those)
            for one, those in zip(captions, references, strict=True)
        ]
        scores["exact"] = sum(exact) / len(exact)
        figures = self.model.evaluate(
            self._batched(split)[1], return_dict=True, verbose=0
        )
        scores["perplexity"] = float(figures["perplexity"])
        scores["accuracy"] = float(figures["accuracy"])
        if len(rows) < len(examples):
            scores["unreadable"] = len(examples) - len(rows)
        self.results[split] = scores
        return scores

    def attention(self, image, caption: str | None = None):
        """Where in an image each word of a caption looked.

        Args:
            image: An image, as of `predict`.
            caption: A caption; by default what `predict` says.

        Returns:
            A `seqkit.inspect.RegionAttention`: `weights` `[T, S]`, the attention of
            each token over the regions, with `tokens` (T), the last being `</s>`, and
            the `grid` of regions.

        Raises:
            SeqkitError: The model has no attention.
        """
        import keras
        import numpy as np

        from seqkit.inspect import RegionAttention

        if caption is None:
            caption = self.predict(image)
        ids = self._encode([caption])[0]
        weights = self.model.alignment(
            {
                "encoder_features": self._features([image], 1),
                "decoder_token_ids": np.array([[2, *ids]], "int32"),
            }
        )
        if weights is None:
            raise SeqkitError(
                "attention: expected a model that attends to regions, found "
                f"attention={self.config.get('attention')!r}. Build the task with "
                "another architecture or attention."
            )
        return RegionAttention(
            keras.ops.convert_to_numpy(weights)[0],
            self.tokenizer.pieces([*ids, _END_ID]),
            tuple(self.encoder.grid),
        )

    def _encode(self, captions):
        """Token ids of captions, as the model learns them."""
        if self.config["normalize"]:
            from seqkit.metrics.caption_tokens import caption_tokens

            captions = [" ".join(caption_tokens(caption)) for caption in captions]
        return self.tokenizer.encode(captions)

    def _features(self, images, batch_size):
        """Features `[N, S, F]` of images of any kind."""
        import numpy as np

        from seqkit.data import read_image

        size, found = tuple(self.encoder.image_size), []
        for start in range(0, len(images), batch_size):
            pictures = [
                read_image(image, size) for image in images[start : start + batch_size]
            ]
            found.append(self.encoder.predict_on_batch(np.stack(pictures)))
        shape = 0, self.model.num_regions, self.model.feature_dim
        # As they are kept on disk, so that it does not matter where they come from.
        return np.concatenate([np.zeros(shape), *found]).astype(np.float16)

    def _encoded(self, images, rows, batch_size):
        """Features of some of a split's images, whatever is kept of them."""
        import numpy as np

        if images.input_name == "encoder_features":
            return images[rows]
        starts = range(0, len(rows), batch_size)
        batches = [images[rows[start : start + batch_size]] for start in starts]
        found = [self.encoder.predict_on_batch(batch) for batch in batches]
        return np.concatenate(found).astype(np.float16)

    def _images(self, split):
        """What is kept of the images of a split: features, or pixels."""
        if split in self._pictures:
            return self._pictures[split]
        from seqkit.data import RegionFeatures, ResizedImages

        paths = self.split(split)["image"][:]
        shared = {
            "size": tuple(self.encoder.image_size),
            "on_error": self.config["on_error"],
            "cache_dir": self.config["cache_dir"],
        }
        if self.model.image_encoder is None:
            images = RegionFeatures.make(
                paths,
                self.encoder.predict_on_batch,
                key=self.encoder.fingerprint,
                **shared,
            )
        else:
            images = ResizedImages.make(paths, **shared)
        if images.errors:
            report(f"{split}: {images.summary()}")
        self._pictures[split] = images
        return images

    def _strategy(self, num_beams=None, length_penalty=None, **settings):
        from seqkit.recipes._strategies import strategy

        given = {"num_beams": num_beams, "length_penalty": length_penalty}
        fill_in(given, self.config)
        return strategy(**given, **settings)

    def _generator(self, strategy):
        """One compiled generator for each strategy."""
        from seqkit.recipes._caption_generator import CaptionGenerator
        from seqkit.recipes._strategies import key

        most = self.config["max_length"]
        return self._once(
            key(strategy), lambda model: CaptionGenerator(model, strategy, most)
        )

    def _signatures(self, text):
        from keras import ops

        from seqkit.export import TextWriter, caption_signatures

        def decode(count):
            strategy = self._strategy(num_return_sequences=count)
            run = self._generator(strategy).decode
            return lambda inputs: run(inputs["encoder_features"])

        def read(images):
            features = self.encoder(images)
            # In the precision in which the features of files are kept.
            features = ops.cast(ops.cast(features, "float16"), "float32")
            return {"encoder_features": features}

        return caption_signatures(
            decode(None),
            decode(self.config["num_beams"]),
            read,
            TextWriter(self.tokenizer) if text else None,
            tuple(self.encoder.image_size),
            resources=tuple(variable.value for variable in self.encoder.variables),
        )

    def _load_splits(self):
        return _load_splits(self.config)

    def _batches(self, split, training):
        from seqkit.data import BucketPlan, CaptionBatches, tokenize_captions

        config, images = self.config, self._images(split)
        captions = tokenize_captions(
            self.split(split),
            self._encode,
            fingerprint=f"{self.tokenizer.fingerprint} {config['normalize']}",
            max_length=config["max_length"],
            readable=images.readable,
            cache_dir=config["cache_dir"],
        )
        if captions.over_length:
            report(
                f"{split}: {captions.over_length} of "
                f"{captions.over_length + len(captions)} captions have more than "
                f"max_length={config['max_length']} tokens and are left out"
            )
        # Tasks that were saved before there was a choice have none.
        by_image, rows = config.get("group_captions", False), config["batch_size"]
        if by_image:
            rows = max(1, round(rows * len(captions.counts) / len(captions)))
        plan = BucketPlan(
            captions.longest if by_image else captions.lengths,
            batch_size=rows,
            bucket_width=16 if config["static_shapes"] else 2,
            shuffle=training,
            seed=config["seed"],
        )
        return CaptionBatches(
            captions,
            images,
            plan,
            static_shapes=config["static_shapes"],
            by_image=by_image,
        )

    def _callbacks(self):
        from seqkit.recipes._optimizers import averages

        return averages(self.config)

    def _save_assets(self, folder):
        self.tokenizer.save(folder / "tokenizer")
        if self.model.image_encoder is None:
            self.encoder.save(folder / "encoder.keras")


_COUNTS = (
    "image_size",
    "num_layers",
    "hidden_dim",
    "num_heads",
    "intermediate_dim",
    "vocabulary_size",
    "min_count",
    "max_length",
    "batch_size",
    "num_beams",
)
_DEFAULTS = {
    "hidden_dim": 256,
    "dropout": 0.3,
    "doubly_stochastic": 1.0,
    "batch_size": 64,
    "learning_rate": 1e-3,
    "warmup_steps": 200,
    "schedule_epochs": 10,
    "min_count": 4,
}
_SAMPLE_DEFAULTS = {
    "hidden_dim": 128,
    "dropout": 0.0,
    "doubly_stochastic": 0.0,
    "batch_size": 32,
    "learning_rate": 4e-3,
    "warmup_steps": 300,
    "schedule_epochs": 4,
    "min_count": 1,
}


def _fill_in(config):
    """Puts defaults where nothing was given: others for the sample than for data."""
    fill_in(config, _SAMPLE_DEFAULTS if config["dataset"] is None else _DEFAULTS)
    fill_in(config, {"num_layers": 2 if config["architecture"] == "transformer" else 1})
    if config["tokenizer_type"] != "word":
        fill_in(config, {"vocabulary_size": 4000})


def _check(config):
    """Raises for arguments out of range or at odds, before any work is done."""
    check_choices(build, config)
    check_counts({name: config[name] for name in _COUNTS})
    check_batches(config)
    if config["fine_tune"] and config["image_encoder"] is None:
        raise SeqkitError(
            "fine_tune: expected an image_encoder with it, found none. The small one "
            "that is made without is trained anyway."
        )


def _load_splits(config):
    from seqkit.data import load_captions
    from seqkit.data.samples import captioning as sample

    names = ("image", "caption", "image_dir", "format", "test_fraction")
    return load_splits(load_captions, config, names, sample.splits)


def _captions_per_image(splits):
    split = splits["train"] if "train" in splits else next(iter(splits.values()))
    counts = [len(captions) for captions in split["captions"]]
    return sum(counts) / max(1, len(counts))


def _tokenizer(config, splits):
    """Loads or trains the tokenizer; training sees the training split alone."""
    from seqkit import tokenizers
    from seqkit.metrics.caption_tokens import caption_tokens

    if config["tokenizer"] is not None:
        return tokenizers.load_tokenizer(config["tokenizer"])
    check_train(
        splits, "The tokenizer is learnt from it; give tokenizer= to do without."
    )
    texts = (one for captions in splits["train"]["captions"] for one in captions)
    if config["normalize"]:
        texts = (" ".join(caption_tokens(text)) for text in texts)
    if config["tokenizer_type"] == "word":
        return tokenizers.WordTokenizer.train(
            texts,
            vocabulary_size=config["vocabulary_size"],
            min_count=config["min_count"],
        )
    return tokenizers.SentencePieceTokenizer.train(
        texts,
        vocabulary_size=config["vocabulary_size"],
        model_type=config["tokenizer_type"],
    )


def _encoder(config):
    from seqkit import models

    if config["image_encoder"] is None:
        return models.SmallImageEncoder(config["image_size"] or 64)
    encoder = models.image_encoder(
        config["image_encoder"],
        weights=config["weights"],
        image_size=config["image_size"],
    )
    encoder.trainable = config["fine_tune"]
    return encoder


def _model(config, encoder, vocabulary_size):
    from seqkit import models

    trained = config["fine_tune"] or config["image_encoder"] is None
    common = {
        "feature_dim": encoder.feature_dim,
        "num_regions": encoder.num_regions,
        "image_encoder": encoder if trained else None,
        "num_layers": config["num_layers"],
        "hidden_dim": config["hidden_dim"],
        "dropout": config["dropout"],
        "feature_dropout": config["feature_dropout"],
        "dtype": config["dtype_policy"],
    }
    if config["architecture"] == "transformer":
        model = models.TransformerCaptioner(
            vocabulary_size,
            encoder_layers=config["encoder_layers"],
            num_heads=config["num_heads"],
            intermediate_dim=config["intermediate_dim"] or 4 * config["hidden_dim"],
            **common,
        )
    else:
        model = models.RecurrentCaptioner(
            vocabulary_size,
            cell=config["architecture"],
            attention=config["attention"],
            doubly_stochastic=config["doubly_stochastic"],
            gate=config["gate"],
            **common,
        )
    model.build()
    return model
