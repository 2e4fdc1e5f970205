"""Translation: a sentence in, a sentence out."""

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
    source: str = "en",
    target: str = "de",
    name: str | None = None,
    encoding: str = "utf-8",
    on_error: Literal["raise", "skip"] = "raise",
    validation_fraction: float = 0.05,
    architecture: Literal["rnn", "lstm", "gru", "transformer", None] = None,
    model=None,
    num_layers: int | None = None,
    hidden_dim: int | None = None,
    num_heads: int = 4,
    intermediate_dim: int | None = None,
    attention: str | None = "additive",
    input_feeding: bool = False,
    dropout: float = 0.1,
    attention_dropout: float = 0.0,
    tokenizer: str | Path | None = None,
    source_tokenizer: str | Path | None = None,
    target_tokenizer: str | Path | None = None,
    vocabulary_size: int = 8000,
    joint_vocabulary: bool = True,
    tokenizer_type: Literal["unigram", "bpe", "char"] = "unigram",
    byte_fallback: bool = True,
    sampling_alpha: float | None = None,
    max_length: int = 256,
    batch_tokens: int | None = None,
    batch_size: int | None = None,
    bucket_width: int | None = None,
    static_shapes: bool | None = None,
    learning_rate: float | None = None,
    warmup_steps: int | None = None,
    label_smoothing: float = 0.1,
    gradient_clip: float | None = 1.0,
    weight_decay: float = 0.0,
    average_momentum: float | None = 0.99,
    dtype_policy: Literal["float32", "mixed_float16", "mixed_bfloat16"] = "float32",
    jit_compile: bool | None = None,
    num_beams: int = 5,
    length_penalty: float = 0.6,
    early_stopping: bool = True,
    seed: int = 0,
    cache_dir: str | Path | None = None,
) -> "Translation":
    """Builds a translation task: data, tokenizer, compiled model, decoding, metrics.

    Where two defaults are given, the second is that of the embedded sample, which a
    small recurrent model learns in a minute or two.

    Args:
        dataset: Sentence pairs: a hub id, a folder or file, a `datasets` object, or
            `None` for the embedded English-German sample. See
            `seqkit.data.load_pairs` for every form.
        source, target: The two languages, as the dataset names its columns or files.
        name: Configuration of a hub dataset.
        encoding: Encoding of text files.
        on_error: What a bad pair does: `"raise"`, or `"skip"` and report.
        validation_fraction: What is held out of train where there is no validation.
        architecture: `"transformer"`, or `"rnn"`, `"lstm"`, `"gru"`: a bidirectional
            encoder and a decoder of that cell. Default `"transformer"`; `"gru"`.
        model: A `keras.Model` of one's own in the form of `seqkit.models.Seq2Seq`,
            instead of `architecture`. Its vocabulary must fit the tokenizer.
        num_layers: Layers of the encoder and as many of the decoder; 3 for a
            Transformer, 1 for the others.
        hidden_dim: Width of the model, 256; 128.
        num_heads: Heads of a Transformer.
        intermediate_dim: Feed-forward size of a Transformer; 4 × `hidden_dim`.
        attention: Score function of a recurrent model (see `seqkit.layers.Attention`),
            or `None` for the plain bottleneck between encoder and decoder.
        input_feeding: Whether a recurrent decoder reads its last attention vector.
        dropout: Fraction dropped in training.
        attention_dropout: Fraction of a Transformer's attention weights dropped.
        tokenizer: An existing SentencePiece `.model` for both languages.
        source_tokenizer, target_tokenizer: The same for one language each.
        vocabulary_size: Size of the vocabulary, or of each of the two.
        joint_vocabulary: Whether both languages share one vocabulary.
        tokenizer_type: `"unigram"`, `"bpe"` or `"char"`.
        byte_fallback: Whether unknown characters are written as bytes.
        sampling_alpha: Subword regularization in training, with this parameter.
        max_length: Pairs with more tokens on a side are left out and reported; also the
            most tokens of a translation.
        batch_tokens: Tokens of a batch, on its longer side, padding included; where
            neither it nor `batch_size` is given, 4096; 64 pairs a batch.
        batch_size: Pairs of a batch, instead.
        bucket_width: Lengths that share a bucket; 2, or 16 with `static_shapes`.
        static_shapes: Whether every batch is padded to the bounds of its bucket, in
            length and in rows; by default where XLA compiles the training step.
        learning_rate: Peak of the learning rate, 0.001; 0.004.
        warmup_steps: Steps until the peak, 400; 200. Then the rate falls with the
            square root of the step.
        label_smoothing: The ε of the loss.
        gradient_clip: Largest norm of the gradient of all weights, or `None`.
        weight_decay: Of AdamW.
        average_momentum: Momentum of the averaged weights (every 10 steps), which are
            the ones that are validated and kept; `None` keeps the last weights.
        dtype_policy: `"float32"`, `"mixed_float16"` or `"mixed_bfloat16"`.
        jit_compile: Whether XLA compiles the training step, once for every shape of a
            batch; by default on JAX alone. Wants `static_shapes`.
        num_beams: Beams of `predict` and `evaluate`; 1 is greedy.
        length_penalty: The α of the beam search.
        early_stopping: Whether a beam search leaves a sentence as soon as `num_beams`
            of its translations have ended, in a third to a half less time, or goes on
            until no other can be better.
        seed: Seed of Keras's global generators (set here), of the split and the order.
        cache_dir: Folder for prepared data, by default inside that of `datasets`.

    Returns:
        A `Translation`.

    Raises:
        SeqkitError: An argument or the data is not as described.
    """
    config = dict(locals())
    model = config.pop("model")
    _fill_in(config)
    _check(config)
    import keras

    settle_compilation(config)
    if bucket_width is None:
        config["bucket_width"] = 16 if config["static_shapes"] else 2
    from seqkit.training import keep_freed_memory

    splits = _load_splits(config)
    tokenizers = _tokenizers(config, splits)
    keep_freed_memory()
    keras.utils.set_random_seed(seed)
    if model is None:
        model = _model(config, *tokenizers)
    task = Translation(
        model=model, config=plain(config), splits=splits, tokenizers=tokenizers
    )
    task.compile()
    return task


