"""From a section's text to its figures in their sentences, with measure and features: what rules and learned parts
work on."""

from dataclasses import dataclass, replace

from extract import manner
from extract.context import Sentence, build, once
from extract.features import Said, features
from extract.frame import Frame, frame
from extract.measure import Choice, choose, metric_of
from extract.parity_rules import parity_rules
from extract.quantities import Quantity, find
from extract.rivals import settle
from extract.sentences import may_have_figure, may_state_parity, sentences
from extract.settings import setting
from extract.twins import second_measure
from extract.wording import counts_things


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
    twin: int = 0  # 0, or which further claim the same written figure makes (see `twins`)
    settled: str | None = None  # the metric where it is not to be decided: each of two that share a figure
    rival: int | None = None  # of a twin that is held against another rival, that rival's figure

    @property
    def quantity(self) -> Quantity:
        q = self.sentence.figures[self.k]
        if self.rival is None:
            return q
        return replace(q, from_value=self.sentence.figures[self.rival].value)

    @property
    def place(self) -> int:
        return self.sentence.places[self.k]


MOST = 40  # figures of a sentence that are read; 22 are the most in 133,000 sentences, and reading takes their cube


def sentences_of(plain: str, *, section: str = "abstract") -> list[Sentence]:
    """The sentences of a plain text that can hold a claim, with their figures."""
    spans = sentences(plain)
    out = []
    for i, (a, b) in enumerate(spans):
        said = plain[a:b]
        low = said.lower()
        figures = [_moved(q, a) for q in find(said)[:MOST]] if may_have_figure(low) else []
        rules = parity_rules(low) if may_state_parity(low) else []
        if not figures and not rules:
            continue
        sentence = build(plain, a, b, figures)
        sentence.before = spans[i - 1] if i else None
        sentence.parity = rules
        settle(sentence)
        sentence.number, sentence.of, sentence.section = i, len(spans), section
        out.append(sentence)
    return out


def _moved(q: Quantity, by: int) -> Quantity:
    """A figure found in a sentence, now with its offsets in the section."""
    q.start, q.end = q.start + by, q.end + by
    if q.from_start is not None:
        q.from_start += by
    return q


@once
def possible(s: Sentence, k: int) -> bool:
    """Whether a figure can be a claim at all: bare numbers only where a measure of quality or a sign stands near."""
    q = s.figures[k]
    if q.unit.family == "bits" or k in s.rivals or setting(s, k):
        return False
    if q.unit.family != "bare":
        return True
    whole = q.value_max is None and q.from_value is None and q.value == int(q.value) and not q.mark and not q.magnitude
    if whole and (q.value >= 1000 or counts_things(s, s.places[k])):
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
            figure = Figure(s, k, choice, metric, tied, said, features(s, k, choice, metric, tied, said, setup))
            out.append(figure)
            out.extend(_twins(figure, setup))
    return out


def _twins(figure: Figure, setup: tuple[str, ...]) -> list[Figure]:
    """The further claims that a written figure makes: of a second thing measured, against a second rival."""
    s, k, tied = figure.sentence, figure.k, figure.tied
    if s.further.get(k):
        return [replace(figure, twin=i, rival=r) for i, r in enumerate(s.further[k], 1)]
    if (phrase := second_measure(s, k, figure.choice, tied)) is None:
        return []
    choice = Choice(phrase, figure.choice.side, figure.choice.score, figure.choice.phrase)
    metric = metric_of(s, k, choice, tied, setup)
    if metric == figure.metric:
        return []
    kind = manner.kind(s, k, tied, choice, metric)
    said = Said(kind, manner.direction(s, k, tied, choice, metric, kind))
    figure.settled = figure.metric
    found = features(s, k, choice, metric, tied, said, setup)
    return [Figure(s, k, choice, metric, tied, said, found, twin=1, settled=metric)]
