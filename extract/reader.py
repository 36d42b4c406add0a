"""A paper's title and abstract in, its claims out. Same text, same claims: no clock, no chance, no order of calls
matters."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from extract import baseline_choice, chooser, device_choice, linear, parity, pipeline, technique_choice
from extract.baseline import marked
from extract.bounds import bound, leaders
from extract.catalogue import device
from extract.check import checked
from extract.chooser import Chosen
from extract.claim import Claim, Device, claim_id_for
from extract.context import FIGURE, Sentence, word_at
from extract.decide import CLAIM, PARITY, PARITY_OWN, Decision, decide
from extract.device_places import Places
from extract.device_places import read as read_places
from extract.devices import Mention
from extract.factors import delta, factors
from extract.features import paper_features
from extract.figures import Figure, possible, sentences_of
from extract.measure import measure_text
from extract.names import Names
from extract.phrases import phrase_from, text_of
from extract.plain import plain
from extract.quote import around, quote, widened
from extract.setting import phase, setting
from extract.standing import Standing
from extract.technique import technique
from extract.twins import rival_name

VERSION = "2"


@dataclass(slots=True)
class _Section:
    name: str
    text: str
    plain: str
    sentences: list[Sentence]
    places: Places | None = None  # its hardware, read when a claim asks for it


@dataclass(slots=True)
class Found:
    """A claim with what made it, for `explain`."""

    claim: Claim
    figure: Figure | None
    parity: parity.Parity | None
    decision: Decision | None
    told: device_choice.Told | None = None  # which devices it may have been measured on
    named: Chosen | None = None  # its technique
    held: Chosen | None = None  # its baseline


def claims(title: str, abstract: str, *, key: str) -> list[Claim]:
    """The claims of a paper, in the order of its text, title first.

    `key` names the paper; claim ids are made from it.
    """
    return checked([f.claim for f in read(title, abstract, key=key)])


def read(title: str, abstract: str, *, key: str, models: linear.Models | None = None) -> list[Found]:
    """The claims of a paper, each with the candidate and the decision behind it; by the stored models unless others
    are given."""
    sections = [_section(name, text) for name, text in (("title", title), ("abstract", abstract))]
    if not any(_readable(s) for section in sections for s in section.sentences):
        return []  # as for half of all papers
    models = models or linear.load()
    setup = paper_features(title + "\n" + abstract)
    names = Names(title, abstract)
    seen: dict[str, int] = {}
    return [found for section in sections for found in _claims_of(section, names, setup, key, seen, models)]


def read_section(
    name: str,
    text: str,
    *,
    names: Names,
    setup: tuple[str, ...],
    key: str,
    seen: dict[str, int],
    models: linear.Models,
) -> list[Found]:
    """The claims of one section's text; `seen` counts equal figures for the claim ids, on from section to section."""
    return _claims_of(_section(name, text), names, setup, key, seen, models)


def _section(name: str, text: str) -> _Section:
    plain_text = plain(text)
    return _Section(name, text, plain_text, sentences_of(plain_text, section=name))


def _claims_of(
    section: _Section, names: Names, setup: tuple[str, ...], key: str, seen: dict[str, int], models: linear.Models
) -> list[Found]:
    out: list[Found] = []
    for s in section.sentences:
        ids = [_ordinal(section.text[q.start : q.end], seen) for q in s.figures]
        if not _readable(s):
            continue
        found: list[tuple[int, Found]] = []
        standing = Standing(s, section.text)
        figures, parities = pipeline.found(pipeline.read(s, section.plain, setup))
        for figure in figures:
            decision = decide(figure, models.figures)
            if decision.claim < CLAIM:
                continue
            if parity.speaks_of_others(section.plain, s, figure.quantity.start):
                decision = replace(decision, own=0.0)
            made = _figure_claim(section, figure, decision, names, standing, _id(key, ids[figure.k], figure.twin))
            found.append((made.claim.span_start, made))
        for candidate in parities:
            scores = models.parity.scores(candidate.features)
            p = linear.probability(scores["parity"][0])
            figure_id = _ordinal(section.text[candidate.start : candidate.end].lower(), seen)
            if p < PARITY:
                continue
            target = (
                "own"
                if linear.probability(scores["parity_target"][0]) >= PARITY_OWN
                and not parity.of_others(section.plain, candidate)
                else "other"
            )
            claim = _parity_claim(section, candidate, target, p, names.own, claim_id_for(key, *figure_id))
            found.append((claim.span_start, Found(claim, None, candidate, None)))
        out.extend(f for _, f in sorted(found, key=lambda p: p[0]))
    return out


