from seqkit.inspect.pieces import readable, word_spans, word_text


def words(pieces):
    return [word_text(pieces[start:stop]) for start, stop in word_spans(pieces)]


def test_pieces_of_a_word_are_joined():
    assert words(["▁un", "believ", "able", "▁dogs"]) == ["unbelievable", "dogs"]


def test_the_sign_for_a_space_may_be_a_piece_of_its_own():
    assert words(["▁", "Die", "▁", "Hund", "e"]) == ["Die", "Hunde"]


def test_punctuation_stands_alone_behind_a_word_and_not_within():
    assert words(["▁don", "'", "t", "."]) == ["don't", "."]
    assert words(["▁Stop", ".", ".", "▁(", "x", ")"]) == ["Stop", ".", ".", "(x", ")"]


def test_special_tokens_stand_alone():
    assert words(["<s>", "dog", "</s>", "<pad>"]) == ["<s>", "dog", "</s>", "<pad>"]


def test_words_stay_as_they_are():
    assert words(["a", "red", "ring", "</s>"]) == ["a", "red", "ring", "</s>"]


def test_bytes_become_characters():
    dog = [f"<0x{byte:02X}>" for byte in "🐕".encode()]
    assert words(["▁a", "▁", *dog, "</s>"]) == ["a", "🐕", "</s>"]
    assert words(dog[:2]) == ["�"]


def test_nothing_is_left_out():
    pieces = ["a", "▁b", ".", "▁", "▁c", "</s>", "d", "", "!"]
    spans = word_spans(pieces)
    assert [i for start, stop in spans for i in range(start, stop)] == list(range(9))
    assert word_spans([]) == []


def test_labels_never_hold_the_sign_for_a_space_but_where_it_is_all():
    assert readable("▁dog") == "dog"
    assert readable("a▁dog") == "a dog"
    assert readable("▁") == "▁"
    assert readable("") == " "


def test_a_label_is_one_line():
    assert readable("▁a\nb") == "a�b"
    assert word_text(["▁", "<0x0A>", "<0x1B>"]) == "��"
