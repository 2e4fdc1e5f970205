"""Sentiment, and any other classification of texts: intents, topics, languages."""

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
_INPUTS = {"token_ids": ((None, None), "int32")}
_RECURRENT = ("rnn", "lstm", "gru")


def build(
    dataset=None,
    *,
    text: str | int = "text",
    label: str | int | list[str] = "label",
    label_separator: str | None = None,
    format: Literal["tsv", "csv", "label_lines", "jsonl", None] = None,
    encoding: str = "utf-8",
    name: str | None = None,
    on_error: Literal["raise", "skip"] = "raise",
    validation_fraction: float = 0.05,
    multi_label: bool | None = None,
    threshold: float = 0.5,
    class_weight: Literal["balanced", None] = None,
    tokenizer_type: Literal["word", "unigram", "bpe", "character", None] = None,
    tokenizer: str | Path | None = None,
    vocabulary_size: int | None = None,
    min_count: int = 1,
    sampling_alpha: float | None = None,
    max_length: int | None = None,
    architecture: Literal["rnn", "lstm", "gru", "cnn", "transformer"] = "lstm",
    model=None,
    num_layers: int | None = None,
    hidden_dim: int | None = None,
    bidirectional: bool = True,
    pooling: Literal["max", "mean", "last", "attention", None] = None,
    kernel_sizes: list[int] = (3, 4, 5),
    num_heads: int = 4,
    intermediate_dim: int | None = None,
    embedding_dim: int | None = None,
    word_vectors: str | Path | None = None,
    token_dropout: float = 0.0,
    embedding_dropout: float = 0.0,
    input_dropout: float | None = None,
    dropout: float = 0.3,
    output_dropout: float | None = None,
    batch_size: int | None = None,
    batch_tokens: int | None = None,
    static_shapes: bool | None = None,
    optimizer: Literal["adamw", "sgd"] = "adamw",
    learning_rate: float | None = None,
    schedule: Literal["constant", "inverse_square_root", "cosine"] = "constant",
    warmup_steps: int = 50,
    schedule_epochs: int = 10,
    gradient_clip: float | None = 1.0,
    weight_decay: float = 0.0,
    label_smoothing: float = 0.0,
    average_momentum: float | None = 0.98,
    monitor: str = "accuracy",
    patience: int | None = 3,
    dtype_policy: Literal["float32", "mixed_float16", "mixed_bfloat16"] = "float32",
    jit_compile: bool | None = None,
    seed: int = 0,
    cache_dir: str | Path | None = None,
) -> "Sentiment":
    """Builds a task of text classification: data, tokenizer, compiled model, metrics.

    Any number of classes, one for each text or several (`multi_label`). The sample is
    of reviews in which word order decides.

    Where two defaults are given, the second is that of the embedded sample.

    Args:
        dataset: Texts with labels: a TSV, CSV or JSON lines file, lines that begin with
            their label, a folder with a folder of texts for each class, a folder of
            such files, a hub id, a `datasets` object, or `None` for the embedded
            reviews. See `seqkit.data.load_labelled`.
        text, label: Columns of the text and of its label, by name or number; several
            columns of 0 and 1 are labels of which a text may have several.
        label_separator: What stands between labels of which a text may have several.
        format: What the files are, where their endings do not tell.
        encoding: Encoding of text files.
        name: Configuration of a hub dataset.
        on_error: What a bad row does: `"raise"`, or `"skip"` and report.
        validation_fraction: What is held out of train where there is no validation.
        multi_label: Whether a text may have several labels or none; by default whether
            the training data hold such a text.
        threshold: The probability from which on a label of several is given.
        class_weight: `"balanced"` weighs each text by the inverse frequency of its
            class in the training data, such that the mean weight is 1.
        tokenizer_type: `"word"` (what stands between white space), `"character"`, or
            the SentencePiece models `"unigram"`, the default, and `"bpe"`.
        tokenizer: An existing tokenizer: a file that one of `seqkit.tokenizers` saved.
        vocabulary_size: Size of the vocabulary; of SentencePiece by default 8,000; 600;
            of words and characters all that the training texts hold.
        min_count: How often a word or character must stand there to be known.
        sampling_alpha: Subword regularization in training, with this parameter.
        max_length: Of a longer text the first so many tokens are read, in training and
            later, which is reported. By default texts are read whole.
        architecture: `"rnn"`, `"lstm"`, `"gru"`; `"cnn"` (Kim 2014, arXiv:1408.5882);
            or `"transformer"`.
        model: A `seqkit.models.TextClassifier` of one's own instead. Its vocabulary
            must fit the tokenizer.
        num_layers: Layers; 1, of a Transformer 2.
        hidden_dim: Units of each direction, filters of each width, or the width of a
            Transformer: 128; 64.
        bidirectional: Whether recurrent layers read both ways.
        pooling: What becomes of the outputs of all steps, `"max"`, `"mean"`, `"last"`
            or `"attention"`; by default `"max"`, of a Transformer `"mean"`.
        kernel_sizes: Widths of the filters of a CNN, in tokens.
        num_heads, intermediate_dim: Of a Transformer.
        embedding_dim: Width of the embedding, 128; 64.
        word_vectors: A GloVe or word2vec text file, for `tokenizer_type="word"`, whose
            vectors the embedding starts from. Sets `embedding_dim`.
        token_dropout: Fraction of tokens that are unknown in training, at random.
        embedding_dropout, input_dropout, dropout, output_dropout: Fractions of whole
            embeddings, of what the first layer reads, between layers and before the
            output. The second and the last are `dropout` by default.
        batch_size: Texts a batch, 64, where `batch_tokens` is not given.
        batch_tokens: Tokens a batch, padding included, instead.
        static_shapes: Whether batches are padded to the bounds of their buckets; by
            default where XLA compiles the training step.
        optimizer: `"adamw"`, or plain `"sgd"`.
        learning_rate: The rate, or the peak of its schedule: 0.001; 0.004. Of SGD 0.1.
        schedule, warmup_steps, schedule_epochs: As of
            `seqkit.recipes.language_modeling.build`.
        gradient_clip: Largest norm of the gradient of all weights, or `None`.
        weight_decay: Of AdamW.
        label_smoothing: The ε of the loss.
        average_momentum: Momentum of the averaged weights (every 10 steps), which are
            the ones that are validated and kept; `None` takes the last weights.
        monitor: The validation figure by which the best epoch is kept, one of those of
            `evaluate`, such as `"accuracy"` or `"macro_f1"`.
        patience: Epochs without a better one after which `fit` stops; `None` never.
        dtype_policy: `"float32"`, `"mixed_float16"` or `"mixed_bfloat16"`.
        jit_compile: Whether XLA compiles the training step; by default on JAX alone.
        seed: Seed of Keras's global generators (set here), of the split and the order.
        cache_dir: Folder for prepared data, by default inside that of `datasets`.

    Returns:
        A `Sentiment`.

    Raises:
        SeqkitError: An argument or the data is not as described.
    """
    config = dict(locals())
    model = config.pop("model")
    config["kernel_sizes"] = list(kernel_sizes)
    _fill_in(config)
    _check(config)
    import keras

    settle_compilation(config)
    from seqkit.training import keep_freed_memory

    splits = _load_splits(config)
    check_train(splits, "Labels and tokens are learnt from it.")
    labels = _labels(config, splits["train"])
    tokenizer = _tokenizer(config, splits["train"])
    keep_freed_memory()
    keras.utils.set_random_seed(seed)
    if model is None:
        model = _model(config, tokenizer, labels)
    task = Sentiment(
        model=model,
        config=plain(config),
        splits=splits,
        tokenizer=tokenizer,
        labels=labels,
    )
    task.compile()
    return task


