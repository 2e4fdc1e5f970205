"""What `predict` returns of n-best lists."""

from seqkit.errors import SeqkitError


def n_best_texts(
    n_best, decode, *, num_return_sequences, return_scores, what="texts, row"
):
    """Lists of token ids and scores as what the caller asked for.

    Args:
        n_best: For each input a list of pairs (token ids, score), best first.
        decode: From lists of token ids to strings.
        num_return_sequences: Where not `None`, each result is a list of so many.
        return_scores: Whether a result is a pair (string, score).
        what: What a message calls an input, before its number.

    Raises:
        SeqkitError: An input has no result, as no score is finite.
    """
    strings = iter(decode([ids for row in n_best for ids, _ in row]))
    results = []
    for number, row in enumerate(n_best):
        if not row:
            raise SeqkitError(
                f"{what} {number}: expected a finite score, found none. The model "
                "gives no numbers: its training has diverged."
            )
        found = [(next(strings), score) for _, score in row]
        found = found[: num_return_sequences or 1]
        if not return_scores:
            found = [text for text, _ in found]
        results.append(found if num_return_sequences else found[0])
    return results
