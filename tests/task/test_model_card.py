"""The card of a saved task is right, harmless, and keeps what its user wrote."""

import json

import pytest
import yaml
from huggingface_hub import ModelCard

import seqkit
from seqkit.task.card_text import CardText, take_apart
from seqkit.task.model_card import code


@pytest.fixture
def saved(fake, tmp_path):
    """A folder with a saved task, and the task."""
    task = fake.build({"train": ["a", "b"], "test": ["c"]}, target="fr")
    task.splits, task.evaluate("test")  # noqa: B018
    task.save(tmp_path / "run")
    return tmp_path / "run", task


def read(folder):
    return (folder / "README.md").read_text("utf-8")


def test_it_tells_data_options_and_figures(saved):
    folder, task = saved
    card = ModelCard.load(folder / "README.md")
    assert card.data.library_name == "seqkit" and card.data.license == "unknown"
    (result,) = card.data.eval_results
    assert (result.dataset_split, result.metric_type) == ("test", "bleu")
    assert result.metric_value == 34.5678
    for part in (
        "# run\n\nAnswers in capitals, with a line break for each beam. The recipe is",
        'task = seqkit.load("run")',
        "| `train` | 2 |",
        "| `test` | 1 |",
        "| `target` | `fr` | `de` |",
        "| `bleu` | 34.57 |",
        "| `signature` | `beams:5` |",
        "Trained on a dict in memory.",
    ):
        assert part in card.text, part
    assert "`dropout`" not in card.text  # it has its default
    assert "README.md" in json.loads((folder / "task.json").read_text())["files"]


def test_equal_tasks_have_equal_cards(saved, tmp_path):
    folder, task = saved
    task.save(tmp_path / "other" / "run")
    assert read(folder) == read(tmp_path / "other" / "run")
    seqkit.load(folder).save(tmp_path / "loaded" / "run")
    assert read(folder) == read(tmp_path / "loaded" / "run")


def test_a_default_that_follows_from_another_option_is_no_difference(tmp_path):
    task = seqkit.recipes.sentiment.Sentiment(
        seqkit.recipes.sentiment.Sentiment.Options.settle({"optimizer": "sgd"})
    )
    from seqkit.task.model_card import _options

    assert "`optimizer`" in _options(task) and "learning_rate" not in _options(task)


def test_no_folder_of_the_machine_is_in_it(fake, tmp_path):
    task = fake.build(str(tmp_path / "secret" / "data.tsv"), cache_dir="/home/me/cache")
    text = str(task.model_card("name"))
    assert "data.tsv" in text and "secret" not in text and "/home/me" not in text


def test_without_figures_there_is_no_index_of_them(fake, tmp_path):
    task = fake.build("data")
    task.results = {"test": {"bleu": 1.0}}
    task.save(tmp_path / "run")
    assert "model-index" in read(tmp_path / "run")
    task.results = {}
    task.save(tmp_path / "run")
    text = read(tmp_path / "run")
    assert "model-index" not in text and "metrics" not in text
    assert "Not evaluated." in text


def test_figures_that_are_no_numbers(fake):
    task = fake.build("data")
    task.results = {"test": {"bleu": float("nan"), "chrf": float("inf"), "n": 3}}
    card = task.model_card()
    assert card.data.eval_results is None and "| `bleu` | nan |" in card.text


