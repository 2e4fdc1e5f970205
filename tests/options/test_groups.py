"""The shared groups: every option has a sentence, and every default is right."""

import pytest

from seqkit.options import Options, groups
from seqkit.options.defaults import Derived
from seqkit.options.groups import language
from seqkit.options.options import SECTIONS
from seqkit.registries import recipes

GROUPS = {
    one.__name__: one
    for one in (*vars(groups).values(), *vars(language).values())
    if isinstance(one, type) and issubclass(one, Options) and one is not Options
}


@pytest.mark.parametrize("name", sorted(GROUPS))
def test_sentences_and_defaults(name):
    group = GROUPS[name]
    assert group.__doc__ and group.title
    for name in group.model_fields:
        sentence = group.meaning(name)
        assert sentence[0].isupper() and sentence.endswith("."), name
        declared = group.declared(name)
        for sample in (True, False):
            default = declared.of(sample)
            if default is not None and not isinstance(default, Derived):
                assert group.accepts(name, default), name
    for dataset in (None, "folder"):
        group.filled({"dataset": dataset})


def test_dir_lists_the_groups_alone():
    assert {"Data", "Tags", "rates"} < set(dir(groups))
    for name in {*dir(groups)} - {"rates"}:
        assert issubclass(getattr(groups, name), Options), name


@pytest.mark.parametrize(
    ("group", "values", "problem"),
    [
        (
            groups.TokenBatches,
            {"batch_size": 1, "batch_tokens": 9},
            "batch_tokens, batch_size: expected one of them, found both",
        ),
        (
            groups.PairTokenizers,
            {"source_tokenizer": "a"},
            "tokenizer, source_tokenizer, target_tokenizer: expected either",
        ),
        (
            groups.PairTokenizers,
            {"tokenizer": "a", "target_tokenizer": "a"},
            "tokenizer, source_tokenizer, target_tokenizer: expected either",
        ),
        (
            groups.EncoderDecoder,
            {"hidden_dim": 250, "num_heads": 4},
            "hidden_dim, num_heads: expected a width that is a multiple",
        ),
        (
            groups.Images,
            {"fine_tune": True},
            "fine_tune, image_encoder: expected an image_encoder",
        ),
        (
            groups.Labels,
            {"multi_label": True, "class_weight": "balanced"},
            "multi_label, class_weight: expected no class_weight",
        ),
        (
            groups.Classifier,
            {"architecture": "cnn", "pooling": "last"},
            "architecture, pooling: expected max",
        ),
        (
            language.LanguageModel,
            {"architecture": "mamba", "embedding_dim": 9},
            "embedding_dim, architecture: expected no embedding_dim",
        ),
    ],
)
def test_conditions_across_options(group, values, problem):
    (found,) = group.problems(values)
    assert found.startswith(problem)


def test_recurrent_layers_have_no_heads():
    values = {"architecture": "gru", "hidden_dim": 250, "num_heads": 4}
    assert not groups.EncoderDecoder.problems(values)


def test_xla_needs_static_shapes():
    class Joined(groups.Batches, groups.Precision):
        pass

    (found,) = Joined.problems({"jit_compile": True, "static_shapes": False})
    assert found.startswith("jit_compile, static_shapes: expected static_shapes")
    assert not Joined.problems({"jit_compile": True})


@pytest.mark.parametrize("name", list(recipes))
def test_headings_have_one_order(name):
    found = [title for title in recipes[name].Options.groups() if title in SECTIONS]
    assert found == [title for title in SECTIONS if title in found]
    assert found[0] == "Data"
