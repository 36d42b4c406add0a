"""Tasks made on the spot: a synthetic language and a classification, with models trained on them in seconds.

Everything random comes from CPU generators, so that a seed gives the same data on every device.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from reference.transformer import Attend, LanguageModel, causal_attention

SLOTS, SYMBOLS, LENGTH = 8, 32, 96
VOCABULARY = SLOTS + SYMBOLS


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def sentences(count: int, seed: int, *, length: int = LENGTH) -> Tensor:
    """(count, length) token ids of a language with near and far dependencies.

    The first SLOTS tokens give each slot a symbol. Then a local Markov chain over symbols runs, broken with
    probability 0.3 by the name of a slot (some far more often than others), after which that slot's symbol must follow.
    The chain is the same for every seed: seeds differ in the sentences, not in the language.
    """
    fixed, draw = generator(1234), generator(seed)
    chain = torch.full((SYMBOLS, SYMBOLS), 0.05 / SYMBOLS)
    chain.scatter_add_(
        1,
        torch.rand(SYMBOLS, SYMBOLS, generator=fixed).argsort(1)[:, :3],
        torch.tensor([[0.6, 0.25, 0.1]]).expand(SYMBOLS, 3),
    )
    popular = 1 / torch.arange(1, SLOTS + 1)
    text = torch.empty(count, length, dtype=torch.int64)
    text[:, :SLOTS] = SLOTS + torch.randint(SYMBOLS, (count, SLOTS), generator=draw)
    symbol = text[:, SLOTS - 1] - SLOTS
    named = torch.zeros(count, dtype=torch.bool)
    for i in range(SLOTS, length):
        recalled = text.gather(1, text[:, i - 1 : i].clamp(max=SLOTS - 1))[:, 0] - SLOTS
        flowing = torch.multinomial(chain[symbol], 1, generator=draw)[:, 0]
        symbol_next = torch.where(named, recalled, flowing)
        names = ~named & (torch.rand(count, generator=draw) < 0.3)
        slot = torch.multinomial(popular, count, replacement=True, generator=draw)
        text[:, i] = torch.where(names, slot, SLOTS + symbol_next)
        symbol, named = torch.where(names, symbol, symbol_next), names
    return text


def train(model: nn.Module, loss: Callable[[int], Tensor], *, steps: int, rate: float = 3e-3) -> None:
    """AdamW with a linear warm-up and a cosine decay; `loss(step)` gives each step's loss."""
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=rate, total_steps=steps, pct_start=0.1)
    for step in range(steps):
        optimizer.zero_grad()
        loss(step).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()


@lru_cache(maxsize=8)
def language_model(
    device: str, seed: int, *, width: int = 64, layers: int = 2, attend: Attend = causal_attention
) -> LanguageModel:
    """A model of the language, trained here on 1,600 sentences; callers must not change it (they copy it)."""
    steps, batch = 200, 8
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = LanguageModel(vocabulary=VOCABULARY, width=width, layers=layers, heads=4, length=LENGTH)
    model.to(device)
    text = sentences(batch * steps, seed).to(device)
    attends = [attend] * layers
    loss = lambda step: cross_entropy(model, text[batch * step : batch * (step + 1)], attends)  # noqa: E731
    train(model, loss, steps=steps, rate=1e-2)
    return model.eval().requires_grad_(False)


def cross_entropy(model: LanguageModel, tokens: Tensor, attends: Sequence[Attend] | None = None) -> Tensor:
    """Mean nats a token that the model needs for these sentences."""
    return loss_of(model(tokens[:, :-1], attends), tokens)


def loss_of(logits: Tensor, tokens: Tensor) -> Tensor:
    """Mean nats over the tokens after the slots' symbols (those are random); logits are of all tokens but the last."""
    return F.cross_entropy(logits[:, SLOTS - 1 :].flatten(0, 1), tokens[:, SLOTS:].flatten())


@torch.no_grad()
def perplexity(model: LanguageModel, device: str, seed: int, attends: Sequence[Attend] | None = None) -> float:
    """On 64 held-out sentences. Without any model of the language it would be 40, by chance."""
    return float(cross_entropy(model, sentences(64, seed + 10_000).to(device), attends).exp())


def calibrated(model: nn.Module, run: Callable[[], object]) -> Iterator[tuple[nn.Linear, Tensor]]:
    """Each linear layer in the model's blocks with the inputs (samples, width) that `run` sent through it."""
    seen: dict[nn.Module, list[Tensor]] = {}
    layers = [m for name, m in model.named_modules() if isinstance(m, nn.Linear) and name.startswith("blocks.")]
    note = lambda layer, given, _: seen.setdefault(layer, []).append(given[0].flatten(0, -2))  # noqa: E731
    hooks = [layer.register_forward_hook(note) for layer in layers]
    with torch.no_grad():
        run()
    for hook in hooks:
        hook.remove()
    yield from ((layer, torch.cat(seen[layer])) for layer in layers)


FEATURES, CLASSES = 64, 10


def labelled(count: int, seed: int, *, task: int = 0) -> tuple[Tensor, Tensor]:
    """Inputs (count, FEATURES) and labels of a classification: clusters in 8 dimensions, bent into 64, with noise.

    Other numbers of `task` give the same clusters other labels; the seed draws the samples.
    """
    fixed, draw = generator(99), generator(seed)
    centres = torch.randn(40, 8, generator=fixed) * 1.4
    bend, lift = torch.randn(8, 32, generator=fixed) / 2, torch.randn(32, FEATURES, generator=fixed) / 4
    label_of = torch.arange(40)[torch.randperm(40, generator=generator(task))] % CLASSES
    cluster = torch.randint(40, (count,), generator=draw)
    latent = centres[cluster] + 0.7 * torch.randn(count, 8, generator=draw)
    inputs = torch.tanh(latent @ bend) @ lift + 0.1 * torch.randn(count, FEATURES, generator=draw)
    return inputs, label_of[cluster]


def perceptron(*widths: int, seed: int) -> nn.Sequential:
    """Linear layers of these widths with ReLU between, initialised from the seed."""
    layers: list[nn.Module] = []
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for given, made in pairwise(widths):
            layers += [nn.Linear(given, made), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


@lru_cache(maxsize=8)
def classifier(device: str, seed: int, *widths: int) -> nn.Sequential:
    """A perceptron trained on 8,192 labelled samples; callers must not change it (they copy it)."""
    model = perceptron(*widths, seed=seed).to(device)
    inputs, labels = (t.to(device) for t in labelled(8192, seed))
    batches = batched(len(inputs), 128, steps=400, seed=seed)
    train(model, lambda step: F.cross_entropy(model(inputs[batches[step]]), labels[batches[step]]), steps=400)
    return model.eval().requires_grad_(False)


def batched(count: int, size: int, *, steps: int, seed: int) -> Tensor:
    """(steps, size) indices drawn from range(count)."""
    return torch.randint(count, (steps, size), generator=generator(seed + 1))


@torch.no_grad()
def accuracy(model: nn.Module, device: str, seed: int, *, task: int = 0) -> float:
    """Per cent right on 4,096 held-out samples."""
    inputs, labels = (t.to(device) for t in labelled(4096, seed + 10_000, task=task))
    return float((model(inputs).argmax(-1) == labels).float().mean()) * 100
