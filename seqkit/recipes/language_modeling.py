"""Language modelling: a text, and how it goes on."""

from pathlib import Path
from typing import Literal, NamedTuple

from seqkit.errors import SeqkitError
from seqkit.recipes._configuration import (
    check_choices,
    check_counts,
    check_train,
    fill_in,
    load_splits,
    options,
    plain,
    settle_compilation,
)
from seqkit.task import Task

_RECURRENT = ("rnn", "lstm", "gru")


def build(
    dataset=None,
    *,
    column: str = "text",
    name: str | None = None,
    encoding: str = "utf-8",
    documents: bool = False,
    on_error: Literal["raise", "skip"] = "raise",
    validation_fraction: float = 0.05,
    test_fraction: float = 0.0,
    tokenizer_type: Literal["character", "byte", "word", "unigram", "bpe", None] = None,
    tokenizer: str | Path | None = None,
    vocabulary_size: int | None = None,
    architecture: Literal["rnn", "lstm", "gru", "transformer", "mamba"] = "lstm",
    model=None,
    num_layers: int | None = None,
    hidden_dim: int | None = None,
    embedding_dim: int | None = None,
    tie_embeddings: bool = True,
    num_heads: int = 4,
    intermediate_dim: int | None = None,
    context_length: int = 256,
    state_dim: int = 16,
    dropout: float = 0.1,
    input_dropout: float = 0.0,
    output_dropout: float | None = None,
    embedding_dropout: float = 0.0,
    attention_dropout: float = 0.0,
    weight_drop: float = 0.0,
    variational: bool = True,
    activation_regularization: float = 0.0,
    temporal_activation_regularization: float = 0.0,
    initializer_range: float | None = None,
    batch_size: int = 32,
    sequence_length: int = 64,
    optimizer: Literal["adamw", "sgd"] = "adamw",
    learning_rate: float | None = None,
    schedule: Literal[
        "constant", "inverse_square_root", "cosine", "hold_then_decay", "plateau"
    ] = "inverse_square_root",
    warmup_steps: int = 200,
    schedule_epochs: int = 10,
    hold_epochs: int = 6,
    decay_factor: float | None = None,
    gradient_clip: float | None = 1.0,
    weight_decay: float = 0.0,
    label_smoothing: float = 0.0,
    average: Literal["exponential", "nonmonotone", None] = "exponential",
    average_momentum: float = 0.99,
    nonmonotone_interval: int = 5,
    dtype_policy: Literal["float32", "mixed_float16", "mixed_bfloat16"] = "float32",
    jit_compile: bool | None = None,
    seed: int = 0,
    cache_dir: str | Path | None = None,
) -> "LanguageModeling":
    """Builds a language-modelling task: data, tokenizer, compiled model, generation.

    The text is cut into `batch_size` lanes that are read side by side,
    `sequence_length` tokens at a time; the state goes from batch to batch, the gradient
    does not (truncated backpropagation through time).

    Where two defaults are given, the second is that of the embedded sample.

    Args:
        dataset: Text: a file, a folder with `train.txt`, `valid.txt`, `test.txt`, a hub
            id, a `datasets` object, a list of strings, or `None` for the embedded
            stories. See `seqkit.data.load_texts` for every form.
        column: Column of the text, where there are columns.
        name: Configuration of a hub dataset.
        encoding: Encoding of text files.
        documents: Whether each row is a text of its own, from `<s>` to `</s>`. By
            default all rows are the lines of one running text.
        on_error: What a bad row does: `"raise"`, or `"skip"` and report.
        validation_fraction: Where there is no validation split, the end of the training
            text that becomes one (of documents: some at random).
        test_fraction: The same for the test split; 0 makes none.
        tokenizer_type: `"character"`, `"byte"`, `"word"` (what stands between white
            space, `</s>` at the end of a line, as in the Penn Treebank), or the
            SentencePiece models `"unigram"` and `"bpe"`. Default `"unigram"`;
            `"character"`.
        tokenizer: An existing tokenizer: a file that one of `seqkit.tokenizers` saved,
            or with `tokenizer_type="word"` a list of words, one a line.
        vocabulary_size: Size of the vocabulary; of SentencePiece 8,000 by default, of
            characters and words all that the training text holds.
        architecture: `"rnn"`, `"lstm"`, `"gru"`, `"transformer"` or `"mamba"`.
        model: A `seqkit.models.LanguageModel` of one's own instead, made with this
            `batch_size`. Its vocabulary must fit the tokenizer.
        num_layers: Layers; 2 recurrent ones, 4 blocks of the others; 1.
        hidden_dim: Width of the model, 256; 192.
        embedding_dim: Width of a recurrent model's embedding, `hidden_dim` by default.
        tie_embeddings: Whether the output shares the embedding.
        num_heads: Heads of a Transformer.
        intermediate_dim: Feed-forward size of a Transformer; 4 × `hidden_dim`.
        context_length: Positions that a Transformer's attention reaches back, across
            the batches too.
        state_dim: Size of the state of each channel of Mamba.
        dropout: Fraction dropped in training: between recurrent layers, or from each
            half of each block.
        input_dropout, output_dropout, embedding_dropout, weight_drop, variational,
            activation_regularization, temporal_activation_regularization,
            initializer_range: Of a recurrent model, as of
            `seqkit.models.RecurrentLanguageModel`; `output_dropout` is `dropout` by
            default. A Transformer takes `embedding_dropout` too.
        attention_dropout: Fraction of a Transformer's attention weights dropped.
        batch_size: Lanes.
        sequence_length: Tokens through which the gradient goes back.
        optimizer: `"adamw"`, or plain `"sgd"`.
        learning_rate: The rate, or the peak of its schedule: 0.002 for AdamW, 0.004 for
            the sample; of SGD 20. The loss is the mean over all tokens of a batch;
            published rates for a loss summed over time are `sequence_length` × larger
            here.
        schedule: `"inverse_square_root"` and `"cosine"` rise over `warmup_steps`; the
            cosine falls to 0 at `schedule_epochs`. `"hold_then_decay"` is constant
            for `hold_epochs` and then divided by `decay_factor` (1.2) in each epoch
            (Zaremba et al. 2014). `"plateau"` divides by `decay_factor` (4) whenever
            the validation loss was not the best. `"constant"` does nothing.
        warmup_steps, schedule_epochs, hold_epochs, decay_factor: See `schedule`.
        gradient_clip: Largest norm of the gradient of all weights, or `None`.
        weight_decay: Of AdamW; of SGD the L2 penalty that PyTorch calls so.
        label_smoothing: The ε of the loss.
        average: Which average of the weights is validated and kept: `"exponential"`
            (with `average_momentum`, every 10 batches), `"nonmonotone"` (NT-ASGD of
            Merity et al. 2017: the mean since validation stopped getting better, after
            `nonmonotone_interval` epochs), or `None`: the last weights.
        average_momentum, nonmonotone_interval: See `average`.
        dtype_policy: `"float32"`, `"mixed_float16"` or `"mixed_bfloat16"`.
        jit_compile: Whether XLA compiles the training step; by default on JAX alone.
        seed: Seed of Keras's global generators (set here), of splits and orders.
        cache_dir: Folder for prepared data, by default inside that of `datasets`.

    Returns:
        A `LanguageModeling`.

    Raises:
        SeqkitError: An argument or the data is not as described.
    """
    config = dict(locals())
    model = config.pop("model")
    _fill_in(config)
    _check(config, model)
    import keras

    settle_compilation(config)
    from seqkit.training import keep_freed_memory

    splits = _load_splits(config)
    tokenizer = _tokenizer(config, splits)
    keep_freed_memory()
    keras.utils.set_random_seed(seed)
    if model is None:
        model = _model(config, tokenizer.vocabulary_size)
    task = LanguageModeling(
        model=model, config=plain(config), splits=splits, tokenizer=tokenizer
    )
    task.compile()
    return task


