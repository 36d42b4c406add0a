"""From a section's text to its figures in their sentences, with measure and features: what rules and learned parts work on."""

from dataclasses import dataclass

from extract import manner
from extract.context import Sentence, build
from extract.features import Said, features
from extract.frame import Frame, frame
from extract.measure import Choice, choose, metric_of
from extract.quantities import Quantity, find
from extract.rivals import settle
from extract.sentences import may_claim, sentences
from extract.settings import setting


@dataclass(slots=True)
class Figure:
    """One candidate: the k-th figure of a sentence, with what the rules say it measures."""

    sentence: Sentence
    k: int
    choice: Choice
    metric: str
    tied: Frame
    said: Said
    features: list[str]

    @property
    def quantity(self) -> Quantity:
        return self.sentence.figures[self.k]

    @property
    def place(self) -> int:
        return self.sentence.places[self.k]


def sentences_of(plain: str, *, section: str = "abstract") -> list[Sentence]:
    """The sentences of a plain text that can hold a claim, with their figures."""
    spans = sentences(plain)
    kept = [(i, a, b) for i, (a, b) in enumerate(spans) if may_claim(plain[a:b])]
    if not kept:
        return []
    figures = find(plain)
    out = []
    for i, a, b in kept:
        sentence = build(plain, a, b, figures)
        sentence.before = spans[i - 1] if i else None
        settle(sentence)
        sentence.number, sentence.of, sentence.section = i, len(spans), section
        out.append(sentence)
    return out


def possible(s: Sentence, k: int) -> bool:
    """Whether a figure can be a claim at all: bare numbers only where a measure of quality or a sign stands near."""
    q = s.figures[k]
    if q.unit.family == "bits" or k in s.rivals or setting(s, k):
        return False
    if q.unit.family != "bare":
        return True
    if q.value_max is None and q.from_value is None and q.value == int(q.value) and not q.mark and not q.magnitude and q.value >= 1000:
        return False
    return any(p.strong or p.cls == "quality" for p in s.measures)


def candidates(s: Sentence, setup: tuple[str, ...]) -> list[Figure]:
    out = []
    for k in range(len(s.figures)):
        if possible(s, k):
            tied = frame(s, k)
            choice = choose(s, k, tied)
            metric = metric_of(s, k, choice, tied, setup)
            kind = manner.kind(s, k, tied, choice, metric)
            said = Said(kind, manner.direction(s, k, tied, choice, metric, kind))
            out.append(Figure(s, k, choice, metric, tied, said, features(s, k, choice, metric, tied, said, setup)))
    return out
