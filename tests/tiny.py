"""Arguments that make a recipe small enough for a test."""

import atexit
import json
import random
import shutil
import tempfile
from pathlib import Path

from seqkit.samples import captioning as scenes
from seqkit.samples import forecasting as series
from seqkit.samples import language_modeling as stories
from seqkit.samples import pointing as points
from seqkit.samples import speech as voices
from seqkit.samples import summarization as reports
from seqkit.samples import tagging as entities
from seqkit.samples import translation as sample

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


SUMMARIZATION = {
    "architecture": "gru",
    "num_layers": 1,
    "hidden_dim": 16,
    "num_heads": 2,
    "vocabulary_size": 60,
    "max_extra": 12,
    "max_length": 16,
    "max_source_length": 40,
    "batch_size": 32,
    "bucket_width": 8,
    "warmup_steps": 5,
    "learning_rate": 5e-3,
    "num_beams": 2,
    "schedule_epochs": 2,
    "coverage_start": 0.5,
    "coverage_weight": 0.01,
}


def summarization_folder(folder, train=160, validation=10, test=10):
    """Writes a little of the embedded reports as JSON lines; returns the folder."""
    splits = reports.splits(train=train, validation=validation, test=test)
    for name, pairs in splits.items():
        rows = [
            {"text": text, "summary": summary, "references": [summary, summary.upper()]}
            for text, summary in pairs
        ]
        lines = [json.dumps(row) + "\n" for row in rows]
        (folder / f"{name}.jsonl").write_text("".join(lines), "utf-8")
    return folder


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


TAGGING = {
    "hidden_dim": 12,
    "embedding_dim": 12,
    "character_dim": 6,
    "character_units": 6,
    "num_heads": 2,
    "batch_size": 8,
    "learning_rate": 5e-3,
    "average_momentum": 0.8,
}


def tagging_folder(folder, train=120, validation=10, test=10):
    """Writes a little of the embedded sample as CoNLL columns; returns the folder."""
    splits = entities.splits()
    for name, most in {"train": train, "validation": validation, "test": test}.items():
        blocks = [
            "".join(
                f"{word} {tag}\n"
                for word, tag in zip(row["tokens"], row["tags"], strict=True)
            )
            for row in splits[name][:most]
        ]
        (folder / f"{name}.conll").write_text("\n".join(blocks), "utf-8")
    return folder


SENTIMENT = {
    "tokenizer_type": "word",
    "hidden_dim": 12,
    "embedding_dim": 12,
    "num_heads": 2,
    "num_layers": 1,
    "batch_size": 8,
    "learning_rate": 3e-2,
    "average_momentum": 0.8,
}


def sentiment_folder(folder, train=120, validation=10, test=10):
    """Writes short reviews that one word decides as TSV files; returns the folder."""
    words = {"positive": "tasty witty safe", "negative": "bland dull rude"}
    rows = [
        f"{time} the {thing} was {word}.\t{label}\n"
        for time in ("Today", "Again", "At noon", "In May", "At last")
        for thing in ("soup", "story", "cook", "lamp", "view")
        for label, group in words.items()
        for word in group.split()
    ]
    random.Random(0).shuffle(rows)
    for name, count in {"test": test, "validation": validation, "train": train}.items():
        chosen, rows = rows[:count], rows[count:]
        (folder / f"{name}.tsv").write_text("text\tlabel\n" + "".join(chosen), "utf-8")
    return folder


CAPTIONING = {
    "image_size": 64,
    "hidden_dim": 16,
    "num_heads": 2,
    "intermediate_dim": 32,
    "batch_size": 16,
    "learning_rate": 1e-2,
    "warmup_steps": 5,
    "max_length": 20,
    "num_beams": 2,
}


def captioning_folder(folder, train=48, validation=6, test=6):
    """Writes a few of the embedded pictures with their metadata; returns the folder."""
    splits = scenes.splits(train=train, validation=validation, test=test)
    for name, rows in splits.items():
        (folder / name).mkdir()
        lines = []
        for number, row in enumerate(rows):
            (folder / name / f"{number}.png").write_bytes(row["image"])
            line = {"file_name": f"{number}.png", "captions": row["captions"]}
            lines.append(json.dumps(line) + "\n")
        (folder / name / "metadata.jsonl").write_text("".join(lines), "utf-8")
    return folder