def load(folder, config):
    """The task that `Translation.save` wrote; `seqkit.load` calls this."""
    import keras

    import seqkit.metrics  # registers the classes that the file names
    import seqkit.models
    import seqkit.training  # noqa: F401
    from seqkit.tokenizers import SentencePieceTokenizer

    source = SentencePieceTokenizer.load(folder / "source.model")
    target = source
    if (folder / "target.model").exists():
        target = SentencePieceTokenizer.load(folder / "target.model")
    model = keras.saving.load_model(folder / "model.keras")
    return Translation(model=model, config=config, tokenizers=(source, target))


class Translation(Task):
    """A translation task; `build` makes it and says what its arguments mean.

    Attributes:
        source_tokenizer, target_tokenizer: One object where the vocabulary is joint.
        splits: From name to a `datasets.Dataset` with the columns source and target.
    """

    recipe = "translation"

    def __init__(self, *, model, config, tokenizers, splits=None):
        super().__init__(model=model, config=config, splits=splits)
        self.source_tokenizer, self.target_tokenizer = tokenizers

    def compile(self):
        """Compiles the model as the configuration says."""
        import keras

        from seqkit.metrics import Perplexity, TokenAccuracy
        from seqkit.training import InverseSquareRoot, TokenCrossentropy

        config = self.config
        schedule = InverseSquareRoot(config["learning_rate"], config["warmup_steps"])
        self._compile(
            optimizer=keras.optimizers.AdamW(
                schedule,
                weight_decay=config["weight_decay"],
                beta_2=0.98,
                epsilon=1e-9,
                global_clipnorm=config["gradient_clip"],
            ),
            loss=TokenCrossentropy(label_smoothing=config["label_smoothing"]),
            weighted_metrics=[Perplexity(), TokenAccuracy()],
        )

    def predict(
        self,
        texts,
        *,
        num_beams: int | None = None,
        length_penalty: float | None = None,
        early_stopping: bool | None = None,
        coverage_penalty: float = 0.0,
        num_return_sequences: int | None = None,
        temperature: float | None = None,
        top_k: int | None = None,
        top_p: float | None = None,
        seed: int = 0,
        batch_size: int = 64,
        return_scores: bool = False,
    ):
        """Translates texts.

        Args:
            texts: A list of N strings, or one string.
            num_beams: Beams; 1 is greedy. By default that of `build`.
            length_penalty, early_stopping: As in `build`, and by default what was
                given there.
            coverage_penalty: The β of the beam search, for models with attention.
            num_return_sequences: Translations a text, best first; then each result is
                a list. At most `num_beams` in a beam search.
            temperature, top_k, top_p: Where one is given, translations are drawn.
            seed: Seed of the draw.
            batch_size: Texts a batch; changes the speed and nothing else, for a text's
                draw is a function of `seed` and its row.
            return_scores: Whether to return each translation with its score.

        Returns:
            N strings (a string for a string); lists of them with
            `num_return_sequences`; pairs (string, score) with `return_scores`.
        """
        if isinstance(texts, str):
            return self.predict([texts], **options(locals()))[0]
        from seqkit.recipes._n_best import n_best_texts
        from seqkit.recipes._strategies import draws

        texts = list(texts)
        check_counts(
            {"batch_size": batch_size, "num_return_sequences": num_return_sequences}
        )
        strategy = self._strategy(
            num_beams,
            length_penalty,
            early_stopping,
            coverage_penalty=coverage_penalty,
            num_return_sequences=num_return_sequences,
            temperature=temperature,
            top_k=top_k,
            top_p=top_p,
        )
        n_best = self._translator(strategy).translate(
            self._source_ids(texts),
            batch_size=batch_size,
            seed=seed if draws(strategy) else None,
        )
        return n_best_texts(
            n_best,
            self.target_tokenizer.decode,
            num_return_sequences=num_return_sequences,
            return_scores=return_scores,
        )

    def evaluate(
        self,
        split: str = "test",
        *,
        num_beams: int | None = None,
        length_penalty: float | None = None,
        early_stopping: bool | None = None,
        batch_size: int = 64,
        lowercase: bool = False,
        dataset=None,
    ):
        """Scores the translations of a split.

        Args:
            split: Name of the split.
            num_beams, length_penalty, early_stopping, batch_size: As of `predict`.
            lowercase: Whether BLEU and chrF leave case out of account.
            dataset: Dataset to take the split from, instead of the task's own.

        Returns:
            `bleu`, `chrf`, their signatures, and `perplexity` and `accuracy` a target
            token. What was too long to be counted in the perplexity is in
            `over_length`; BLEU and chrF count every pair.
        """
        from seqkit.metrics import translation_scores

        if dataset is not None:
            self.use_dataset(dataset)
        pairs = self.split(split)
        translations = self.predict(
            list(pairs["source"]),
            num_beams=num_beams,
            length_penalty=length_penalty,
            early_stopping=early_stopping,
            batch_size=batch_size,
        )
        scores = translation_scores(
            translations, list(pairs["target"]), lowercase=lowercase
        )
        batches, batched = self._batched(split)
        figures = self.model.evaluate(batched, return_dict=True, verbose=0)
        scores["perplexity"] = float(figures["perplexity"])
        scores["accuracy"] = float(figures["accuracy"])
        if batches.pairs.over_length:
            scores["over_length"] = batches.pairs.over_length
        self.results[split] = scores
        return scores

    def attention(self, source: str, target: str | None = None):
        """The alignment between a sentence and its translation.

        Args:
            source: A sentence.
            target: Its translation; by default what `predict` says.

        Returns:
            A `seqkit.inspect.Alignment`: `weights` `[T, S]`, the attention of each
            target token over the source tokens, with `source_tokens` (S) and
            `target_tokens` (T). Each row sums to 1; both sides end with `</s>`.

        Raises:
            SeqkitError: The model has no attention.
        """
        import numpy as np

        from seqkit.inspect import Alignment

        if target is None:
            target = self.predict(source)
        source_ids = self._source_ids([source])[0]
        target_ids = self.target_tokenizer.encode([target])[0]
        weights = None
        if hasattr(self.model, "alignment"):
            weights = self.model.alignment(
                {
                    "encoder_token_ids": np.array([source_ids], "int32"),
                    "decoder_token_ids": np.array([[2, *target_ids]], "int32"),
                }
            )
        if weights is None:
            raise SeqkitError(
                "attention: expected a model that attends to its source, found "
                f"attention={self.config.get('attention')!r}. Build the task with "
                "another architecture or attention."
            )
        import keras

        return Alignment(
            keras.ops.convert_to_numpy(weights)[0],
            self.source_tokenizer.pieces(source_ids),
            self.target_tokenizer.pieces([*target_ids, _END_ID]),
        )

    def _source_ids(self, texts):
        return [[*ids, _END_ID] for ids in self.source_tokenizer.encode(texts)]

    def _strategy(
        self, num_beams=None, length_penalty=None, early_stopping=None, **settings
    ):
        from seqkit.recipes._strategies import strategy

        given = {
            "num_beams": num_beams,
            "length_penalty": length_penalty,
            "early_stopping": early_stopping,
        }
        fill_in(given, self.config)
        return strategy(**given, **settings)

    def _translator(self, strategy):
        """One compiled translator for each strategy."""
        from seqkit.recipes._strategies import key
        from seqkit.recipes._translator import Translator

        most = self.config["max_length"]
        return self._once(
            key(strategy), lambda model: Translator(model, strategy, most)
        )

    def _signatures(self, text):
        """What a SavedModel of the task answers: the best translation, and the beam."""
        from seqkit.export import (
            TextReader,
            TextWriter,
            text_signatures,
            token_signatures,
        )

        def decode(count):
            strategy = self._strategy(num_return_sequences=count)
            run = self._translator(strategy).decode
            return lambda inputs: run(inputs["encoder_token_ids"])

        decoders = decode(None), decode(self.config["num_beams"])
        if not text:
            return token_signatures(*decoders)
        source, target = self.source_tokenizer, self.target_tokenizer
        read = TextReader(source)
        same = source.fingerprint == target.fingerprint
        write = TextWriter(read.tokenizer if same else target)
        return text_signatures(*decoders, read, write)

    def _load_splits(self):
        return _load_splits(self.config)

    def _batches(self, split, training):
        from seqkit.data import BatchedPairs, BucketPlan, tokenize_pairs

        config = self.config
        source, target = self.source_tokenizer, self.target_tokenizer
        pairs = tokenize_pairs(
            self.split(split),
            source.encode,
            target.encode,
            fingerprint=f"{source.fingerprint}-{target.fingerprint}",
            max_length=config["max_length"],
            cache_dir=config["cache_dir"],
        )
        alpha = config["sampling_alpha"] if training else None

        def resample(source_texts, target_texts, seed):
            return (
                source.encode(source_texts, sampling_alpha=alpha, seed=seed),
                target.encode(target_texts, sampling_alpha=alpha, seed=seed + 1),
            )

        if not len(pairs):
            raise SeqkitError(
                f"{split}: expected pairs of at most max_length={config['max_length']} "
                f"tokens a side, found none among {pairs.over_length}"
            )
        if pairs.over_length:
            report(
                f"{split}: {pairs.over_length} of {pairs.over_length + len(pairs)} "
                f"pairs have more than max_length={config['max_length']} tokens and "
                "are left out"
            )
        plan = BucketPlan(
            pairs.lengths,
            batch_tokens=config["batch_tokens"],
            batch_size=config["batch_size"],
            bucket_width=config["bucket_width"],
            shuffle=training,
            seed=config["seed"],
        )
        return BatchedPairs(
            pairs,
            plan,
            resample=resample if alpha else None,
            static_shapes=config["static_shapes"],
        )

    def _callbacks(self):
        from seqkit.recipes._optimizers import averages

        return averages(self.config)

    def _save_assets(self, folder):
        self.source_tokenizer.save(folder / "source.model")
        if self.target_tokenizer is not self.source_tokenizer:
            self.target_tokenizer.save(folder / "target.model")