def load(folder, config):
    """The task that `Sentiment.save` wrote; `seqkit.load` calls this."""
    import keras

    import seqkit.models
    import seqkit.training  # noqa: F401, registers the classes that the file names
    from seqkit.tokenizers import LabelVocabulary, load_tokenizer

    return Sentiment(
        model=keras.saving.load_model(folder / "model.keras"),
        config=config,
        tokenizer=load_tokenizer(folder / "tokenizer"),
        labels=LabelVocabulary.load(folder / "labels.json"),
    )


class Sentiment(Task):
    """A task of text classification; `build` makes it and explains its arguments.

    Attributes:
        tokenizer: One of `seqkit.tokenizers`.
        labels: The `seqkit.tokenizers.LabelVocabulary` of the classes.
        splits: From name to a `datasets.Dataset` with the columns text and labels.
    """

    recipe = "sentiment"

    def __init__(self, *, model, config, tokenizer, labels, splits=None):
        super().__init__(model=model, config=config, splits=splits)
        self.tokenizer, self.labels = tokenizer, labels

    def compile(self):
        """Compiles the model as the configuration says."""
        import keras

        from seqkit.recipes._optimizers import scheduled_optimizer
        from seqkit.training import TokenCrossentropy

        config = self.config
        steps = len(self._batched("train", training=True)[0])
        smoothing = config["label_smoothing"]
        if config["multi_label"]:
            loss = keras.losses.BinaryCrossentropy(
                from_logits=True,
                label_smoothing=smoothing,
                reduction="mean_with_sample_weight",
            )
            metric = keras.metrics.BinaryAccuracy(name="accuracy", threshold=0.0)
        else:
            loss = TokenCrossentropy(label_smoothing=smoothing, name="crossentropy")
            metric = keras.metrics.SparseCategoricalAccuracy(name="accuracy")
        self._compile(
            optimizer=scheduled_optimizer(config, steps),
            loss=loss,
            weighted_metrics=[metric],  # rows that fill up a batch count nothing
        )

    def predict(self, texts, *, batch_size: int = 64):
        """Classifies texts.

        Args:
            texts: A list of N strings, or one string.
            batch_size: Texts a batch; changes the speed and nothing else.

        Returns:
            N `ClassifiedText`s (one for a string): the label, its score, and the
            probabilities of all labels.
        """
        if isinstance(texts, str):
            return self.predict([texts], **options(locals()))[0]
        from seqkit.recipes._classified_text import classified

        check_counts({"batch_size": batch_size})
        threshold = self.config["threshold"] if self.config["multi_label"] else None
        return [
            classified(self.labels.names, row, threshold)
            for row in self._probabilities(list(texts), batch_size)
        ]

    def evaluate(self, split: str = "test", *, batch_size: int = 64, dataset=None):
        """Scores the labels of a split.

        Args:
            split: Name of the split.
            batch_size: Texts a batch.
            dataset: Dataset to take the split from, instead of the task's own.

        Returns:
            `accuracy` (with several labels a text, that all of them are right),
            `macro_f1`, the figures of each class, the confusion matrix,
            `calibration_error` and `log_loss`; see
            `seqkit.metrics.classification_scores`. With `max_length`, `over_length`
            counts the texts that were cut.
        """
        from seqkit.metrics import classification_scores

        if dataset is not None:
            self.use_dataset(dataset)
        examples = self.split(split)
        config = self.config
        gold = list(examples["labels"])
        if not config["multi_label"]:
            gold = [labels[0] for labels in gold]
        scores = classification_scores(
            gold,
            self._probabilities(list(examples["text"]), batch_size),
            list(self.labels.names),
            multi_label=config["multi_label"],
            threshold=config["threshold"],
        )
        if config["max_length"] is not None:
            over = sum(
                len(ids) + 1 > config["max_length"]
                for ids in self.tokenizer.encode(list(examples["text"]))
            )
            if over:
                scores["over_length"] = over
        self.results[split] = scores
        return scores

    def saliency_inputs(self, text):
        """What `seqkit.inspect.saliency` asks of a text: inputs, mask and tokens."""
        import numpy as np

        (ids,) = self._token_ids([text])
        inputs = {"token_ids": np.array([ids], np.int32)}
        return inputs, np.ones((1, len(ids)), bool), self.tokenizer.pieces(ids)

    def _token_ids(self, texts):
        ids = [[*row, _END_ID] for row in self.tokenizer.encode(texts)]
        most = self.config["max_length"]
        return ids if most is None else [row[:most] for row in ids]

    def _probabilities(self, texts, batch_size):
        """`[N, K]`."""
        import numpy as np

        from seqkit.data import pad
        from seqkit.recipes._rows import RowRunner

        runner = self._once(
            RowRunner, lambda model: RowRunner(model, self._classify, _INPUTS)
        )
        ids = self._token_ids(texts)
        found = runner(
            [len(row) for row in ids],
            lambda rows, length: {"token_ids": pad([ids[i] for i in rows], length)},
            batch_size,
        )
        shape = len(texts), len(self.labels.names)
        return np.array([row["probabilities"] for row in found]).reshape(shape)

    def _classify(self, inputs):
        return {"probabilities": self.model.probabilities(self.model(inputs))}

    def _signatures(self, text):
        from seqkit.export import classification_signatures

        config = self.config

        def probabilities(inputs):
            token_ids = inputs["token_ids"][:, : config["max_length"]]
            return self._classify({"token_ids": token_ids})["probabilities"]

        return classification_signatures(
            probabilities,
            self.tokenizer,
            self.labels.names,
            multi_label=config["multi_label"],
            threshold=config["threshold"],
            text=text,
        )

    def _load_splits(self):
        return _load_splits(self.config)

    def _batches(self, split, training):
        from seqkit.data import BucketPlan, LabelledBatches, tokenize_labelled

        config, encode = self.config, self.tokenizer.encode
        texts = tokenize_labelled(
            self.split(split),
            encode,
            fingerprint=self.tokenizer.fingerprint,
            max_length=config["max_length"],
            cache_dir=config["cache_dir"],
        )
        if texts.over_length:
            report(
                f"{split}: {texts.over_length} of {len(texts)} texts have more than "
                f"max_length={config['max_length']} tokens and are cut"
            )
        plan = BucketPlan(
            texts.lengths,
            batch_tokens=config["batch_tokens"],
            batch_size=config["batch_size"],
            bucket_width=16 if config["static_shapes"] else 2,
            shuffle=training,
            seed=config["seed"],
        )
        alpha = config["sampling_alpha"] if training else None

        def resample(texts, seed):
            return encode(texts, sampling_alpha=alpha, seed=seed)

        return LabelledBatches(
            texts,
            self.labels.names,
            plan,
            multi_label=config["multi_label"],
            class_weights=self._class_weights() if training else None,
            resample=resample if alpha else None,
            static_shapes=config["static_shapes"],
        )

    def _class_weights(self):
        """The weight of each class `[K]`, or `None`."""
        import numpy as np

        if self.config["class_weight"] is None:
            return None
        ids = self.labels.encode([row[0] for row in self.split("train")["labels"]])
        counts = np.bincount(ids, minlength=len(self.labels.names))
        return len(ids) / (len(counts) * np.maximum(counts, 1))

    def _callbacks(self):
        from seqkit.recipes._optimizers import kept_by_validation

        names = ("accuracy", "macro_f1", "calibration_error")
        return kept_by_validation(self, names, self.config["monitor"])

    def _save_assets(self, folder):
        self.tokenizer.save(folder / "tokenizer")
        self.labels.save(folder / "labels.json")


