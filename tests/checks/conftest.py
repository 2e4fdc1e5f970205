"""Small datasets, with faults planted in them."""

import pytest

import seqkit


@pytest.fixture
def check(tmp_path):
    """`check(recipe, dataset, **options)`, with a cache of its own."""

    def run(recipe, dataset, **options):
        options = {"cache_dir": str(tmp_path / "cache"), **options}
        return getattr(seqkit.recipes, recipe).check(dataset, **options)

    return run


@pytest.fixture
def write(tmp_path):
    """`write(name, lines)` writes a file, and returns its folder."""

    def run(name, lines):
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return path.parent

    return run


@pytest.fixture
def reviews():
    """`reviews(number, first)`: lines of a text and a label, no two texts alike."""

    def run(number, first=0):
        return [
            f"the plot of story number {n} kept me awake until morning\t"
            f"{'good' if n % 2 else 'bad'}"
            for n in range(first, first + number)
        ]

    return run


@pytest.fixture
def places():
    """The (file, line) of each place of findings that are no passes."""

    def run(findings, verdicts=("warn", "fail")):
        return [
            (place.where.rpartition("/")[2], place.line)
            for finding in findings
            if finding.verdict in verdicts
            for place in finding.places
        ]

    return run
