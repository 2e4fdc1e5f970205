"""Tagging: a tag for each word of a sentence, and the entities that the tags spell."""

from functools import partial
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

_INPUTS = {
    "word_ids": ((None, None), "int32"),
    "character_ids": ((None, None, None), "int32"),
    "shape_ids": ((None, None), "int32"),
}


def build(
    dataset=None,
    *,
    tokens: str | int | None = None,
    tags: str | int | None = None,
    label: str | None = None,
    format: Literal["conll", "conllu", "parallel", "jsonl", "parquet", None] = None,
    separator: str | None = None,
    encoding: str = "utf-8",
    name: str | None = None,
    scheme: Literal["auto", "BIO", "IOB1", "BIOES", "none"] = "auto",
    model_scheme: Literal["BIO", "BIOES"] = "BIOES",
    on_error: Literal["raise", "skip"] = "raise",
    validation_fraction: float = 0.05,
    word_rule: Literal["words", "whitespace"] = "words",
    architecture: Literal["rnn", "lstm", "gru", "transformer"] = "lstm",
    model=None,
    crf: bool = True,
    num_layers: int | None = None,
    hidden_dim: int | None = None,
    num_heads: int = 4,
    intermediate_dim: int | None = None,
    embedding_dim: int | None = None,
    word_vectors: str | Path | None = None,
    trainable_words: bool = True,
    vocabulary_size: int | None = None,
    min_count: int = 1,
    lowercase: bool = True,
    characters: Literal["cnn", "lstm", None] = "cnn",
    character_dim: int = 30,
    character_units: int = 50,
    kernel_sizes: list[int] = (3,),
    max_characters: int = 32,
    casing: bool = True,
    word_dropout: float = 0.25,
    input_dropout: float | None = None,
    dropout: float = 0.3,
    output_dropout: float | None = None,
    label_weight: float = 1.0,
    batch_size: int | None = None,
    batch_tokens: int | None = None,
    static_shapes: bool | None = None,
    optimizer: Literal["adamw", "sgd"] = "adamw",
    learning_rate: float | None = None,
    schedule: Literal["constant", "inverse_square_root", "cosine"] = "constant",
    warmup_steps: int = 50,
    schedule_epochs: int = 10,
    gradient_clip: float | None = 5.0,
    weight_decay: float = 0.0,
    average_momentum: float | None = 0.98,
    monitor: str | None = None,
    patience: int | None = 5,
    dtype_policy: Literal["float32", "mixed_float16", "mixed_bfloat16"] = "float32",
    jit_compile: bool | None = None,
    seed: int = 0,
    cache_dir: str | Path | None = None,
) -> "Tagging":
    """Builds a tagging task: data, word encoder, compiled model, entities, metrics.

    For named entities, slots and other spans, whose tags follow a scheme (`B-PER`,
    `I-PER`, `O`), and for parts of speech and other tags without one. With `label` the
    same model says something of the whole sentence too, such as its intent.

    A word is seen as its embedding (a word that training has not seen is unknown), its
    characters and its casing; a recurrent stack in both directions, or a Transformer,
    reads them; a CRF, or a softmax, says the tags (Huang et al. 2015,
    arXiv:1508.01991; Lample et al. 2016, arXiv:1603.01360; Ma and Hovy 2016,
    arXiv:1603.01354).

    Where two defaults are given, the second is that of the embedded sample.

    Args:
        dataset: Sentences with tags: a file or a folder of CoNLL columns, CoNLL-U,
            words and tags side by side, or JSON lines; a hub id; a `datasets` object;
            or `None` for the embedded sample. See `seqkit.data.load_tagged`.
        tokens, tags: Where the words and the tags stand, a column's name or number or
            a file's name. By default what the format has: the first and the last
            column of CoNLL, `form` and `upos` of CoNLL-U, `seq.in` and `seq.out`,
            `tokens` and `tags`.
        label: Where the label of a whole sentence stands, if the model shall learn it.
        format: What the files are, where their endings do not tell.
        separator: What stands between columns, by default any white space.
        encoding: Encoding of text files.
        name: Configuration of a hub dataset.
        scheme: The scheme of the dataset's tags; `"auto"` looks at them, `"none"` is
            for tags that are no spans. Tags that break their scheme are read as
            conlleval reads them, and counted.
        model_scheme: The scheme that the model is trained with, where there is one.
        on_error: What a bad sentence does: `"raise"`, or `"skip"` and report.
        validation_fraction: What is held out of train where there is no validation.
        word_rule: How `predict` splits a string into words: `"words"` or
            `"whitespace"`, as in `seqkit.tokenizers.WordSplitter`.
        architecture: `"rnn"`, `"lstm"`, `"gru"`, in both directions, or
            `"transformer"`.
        model: A `seqkit.models.Tagger` of one's own instead.
        crf: Whether a CRF scores whole sequences, or a softmax each word.
        num_layers: Layers, 1.
        hidden_dim: Units of each direction, 200; 64. Width of a Transformer.
        num_heads, intermediate_dim: Of a Transformer.
        embedding_dim: Width of the word embedding, 100; 48.
        word_vectors: A GloVe or word2vec text file, whose vectors the embedding starts
            from. The words of the training data that it holds are taken, and sets
            `embedding_dim`.
        trainable_words: Whether the embedding is trained.
        vocabulary_size: Most words known, by default all that `min_count` lets in.
        min_count: How often a word must stand in the training data to be known.
        lowercase: Whether words are looked up in lower case; characters keep theirs.
        characters: How characters are read: `"cnn"`, `"lstm"`, or `None` not at all.
        character_dim, character_units, kernel_sizes: Of that reader, see
            `seqkit.layers.CharacterEncoder`.
        max_characters: Of a longer word the first so many characters are read.
        casing: Whether the model sees each word's casing by itself.
        word_dropout: The α of the probability α / (α + count) with which a word is
            unknown in training (Kiperwasser and Goldberg 2016, arXiv:1603.04351,
            section 4), so that what is unknown is learnt; 0 for never.
        input_dropout, dropout, output_dropout: Fractions dropped from what the stack
            reads, between its layers and from what it gives; the first and the last
            are `dropout` by default.
        label_weight: Weight of the label's loss beside that of the tags.
        batch_size: Sentences a batch, 32, where `batch_tokens` is not given.
        batch_tokens: Words a batch, padding included, instead.
        static_shapes: Whether batches are padded to the bounds of their buckets; by
            default where XLA compiles the training step.
        optimizer: `"adamw"`, or plain `"sgd"`.
        learning_rate: The rate, or the peak of its schedule: 0.002; 0.004. Of SGD 0.1.
        schedule, warmup_steps, schedule_epochs: As of
            `seqkit.recipes.language_modeling.build`.
        gradient_clip: Largest norm of the gradient of all weights, or `None`.
        weight_decay: Of AdamW.
        average_momentum: Momentum of the averaged weights (every 10 steps), which are
            the ones that are validated and kept; `None` takes the last weights.
        monitor: The validation figure by which the best epoch is kept: one of those of
            `evaluate`, by default `"f1"`, or `"accuracy"` without a scheme.
        patience: Epochs without a better one after which `fit` stops; `None` never.
        dtype_policy: `"float32"`, `"mixed_float16"` or `"mixed_bfloat16"`.
        jit_compile: Whether XLA compiles the training step; by default on JAX alone.
        seed: Seed of Keras's global generators (set here), of the split and the order.
        cache_dir: Folder for prepared data, by default inside that of `datasets`.

    Returns:
        A `Tagging`.

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
    check_train(splits, "Words and tags are learnt from it.")
    _settle_scheme(config, splits["train"])
    encoder, tag_names, label_names = _vocabularies(config, splits["train"])
    keep_freed_memory()
    keras.utils.set_random_seed(seed)
    if model is None:
        model = _model(config, encoder, tag_names, label_names)
    task = Tagging(
        model=model,
        config=plain(config),
        splits=splits,
        encoder=encoder,
        tags=tag_names,
        labels=label_names,
    )
    task.compile()
    return task


def load(folder, config):
    """The task that `Tagging.save` wrote; `seqkit.load` calls this."""
    import keras

    import seqkit.models
    import seqkit.training  # noqa: F401, registers the classes that the file names
    from seqkit.tokenizers import LabelVocabulary, WordEncoder

    labels = folder / "labels.json"
    return Tagging(
        model=keras.saving.load_model(folder / "model.keras"),
        config=config,
        encoder=WordEncoder.load(folder / "words.json"),
        tags=LabelVocabulary.load(folder / "tags.json"),
        labels=LabelVocabulary.load(labels) if labels.exists() else None,
    )


class Tagging(Task):
    """A tagging task; `build` makes it and says what its arguments mean.

    Attributes:
        encoder: The `seqkit.tokenizers.WordEncoder`: what the model sees of a word.
        splitter: The `seqkit.tokenizers.WordSplitter` of raw strings.
        tags, labels: `seqkit.tokenizers.LabelVocabulary`s of the tags that the model
            says and of the labels of whole sentences; `labels` may be `None`.
        splits: From name to a `datasets.Dataset` with the columns tokens and tags.
    """

    recipe = "tagging"

    def __init__(self, *, model, config, encoder, tags, labels=None, splits=None):
        super().__init__(model=model, config=config, splits=splits)
        from seqkit.tokenizers import WordSplitter

        self.encoder, self.tags, self.labels = encoder, tags, labels
        self.splitter = WordSplitter(config["word_rule"])

    @property
    def scheme(self):
        """The scheme of the tags that the task says: BIO or BIOES, or `None`."""
        scheme = self.config["scheme"]
        return {"none": None, "IOB1": "BIO"}.get(scheme, scheme)

    @property
    def tag_names(self):
        """The tags that the task says, by id: those of the model in its own scheme."""
        if self.scheme != "BIO":
            return list(self.tags.names)
        places = {"S": "B", "E": "I"}
        return [places.get(n[0], n[0]) + n[1:] for n in self.tags.names]

    def compile(self):
        """Compiles the model as the configuration says."""
        from seqkit.recipes._optimizers import scheduled_optimizer

        config = self.config
        steps = len(self._batched("train", training=True)[0])
        self._compile(
            optimizer=scheduled_optimizer(config, steps),
        )

    def predict(self, texts, *, batch_size: int = 64):
        """Tags texts.

        Args:
            texts: A list of N strings, or of N lists of words; or one string. Strings
                are split into words by the rule of `build`; lists of words are taken
                as they are, and their text is the words with spaces between.
            batch_size: Texts a batch; changes the speed and nothing else.

        Returns:
            N `TaggedText`s (one for a string): words, tags and their probabilities, and
            entities with type, text, start and end in characters, and score. The tags
            are in the dataset's scheme, for IOB1 in BIO.
        """
        if isinstance(texts, str):
            return self.predict([texts], **options(locals()))[0]
        check_counts({"batch_size": batch_size})
        split = [_words(text, row, self.splitter) for row, text in enumerate(texts)]
        found = self._run([words for _, words, _ in split], batch_size)
        return [
            self._tagged(text, words, spans, *result)
            for (text, words, spans), result in zip(split, found, strict=True)
        ]

    def evaluate(self, split: str = "test", *, batch_size: int = 64, dataset=None):
        """Scores the tags of a split.

        Args:
            split: Name of the split.
            batch_size: Sentences a batch.
            dataset: Dataset to take the split from, instead of the task's own.

        Returns:
            `accuracy`, the fraction of words with the right tag. Where tags have a
            scheme, `precision`, `recall` and `f1` of entities, as conlleval counts
            them, the same for each type, and the confusion between types; else the
            figures of each tag. With labels `label_accuracy`. `repaired`: tags of the
            split that break their scheme, where there are any.
        """
        from seqkit.data.tags.schemes import convert, repair
        from seqkit.metrics import tagging_scores

        if dataset is not None:
            self.use_dataset(dataset)
        examples = self.split(split)
        gold, repaired = list(examples["tags"]), 0
        if self.scheme:
            scheme = self.config["scheme"]
            repaired = sum(repair(tags, scheme)[1] for tags in gold)
            gold = [convert(tags, scheme, self.scheme) for tags in gold]
        found = self._run(list(examples["tokens"]), batch_size)
        scores = tagging_scores(gold, [tags for tags, *_ in found], self.scheme)
        if self.labels is not None:
            right = [
                label == wanted
                for (*_, label, _), wanted in zip(found, examples["label"], strict=True)
            ]
            scores["label_accuracy"] = sum(right) / len(right)
        if repaired:
            scores["repaired"] = repaired
        self.results[split] = scores
        return scores

    def saliency_inputs(self, text):
        """What `seqkit.inspect.saliency` asks of a text: inputs, mask and tokens."""
        import numpy as np

        _, words, _ = _words(text, 0, self.splitter)
        inputs = self._inputs(words and [words])
        return inputs, np.ones((1, len(words)), bool), words

    def _tagged(self, text, words, spans, tags, scores, label, label_score):
        from seqkit.data.tags.schemes import spans as tag_spans
        from seqkit.recipes._tagged_text import TaggedText, entities

        found = tag_spans(tags, self.scheme) if self.scheme else []
        return TaggedText(
            text=text,
            words=words,
            spans=spans,
            tags=tags,
            scores=[round(score, 4) for score in scores],
            entities=entities(text, spans, scores, found),
            label=label,
            label_score=label_score if label is None else round(label_score, 4),
        )

    def _run(self, sentences, batch_size):
        """Tags, scores, label and its score, for each."""
        from seqkit.recipes._rows import RowRunner

        runner = self._once(
            RowRunner, lambda model: RowRunner(model, model.predict_tags, _INPUTS)
        )
        results = runner(
            [len(words) for words in sentences],
            lambda rows, length: self._inputs([sentences[i] for i in rows], length),
            batch_size,
        )
        made, names = [], self.tag_names
        for words, found in zip(sentences, results, strict=True):
            tags = [names[tag_id] for tag_id in found["tag_ids"][: len(words)]]
            scores = [float(score) for score in found["scores"][: len(words)]]
            label = score = None
            if self.labels is not None:
                chances = found["label_probabilities"]
                best = int(chances.argmax())
                label, score = self.labels.names[best], float(chances[best])
            made.append((tags, scores, label, score))
        return made

    def _inputs(self, sentences, length=None):
        """The model's inputs for lists of words, right-padded with 0."""
        import numpy as np

        lengths = np.array([len(words) for words in sentences], np.int64)
        longest = lengths.max(initial=1) if length is None else length
        encoded = self.encoder.encode([word for words in sentences for word in words])
        used = max(1, int((encoded["character_ids"] != 0).any(axis=0).sum()))
        encoded["character_ids"] = encoded["character_ids"][:, :used]
        is_word = np.arange(longest) < lengths[:, None]
        inputs = {}
        for name, ids in encoded.items():
            inputs[name] = np.zeros(is_word.shape + ids.shape[1:], np.int32)
            inputs[name][is_word] = ids
        return inputs

    def _signatures(self, text):
        from seqkit.export import tagging_signatures

        return tagging_signatures(
            self.model.predict_tags,
            self.splitter,
            self.encoder,
            self.tag_names,
            self.scheme,
            label_names=None if self.labels is None else self.labels.names,
            text=text,
        )

    def _load_splits(self):
        return _load_splits(self.config)

    def _batches(self, split, training):
        from seqkit.data import BucketPlan, IndexedSentences, TaggedBatches

        config, examples = self.config, self.split(split)
        sentences = IndexedSentences.make(examples, cache_dir=config["cache_dir"])
        plan = BucketPlan(
            sentences.lengths,
            batch_size=config["batch_size"],
            batch_tokens=config["batch_tokens"],
            bucket_width=16 if config["static_shapes"] else 2,
            shuffle=training,
            seed=config["seed"],
        )
        rate = None
        if training and config["word_dropout"]:
            rate = config["word_dropout"] / (
                config["word_dropout"] + self.encoder.counts
            )
        labels = None
        if self.labels is not None:
            labels = self.labels.encode(examples["label"], unknown_id=0)
        return TaggedBatches(
            sentences,
            self._tag_ids(examples),
            self.encoder.encode(sentences.types),
            plan,
            unknown_rate=rate,
            labels=labels,
            static_shapes=config["static_shapes"],
        )

    def _tag_ids(self, examples):
        """From row numbers to the ids of their tags; 0 for what training never saw."""
        import numpy as np

        from seqkit.data import IndexedSentences
        from seqkit.data.tags.schemes import convert

        config, change = self.config, None
        if self.scheme:
            change = partial(
                convert, source=config["scheme"], target=config["model_scheme"]
            )
        tags = IndexedSentences.make(
            examples,
            column="tags",
            change=change,
            fingerprint=change and f"{config['scheme']} to {config['model_scheme']}",
            cache_dir=config["cache_dir"],
        )
        ids = np.array(self.tags.encode(tags.types, unknown_id=0), np.int32)
        return lambda rows: [ids[row] for row in tags.rows(rows)]

    def _callbacks(self):
        from seqkit.recipes._optimizers import kept_by_validation

        names = ("accuracy", "precision", "recall", "f1", "label_accuracy")
        monitor = self.config["monitor"] or ("f1" if self.scheme else "accuracy")
        return kept_by_validation(self, names, monitor)

    def _save_assets(self, folder):
        self.encoder.save(folder / "words.json")
        self.tags.save(folder / "tags.json")
        if self.labels is not None:
            self.labels.save(folder / "labels.json")


