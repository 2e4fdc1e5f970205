"""The rows of `gpu.py` in plain PyTorch."""

import contextlib
import time

import gpu_sizes
import torch
import torch.nn.functional as functional
from gpu import BIDIRECTIONAL, LM, TRANSFORMER, answer, timed
from plain_torch_recurrent import DEVICE, LanguageModel
from plain_torch_transformer import Translator
from torch import nn

torch.set_float32_matmul_precision("high")  # TF32
torch.backends.cudnn.allow_tf32 = True


def device():
    name = torch.cuda.get_device_name() if DEVICE == "cuda" else "CPU"
    return f"{name}, PyTorch {torch.__version__}"


def language_model(size, policy, tiny):
    sizes, ids, targets = gpu_sizes.language_model(size, tiny)
    units, words = sizes["units"], sizes["words"]
    model = LanguageModel(nn.LSTM, units, words, sizes["dropout"])
    ids = torch.tensor(ids, device=DEVICE)
    targets = torch.tensor(targets, device=DEVICE).long().flatten()

    def loss(model):
        return functional.cross_entropy(model(ids).flatten(0, 1), targets)

    return steps(model, loss, torch.optim.SGD(model.parameters(), 0.1), policy)


def bidirectional(tiny):
    units, values, lengths = gpu_sizes.bidirectional(tiny)
    model = nn.LSTM(units, units, batch_first=True, bidirectional=True)
    values, lengths = torch.tensor(values, device=DEVICE), torch.tensor(lengths)

    def loss(model):
        packed = nn.utils.rnn.pack_padded_sequence(values, lengths, batch_first=True)
        outputs, _ = nn.utils.rnn.pad_packed_sequence(model(packed)[0], True)
        return (outputs**2).mean()

    return steps(model, loss, torch.optim.SGD(model.parameters(), 0.1))


def transformer(tiny):
    sizes, words, source, target = gpu_sizes.transformer(3, tiny)
    model = Translator(vocabulary_size=words, **sizes)
    source, target = (torch.tensor(one, device=DEVICE) for one in (source, target))
    inputs, targets = target[:, :-1], target[:, 1:].long().flatten()

    def loss(model):
        logits = model(source, inputs).flatten(0, 1)
        return functional.cross_entropy(logits, targets, label_smoothing=0.1)

    return steps(model, loss, torch.optim.AdamW(model.parameters(), 1e-4))


def steps(model, loss, optimizer, policy="float32"):
    """A function that makes a number of steps and waits for the last one."""
    model.to(DEVICE)
    mixed, scaler = contextlib.nullcontext, torch.amp.GradScaler(DEVICE, enabled=False)
    if policy != "float32":
        kind = getattr(torch, policy.removeprefix("mixed_"))
        mixed = lambda: torch.autocast(DEVICE, kind)  # noqa: E731
        scaler = torch.amp.GradScaler(DEVICE, enabled=kind == torch.float16)

    def run(count):
        for _ in range(count):
            optimizer.zero_grad()
            with mixed():
                value = loss(model)
            scaler.scale(value).backward()
            scaler.unscale_(optimizer)
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            scaler.step(optimizer)
            scaler.update()
        if DEVICE == "cuda":
            torch.cuda.synchronize()

    return run


def workload(name, tiny):
    if name == BIDIRECTIONAL:
        run = bidirectional(tiny)
    elif name == TRANSFORMER:
        run = transformer(tiny)
    else:
        what, policy = name.split(", ")
        run = language_model("medium" if what == LM[0] else "large", policy, tiny)
    begin = time.perf_counter()
    run(1)
    first = time.perf_counter() - begin
    found = timed(run, 2 if tiny else 30)
    found["about"]["first step"] = f"{first:.1f} s"
    return found


if __name__ == "__main__":
    answer(workload, device)