def load(folder, config):
    """The task that `LanguageModeling.save` wrote; `seqkit.load` calls this."""
    import keras

    import seqkit.metrics  # registers the classes that the file names
    import seqkit.models
    import seqkit.training  # noqa: F401
    from seqkit.tokenizers import load_tokenizer

    tokenizer = load_tokenizer(folder / "tokenizer")
    model = keras.saving.load_model(folder / "model.keras")
    return LanguageModeling(model=model, config=config, tokenizer=tokenizer)


class TextScore(NamedTuple):
    """How probable a text is.

    Attributes:
        log_prob: The sum of `token_log_probs`, natural logarithms.
        tokens: The text's tokens as strings; of a document `</s>` too.
        token_log_probs: The log-probability of each, given all before it.
    """

    log_prob: float
    tokens: list
    token_log_probs: list


class LanguageModeling(Task):
    """A language-modelling task; `build` makes it and says what its arguments mean.

    Attributes:
        tokenizer: One of `seqkit.tokenizers`.
        splits: From name to a `datasets.Dataset` with the column text.
        start_id: What a text is predicted from: `<s>` for documents; in a running text
            the token of a line end, as if a line had ended before.
        end_id: What ends a text: `</s>` for documents, `None` in a running text.
    """

    recipe = "language_modeling"

    def __init__(self, *, model, config, tokenizer, splits=None):
        super().__init__(model=model, config=config, splits=splits)
        self.tokenizer = tokenizer
        self.start_id, self.end_id = 2, 3
        if not config["documents"]:
            self.start_id, self.end_id = tokenizer.encode(["\n"])[0][-1], None

    def compile(self):
        """Compiles the model as the configuration says."""
        from seqkit.metrics import Perplexity, TokenAccuracy
        from seqkit.recipes._optimizers import scheduled_optimizer
        from seqkit.training import TokenCrossentropy

        config = self.config
        # Schedules in epochs need to know how long one is.
        steps = len(self._batched("train", training=True)[0])
        self._compile(
            optimizer=scheduled_optimizer(config, steps),
            loss=TokenCrossentropy(label_smoothing=config["label_smoothing"]),
            weighted_metrics=[Perplexity(), TokenAccuracy()],
        )

    def predict(
        self,
        texts,
        *,
        max_length: int = 200,
        num_beams: int = 1,
        length_penalty: float = 0.0,
        num_return_sequences: int | None = None,
        temperature: float | None = None,
        top_k: int | None = None,
        top_p: float | None = None,
        stop: str | list[str] | None = None,
        seed: int = 0,
        batch_size: int = 32,
        return_scores: bool = False,
    ):
        """Continues texts.

        Args:
            texts: A list of N beginnings, or one string; an empty one is a beginning
                too.
            max_length: Most tokens that are written.
            num_beams: Beams; 1 takes the likeliest token each time.
            length_penalty: The α of the beam search.
            num_return_sequences: Continuations a text; then each result is a list.
            temperature, top_k, top_p: Where one is given, tokens are drawn.
            stop: A string or strings; a continuation ends before the first of them.
            seed: Seed of the draw.
            batch_size: Texts a batch; changes the speed and nothing else, for a text's
                draw is a function of `seed` and its row.
            return_scores: Whether to return each continuation with its log-probability.

        Returns:
            N continuations, without the texts (a string for a string); lists of them
            with `num_return_sequences`; pairs (string, score) with `return_scores`.
        """
        if isinstance(texts, str):
            return self.predict([texts], **options(locals()))[0]
        strategy = self._strategy(
            num_beams,
            num_return_sequences,
            temperature=temperature,
            top_k=top_k,
            top_p=top_p,
            length_penalty=length_penalty,
        )
        found = self._generator().predict(
            list(texts),
            strategy=strategy,
            max_length=max_length,
            num_return_sequences=num_return_sequences,
            stop=stop or (),
            seed=seed,
            batch_size=batch_size,
        )
        results = []
        for row in found:
            row = [(one.text, one.score) if return_scores else one.text for one in row]
            results.append(row if num_return_sequences else row[0])
        return results

    def stream(
        self,
        prompt: str = "",
        *,
        max_length: int | None = None,
        temperature: float | None = None,
        top_k: int | None = None,
        top_p: float | None = None,
        stop: str | list[str] | None = None,
        seed: int | None = None,
        state=None,
        tokens_per_piece: int = 1,
    ):
        """Continues a text, and gives each piece of it as soon as it is written.

        The pieces, put together, are what `predict` gives for the same arguments. A
        token costs the same wherever it stands.

        Args:
            prompt: The beginning; with a `state`, what follows the text so far.
            max_length: Most tokens that are written; `None` goes on for ever.
            temperature, top_k, top_p, stop, seed: As of `predict`.
            state: The `state` of an earlier stream, to go on from.
            tokens_per_piece: Tokens that are written at a time.

        Returns:
            An iterator of strings with the attribute `state`, where it stands.
        """
        return self._generator().stream(
            prompt,
            strategy=self._strategy(temperature=temperature, top_k=top_k, top_p=top_p),
            max_length=max_length,
            stop=stop or (),
            seed=seed,
            state=state,
            tokens_per_piece=tokens_per_piece,
        )

    def score(self, texts, *, batch_size: int = 32):
        """How probable texts are, each by itself.

        Args:
            texts: A list of N strings, or one string.
            batch_size: Texts a batch; changes the speed and nothing else.

        Returns:
            N `TextScore`s (one for a string): the log-probability of the text and of
            each token.
        """
        if isinstance(texts, str):
            return self.score([texts], batch_size=batch_size)[0]
        check_counts({"batch_size": batch_size})
        end = [] if self.end_id is None else [self.end_id]
        sequences = [
            [self.start_id, *ids, *end] for ids in self.tokenizer.encode(list(texts))
        ]
        found = self._scorer().score_sequences(sequences, batch_size=batch_size)
        return [
            TextScore(
                float(log_probs.sum()),
                self.tokenizer.pieces(ids[1:]),
                log_probs.tolist(),
            )
            for ids, log_probs in zip(sequences, found, strict=True)
        ]

    def evaluate(
        self,
        split: str = "test",
        *,
        batch_size: int = 1,
        sequence_length: int = 256,
        cache_interpolation: float | None = None,
        cache_flatness: float = 0.3,
        cache_window: int = 500,
        dynamic_learning_rate: float | None = None,
        dynamic_decay: float = 2e-3,
        dynamic_rms: bool = True,
        dataset=None,
    ):
        """Measures how well a split is predicted, every token of it once.

        Every figure is one of the whole text, with the state carried from its first
        token to its last: it depends on `batch_size` only where a lane begins without
        what stands before it, not at all with 1 or with documents, and not on
        `sequence_length` (but with dynamic evaluation).

        Args:
            split: Name of the split.
            batch_size: Lanes that are read side by side.
            sequence_length: Tokens that are read at a time.
            cache_interpolation, cache_flatness, cache_window: λ, θ and length of a
                neural cache (Grave et al. 2017), which is mixed in where λ is given.
            dynamic_learning_rate, dynamic_decay, dynamic_rms: η and λ of dynamic
                evaluation (Krause et al. 2018), which goes on learning from the text
                where η is given; with the RMS rule or plain SGD. The model is left as
                it was. Published with 5 tokens at a time.
            dataset: Dataset to take the split from, instead of the task's own.

        Returns:
            `perplexity`, `bits_per_token` and `accuracy` a token; `tokens`, their
            number; `perplexity_per_word`, by the words of the text and its line ends
            (or `</s>`s); `bits_per_character`, line ends included. With the embedded
            sample also `agreement`, the fraction of words with two forms (verbs,
            pronouns) for which the right one is more probable, and
            `agreement_with_attractors`, where a noun of the other number stands
            between.
        """
        from seqkit.data import BatchedLanes

        check_counts({"batch_size": batch_size, "sequence_length": sequence_length})
        if dataset is not None:
            self.use_dataset(dataset)
        stream = self._token_stream(split)
        scorer = self._scorer(
            _neural_cache(cache_interpolation, cache_flatness, cache_window),
            self._dynamic_evaluation(
                dynamic_learning_rate, dynamic_decay, dynamic_rms, sequence_length
            ),
        )
        lanes = BatchedLanes(
            stream,
            batch_size=batch_size,
            sequence_length=sequence_length,
            shuffle=False,
        )
        totals = scorer.total(lanes.epoch(0))
        counts = stream.counts
        scores = {
            "perplexity": totals.perplexity,
            "bits_per_token": totals.bits_per_token,
            "accuracy": totals.accuracy,
            "tokens": totals.tokens,
            "perplexity_per_word": totals.perplexity_per_word(
                stream.counts.word_tokens
            ),
            "bits_per_character": totals.bits_per_character(counts.characters),
        }
        if self.config["dataset"] is None:
            scores |= self._agreement(split)
        self.results[split] = scores
        return scores

    def _agreement(self, split):
        """How often the embedded sample's right forms are the likelier ones."""
        from seqkit.samples.language_modeling import agreement_pairs

        pairs = agreement_pairs(split)[:_MOST_PAIRS]
        texts = [
            pair.prefix + form for pair in pairs for form in (pair.right, pair.wrong)
        ]
        scores = [score.log_prob for score in self.score(texts)]
        passed = [r > w for r, w in zip(scores[::2], scores[1::2], strict=True)]
        hard = [p for p, pair in zip(passed, pairs, strict=True) if pair.attractors]
        return {
            "agreement": sum(passed) / len(passed),
            "agreement_with_attractors": sum(hard) / len(hard),
        }

    def _dynamic_evaluation(self, learning_rate, decay, rms, sequence_length):
        if learning_rate is None:
            return None
        from seqkit.data import BatchedLanes
        from seqkit.recipes._dynamic_evaluation import DynamicEvaluation

        mean_squares = None
        if rms:
            lanes = BatchedLanes(
                self._token_stream("train"),
                batch_size=100,
                sequence_length=sequence_length,
                shuffle=False,
            )
            mean_squares = self._scorer().gradient_mean_squares(lanes.epoch(0))
        return DynamicEvaluation(learning_rate, decay, mean_squares=mean_squares)

    def _generator(self):
        from seqkit.recipes._generator import Generator

        return self._once(
            Generator,
            lambda model: Generator(
                model, self.tokenizer, start_id=self.start_id, end_id=self.end_id
            ),
        )

    def _scorer(self, neural_cache=None, dynamic_evaluation=None):
        from seqkit.recipes._scorer import Scorer

        if neural_cache is None and dynamic_evaluation is None:
            return self._once(Scorer, Scorer)
        return Scorer(
            self.model, neural_cache=neural_cache, dynamic_evaluation=dynamic_evaluation
        )

    def _strategy(self, num_beams=1, num_return_sequences=None, **settings):
        from seqkit.recipes._strategies import strategy

        counts = {"num_beams": num_beams, "num_return_sequences": num_return_sequences}
        check_counts(counts)
        return strategy(**counts, **settings)

    def _signatures(self, text):
        from seqkit.export import language_signatures

        return language_signatures(
            self.model,
            self.tokenizer if text else None,
            start_id=self.start_id,
            end_id=self.end_id,
        )

    def _load_splits(self):
        return _load_splits(self.config)

    def _token_stream(self, split):
        from seqkit.data import tokenize_texts

        stream = tokenize_texts(
            self.split(split),
            self.tokenizer.encode,
            fingerprint=self.tokenizer.fingerprint,
            documents=self.config["documents"],
            cache_dir=self.config["cache_dir"],
        )
        stream.start_id = self.start_id
        return stream

    def _batches(self, split, training):
        from seqkit.data import BatchedLanes

        config = self.config
        return BatchedLanes(
            self._token_stream(split),
            batch_size=config["batch_size"],
            sequence_length=config["sequence_length"],
            shuffle=training,
            seed=config["seed"],
        )

    def _callbacks(self):
        from seqkit.recipes._optimizers import language_callbacks

        return language_callbacks(self.config, "validation" in self.splits)

    def _save_assets(self, folder):
        self.tokenizer.save(folder / "tokenizer")