_COUNTS = (
    "num_layers",
    "hidden_dim",
    "num_heads",
    "intermediate_dim",
    "vocabulary_size",
    "max_length",
    "batch_tokens",
    "batch_size",
    "bucket_width",
    "num_beams",
)


_DEFAULTS = {
    "architecture": "transformer",
    "hidden_dim": 256,
    "learning_rate": 1e-3,
    "warmup_steps": 400,
}
_SAMPLE_DEFAULTS = {
    "architecture": "gru",
    "hidden_dim": 128,
    "learning_rate": 4e-3,
    "warmup_steps": 200,
}


def _fill_in(config):
    """Puts defaults where nothing was given: others for the sample than for data."""
    sample = config["dataset"] is None
    if config["batch_tokens"] is None and config["batch_size"] is None:
        config |= {"batch_size": 64} if sample else {"batch_tokens": 4096}
    fill_in(config, _SAMPLE_DEFAULTS if sample else _DEFAULTS)


def _check(config):
    """Raises for arguments out of range or at odds, before any work is done."""
    check_choices(build, config)
    check_counts({name: config[name] for name in _COUNTS})
    languages = {config["source"], config["target"]}
    if config["dataset"] is None and languages != {"en", "de"}:
        raise SeqkitError(
            "source, target: expected en and de, the languages of the embedded "
            f"sample, found {config['source']} and {config['target']}. "
            "Give a dataset in these languages."
        )
    files = [config["source_tokenizer"], config["target_tokenizer"]]
    if (files[0] is None) != (files[1] is None) or (config["tokenizer"] and any(files)):
        raise SeqkitError(
            "tokenizer: expected either tokenizer= for both languages or both "
            "source_tokenizer= and target_tokenizer="
        )
    check_batches(config)