HOSTILE = [
    "a\n---\nlicense: mit\n---\n",
    "---",
    "<script>alert(1)</script>",
    "`` ` ```",
    "```\n# Title",
    "a | b | c",
    "<!-- seqkit: end of this part -->",
    "\n<!-- seqkit: end of this part -->\n",
    "a\r\nb\u2028c\x1b[31m\x00",
    "](javascript:alert(1))",
    "{{ 1 }} {% raw %}",
    "x" * 5000,
    "!!python/object:os.system",
    "",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_breaks_neither_head_nor_page(fake, text):
    from markdown_it import MarkdownIt

    task = fake.build(f"/data/{text}".replace("\0", ""))
    task.options = task.options.model_copy(update={"source": text})
    task.results = {text: {text: 1.0, "signature": text}}
    task.saved_sizes = {text: 1}
    written = str(task.model_card(text))
    head = written.split("\n---\n")[0].removeprefix("---\n")
    data = yaml.safe_load(head)
    assert data["license"] == "unknown" and data["library_name"] == "seqkit"
    assert list(data)[-1] == "model-index"
    parts = take_apart(written)
    assert not parts.edited and "## Limits" in parts.part
    page = MarkdownIt("commonmark", {"html": True}).enable("table").parse(parts.part)
    headings = [
        page[i + 1].content for i, one in enumerate(page) if one.type == "heading_open"
    ]
    assert len(headings) == 7 and headings[1:3] == ["Use", "Data"]
    assert sum(one.type == "table_open" for one in page) == 4
    inline = [c for one in page for c in one.children or ()]
    assert not any(
        one.type in ("html_block", "html_inline") for one in [*page, *inline]
    )
    assert not any(one.type == "link_open" for one in inline)


@pytest.mark.parametrize("text", ["a|b", "`", "``a", "a\nb", "<b>"])
def test_code_is_shown_as_it_is(text):
    from markdown_it import MarkdownIt

    (line,) = (one for one in MarkdownIt().parse(code(text)) if one.type == "inline")
    (shown,) = line.children
    expected = text.replace("\n", " ").replace("|", r"\|")  # as a table wants it
    assert (shown.type, shown.content) == ("code_inline", expected)


def edit(folder, old, new):
    text = read(folder)
    assert old in text
    (folder / "README.md").write_text(text.replace(old, new, 1), "utf-8")


def test_what_the_user_wrote_is_kept(saved, capsys):
    folder, task = saved
    edit(folder, "license: unknown", "license: mit\nlanguage: [en]\ntags: [mine]")
    edit(folder, "<!-- seqkit: this", "Above.\n\n<!-- seqkit: this")
    (folder / "README.md").write_text(read(folder) + "\n## My notes\n\n---\n\nBelow.\n")
    capsys.readouterr()
    task.results["test"]["bleu"] = 99.0
    for _ in range(2):
        task.save(folder)
        assert (
            "the text above and below seqkit's part is kept" in capsys.readouterr().err
        )
        card = ModelCard.load(folder / "README.md")
        assert card.data.license == "mit" and card.data.language == ["en"]
        assert card.data.eval_results[0].metric_value == 99.0
        assert card.text.startswith("\nAbove.\n\n<!-- seqkit")
        assert card.text.endswith("-->\n\n## My notes\n\n---\n\nBelow.\n")
        assert card.text.count("# run") == 1


def test_the_tags_are_those_of_both(saved):
    folder, task = saved
    edit(folder, "tags:\n", "tags:\n- mine\n")
    task.save(folder)
    tags = ModelCard.load(folder / "README.md").data.tags
    assert sorted(tags) == ["fake", "keras", "mine", "seqkit"]


def test_what_the_user_wrote_goes_with_a_loaded_task(saved, tmp_path):
    folder, _ = saved
    (folder / "README.md").write_text(read(folder) + "\nBelow.\n")
    task = seqkit.load(folder)
    task.save(tmp_path / "other")
    assert read(tmp_path / "other").endswith("-->\n\nBelow.\n")
    assert "# other" in read(tmp_path / "other")


def test_what_lies_in_the_folder_comes_before_what_was_loaded(saved, tmp_path, capsys):
    folder, _ = saved
    (folder / "README.md").write_text(read(folder) + "\nOf the folder.\n")
    task = seqkit.load(folder)
    task.save(tmp_path / "other")
    edit(tmp_path / "other", "Of the folder.", "Of the other.")
    task = seqkit.load(folder)
    task.save(tmp_path / "other")
    assert read(tmp_path / "other").endswith("Of the other.\n")
    assert "another text of yours" in capsys.readouterr().err


@pytest.mark.parametrize(
    "content",
    [b"# Mine\n", b"", b"\xff\xfe\x00", b"---\n: [\n---\n", b"---\n- a\n---\n# x\n"],
    ids=range(5),
)
def test_a_card_of_another_making_or_damaged_is_left_alone(saved, content, capsys):
    folder, task = saved
    (folder / "README.md").write_bytes(content)
    assert seqkit.load(folder).options.target == "fr"
    seqkit.load(folder).save(folder)
    assert (folder / "README.md").read_bytes() == content
    assert "README.md: kept as it is" in capsys.readouterr().err
    assert "README.md" not in json.loads((folder / "task.json").read_text())["files"]
    task.save(folder)  # the user's, though an earlier save had written one
    assert (folder / "README.md").read_bytes() == content


def test_a_folder_in_its_place_is_left_alone(saved):
    folder, task = saved
    (folder / "README.md").unlink()
    (folder / "README.md").mkdir()
    (folder / "README.md" / "mine.txt").write_text("mine")
    seqkit.load(folder).save(folder)
    assert (folder / "README.md" / "mine.txt").read_text() == "mine"


def test_a_card_that_was_deleted_is_written_again(saved):
    folder, task = saved
    before = read(folder)
    (folder / "README.md").unlink()
    task.save(folder)
    assert read(folder) == before


def test_a_card_that_cannot_be_made_loses_no_model(fake, tmp_path, capsys):
    task = fake.build("data")
    task.results = {"test": 3}
    task.save(tmp_path / "run")
    assert "README.md: not written (AttributeError" in capsys.readouterr().err
    assert (tmp_path / "run" / "model.keras").exists()


def test_windows_line_ends_keep_the_marks():
    text = str(CardText({"license": "mit"}, "# A", below="Below."))
    found = take_apart(text.replace("\n", "\r\n"))
    assert found.below.strip() == "Below." and found.metadata == {"license": "mit"}
