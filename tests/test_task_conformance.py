"""Every verb on every recipe, in the order of a task's life.

A new recipe adds a row to `RECIPES`.
"""

from pathlib import Path

import pytest

import seqkit
from seqkit.results import ClassifiedText, Entity, TaggedText
from seqkit.testing import RecipeChecks
from tests import tiny


def serve_translation(loaded, inputs):
    import tensorflow as tf

    answer = loaded.signatures["serving_default"](text=tf.constant(inputs))
    return [text.decode() for text in answer["translations"].numpy()]


def serve_summarization(loaded, inputs):
    import tensorflow as tf

    answer = loaded.signatures["serving_default"](text=tf.constant(inputs))
    return [text.decode() for text in answer["summaries"].numpy()]


def serve_language_modeling(loaded, inputs):
    import tensorflow as tf

    answer = loaded.signatures["serving_default"](
        text=tf.constant(inputs),
        max_length=tf.constant(200),
        temperature=tf.constant(0.0),
        top_k=tf.constant(0),
        top_p=tf.constant(1.0),
        seed=tf.constant(0, tf.int64),
    )
    return [text.decode() for text in answer["texts"].numpy()]


def serve_tagging(loaded, inputs):
    """Words, places, tags and entities of each text, as `predict` gives them."""
    import tensorflow as tf

    answer = loaded.signatures["serving_default"](text=tf.constant(inputs))
    answer = {name: value.numpy() for name, value in answer.items()}
    found = []
    for row, text in enumerate(inputs):
        rows = {name: value[row] for name, value in answer.items()}
        words = [word.decode() for word in rows["words"] if word]
        used = slice(len(words))
        spans = zip(rows["starts"][used], rows["ends"][used], strict=True)
        entities = [
            Entity(body.decode(), kind.decode(), int(start), int(end), rounded(score))
            for body, kind, start, end, score in zip(
                *(rows[f"entity_{n}"] for n in ("texts", "types", "starts", "ends")),
                rows["entity_scores"],
                strict=True,
            )
            if kind
        ]
        tags = [tag.decode() for tag in rows["tags"][used]]
        scores = [rounded(score) for score in rows["scores"][used]]
        spans = [(int(start), int(end)) for start, end in spans]
        found.append(TaggedText(text, words, spans, tags, scores, entities))
    return found


def serve_captioning(loaded, inputs):
    import tensorflow as tf

    images = [Path(path).read_bytes() for path in inputs]
    answer = loaded.signatures["serving_default"](image=tf.constant(images))
    return [text.decode() for text in answer["captions"].numpy()]


def serve_forecasting(loaded, inputs):
    """Forecasts of windows in the units of the data, by the hours of the calendar."""
    import numpy as np
    import pandas
    import tensorflow as tf

    from seqkit.data.series.calendar import calendar_features
    from seqkit.results import forecast

    found, (past, ahead) = [], (12, 6)
    for one in inputs:
        frame = pandas.DataFrame(one).iloc[-past:].set_index("time")
        values = frame.apply(pandas.to_numeric).to_numpy("float32")
        begin = pandas.Timestamp(frame.index[0])
        hours = pandas.date_range(begin, periods=past + ahead, freq="h")
        times = [str(hour) for hour in hours]
        calendar = calendar_features(times, ["hour"]).astype("float32")
        answer = loaded.signatures["serving_default"](
            values=tf.constant(values[None]), calendar=tf.constant(calendar[None])
        )
        quantiles = answer["quantiles"].numpy()[0]
        np.testing.assert_array_equal(answer["forecast"][0], quantiles[..., 1])
        found.append(forecast([*frame], times[past:], quantiles, [0.1, 0.5, 0.9]))
    return found


def serve_pointing(loaded, inputs):
    """Orders of padded sets; what fills up has no meaning."""
    import tensorflow as tf

    from seqkit.data import pad_points
    from seqkit.data.points.reading import as_points
    from seqkit.results import Order

    sets = [as_points(one, 2) for one in inputs]
    answer = loaded.signatures["serving_default"](
        **{name: tf.constant(value) for name, value in pad_points(sets).items()}
    )
    rows = zip(answer["order"].numpy(), answer["lengths"].numpy(), sets, strict=True)
    return [Order(row[:length].tolist(), one, "hull") for row, length, one in rows]


def serve_speech(loaded, inputs):
    import tensorflow as tf

    sounds = [Path(path).read_bytes() for path in inputs]
    answer = loaded.signatures["serving_default"](audio=tf.constant(sounds))
    return [text.decode() for text in answer["texts"].numpy()]


def serve_sentiment(loaded, inputs):
    import tensorflow as tf

    answer = loaded.signatures["serving_default"](text=tf.constant(inputs))
    answer = {name: value.numpy() for name, value in answer.items()}
    names = [name.decode() for name in answer["label_names"][0]]
    return [
        ClassifiedText(
            label.decode(),
            rounded(score),
            dict(zip(names, map(rounded, chances), strict=True)),
            [label.decode()],
        )
        for label, score, chances in zip(
            answer["labels"], answer["scores"], answer["probabilities"], strict=True
        )
    ]


