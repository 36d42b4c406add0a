"""What a figure is compared with, chosen from the phrases of its sentence."""

from functools import lru_cache

from extract.baseline import baseline
from extract.chooser import Candidate, Chosen, Features, few, load
from extract.figures import Figure
from extract.lists import listed_with
from extract.phrases import text_of
from extract.standing import Standing

MODEL = "baseline_model"
Claimed = tuple[str, str, str]  # kind, direction, metric
_SAID = (
    "than", "compared", "over", "relative", "versus", "vs", "outperforming", "outperforms", "surpassing", "while",
    "respectively", "original", "baseline", "baselines", "comparable", "match", "matching", "par",
)  # fmt: skip


def chosen(standing: Standing, figure: Figure, claim: Claimed, *, target: str = "own") -> Chosen:
    """The words that name the baseline, `span` their positions; None where the sentence names none.

    What others reached (`target`) is left to the rules: the model has learned from the papers' own results.
    """
    s, text = standing.s, standing.text
    by_rule = rule(standing, figure, claim)
    written = text_of(s, by_rule, text) if by_rule else None
    if target != "own":
        return Chosen(written, by_rule, written, 0.0)
    model = load(MODEL)
    context = about(standing, figure, claim, by_rule)
    doubt = model.doubted(context)
    if doubt < model.doubt:
        return Chosen(written, by_rule, written, doubt)
    best, probability = model.best(context, candidates(standing, figure, claim, by_rule))
    if best is None or best.span is None:
        return Chosen(None, None, written, doubt, None, probability)
    return Chosen(text_of(s, best.span, text), best.span, written, doubt, best, probability)


def rule(standing: Standing, figure: Figure, claim: Claimed) -> tuple[int, int] | None:
    """What the rules say; they do not speak of plain levels."""
    if claim[0] == "level" and claim[1] == "none" and figure.quantity.from_value is None:
        return None
    return baseline(figure.sentence, figure.k, kind=claim[0], tied=figure.tied, found=standing.marked)


def about(standing: Standing, figure: Figure, claim: Claimed, by_rule: tuple[int, int] | None) -> list[str]:
    """Features of the claim itself."""
    s, place = standing.s, figure.place
    before = standing.figures_before(place)
    ruled = by_rule is not None
    after = s.words[place + 1] if place + 1 < len(s.words) else "$"
    out = [
        f"C:rule={ruled}&kind={claim[0]}/{claim[1]}",
        f"C:rule={ruled}&marks={min(3, len(standing.marked))}",
        f"C:kind={claim[0]}/{claim[1]}",
        f"C:metric={claim[2]}&{ruled}",
        f"C:from={figure.quantity.from_value is not None}&{ruled}",
        f"C:tied={figure.tied.how}",
        f"C:unit={figure.quantity.unit.family}",
        f"C:figures={min(3, before)}",
        f"C:after={min(3, len(s.places) - before - 1)}&{ruled}",
        f"C:section={s.section}",
        f"C:word={s.lows[figure.tied.place] if figure.tied.place >= 0 else ''}",
        f"C:r1={after if after.islower() or not after.isalpha() else 'X'}",
        f"C:l1={s.words[place - 1].lower() if place and not s.words[place - 1][0].isupper() else '^'}",
    ]
    said = set(s.lows)
    if not said.isdisjoint(_SAID):
        later = set(s.lows[place:])
        out.extend([f"C:has={w}&{'R' if w in later else 'L'}&{ruled}" for w in _SAID if w in said])
    if by_rule is not None:
        side, stands = standing.to_figure(place, *by_rule)
        out.append(f"C:ruled={stands[8]}")
        out.append(f"C:ruled={s.lows[by_rule[0] - 1] if by_rule[0] else '^'}&{side}")
        last = s.words[by_rule[1] - 1]
        out.append(f"C:ruled-last={last if last.islower() else 'X'}")
    return out


def candidates(standing: Standing, figure: Figure, claim: Claimed, by_rule: tuple[int, int] | None) -> list[Candidate]:
    """Every candidate, none the first. `by_rule` is what `rule` says."""
    s, place = standing.s, figure.place
    manner = f"{claim[0]}/{claim[1]}" if figure.quantity.from_value is None else "from"
    group = listed_with(s, figure.k)
    rank = group.index(figure.k)
    in_turn = "respectively" in s.lows
    spanning, ruled = few("span", f"span&{manner}"), f"rule&{manner}"
    out = [Candidate(None, [few("none", f"none&rule={by_rule is not None}&{claim[0]}")])]
    found = False
    for span in standing.spans:
        at = (span.first, span.end)
        stands = _stands(standing, place, at, span.signs, manner, claim[2], rank, len(group), in_turn)
        parts = [spanning, span.features, *stands]
        if at == by_rule:
            parts.append(few("rule", ruled))
            found = True
        elif by_rule is not None and at[0] < by_rule[1] and by_rule[0] < at[1]:
            parts.append(few("rule~" if at[1] == by_rule[1] else "rule~head"))
        out.append(Candidate(span.text, parts, at))
    if by_rule is not None and not found:
        stands = _stands(standing, place, by_rule, [], manner, claim[2], rank, len(group), in_turn)
        parts = [few("span", "only-rule", "rule", ruled), *stands]
        out.append(Candidate(text_of(s, by_rule, standing.text), parts, by_rule))
    return out


def _stands(
    standing: Standing,
    place: int,
    at: tuple[int, int],
    signs: list[str],
    manner: str,
    metric: str,
    rank: int,
    listed: int,
    in_turn: bool,
) -> list[Features]:
    """How a phrase stands to the figure, together with what introduces it and what the claim is."""
    places = standing.s.places
    side, stands = standing.to_figure(place, *at)
    out = [stands]
    if listed > 1:
        out.append(few(f"{side}listed{rank}/{listed}"))
        if in_turn:
            out.append(few(f"{side}in-turn{rank}"))
    if side == "R":
        nearest = max([p for p in places if p < at[0]])
        out.append(few(f"Rnear{nearest == place}"))
    elif side == "L":
        out.append(few(f"Lnear{min([p for p in places if p >= at[1]]) == place}"))
    out.extend([_introduced(sign, side, manner, metric, stands[1], stands[8]) for sign in signs])
    return out


@lru_cache(maxsize=8192)
def _introduced(sign: str, side: str, manner: str, metric: str, figures: str, whole: str) -> Features:
    return Features((sign, f"{sign}&{side}&{manner}", f"{sign}&{metric}", f"{sign}&{whole}", f"{sign}&{figures}"))
