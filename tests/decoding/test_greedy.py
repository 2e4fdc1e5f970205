import numpy as np
from keras import ops

from seqkit.decoding import Greedy, decode
from tests.decoding.fakes import END, HashModel, read, speller, to_lists


def test_spells_each_word_with_its_length():
    words = ["hello", "", "a", "world"]
    step, state = speller(words)
    decoded = decode(step, state, 4, strategy=Greedy(), max_length=8)
    assert decoded.token_ids.shape == (4, 1, 8)
    ids = ops.convert_to_numpy(decoded.token_ids)[:, 0]
    assert [read(row) for row in ids] == words
    assert ops.convert_to_numpy(decoded.lengths)[:, 0].tolist() == [5, 0, 1, 5]
    assert all(
        (row[length:] == 0).all() for row, length in zip(ids, [5, 0, 1, 5], strict=True)
    )
    assert ops.convert_to_numpy(decoded.finished).all()


def test_takes_the_likeliest_token_given_all_before():
    model, limit = HashModel(seed=1), 9
    sentences = list(range(50))
    state = model.state(sentences, 1)
    decoded = decode(model.step, state, 50, strategy=Greedy(), max_length=limit)
    for sentence, [(tokens, score, log_prob, finished)] in enumerate(to_lists(decoded)):
        prefix, total = [], 0.0
        while len(prefix) < limit:
            log_probs = model.log_probs(sentence, prefix)
            log_probs[[0, 2]] = -np.inf
            prefix.append(int(np.argmax(log_probs)))
            total += log_probs.max()
            if prefix[-1] == END:
                break
        assert finished == (prefix[-1] == END)
        assert tokens == tuple(prefix[:-1] if finished else prefix)
        np.testing.assert_allclose([score, log_prob], total, atol=1e-5)


def test_limits_of_single_sentences():
    step, state = speller(["hello", "hello", "hello", "hello"])
    decoded = decode(
        step, state, 4, strategy=Greedy(), max_length=7, max_lengths=[0, 2, 5, 99]
    )
    found = [sentence[0] for sentence in to_lists(decoded)]
    assert [read(tokens) for tokens, *_ in found] == ["", "he", "hello", "hello"]
    assert [finished for *_, finished in found] == [False, False, False, True]
