"""Arguments that make a recipe small enough for a test."""

from seqkit.data.samples import language_modeling as stories
from seqkit.data.samples import translation as sample

# 256 of the vocabulary are bytes.
TRANSLATION = {
    "num_layers": 1,
    "hidden_dim": 16,
    "num_heads": 2,
    "intermediate_dim": 32,
    "vocabulary_size": 330,
    "max_length": 32,
    "batch_size": 32,
    "bucket_width": 8,
    "warmup_steps": 5,
    "learning_rate": 5e-3,
    "num_beams": 2,
}


def translation_folder(folder, train=160, validation=10, test=10):
    """Writes a little of the embedded sample as TSV files; returns the folder."""
    splits = sample.splits(train=2000, validation=validation, test=test)
    for name, pairs in splits.items():
        lines = [f"{source}\t{target}\n" for source, target in pairs[:train]]
        (folder / f"{name}.tsv").write_text("en\tde\n" + "".join(lines), "utf-8")
    return folder


# As documents, so that no figure depends on the lanes.
LANGUAGE_MODELING = {
    "documents": True,
    "tokenizer_type": "character",
    "num_layers": 1,
    "hidden_dim": 16,
    "num_heads": 2,
    "state_dim": 4,
    "context_length": 16,
    "batch_size": 8,
    "sequence_length": 32,
    "warmup_steps": 5,
    "learning_rate": 1e-2,
}


def language_modeling_folder(folder, train=60, validation=6, test=6):
    """Writes a little of the embedded stories as text files; returns the folder."""
    splits = stories.splits(train=train, validation=validation, test=test)
    for name, lines in splits.items():
        (folder / f"{name}.txt").write_text("\n".join(lines) + "\n", "utf-8")
    return folder


def scatter(model, scale=0.5, seed=0):
    """Large weights, with which an untrained model says much to everybody."""
    import numpy as np

    rng = np.random.default_rng(seed)
    for weight in model.trainable_weights:
        weight.assign(rng.normal(scale=scale, size=weight.shape))
