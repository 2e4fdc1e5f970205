"""What tagging schemes allow, against patterns over whole sequences."""

import itertools
import re

import pytest

from seqkit.errors import SeqkitError
from seqkit.layers import tagging_constraints

BIO_TAGS = ["O", "B-X", "I-X", "B-Y", "I-Y"]
TAGS = {
    "IOB1": BIO_TAGS,
    "BIO": BIO_TAGS,
    "BIOES": [*BIO_TAGS, "E-X", "S-X", "E-Y", "S-Y"],
}
# In IOB1 a span of X starts with B-X right behind another span of X, else with I-X.
PATTERNS = {
    "IOB1": "(O|(I-X)+(B-X(I-X)*)*|(I-Y)+(B-Y(I-Y)*)*)*",
    "BIO": "(O|B-X(I-X)*|B-Y(I-Y)*)*",
    "BIOES": "(O|S-X|S-Y|B-X(I-X)*E-X|B-Y(I-Y)*E-Y)*",
}


@pytest.mark.parametrize("scheme", TAGS)
def test_exactly_the_sequences_of_the_scheme_are_allowed(scheme):
    tags = TAGS[scheme]
    allowed = tagging_constraints(tags, scheme)
    pairs = allowed["allowed_transitions"]
    found = []
    for length in (1, 2, 3, 4):
        for path in itertools.product(range(len(tags)), repeat=length):
            fine = (
                allowed["allowed_start"][path[0]] and allowed["allowed_end"][path[-1]]
            )
            fine = fine and all(pairs[a, b] for a, b in itertools.pairwise(path))
            text = "".join(tags[i] for i in path)
            assert fine == bool(re.fullmatch(PATTERNS[scheme], text)), text
            found.append(fine)
    assert any(found) and not all(found)


def test_tags_without_a_type():
    allowed = tagging_constraints(["B", "I", "O"], "BIO")
    assert allowed["allowed_transitions"].tolist() == [
        [True, True, True],
        [True, True, True],
        [True, False, True],
    ]
    assert allowed["allowed_start"].tolist() == [True, False, True]


def test_errors_say_what_to_do():
    with pytest.raises(SeqkitError, match="one of IOB1, BIO, BIOES, found 'IOB3'"):
        tagging_constraints(["O"], "IOB3")
    for tag in ("S-X", "NOUN", "", "X-B", "O-X"):
        with pytest.raises(SeqkitError, match=f"found '{tag}'. Convert the tags"):
            tagging_constraints(["O", tag], "BIO")
