"""The ids of the four tokens that are not text, the same in every vocabulary."""

PAD_ID, UNKNOWN_ID, START_ID, END_ID = range(4)
"""`<pad>`, `<unk>`, `<s>` and `</s>`."""

FIRST_TEXT_ID = 4
"""The first id of a token that is text."""
