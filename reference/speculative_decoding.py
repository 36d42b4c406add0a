"""Speculative decoding: a draft proposes tokens, the target checks them at once, its distribution stays exact."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from reference.kv_cache import Cache
from reference.measurement import Case, Measurement, Quality
from reference.tasks import LENGTH, SLOTS, VOCABULARY, cross_entropy, generator, language_model, sentences
from reference.timing import compare
from reference.transformer import LanguageModel, causal_attention

FAMILY = "speculative-decoding"
# (text, n) -> distributions (n + 1, vocabulary) of the token after each of the n + 1 longest prefixes of the text.
Next = Callable[[Sequence[int], int], Tensor]


def acceptance(target: Tensor, draft: Tensor) -> Tensor:
    """min(1, p(x) / q(x)) for each token x; 0 where the draft never proposes x.

    Leviathan et al. 2022, Fast Inference from Transformers via Speculative Decoding, arXiv:2211.17192.
    """
    return torch.where(draft > 0, (target / draft).clamp(max=1), torch.zeros_like(target))


def residual(target: Tensor, draft: Tensor) -> Tensor:
    """norm(max(0, p − q)), from which a rejected token is drawn again. p itself where p = q."""
    left = (target - draft).clamp(min=0)
    return left / left.sum() if left.sum() > 0 else target


def draw(probabilities: Tensor, random: torch.Generator) -> int:
    return int(torch.multinomial(probabilities, 1, generator=random))


def sample(target: Next, prompt: Sequence[int], count: int, random: torch.Generator) -> list[int]:
    """The baseline: `count` tokens, each from the target's distribution after all before it."""
    text = list(prompt)
    for _ in range(count):
        text.append(draw(target(text, 0)[-1], random))
    return text[len(prompt) :]


def speculate(
    target: Next, draft: Next, prompt: Sequence[int], count: int, random: torch.Generator, *, ahead: int = 4
) -> tuple[list[int], int]:
    """`count` tokens distributed exactly as those of `sample`, and how often the target ran.

    Leviathan et al. 2022; Chen et al. 2023, Accelerating Large Language Model Decoding with Speculative
    Sampling, arXiv:2302.01318. Each round gives one token more than were accepted.
    """
    text, end, runs = list(prompt), len(prompt) + count, 0
    while len(text) < end:
        guesses = min(ahead, end - len(text) - 1)
        proposed = list(text)
        drafted = []
        for _ in range(guesses):
            drafted.append(draft(proposed, 0)[-1])
            proposed.append(draw(drafted[-1], random))
        wanted = target(proposed, guesses)  # one run for all guesses and the token after them
        runs += 1
        for p, q, token in zip(wanted, drafted, proposed[len(text) :], strict=False):
            if float(torch.rand((), generator=random)) >= float(acceptance(p, q)[token]):
                text.append(draw(residual(p, q), random))
                break
            text.append(token)
        else:
            text.append(draw(wanted[-1], random))
    return text[len(prompt) :], runs


class Cached:
    """A language model as `Next`, with a cache of what it has read; tokens that were rejected are cut off again."""

    def __init__(self, model: LanguageModel) -> None:
        self.model, self.read = model, list[int]()
        self.caches = [Rewinding() for _ in model.blocks]

    @torch.no_grad()
    def __call__(self, text: Sequence[int], last: int) -> Tensor:
        common = 0
        while common < min(len(self.read), len(text) - last - 1) and self.read[common] == text[common]:
            common += 1
        for cache in self.caches:
            cache.rewind(common)
        self.read = list(text)
        new = torch.tensor([self.read[common:]], device=self.model.head.weight.device)
        return torch.softmax(self.model(new, self.caches, start=common)[0, -last - 1 :], dim=-1).cpu()


class Rewinding(Cache):
    """A cache that takes several tokens at once, each seeing those before it, and can forget its end."""

    def __call__(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        self.keys = k if self.keys is None else torch.cat((self.keys, k), dim=2)
        self.values = v if self.values is None else torch.cat((self.values, v), dim=2)
        return causal_attention(q, self.keys, self.values)

    def rewind(self, length: int) -> None:
        if self.keys is not None and self.values is not None:
            self.keys, self.values = self.keys[:, :, :length], self.values[:, :, :length]


class Bigrams:
    """A draft that costs next to nothing: how often each token followed each other one in sample text, plus one."""

    def __init__(self, text: Tensor, vocabulary: int) -> None:
        pairs = text[:, :-1].flatten() * vocabulary + text[:, 1:].flatten()
        counts = torch.bincount(pairs, minlength=vocabulary**2).view(vocabulary, vocabulary).float() + 1
        self.after = counts / counts.sum(1, keepdim=True)

    def __call__(self, text: Sequence[int], last: int) -> Tensor:
        return self.after[torch.tensor(text[len(text) - last - 1 :])]


def measure(device: str = "cpu", *, seed: int = 0) -> list[Measurement]:
    """Time to write a text with two drafts, and how probable the target finds what was written either way."""
    model, count = language_model(device, seed), LENGTH - SLOTS
    prompts = sentences(10, seed + 10_000)[:, :SLOTS].tolist()
    target = Cached(model)
    drafts: dict[str, Next] = {
        "bigram counts as draft": Bigrams(sentences(400, seed), VOCABULARY),
        "half as deep, half as wide model as draft": Cached(language_model(device, seed, width=32, layers=1)),
    }

    def perplexity(texts: list[list[int]]) -> float:
        whole = [prompt + text for prompt, text in zip(prompts, texts, strict=True)]
        return float(cross_entropy(model, torch.tensor(whole, device=device)).exp())

    def write(draft: Next) -> Callable[[], object]:
        return lambda: speculate(target, draft, prompts[0], count, generator(seed), ahead=3)

    baseline = perplexity([sample(target, prompt, count, generator(seed + i)) for i, prompt in enumerate(prompts)])
    found = []
    for method, draft in drafts.items():
        rounds = [speculate(target, draft, p, count, generator(seed + i), ahead=3) for i, p in enumerate(prompts)]
        quality = Quality(
            f"perplexity of {len(prompts)} sampled texts",
            baseline,
            perplexity([text for text, _ in rounds]),
            rises=False,
        )
        tokens = count * len(prompts) / sum(runs for _, runs in rounds)
        time = compare(lambda: sample(target, prompts[0], count, generator(seed)), write(draft), device, repeats=5)
        found.append(
            Case(FAMILY, method, "one token at a time", device).measured(
                "speed", time, quality, f"{count} tokens of a 2-layer model, batch 1; {tokens:.2f} tokens a target run",
                otherwise="The draft costs too much beside this small target for the tokens that are accepted.",
            )
        )  # fmt: skip
    return found