def _readable(s: Sentence) -> bool:
    """Whether a sentence has anything that may be a claim."""
    return bool(s.parity) or any(possible(s, k) for k in range(len(s.figures)))


def _ordinal(figure: str, seen: dict[str, int]) -> tuple[str, int]:
    """A figure as written and how many equal ones came before it in the paper."""
    written = " ".join(figure.split())
    seen[written] = seen.get(written, 0) + 1
    return written, seen[written] - 1


def _id(key: str, ordinal_of: tuple[str, int], twin: int) -> str:
    """The claim id of a figure; a twin's leaves the ids of the other figures as they are."""
    written, ordinal = ordinal_of
    return claim_id_for(key, f"{written} #{twin + 1}" if twin else written, ordinal)


def _figure_claim(
    section: _Section, figure: Figure, decision: Decision, names: Names, standing: Standing, claim_id: str
) -> Found:
    s, k, q = figure.sentence, figure.k, figure.quantity
    text = section.text
    measure = measure_text(s, k, decision.choice, decision.metric, text) or q.unit.name
    said = (decision.kind, decision.direction, decision.metric)
    if figure.rival is not None:
        held, against = None, rival_name(s, figure.rival)
    else:
        held = baseline_choice.chosen(standing, figure, said, target=decision.target)
        against = held.span
    named = technique_choice.chosen(names, standing, k, said, against, target=decision.target)
    first, end = around(
        s, figure.place, (figure.choice.phrase.first, figure.choice.phrase.end) if figure.choice.phrase else None
    )
    start, stop = quote(text, s, first, end)
    metric = decision.metric
    if section.places is None:
        section.places = read_places(section.text, section.plain)
    told = device_choice.told(section.places, s, k, metric=metric, kind=decision.kind, barred=against)
    devices = told.devices
    ratio = factors(
        kind=decision.kind,
        metric=metric,
        measure=measure,
        value=q.value,
        value_max=q.value_max,
        from_value=q.from_value,
        unit=q.unit.name,
        direction=decision.direction,
        quote=text[start:stop],
    )
    claim = Claim(
        quote=text[start:stop],
        metric=metric,
        measure=measure,
        kind=decision.kind,
        value=q.value,
        value_max=q.value_max,
        from_value=q.from_value,
        unit=unit_name(q.unit.name, metric, decision.kind, q.magnitude),
        bound=bound(section.plain, s, k, leaders(section.plain, s, k)),
        direction=decision.direction,
        target=decision.target,
        technique=named.text,
        baseline=text_of(s, against, text) if against else None,
        hardware=tuple(m.text for m in devices),
        claim_id=claim_id,
        sentence=text[s.start : s.end],
        section=section.name,
        span_start=start,
        span_end=stop,
        factor_min=ratio.min,
        factor_max=ratio.max,
        factor=ratio.best,
        delta=delta(
            kind=decision.kind,
            metric=metric,
            measure=measure,
            value=q.value,
            value_max=q.value_max,
            from_value=q.from_value,
            unit=q.unit.name,
            direction=decision.direction,
        ),
        devices=_devices(devices),
        phase=phase(s, figure.place),
        setting=setting(s, text),
        agreement=None,
        confidence=round(decision.right, 4),
    )
    return Found(claim, figure, None, decision, told, named, held)


def unit_name(unit: str, metric: str, kind: str, magnitude: bool) -> str:
    """The unit of a claim: a bare number with a letter for millions counts parameters where that is what is
    measured."""
    if unit == "points" and magnitude and metric == "parameters":
        return "params"
    if unit == "points" and metric == "cost" and kind == "level":
        return "USD"
    return unit


def _parity_claim(
    section: _Section, found: parity.Parity, target: str, p: float, own: str | None, claim_id: str
) -> Claim:
    s, text = found.sentence, section.text
    first, end = word_at(s, found.start), word_at(s, max(found.start, found.end - 1)) + 1
    against = _parity_baseline(s, first, end)
    start, stop = widened(text, s.starts[first], s.ends[min(end, len(s.words)) - 1])
    here = technique(s, 0, own, [against] if against else [], text) if s.places and s.places[0] > first else own
    return Claim(
        quote=text[start:stop],
        metric="quality",
        measure=found.measure,
        kind="parity",
        value=None,
        value_max=None,
        from_value=None,
        unit=None,
        bound="exact",
        direction="none",
        target=target,
        technique=here,
        baseline=text_of(s, against, text) if against else None,
        hardware=(),
        claim_id=claim_id,
        sentence=text[s.start : s.end],
        section=section.name,
        span_start=start,
        span_end=stop,
        phase=phase(s, first),
        setting=setting(s, text),
        confidence=round(p, 4),
    )