def _load_splits(config):
    from seqkit.data import load_pairs
    from seqkit.data.samples import translation as sample

    def pairs():
        splits = sample.splits()
        if config["source"] == "en":
            return splits
        return {k: [(t, s) for s, t in v] for k, v in splits.items()}

    return load_splits(load_pairs, config, ("source", "target"), pairs)


def _tokenizers(config, splits):
    """Loads or trains the tokenizers; training sees the training split alone."""
    from seqkit.tokenizers import SentencePieceTokenizer

    if config["tokenizer"]:
        tokenizer = SentencePieceTokenizer.load(config["tokenizer"])
        return tokenizer, tokenizer
    if config["source_tokenizer"]:
        return (
            SentencePieceTokenizer.load(config["source_tokenizer"]),
            SentencePieceTokenizer.load(config["target_tokenizer"]),
        )
    check_train(
        splits, "The tokenizer is learnt from it; give tokenizer= to do without."
    )
    train = splits["train"]

    def learn(*columns):
        texts = (text for column in columns for text in train[column])
        return SentencePieceTokenizer.train(
            texts,
            vocabulary_size=config["vocabulary_size"],
            model_type=config["tokenizer_type"],
            byte_fallback=config["byte_fallback"],
        )

    if config["joint_vocabulary"]:
        tokenizer = learn("source", "target")
        return tokenizer, tokenizer
    return learn("source"), learn("target")


def _model(config, source_tokenizer, target_tokenizer):
    from seqkit import models

    joint = source_tokenizer is target_tokenizer
    common = {
        "vocabulary_size": target_tokenizer.vocabulary_size,
        "source_vocabulary_size": None if joint else source_tokenizer.vocabulary_size,
        "hidden_dim": config["hidden_dim"],
        "dropout": config["dropout"],
        "dtype": config["dtype_policy"],
    }
    if config["architecture"] == "transformer":
        model = models.TransformerSeq2Seq(
            num_layers=config["num_layers"] or 3,
            num_heads=config["num_heads"],
            intermediate_dim=config["intermediate_dim"] or 4 * config["hidden_dim"],
            attention_dropout=config["attention_dropout"],
            **common,
        )
    else:
        model = models.RecurrentSeq2Seq(
            cell=config["architecture"],
            num_layers=config["num_layers"] or 1,
            attention=config["attention"],
            input_feeding=config["input_feeding"],
            **common,
        )
    model.build()
    return model
