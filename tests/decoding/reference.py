"""Searches written plainly in NumPy: one sentence, one hypothesis at a time."""

import numpy as np

from tests.decoding.fakes import END


def score(model, sentence, tokens, log_prob, alpha, beta):
    value = log_prob / ((5 + len(tokens)) / 6) ** alpha
    if beta:
        covered = np.clip(model.coverage(sentence, tokens), 1e-7, 1)
        value += beta * np.log(covered).sum()
    return value


def exhaustive_search(model, sentence, letters, limit, alpha, beta=0.0):
    """All hypotheses, finished ones first, as `(tokens, score, log_prob, finished)`."""
    finished, cut = [], []

    def visit(prefix, log_prob):
        if len(prefix) == limit:
            cut.append((prefix, log_prob))
            return
        log_probs = model.log_probs(sentence, prefix)
        finished.append(((*prefix, END), log_prob + log_probs[END]))
        for letter in letters:
            visit((*prefix, letter), log_prob + log_probs[letter])

    visit((), 0.0)
    return _ranked(model, sentence, finished, cut, alpha, beta)


def beam_search(
    model, sentence, letters, limit, alpha, width, early_stopping="never", count=1
):
    """Beam search that goes on to the limit, unless `early_stopping` is a boolean."""
    live, finished = [((), 0.0)], []
    for length in range(1, limit + 1):
        candidates = []
        for prefix, log_prob in live:
            log_probs = model.log_probs(sentence, prefix)
            candidates += [
                ((*prefix, token), log_prob + log_probs[token])
                for token in (*letters, END)
            ]
        candidates.sort(key=lambda candidate: -candidate[1])
        finished += [c for c in candidates[:width] if c[0][-1] == END]
        live = [c for c in candidates if c[0][-1] != END][:width]
        ranked = _ranked(model, sentence, finished, [], alpha, 0.0)
        if early_stopping != "never" and length < limit and len(finished) >= width:
            as_it_stands = live[0][1] / ((5 + length) / 6) ** alpha
            if early_stopping or as_it_stands <= ranked[count - 1][1]:
                return ranked
    return _ranked(model, sentence, finished, live, alpha, 0.0)


def _ranked(model, sentence, finished, cut, alpha, beta):
    groups = []
    for hypotheses, is_finished in ((finished, True), (cut, False)):
        group = [
            (
                tokens[:-1] if is_finished else tokens,
                score(model, sentence, tokens, log_prob, alpha, beta),
                log_prob,
                is_finished,
            )
            for tokens, log_prob in hypotheses
        ]
        groups += sorted(group, key=lambda hypothesis: -hypothesis[1])
    return groups