def _words(text, row, splitter):
    """Text, words and spans of a string or of a list of words."""
    if isinstance(text, str):
        found = splitter.split(text)
        return (
            text,
            [word for word, _, _ in found],
            [(start, end) for _, start, end in found],
        )
    words = list(text)
    for word in words:
        if not isinstance(word, str) or not word:
            raise SeqkitError(
                f"texts, row {row}: expected a string or a list of words, "
                f"found {word!r} among the words"
            )
    spans, start = [], 0
    for word in words:
        spans.append((start, start + len(word)))
        start += len(word) + 1
    return " ".join(words), words, spans


_COUNTS = (
    "num_layers",
    "hidden_dim",
    "num_heads",
    "intermediate_dim",
    "embedding_dim",
    "vocabulary_size",
    "min_count",
    "character_dim",
    "character_units",
    "max_characters",
    "batch_size",
    "batch_tokens",
    "patience",
)
_DEFAULTS = {"num_layers": 1, "hidden_dim": 200, "embedding_dim": 100}
_SAMPLE_DEFAULTS = {"num_layers": 1, "hidden_dim": 64, "embedding_dim": 48}


def _fill_in(config):
    """Puts defaults where nothing was given: others for the sample than for data."""
    sample = config["dataset"] is None
    fill_in(config, _SAMPLE_DEFAULTS if sample else _DEFAULTS)
    rates = {"adamw": 4e-3 if sample else 2e-3, "sgd": 0.1}
    fill_in(config, {"learning_rate": rates.get(config["optimizer"])})
    if config["batch_size"] is None and config["batch_tokens"] is None:
        config["batch_size"] = 32
    for name in ("input_dropout", "output_dropout"):
        fill_in(config, {name: config["dropout"]})