_COUNTS = (
    "num_layers",
    "hidden_dim",
    "num_heads",
    "intermediate_dim",
    "embedding_dim",
    "vocabulary_size",
    "min_count",
    "max_length",
    "batch_size",
    "batch_tokens",
    "patience",
)
_DEFAULTS = {"hidden_dim": 128, "embedding_dim": 128}
_SAMPLE_DEFAULTS = {"hidden_dim": 64, "embedding_dim": 64}


def _fill_in(config):
    """Puts defaults where nothing was given: others for the sample than for data."""
    sample = config["dataset"] is None
    fill_in(config, _SAMPLE_DEFAULTS if sample else _DEFAULTS)
    fill_in(config, {"tokenizer_type": "unigram"})
    rates = {"adamw": 4e-3 if sample else 1e-3, "sgd": 0.1}
    fill_in(config, {"learning_rate": rates.get(config["optimizer"])})
    fill_in(config, {"num_layers": 2 if config["architecture"] == "transformer" else 1})
    if config["tokenizer_type"] in ("unigram", "bpe"):
        fill_in(config, {"vocabulary_size": 600 if sample else 8000})
    if config["batch_size"] is None and config["batch_tokens"] is None:
        config["batch_size"] = 64
    for name in ("input_dropout", "output_dropout"):
        fill_in(config, {name: config["dropout"]})


