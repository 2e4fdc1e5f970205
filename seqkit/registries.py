"""What can be chosen by name, and added to from other packages.

Nothing is imported before a part is used, so help and checks can list the names.
"""

from seqkit.registry import Reference, Registry


def _cells(place: str) -> dict[str, Reference]:
    return {cell: Reference(place, cell=cell) for cell in ("rnn", "lstm", "gru")}


recipes = Registry(
    "recipe",
    "recipes",
    {
        "captioning": Reference("seqkit.recipes.captioning:Captioning"),
        "forecasting": Reference("seqkit.recipes.forecasting:Forecasting"),
        "language_modeling": Reference(
            "seqkit.recipes.language_modeling:LanguageModeling"
        ),
        "pointing": Reference("seqkit.recipes.pointing:Pointing"),
        "sentiment": Reference("seqkit.recipes.sentiment:Sentiment"),
        "speech": Reference("seqkit.recipes.speech:Speech"),
        "summarization": Reference("seqkit.recipes.summarization:Summarization"),
        "tagging": Reference("seqkit.recipes.tagging:Tagging"),
        "translation": Reference("seqkit.recipes.translation:Translation"),
    },
)
"""Name to subclass of `seqkit.Task`."""

encoders = Registry(
    "encoder",
    "encoders",
    _cells("seqkit.models.context_encoder:RecurrentContext")
    | {
        "transformer": Reference("seqkit.models.context_encoder:TransformerContext"),
        "mamba": Reference("seqkit.models.context_encoder:StateSpaceContext"),
    },
)
"""Name to a Keras layer from vectors `[B, T, E]` to vectors in context.

It has `call(x, mask=None, training=False) -> [B, T, width]` and the attribute `width`.
A `Tagger` or `TextClassifier` passes those of its own arguments that the constructor
has parameters for: `num_layers`, `hidden_dim`, `num_heads`, `intermediate_dim`,
`bidirectional`, `input_dropout`, `dropout`, `variational`, `implementation`. A model
drops from the inputs itself if there is no `input_dropout`. With `return_sequences=
False`, if there is such a parameter, the layer returns `[B, width]` for the pooling
`"last"`. The attribute `default_pooling` is what a `TextClassifier` uses by default.
"""

pooled_encoders = Registry(
    "encoder",
    "pooled_encoders",
    {"cnn": Reference("seqkit.models.convolutional_encoder:ConvolutionalEncoder")},
)
"""Name to a Keras layer from vectors `[B, T, E]` to one vector `[B, width]`.

Otherwise as in `encoders`; `kernel_sizes` is another argument that it may have.
"""

forecasters = Registry(
    "architecture",
    "forecasters",
    {
        "linear": Reference("seqkit.models.segment_forecaster:LinearForecaster"),
        "segrnn": Reference("seqkit.layers:SegmentRecurrence"),
    },
)
"""Name to a Keras layer from the past of one variable to its future.

It has `call(x [B, L, D], channels [B], training=False) -> [B, H, K]`. A `Forecaster`
passes those of the arguments `look_back`, `horizon`, `num_outputs`, `num_channels`,
`segment_length`, `units`, `hidden_dim`, `num_layers`, `num_heads`, `intermediate_dim`,
`dropout`, `implementation` that the constructor has parameters for.
"""

attention_scores = Registry(
    "attention score",
    "attention_scores",
    {
        "additive": Reference("seqkit.layers.attention_scores:AdditiveScore"),
        "dot": Reference("seqkit.layers.attention_scores:DotScore"),
        "scaled_dot": Reference("seqkit.layers.attention_scores:DotScore", scaled=True),
        "general": Reference("seqkit.layers.attention_scores:GeneralScore"),
        "cosine": Reference("seqkit.layers.attention_scores:CosineScore"),
        "location": Reference("seqkit.layers.attention_scores:LocationScore"),
    },
)
"""Name to a function `score(query [B, T, D], keys [B, S, E]) -> [B, T, S]`, or to the
class of a layer of that form, which may also have `prepare(memory) -> keys`.

The class gets those of the arguments `units`, `max_positions`, `kernel_initializer` and
`coverage` of `seqkit.layers.Attention` that its constructor has parameters for. One
with an attribute `coverage` that is true is also called with the coverage `[B, T, S]`.
"""

seq2seq_models = Registry(
    "architecture",
    "seq2seq_models",
    _cells("seqkit.models:RecurrentSeq2Seq")
    | {"transformer": Reference("seqkit.models:TransformerSeq2Seq")},
)
"""Name to a callable that makes a `seqkit.models.Seq2Seq`."""