def rounded(score):
    return round(float(score), 4)


# Arguments of `RecipeChecks`; `dataset` writes a tiny one into a folder.
RECIPES = {
    "captioning": dict(
        dataset=tiny.captioning_folder,
        options=tiny.CAPTIONING,
        inputs=tiny.pictures(),
        metrics={"bleu_4", "cider", "rouge_l", "signature", "perplexity", "exact"},
        serve=serve_captioning,
    ),
    "forecasting": dict(
        dataset=tiny.forecasting_folder,
        options=tiny.FORECASTING,
        inputs=tiny.pasts(),
        metrics={"mse", "mae", "mase", "coverage", "signature"},
        serve=serve_forecasting,
    ),
    "language_modeling": dict(
        dataset=tiny.language_modeling_folder,
        options=tiny.LANGUAGE_MODELING,
        inputs=["The dogs", "A <s> cat\tsees </s>", "The old", "Then", ""],
        metrics={"perplexity", "bits_per_token", "perplexity_per_word", "accuracy"},
        serve=serve_language_modeling,
    ),
    "pointing": dict(
        dataset=tiny.pointing_folder,
        options=tiny.POINTING,
        inputs=[
            [[0.1, 0.2], [0.9, 0.1], [0.5, 0.5], [0.4, 0.9]],
            "0.5 0.1 0.3 0.7 0.9 0.8",
            [[0, 0], [5, 1], [2, 8], [3, 3], [9, 9], [1, 4]],
            "[[0.2, 0.1]]",
        ],
        metrics={"exact", "area_covered", "invalid", "perplexity", "accuracy"},
        serve=serve_pointing,
    ),
    "sentiment": dict(
        dataset=tiny.sentiment_folder,
        options=tiny.SENTIMENT,
        inputs=["The film was not good.", "A <s> dull\tplay </s>", "Good!", ""],
        metrics={"accuracy", "macro_f1", "calibration_error"},
        serve=serve_sentiment,
    ),
    "speech": dict(
        dataset=tiny.speech_folder,
        options=tiny.SPEECH,
        inputs=tiny.sounds(),
        metrics={"wer", "cer", "exact", "signature"},
        serve=serve_speech,
    ),
    "summarization": dict(
        dataset=tiny.summarization_folder,
        options=tiny.SUMMARIZATION,
        inputs=[
            "Grirmen, who lives in Mermford, lost a coin. Sistis saw it.",
            "A <s> Zyx\tsees 🐕 </s>",
            "Qoxel Vuvv has opened a bakery in Zyzzton. Qoxel is a baker.",
            "No.",
            "",
        ],
        metrics={
            "rouge_1",
            "rouge_2",
            "rouge_l",
            "rouge_signature",
            "copied",
            "unknown_words",
            "perplexity",
            "accuracy",
        },
        serve=serve_summarization,
    ),
    "tagging": dict(
        dataset=tiny.tagging_folder,
        options=tiny.TAGGING,
        inputs=[
            "Marlow said that the Bank of Milford isn't open.",
            "A <s> note\tto </s> Ana 🐕",
            "Why?",
            "",
        ],
        metrics={"precision", "recall", "f1", "accuracy"},
        serve=serve_tagging,
    ),
    "translation": dict(
        dataset=tiny.translation_folder,
        options=tiny.TRANSLATION,
        inputs=[
            "The black dog is sleeping.",
            "A <s> cat\tsees 🐕 </s>",
            "The woman who is old helps the small child.",
            "No.",
            "",
        ],
        metrics={"bleu", "chrf", "signature", "perplexity", "accuracy"},
        serve=serve_translation,
    ),
}


@pytest.mark.parametrize("name", RECIPES)
def test_fields_describe_the_examples(name, tmp_path):
    recipe = seqkit.registries.recipes[name]
    folder = RECIPES[name]["dataset"](tmp_path)
    task = recipe.build(folder, **RECIPES[name]["options"])
    needed = {n for n, field in recipe.fields.items() if not field.optional}
    columns = set(task.split("train").column_names)
    assert needed <= columns <= set(recipe.fields)


def test_every_recipe_has_a_row():
    assert sorted(RECIPES) == dir(seqkit.recipes)


@pytest.fixture(scope="module", params=sorted(RECIPES))
def checks(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    data = folder / "data"
    data.mkdir()
    row = RECIPES[request.param]
    return RecipeChecks(
        request.param, **{**row, "dataset": row["dataset"](data)}, folder=folder
    )


@pytest.mark.filterwarnings("ignore:Use 'content=<...>' to upload:DeprecationWarning")
def test_the_hub_gives_back_what_was_pushed(checks, hub):
    checks.trained.push_to_hub("owner/name")
    assert checks.trained.pipeline_tag
    assert seqkit.load("owner/name").predict(checks.inputs) == checks.answers


@pytest.mark.parametrize("check", RecipeChecks.names())
def test_recipe(checks, check):
    checks.run(check)