_COMPARES = (
    "comparable",
    "comparably",
    "par",
    "competitive",
    "equivalent",
    "identical",
    "similar",
    "same",
    "equal",
    "parity",
    "close",
    "indistinguishable",
    "commensurate",
)
_MATCHES = ("match", "rival", "equal", "reproduc", "approach")


def _parity_baseline(s: Sentence, first: int, end: int) -> tuple[int, int] | None:
    """What quality is said to be kept against: `comparable to X`, `matches X`, `the accuracy of X`, `compared with
    X`."""
    lows = s.lows
    compares = any(w.startswith(_COMPARES) for w in lows[first:end])
    for i in range(first, min(len(lows) - 1, end + 2)):
        if compares and lows[i] in ("to", "with", "as", "than") and i > first and i >= end - 1:
            at = i + 1
            while lows[at : at + 2] in (["that", "of"], ["those", "of"]):
                at += 2
            return phrase_from(s, at, extra=True)
        if lows[i] == "of" and i >= end - 1:
            return phrase_from(s, i + 1, extra=True)
    verb = next((i for i in range(first, end) if lows[i].startswith(_MATCHES)), None)
    if verb is not None and verb + 1 < len(lows):
        at = verb + 1
        if lows[at] in ("or", "and"):
            at += 2
        if lows[at : at + 1] in (["even"], ["often"]):
            at += 1
        found = phrase_from(s, at, extra=True)
        if found is not None and not any(
            p.first < found[1] and found[0] < p.end and p.cls == "quality" and p.strong for p in s.measures
        ):
            return found
    for at, span, how in marked(s):
        if how == "than" and at >= end and not any(w in (";", "while", FIGURE) for w in lows[end:at]):
            return span
    return None


def _devices(mentions: Sequence[Mention]) -> tuple[Device, ...]:
    out = []
    for m in mentions:
        for name in m.names:
            info = device(name)
            out.append(Device(m.text, info.name, info.vendor, info.cls))
    return tuple(out)


def explain(title: str, abstract: str, *, key: str) -> list[dict[str, object]]:
    """For each claim which rules and scores made its fields: JSON-ready, in the order of `claims`."""
    out: list[dict[str, object]] = []
    for found in read(title, abstract, key=key):
        row: dict[str, object] = {"claim_id": found.claim.claim_id, "quote": found.claim.quote}
        if found.figure is not None and found.decision is not None:
            figure, decision, model = found.figure, found.decision, linear.load().figures
            q = figure.quantity
            row["figure"] = {
                "written": found.claim.sentence[q.start - figure.sentence.start : q.end - figure.sentence.start],
                "unit": q.unit.name,
                "family": q.unit.family,
            }
            row["measure"] = {
                "words": found.claim.measure,
                "side": figure.choice.side,
                "score": round(figure.choice.score, 2),
                "metric": figure.metric,
            }
            row["scores"] = {h: round(getattr(decision, h), 4) for h in ("claim", "own", "right")}
            row["rules"] = {
                "tied": figure.tied.how,
                "by": figure.sentence.lows[figure.tied.place] if figure.tied.place >= 0 else None,
                "kind": decision.kind,
                "direction": decision.direction,
                "metric": decision.metric,
            }
            row["reasons"] = {
                head: model.reasons(figure.features, head, model.columns[head][0])
                for head in ("claim", "target", "right")
            } | {
                "manner": model.reasons(figure.features, "manner", f"{decision.kind}/{decision.direction}"),
                "metric": model.reasons(figure.features, "metric", decision.metric),
            }
        if found.told is not None and found.told.taken:
            option, probability = found.told.taken[0]
            row["hardware"] = {
                "devices": list(found.claim.hardware),
                "probability": round(probability, 4),
                "rules": list(found.told.ruled),
                "reasons": device_choice.load().reasons(option.features),
            }
        for field, name, choice in (
            ("technique", technique_choice.MODEL, found.named),
            ("baseline", baseline_choice.MODEL, found.held),
        ):
            if choice is not None:
                row[field] = chooser.why(name, choice)
        if found.parity is not None:
            model = linear.load().parity
            row["rules"] = list(found.parity.rules)
            row["scores"] = {"parity": found.claim.confidence}
            row["reasons"] = {"parity": model.reasons(found.parity.features, "parity", "yes")}
        out.append(row)
    return out
