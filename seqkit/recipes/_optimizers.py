"""Optimizers, schedules and averages that a recipe's configuration names."""


def scheduled_optimizer(config, steps_per_epoch):
    """The optimizer that a configuration names, with its schedule."""
    import keras

    common = {"global_clipnorm": config["gradient_clip"]}
    rate = _rate(config, steps_per_epoch)
    if config["optimizer"] == "sgd":
        return keras.optimizers.SGD(
            rate, weight_decay=config["weight_decay"] or None, **common
        )
    return keras.optimizers.AdamW(
        rate, weight_decay=config["weight_decay"], beta_2=0.98, epsilon=1e-9, **common
    )


def _rate(config, steps_per_epoch):
    """A number, which a callback may change, or a schedule."""
    import keras

    from seqkit.training import HoldThenDecay, InverseSquareRoot

    rate, warmup = config["learning_rate"], config["warmup_steps"]
    schedule = config["schedule"]
    if schedule == "inverse_square_root":
        return InverseSquareRoot(rate, warmup)
    if schedule == "cosine":
        steps = config["schedule_epochs"] * steps_per_epoch
        return keras.optimizers.schedules.CosineDecay(
            0.0 if warmup else rate,
            max(steps - warmup, 1),
            warmup_target=rate if warmup else None,
            warmup_steps=warmup,
        )
    if schedule == "hold_then_decay":
        return HoldThenDecay(
            rate, config["hold_epochs"], config["decay_factor"], steps_per_epoch
        )
    return rate


def averages(config):
    """Averages of the weights, or no callback."""
    from seqkit.training import WeightAveraging

    momentum = config["average_momentum"]
    return [] if momentum is None else [WeightAveraging(momentum, every=10)]


def language_callbacks(config, validated):
    """The recipe's own callbacks: averages, and a decay that watches validation."""
    from seqkit.training import AveragedSGD, ReduceLROnPlateau

    callbacks = averages(config) if config["average"] == "exponential" else []
    if config["average"] == "nonmonotone":
        callbacks.append(AveragedSGD(config["nonmonotone_interval"]))
    if config["schedule"] == "plateau":
        monitor = "val_loss" if validated else "loss"
        callbacks.append(
            ReduceLROnPlateau(
                monitor=monitor,
                factor=1 / config["decay_factor"],
                patience=1,
                min_delta=0.0,
            )
        )
    return callbacks


def kept_by_validation(task, names, monitor):
    """Averages of the weights, and the epoch kept whose validation was best.

    Args:
        task: A task whose `evaluate("validation")` tells what counts; its configuration
            has `average_momentum` and `patience`.
        names: Figures of `evaluate` that become figures of each epoch.
        monitor: The one of them that is the higher the better.
    """
    from seqkit.training import BestWeights

    def score():
        published = task.results.copy()
        scores = task.evaluate("validation")
        task.results = published  # what an epoch scored is no result
        return {name: scores[name] for name in names if name in scores}

    callbacks = averages(task.config)
    if "validation" in task.splits:
        averaging = callbacks[0] if callbacks else None
        patience = task.config["patience"]
        callbacks.append(BestWeights(score, monitor, patience, averaging))
    return callbacks