def _check(config):
    """Raises for arguments out of range or at odds, before any work is done."""
    check_choices(build, config)
    check_counts({name: config[name] for name in _COUNTS})
    if config["word_dropout"] < 0:
        raise SeqkitError(
            f"word_dropout: expected a number from 0, found {config['word_dropout']}"
        )
    check_batches(config)


def _load_splits(config):
    from seqkit.data import load_tagged
    from seqkit.samples import tagging as sample

    names = ("tokens", "tags", "label", "format", "separator")
    return load_splits(load_tagged, config, names, sample.splits)


def _settle_scheme(config, train):
    """Puts the scheme found in the training data in place of `"auto"`."""
    from seqkit.data.tags.schemes import detect_scheme, repair

    if config["scheme"] == "auto":
        config["scheme"] = detect_scheme(train["tags"]) or "none"
    if config["scheme"] == "none":
        return
    changed = sum(repair(tags, config["scheme"])[1] for tags in train["tags"])
    if changed:
        report(
            f"train: {changed} tags break the scheme {config['scheme']} and are read "
            "as conlleval reads them"
        )


def _vocabularies(config, train):
    """The word encoder, the tags and the labels; learnt from the training split."""
    from seqkit.data.tags.schemes import convert
    from seqkit.tokenizers import LabelVocabulary, WordEncoder

    encoder = WordEncoder.train(
        train["tokens"],
        vocabulary_size=config["vocabulary_size"],
        min_count=config["min_count"],
        lower=config["lowercase"],
        max_characters=config["max_characters"],
    )
    if config["scheme"] == "none":
        names = {tag for tags in train["tags"] for tag in tags}
        tags = LabelVocabulary(sorted(names))
    else:
        # Every place in a span, seen or not, so that any span can be said.
        kinds = {
            tag.partition("-")[2]
            for tags in train["tags"]
            for tag in convert(tags, config["scheme"], config["model_scheme"])
            if tag != "O"
        }
        places = "BI" if config["model_scheme"] == "BIO" else "BIES"
        tags = LabelVocabulary(
            ["O", *(f"{place}-{kind}" for kind in sorted(kinds) for place in places)]
        )
    labels = None
    if config["label"] is not None:
        labels = LabelVocabulary.train(train["label"])
    return encoder, tags, labels


