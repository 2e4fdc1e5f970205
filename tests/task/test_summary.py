"""A task at a glance: `print(task)` and what a notebook shows."""


def test_the_lines(fake):
    task = fake.build()
    assert task.summary() == {
        "recipe": "fake",
        "data": "embedded sample, not read yet",
        "model": "FakeModel (transformer), 1,234 parameters",
        "training": "not trained",
    }
    assert task.splits and task.summary()["data"] == "embedded sample: train 2, test 1"


def test_of_a_dataset(fake):
    task = fake.build({"train": ["a"] * 2000})
    assert task.summary()["data"] == "in memory dict, not read yet"
    assert task.splits and task.summary()["data"] == "a dictionary: train 2,000"


def test_of_files(fake):
    assert fake.build("a/b").summary()["data"] == "a/b, not read yet"
    files = {"train": "a.tsv", "test": "b.tsv"}
    found = fake.build(files).summary()["data"]
    assert found == "train a.tsv, test b.tsv, not read yet"


def test_training_and_results(fake):
    task = fake.build()
    task.history = {"loss": [3.0, 1.23456], "val_loss": [2.0, 1.5]}
    task.evaluate("test")
    found = task.summary()
    assert found["training"] == "2 epochs: loss 1.235, val_loss 1.5"
    assert found["result on test"] == "bleu 34.57"
    task.history = {"loss": [3.0]}
    assert task.summary()["training"] == "1 epoch: loss 3"


def test_print_aligns_the_lines(fake):
    task = fake.build()
    task.evaluate("test")
    lines = str(task).splitlines()
    assert lines[0] == "recipe          fake"
    assert lines[-1] == "result on test  bleu 34.57"


def test_html_is_a_table_and_escaped(fake):
    task = fake.build("<script>&")
    shown = task._repr_html_()
    assert shown.startswith("<table><tr><th") and shown.endswith("</table>")
    assert shown.count("<tr>") == len(task.summary())
    assert "&lt;script&gt;&amp;" in shown and "<script>" not in shown


def test_the_data_in_memory_are_not_printed(fake):
    task = fake.build({"train": ["secret"] * 1000, "test": ["secret"]})
    assert "secret" not in str(task)
