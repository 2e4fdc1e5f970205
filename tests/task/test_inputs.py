"""What `predict` is given: tables, and inputs that cannot be read."""

import datasets
import pandas as pd
import pytest

from seqkit.errors import SeqkitError
from seqkit.task.columns import inputs_of

TEXTS = ["a", "b"]


@pytest.mark.parametrize("make", [pd.DataFrame, datasets.Dataset.from_dict])
@pytest.mark.parametrize(
    ("columns", "config"),
    [
        ({"text": TEXTS, "label": [0, 1]}, {"text": "text"}),
        ({"review": TEXTS, "label": [0, 1]}, {"text": "review"}),
        ({"source": TEXTS, "target": TEXTS[::-1]}, {"source": "en"}),
        ({"en": TEXTS, "de": TEXTS[::-1]}, {"source": "en"}),
        ({"anything": TEXTS}, {"text": "text"}),
    ],
    ids=str,
)
def test_the_right_column_of_a_table(make, columns, config):
    assert inputs_of(make(columns), config) == TEXTS


@pytest.mark.parametrize(
    "table", [pd.DataFrame({"x": TEXTS, "y": TEXTS}), {"text": TEXTS}], ids=type
)
def test_a_table_without_it_is_refused(fake, table):
    with pytest.raises(SeqkitError, match="expected a list, or a table with a column"):
        fake.build().predict(table)


def test_a_table_is_predicted_by_rows(fake):
    table = pd.DataFrame({"en": TEXTS, "de": TEXTS})
    assert fake.build().predict(table, num_beams=1) == ["A\r\n!", "B\r\n!"]


def test_columns_alone_are_lists():
    assert inputs_of(TEXTS, {}) is TEXTS
    column = pd.Series(TEXTS)
    assert inputs_of(column, {}) is column