def pictures(count=4):
    """Paths of a few pictures, in a folder that goes when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="seqkit-pictures-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    rows = scenes.splits(train=count, validation=1, test=1)["train"]
    for number, row in enumerate(rows):
        (folder / f"{number}.png").write_bytes(row["image"])
    return [str(folder / f"{number}.png") for number in range(count)]


def scatter(model, scale=0.5, seed=0):
    """Large weights, with which an untrained model says much to everybody."""
    import numpy as np

    rng = np.random.default_rng(seed)
    for weight in model.trainable_weights:
        weight.assign(rng.normal(scale=scale, size=weight.shape))


def steps(task, number=2):
    """The losses of some steps of training on one batch.

    Not compiled, which would take longer. The first of a warm-up may be of rate 0.
    """
    task.model.run_eagerly = True
    batch = next(iter(task.train))
    losses = []
    for _ in range(number):
        task.model.reset_metrics()
        figures = task.model.train_on_batch(*batch, return_dict=True)
        losses.append(figures["loss"])
    return losses


POINTING = {
    "num_layers": 1,
    "hidden_dim": 16,
    "num_heads": 2,
    "batch_size": 32,
    "learning_rate": 5e-3,
    "warmup_steps": 5,
    "schedule_epochs": 40,
    "average_momentum": 0.8,
}


def pointing_folder(folder, sets=240):
    """Writes a few hulls of the embedded problems as JSON lines; returns the folder."""
    splits = points.splits(train=sets, validation=24, test=24, max_points=7)
    for name, rows in splits.items():
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        (folder / f"{name}.jsonl").write_text(lines, "utf-8")
    return folder


FORECASTING = {
    "look_back": 12,
    "horizon": 6,
    "segment_length": 4,
    "hidden_dim": 8,
    "num_heads": 2,
    "batch_size": 64,
    "learning_rate": 5e-3,
    "quantiles": [0.1, 0.5, 0.9],
    "calendar": ["hour"],
    "average_momentum": 0.8,
}


def forecasting_rows(hours=420):
    """A little of the embedded series; a few values are missing."""
    rows = series.splits(hours=hours)["train"]
    for row in rows[5:300:41]:
        row["dishes"] = ""
    return rows


def forecasting_folder(folder, hours=420):
    """Writes a little of the embedded series as one CSV file; returns the file."""
    rows = forecasting_rows(hours)
    lines = [",".join(rows[0]), *(",".join(map(str, row.values())) for row in rows)]
    (folder / "canteen.csv").write_text("\n".join(lines) + "\n", "utf-8")
    return folder / "canteen.csv"


def pasts():
    """Inputs of a forecaster."""
    rows = forecasting_rows()
    return [rows[:12], rows[30:60], rows[100:120]]


SPEECH = {
    "hidden_dim": 16,
    "num_layers": 1,
    "num_heads": 2,
    "num_mels": 20,
    "subsampling": 4,
    "batch_size": 8,
    "learning_rate": 5e-3,
    "warmup_steps": 5,
    "average_momentum": 0.8,
}


def speech_folder(folder, train=24, validation=6, test=6):
    """Writes a little of the embedded sample with its metadata; returns the folder."""
    splits = voices.splits(train=train, validation=validation, test=test)
    for name, rows in splits.items():
        (folder / name).mkdir()
        lines = []
        for number, row in enumerate(rows):
            (folder / name / f"{number}.wav").write_bytes(row["audio"])
            line = {"file_name": f"{number}.wav", "text": row["text"]}
            lines.append(json.dumps(line) + "\n")
        (folder / name / "metadata.jsonl").write_text("".join(lines), "utf-8")
    return folder


def sounds(count=4):
    """Paths of a few sounds, in a folder that goes when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="seqkit-sounds-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    rows = voices.splits(train=count, validation=1, test=1)["train"]
    for number, row in enumerate(rows):
        (folder / f"{number}.wav").write_bytes(row["audio"])
    return [str(folder / f"{number}.wav") for number in range(count)]