def _check(config):
    """Raises for arguments out of range or at odds, before any work is done."""
    check_choices(build, config)
    check_counts({name: config[name] for name in _COUNTS})
    if not 0 < config["threshold"] < 1:
        raise SeqkitError(
            f"threshold: expected a number between 0 and 1, found {config['threshold']}"
        )
    if config["word_vectors"] is not None and config["tokenizer_type"] != "word":
        raise SeqkitError(
            "word_vectors: expected tokenizer_type='word' with it, found "
            f"{config['tokenizer_type']!r}"
        )
    if config["sampling_alpha"] is not None and config["tokenizer_type"] not in (
        "unigram",
        "bpe",
    ):
        raise SeqkitError(
            "sampling_alpha: expected a SentencePiece tokenizer with it, found "
            f"tokenizer_type={config['tokenizer_type']!r}"
        )
    check_batches(config)


def _load_splits(config):
    from seqkit.data import load_labelled
    from seqkit.samples import sentiment as sample

    names = ("text", "label", "label_separator", "format")
    return load_splits(load_labelled, config, names, sample.splits)


def _labels(config, train):
    """The classes, learnt from the training split; settles `multi_label`."""
    from seqkit.tokenizers import LabelVocabulary

    several = any(len(labels) != 1 for labels in train["labels"])
    if config["multi_label"] is None:
        config["multi_label"] = several
    if several and not config["multi_label"]:
        raise SeqkitError(
            "multi_label: expected True, as a text of the training data has several "
            "labels or none, found False"
        )
    if config["multi_label"] and config["class_weight"] is not None:
        raise SeqkitError(
            "class_weight: expected None where a text may have several labels, found "
            f"{config['class_weight']!r}"
        )
    labels = LabelVocabulary(
        sorted({label for labels in train["labels"] for label in labels})
    )
    if len(labels.names) < (1 if config["multi_label"] else 2):
        raise SeqkitError(
            f"dataset: expected at least two labels in train, found "
            f"{', '.join(map(repr, labels.names)) or 'none'}"
        )
    return labels


