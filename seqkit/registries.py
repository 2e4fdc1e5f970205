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
        "language_modeling": Reference(
            "seqkit.recipes.language_modeling:LanguageModeling"
        ),
        "sentiment": Reference("seqkit.recipes.sentiment:Sentiment"),
        "tagging": Reference("seqkit.recipes.tagging:Tagging"),
        "translation": Reference("seqkit.recipes.translation:Translation"),
    },
)
"""Name to subclass of `seqkit.Task`."""

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

attention_scores = Registry(
    "attention score",
    "attention_scores",
    {
        n: Reference("seqkit.layers:Attention")
        for n in ("additive", "dot", "scaled_dot", "general", "cosine", "location")
    },
)

encoders = Registry(
    "encoder",
    "encoders",
    {
        n: Reference("seqkit.models.context_encoder:ContextEncoder")
        for n in ("rnn", "lstm", "gru", "transformer")
    },
)
pooled_encoders = Registry(
    "encoder",
    "pooled_encoders",
    {"cnn": Reference("seqkit.models.convolutional_encoder:ConvolutionalEncoder")},
)
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