captioners = Registry(
    "architecture",
    "captioners",
    _cells("seqkit.models:RecurrentCaptioner")
    | {"transformer": Reference("seqkit.models:TransformerCaptioner")},
)
"""Name to a callable that makes a `seqkit.models.Captioner`."""

language_models = Registry(
    "architecture",
    "language_models",
    _cells("seqkit.models:RecurrentLanguageModel")
    | {
        "transformer": Reference("seqkit.models:TransformerLanguageModel"),
        "mamba": Reference("seqkit.models:MambaLanguageModel"),
    },
)
"""Name to a callable that makes a `seqkit.models.LanguageModel`."""

readers = Registry(
    "reader",
    "readers",
    {
        "tsv": Reference("seqkit.data.sources.tables:read_tsv"),
        "csv": Reference("seqkit.data.sources.tables:read_csv"),
        "jsonl": Reference("seqkit.data.sources.json_files:read_jsonl"),
        "json": Reference("seqkit.data.sources.json_files:read_json"),
        "parquet": Reference("seqkit.data.sources.readers:read_parquet"),
        "xlsx": Reference("seqkit.data.sources.xlsx:read_xlsx"),
    },
)
"""File ending to reader, for all loaders; see `seqkit.data.sources.readers`.

Another package adds a format with `@readers.register("ending")`, or with an entry point
in the group `seqkit.readers`. What a reader makes of a file is stored until the file's
bytes change: after a change to the reader, give loaders another `cache_dir`.
"""

writers = Registry(
    "writer",
    "writers",
    {
        "csv": Reference("seqkit.data.sources.writers:write_csv"),
        "tsv": Reference("seqkit.data.sources.writers:write_tsv"),
        "jsonl": Reference("seqkit.data.sources.writers:write_jsonl"),
        "parquet": Reference("seqkit.data.sources.writers:write_parquet"),
        "xlsx": Reference("seqkit.data.sources.xlsx:write_xlsx"),
    },
)
"""File ending to writer `write(path, rows)`, for the results of `predict_file`.

`rows()` yields a dictionary for each row, and may be called again. The file is new.
"""

optimizers = Registry(
    "optimizer",
    "optimizers",
    {
        "adamw": Reference("seqkit.training.optimizers:adamw"),
        "sgd": Reference("seqkit.training.optimizers:sgd"),
    },
)
"""Name to a callable `(learning_rate, *, weight_decay, gradient_clip)` that makes a
`keras.optimizers.Optimizer`."""

schedules = Registry(
    "schedule",
    "schedules",
    {
        "constant": Reference("seqkit.training.schedules:constant"),
        "inverse_square_root": Reference("seqkit.training.schedules:InverseSquareRoot"),
        "cosine": Reference("seqkit.training.schedules:cosine"),
        "hold_then_decay": Reference("seqkit.training.schedules:hold_then_decay"),
        "plateau": Reference("seqkit.training.schedules:constant"),
    },
)
"""Name to a callable that returns a learning rate, a number or a
`keras.optimizers.schedules.LearningRateSchedule`. It takes keyword arguments, those it
needs of `learning_rate`, `steps_per_epoch` and the options of a task."""

checks = Registry(
    "check",
    "checks",
    {
        "rows": Reference("seqkit.checks.rows:rows"),
        "lengths": Reference("seqkit.checks.lengths:lengths"),
        "limits": Reference("seqkit.checks.limits:limits"),
        "labels": Reference("seqkit.checks.labels:labels"),
        "duplicates": Reference("seqkit.checks.duplicates:duplicates"),
        "overlap": Reference("seqkit.checks.duplicates:overlap"),
        "contradictions": Reference("seqkit.checks.contradictions:contradictions"),
        "tag_sequences": Reference("seqkit.checks.tag_sequences:tag_sequences"),
        "sides": Reference("seqkit.checks.sides:sides"),
        "unknown_words": Reference("seqkit.checks.vocabulary:unknown_words"),
        "unknown_characters": Reference("seqkit.checks.vocabulary:unknown_characters"),
        "encoding": Reference("seqkit.checks.encoding:encoding"),
        "images": Reference("seqkit.checks.images:images"),
        "sounds": Reference("seqkit.checks.sounds:sounds"),
        "numbers": Reference("seqkit.checks.numbers:numbers"),
        "times": Reference("seqkit.checks.numbers:times"),
        "points": Reference("seqkit.checks.points:points"),
    },
)
"""Name to a check of a dataset: a function from `seqkit.checks.Examples` to
`seqkit.checks.Finding`s, none if it does not apply."""