# Of the embedded sample's pairs; enough for a standard error of two per cent.
_MOST_PAIRS = 400

_COUNTS = (
    "vocabulary_size",
    "num_layers",
    "hidden_dim",
    "embedding_dim",
    "num_heads",
    "intermediate_dim",
    "context_length",
    "state_dim",
    "batch_size",
    "sequence_length",
    "schedule_epochs",
    "hold_epochs",
)


def _neural_cache(interpolation, flatness, window):
    if interpolation is None:
        return None
    from seqkit.recipes._neural_cache import NeuralCache

    return NeuralCache(interpolation, flatness, window)


def _fill_in(config):
    """Puts defaults where nothing was given: others for the sample than for data."""
    sample, recurrent = config["dataset"] is None, config["architecture"] in _RECURRENT
    sgd = config["optimizer"] == "sgd"
    defaults = {
        "tokenizer_type": "character" if sample else "unigram",
        "num_layers": 1 if sample and recurrent else 2 if recurrent else 4,
        "hidden_dim": 192 if sample else 256,
        "learning_rate": 20.0 if sgd else 4e-3 if sample else 2e-3,
        "output_dropout": config["dropout"],
        "decay_factor": 4.0 if config["schedule"] == "plateau" else 1.2,
    }
    fill_in(config, defaults)
    if config["tokenizer_type"] in ("unigram", "bpe"):
        fill_in(config, {"vocabulary_size": 8000})