def _tokenizer(config, train):
    """Loads or trains the tokenizer; training sees the training split alone."""
    from seqkit import tokenizers

    kind, size = config["tokenizer_type"], config["vocabulary_size"]
    if config["tokenizer"] is not None:
        return tokenizers.load_tokenizer(config["tokenizer"])
    texts = iter(train["text"])
    if kind in ("word", "character"):
        one = {
            "word": tokenizers.WordTokenizer,
            "character": tokenizers.CharacterTokenizer,
        }[kind]
        return one.train(texts, vocabulary_size=size, min_count=config["min_count"])
    return tokenizers.SentencePieceTokenizer.train(
        texts, vocabulary_size=size, model_type=kind
    )


def _model(config, tokenizer, labels):
    from seqkit import models

    vectors = None
    if config["word_vectors"] is not None:
        from seqkit.recipes._word_vectors import vectors_by_id

        vectors = vectors_by_id(config["word_vectors"], tokenizer)
        config["embedding_dim"] = vectors[0].shape[1]
    names = (
        "architecture num_layers hidden_dim bidirectional pooling kernel_sizes "
        "num_heads intermediate_dim embedding_dim token_dropout embedding_dropout "
        "input_dropout dropout output_dropout multi_label"
    )
    model = models.TextClassifier(
        tokenizer.vocabulary_size,
        len(labels.names),
        **{name: config[name] for name in names.split()},
        dtype=config["dtype_policy"],
    )
    model.build()
    if vectors is not None:
        model.set_word_vectors(*vectors)
    return model
