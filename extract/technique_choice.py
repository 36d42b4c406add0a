"""Which name a figure is credited to, chosen from the phrases of its sentence and the names of its paper."""

from extract.chooser import Candidate, Chosen, few, load
from extract.names import Names
from extract.standing import Standing
from extract.technique import technique
from extract.wordshape import is_verb

MODEL = "technique_model"
_SUBJECTS = frozenset({"we", "it", "our", "this", "they", "which", "these", "proposed", "results", "both"})


def chosen(
    names: Names,
    standing: Standing,
    k: int,
    claim: tuple[str, str, str],
    barred: tuple[int, int] | None,
    *,
    target: str = "own",
) -> Chosen:
    """The name for the sentence's k-th figure (the sentence's end where it has none), None where the paper gives none.

    `claim` is kind, direction and metric; `barred` the words of the baseline. What others reached (`target`) is left to
    the rules: the model has learned from the papers' own results.
    """
    rule = technique(standing.s, k, names.own, [barred] if barred else [], standing.text)
    if target != "own":
        return Chosen(rule, None, rule, 0.0)
    model = load(MODEL)
    context = about(names, standing, k, claim, rule)
    doubt = model.doubted(context)
    if doubt < model.doubt:
        return Chosen(rule, None, rule, doubt)
    best, probability = model.best(context, candidates(names, standing, k, rule, barred))
    return Chosen(best.text if best is not None else None, None, rule, doubt, best, probability)


def about(names: Names, standing: Standing, k: int, claim: tuple[str, str, str], rule: str | None) -> list[str]:
    """Features of the claim itself."""
    s = standing.s
    place = s.places[k] if k < len(s.places) else len(s.words)
    subject = next((w for w in reversed(s.lows[:place]) if w in _SUBJECTS), "")
    own = names.own
    here = own is not None and own in standing.text[s.start : s.end]
    said = "own" if rule is not None and rule == own else "none" if rule is None else "other"
    verbs = [i for i in range(place) if is_verb(s.lows[i])][-2:]
    left = [s.words[i - 1] if i else "^" for i in verbs]
    out = [
        f"C:rule={said}",
        f"C:rule={said}&own={own is not None}&here={here}",
        f"C:rule={said}&subject={subject}",
        f"C:kind={claim[0]}/{claim[1]}",
        f"C:metric={claim[2]}",
        f"C:section={s.section}",
        f"C:figures={min(3, standing.figures_before(place))}",
        f"C:first={s.lows[0] if s.lows[0].isalpha() else ''}",
        f"C:position={s.position}",
        f"C:us={'our' in s.lows or 'we' in s.lows}",
        f"C:benchmark={own is not None and 'ench' in own}",
    ]
    out.extend(f"C:verb={s.lows[i]}" for i in verbs)
    out.extend(f"C:before={'own' if own and w in own else w if w.islower() else 'X'}&{said}" for w in left)
    return out


def candidates(
    names: Names, standing: Standing, k: int, rule: str | None, barred: tuple[int, int] | None
) -> list[Candidate]:
    """Every candidate, no name at all the first. `rule` is what `technique.technique` says."""
    s = standing.s
    place = s.places[k] if k < len(s.places) else len(s.words)
    out = [Candidate(None, [few("none")])]
    listed, own = names.features, names.own
    here: dict[str, tuple[int, int, bool]] = {}
    for span in standing.spans:
        _, stands = standing.to_figure(place, span.first, span.end)
        is_barred = barred is not None and barred[0] < span.end and span.first < barred[1]
        here.setdefault(span.text, (span.first, span.end, is_barred))
        known = listed.get(span.text)
        if known is None:
            known = few("no-own" if own is None else "holds-own" if own in span.text else "unlisted")
        parts = [few("span"), span.features, known, stands]
        if is_barred:
            parts.append(few("barred"))
        if span.text == rule:
            parts.append(few("rule"))
        out.append(Candidate(span.text, parts, (span.first, span.end)))
    for name, known in listed.items():
        if name in here:
            first, end, is_barred = here[name]
            parts = [few("here"), known, standing.to_figure(place, first, end, named="n")[1]]
            if is_barred:
                parts.append(few("nbarred"))
        else:
            parts = [few("absent"), known]
        if name == rule:
            parts.append(few("rule&own" if name == own else "rule"))
        out.append(Candidate(name, parts))
    if rule is not None and rule not in listed and rule not in here:
        out.append(Candidate(rule, [few("span", "rule", "only-rule")]))
    return out