def _check(config, model):
    """Raises for arguments out of range or at odds, before any work is done."""
    check_choices(build, config)
    check_counts({name: config[name] for name in _COUNTS})
    if config["embedding_dim"] and config["architecture"] not in _RECURRENT:
        raise SeqkitError(
            "embedding_dim: expected None with "
            f"architecture={config['architecture']!r}, whose embedding is hidden_dim "
            f"wide, found {config['embedding_dim']}"
        )
    size = getattr(model, "batch_size", config["batch_size"])
    if size is not None and size != config["batch_size"]:
        raise SeqkitError(
            f"batch_size: expected {size}, as the model was made with, found "
            f"{config['batch_size']}"
        )


def _load_splits(config):
    from seqkit.data import load_texts
    from seqkit.samples import language_modeling as sample

    names = ("column", "test_fraction", "documents")
    return load_splits(load_texts, config, names, sample.splits)


def _tokenizer(config, splits):
    """Loads or trains the tokenizer; training sees the training split alone."""
    from seqkit import tokenizers

    kind, size = config["tokenizer_type"], config["vocabulary_size"]
    if config["tokenizer"] is not None:
        if kind == "word":
            return _word_tokenizer(config["tokenizer"])
        return tokenizers.load_tokenizer(config["tokenizer"])
    if kind == "byte":
        return tokenizers.ByteTokenizer()
    check_train(
        splits, "The tokenizer is learnt from it; give tokenizer= to do without."
    )
    end = "" if config["documents"] else "\n"
    texts = (text + end for text in splits["train"]["text"])
    if kind == "character":
        return tokenizers.CharacterTokenizer.train(texts, vocabulary_size=size)
    if kind == "word":
        return tokenizers.WordTokenizer.train(texts, vocabulary_size=size)
    # So trained, lines encoded one by one are the whole text encoded.
    return tokenizers.SentencePieceTokenizer.train(
        texts,
        vocabulary_size=size,
        model_type=kind,
        symbols=["\n"],
        add_dummy_prefix=False,
    )


