"""The course has its chapters in order, linked to each other, and with exercises."""

import re
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest

FOLDER = Path(__file__).parents[1] / "notebooks" / "course"
CHAPTERS = sorted(FOLDER.glob("[0-9]*.ipynb"))
by_chapter = pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.name)


def prose(path):
    notebook = nbformat.read(path, as_version=4)
    return [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]


def links(text):
    return re.findall(r"\]\(([^)#:]+)\)", text)


def test_chapters_are_numbered_without_a_gap():
    numbers = [int(path.name[:2]) for path in CHAPTERS]
    assert numbers == list(range(1, len(CHAPTERS) + 1))


def test_the_table_lists_every_chapter_in_order():
    listed = links((FOLDER / "README.md").read_text())
    assert [name for name in listed if name[0].isdigit()] == [p.name for p in CHAPTERS]


def test_each_chapter_links_to_the_next_and_back():
    for one, other in pairwise(CHAPTERS):
        assert other.name in links(prose(one)[0])
        assert one.name in links(prose(other)[0])


@by_chapter
def test_links_lead_to_files(path):
    missing = [link for text in prose(path) for link in links(text)]
    assert not [link for link in missing if not (FOLDER / link).exists()]


@by_chapter
def test_a_chapter_has_its_number_formulas_and_exercises(path):
    texts = prose(path)
    assert texts[0].startswith(f"# {int(path.name[:2])}. ")
    whole = "\n".join(texts)
    assert "$$" in whole
    assert "## Exercises" in whole
    assert "Solution" in whole