def _model(config, encoder, tags, labels):
    from seqkit import models
    from seqkit.layers import tagging_constraints

    vectors = None
    if config["word_vectors"] is not None:
        from seqkit.recipes._word_vectors import vectors_by_id

        vectors = vectors_by_id(config["word_vectors"], encoder)
        config["embedding_dim"] = vectors[0].shape[1]
    allowed = {}
    if config["crf"] and config["scheme"] != "none":
        allowed = tagging_constraints(tags.names, config["model_scheme"])
    model = models.Tagger(
        encoder.vocabulary_size,
        len(tags.names),
        num_characters=encoder.num_characters if config["characters"] else None,
        num_shapes=encoder.num_shapes if config["casing"] else None,
        num_labels=None if labels is None else len(labels.names),
        architecture=config["architecture"],
        num_layers=config["num_layers"],
        hidden_dim=config["hidden_dim"],
        num_heads=config["num_heads"],
        intermediate_dim=config["intermediate_dim"],
        embedding_dim=config["embedding_dim"],
        trainable_words=config["trainable_words"],
        character_mode=config["characters"] or "cnn",
        character_dim=config["character_dim"],
        character_units=config["character_units"],
        kernel_sizes=config["kernel_sizes"],
        input_dropout=config["input_dropout"],
        dropout=config["dropout"],
        output_dropout=config["output_dropout"],
        label_weight=config["label_weight"],
        crf=config["crf"],
        dtype=config["dtype_policy"],
        **allowed,
    )
    model.build()
    if vectors is not None:
        model.set_word_vectors(*vectors)
    return model
