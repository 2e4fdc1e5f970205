"""The scale of variables, learnt and undone."""

import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

from seqkit.data import SeriesScaler
from seqkit.data.series.table import SeriesTable
from seqkit.errors import SeqkitError

RNG = np.random.default_rng(0)


def table(targets):
    none = np.zeros((len(targets), 0))
    return SeriesTable("", [""] * len(targets), targets, none, none)


def test_equals_scikit_learn():
    values = RNG.normal(5, 3, (40, 3))
    values[::7, 1] = np.nan
    values[:, 2] = 4.0  # constant
    scaler = SeriesScaler.train([table(values[:15]), table(values[15:])], "abc", [], [])
    expected = StandardScaler().fit_transform(values)
    np.testing.assert_allclose(scaler.scale(values), expected, atol=1e-12)
    np.testing.assert_allclose(scaler.unscale(scaler.scale(values)), values)


def test_saved_and_loaded(tmp_path):
    scaler = SeriesScaler(["a"], ["b"], [], [1.0, 2.0], [3.0, 4.0])
    scaler.save(tmp_path / "scaler.json")
    assert SeriesScaler.load(tmp_path / "scaler.json") == scaler


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        '{"targets": ["a"], "covariates": [], "known": [], "means": [], '
        '"deviations": [1]}',
        '{"targets": ["a"], "covariates": [], "known": [], "means": [0], '
        '"deviations": [0]}',
        '{"targets": ["a"], "covariates": [], "known": [], "means": [NaN], '
        '"deviations": [1]}',
    ],
)
def test_a_damaged_file_is_refused(tmp_path, text):
    (tmp_path / "scaler.json").write_text(text)
    with pytest.raises(SeqkitError, match="scaler.json: expected means"):
        SeriesScaler.load(tmp_path / "scaler.json")


def test_a_variable_without_values():
    with pytest.raises(SeqkitError, match="found none of a"):
        SeriesScaler.train([table(np.full((3, 1), np.nan))], ["a"], [], [])
