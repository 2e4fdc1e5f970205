"""How a task decodes, from the arguments of its verbs."""


def strategy(
    *,
    num_beams,
    num_return_sequences=None,
    temperature=None,
    top_k=None,
    top_p=None,
    **settings,
):
    """The strategy of `seqkit.decoding` that arguments ask for.

    Args:
        num_beams: Beams; 1 is greedy, where one result is wanted.
        num_return_sequences: Results, 1 by default.
        temperature, top_k, top_p: Where one is given, results are drawn.
        settings: Further settings of `seqkit.decoding.BeamSearch`.
    """
    from seqkit import decoding

    count = num_return_sequences or 1
    drawing = {"temperature": temperature, "top_k": top_k, "top_p": top_p}
    drawing = {name: value for name, value in drawing.items() if value is not None}
    if drawing:
        # The seed is an input of what is compiled, not a part of it.
        return decoding.Sampling(**drawing, num_return_sequences=count, seed=0)
    if num_beams == 1 and count == 1 and not settings.get("coverage_penalty"):
        return decoding.Greedy()
    return decoding.BeamSearch(num_beams, num_return_sequences=count, **settings)


def draws(strategy):
    """Whether it draws, and so wants a seed."""
    from seqkit import decoding

    return isinstance(strategy, decoding.Sampling)


def key(strategy):
    """What two strategies share that decode alike."""
    return (type(strategy).__name__, *sorted(vars(strategy).items()))