def _word_tokenizer(path):
    from seqkit.tokenizers import WordTokenizer

    try:
        with open(path, "rb") as file:
            saved = file.read(1) == b"{"
    except OSError:
        saved = False  # what is read next says that there is no such file
    return WordTokenizer.load(path) if saved else WordTokenizer.from_word_list(path)


def _model(config, vocabulary_size):
    from seqkit import models

    common = {
        "num_layers": config["num_layers"],
        "hidden_dim": config["hidden_dim"],
        "tie_embeddings": config["tie_embeddings"],
        "dropout": config["dropout"],
        "batch_size": config["batch_size"],
        "dtype": config["dtype_policy"],
    }
    architecture = config["architecture"]
    if architecture == "transformer":
        model = models.TransformerLanguageModel(
            vocabulary_size,
            num_heads=config["num_heads"],
            intermediate_dim=config["intermediate_dim"],
            attention_dropout=config["attention_dropout"],
            embedding_dropout=config["embedding_dropout"],
            context_length=config["context_length"],
            **common,
        )
    elif architecture == "mamba":
        model = models.MambaLanguageModel(
            vocabulary_size, state_dim=config["state_dim"], **common
        )
    else:
        names = (
            "embedding_dim input_dropout output_dropout embedding_dropout weight_drop "
            "variational "
            "activation_regularization temporal_activation_regularization "
            "initializer_range"
        )
        model = models.RecurrentLanguageModel(
            vocabulary_size,
            cell=architecture,
            **{name: config[name] for name in names.split()},
            **common,
        )
    model.build()
    return model
