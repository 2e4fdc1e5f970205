import pytest

from seqkit.inspect.running_text import running_text


@pytest.mark.parametrize(
    ("tokens", "text"),
    [
        (["▁un", "believ", "able", "▁dogs", "."], "unbelievable dogs."),
        (["▁", "▁a", "\n", "▁b"], "  a↵\nb"),
        (list("ab c\n d"), "ab c↵\n d"),
        (
            ["the", "dog", "</s>", "it", "\n", "ran", "<unk>"],
            "the dog↵\nit↵\nran <unk>",
        ),
        (["n", "<0xC3>", "<0xA9>", "<0x0A>", "▁", "<0x07>"], "né↵\n \ufffd"),
        (["<0xC3>", "a"], "\ufffda"),
        (["<s>", "a", "b", "</s>"], "<s>ab</s>"),
        (["a", "\t", "\x1b", "\u202e"], "a\ufffd\ufffd\ufffd"),
        ([], ""),
    ],
)
def test_the_text_can_be_read(tokens, text):
    shown = running_text(tokens)
    assert len(shown) == len(tokens)
    assert "".join(shown) == text
