"""Which figures of a sentence are a rival's: by the words before them, by the bracket that they stand in."""

from extract.baseline import marked
from extract.context import FIGURE, Sentence
from extract.frame import frame
from extract.lists import leans, listed
from extract.rival_words import aside, before_names, behind_name, held_against, own_of, told_of
from extract.units import BARE

RELATIVE = frozenset({"factor"})


def is_rival(s: Sentence, k: int) -> bool:
    """Whether the sentence's k-th figure is a rival's; those before it are known (`Sentence.rivals`)."""
    place = s.places[k]
    if aside(s, k):
        return False
    if s.figures[k].from_value is not None:
        return False
    before = s.lows[max(0, place - 3) : place]
    if s.figures[k].mark in ("<", ">") and before[-1:] in (["p"], ["n"]):
        return False  # a test of significance
    if (
        before[-2:] in (["vs", "."], ["compared", "to"], ["compared", "with"])
        or before[-1:] in (["vs"], ["versus"])
        or before[-3:] == ["v", ".", "s"]
    ):
        return s.figures[k].unit.family not in RELATIVE
    if (
        s.figures[k].unit.family not in RELATIVE
        and before[-1:] in (["the"], ["a"], ["an"])
        and (
            before[-2:-1] in (["against"], ["than"], ["versus"])
            or _beats(before[-2:-1])
            or before[:2] == ["compared", "to"]
        )
        and not {"threshold", "target", "limit", "mark", "barrier", "milestone"} & set(s.lows[place + 1 : place + 3])
        and not frame(s, k).how
        and own_of(s, k) is not None
    ):
        return True
    if (
        s.figures[k].unit.family not in RELATIVE
        and before[-1:] == ["of"]
        and any(span[1] in (place - 1, place) and how in ("beats", "than", "vs") for _, span, how in marked(s))
    ):
        return True
    owner = before[-1:] and (before[-1].endswith("'s") or before[-2:] == ["'", "s"])
    if owner and place > 1 and s.figures[k].unit.family not in RELATIVE and _theirs(s, place):
        return True
    unit, before_unit = s.figures[k].unit, s.figures[k - 1].unit if k else BARE
    if (
        (k - 1 in s.rivals or (k > 0 and s.figures[k - 1].link == "vs"))
        and (unit.name == before_unit.name or unit.family == "bare")
        and s.lows[place + 1 : place + 2] == ["for"]
        and (leans(s, k) or unit.family == "bare")
        and not frame(s, k).how
    ):
        return True  # `against 71% for X and 54% for Y`
    if k - 1 in s.rivals and unit.name == before_unit.name and listed(s, k - 1, k):
        return True  # `beating references of 97% and 87%`
    if (
        k > 0
        and s.figures[k - 1].link == "vs"
        and unit.name == before_unit.name
        and listed(s, k - 1, k)
        and s.lows[place + 1 : place + 2] in ([")"], [",", "respectively"][:1], ["for"])
        and "respectively" in [")", *s.lows[place + 1 : place + 3]]
    ):
        return True  # `94% vs. 88% and 85%, respectively`
    if s.figures[k].unit.family not in RELATIVE and k > 0 and (held_against(s, k) or told_of(s, k)):
        return True
    if s.figures[k].unit.family in RELATIVE or frame(s, k).how in ("right", "sign"):
        return False  # `(3x faster)`, `(30% improvement)` is what is won over a rival
    if unit.family == "bare" and s.lows[place + 1 : place + 2] == ["-"]:
        return False  # `(1.6- and 0.8-point losses)`
    opening = place - 1
    while opening >= 0 and opening > place - 10 and s.lows[opening] not in ("(", ")"):
        opening -= 1
    if opening < 1 or s.lows[opening] != "(":
        return False
    if any(span[1] == opening or _goes_on(s, span[1], opening) for _, span, _ in marked(s)):
        return True
    if behind_name(s, opening) and own_of(s, k, before=True) is not None:
        return True
    last = before_names(s, k)
    return (
        last in s.rivals
        and s.lows[s.places[last] + 1 : s.places[last] + 3] in ([")", "and"], [")", ","])
        and opening - s.places[last] < 11
    )


def _beats(words: list[str]) -> bool:
    return bool(words) and words[0].startswith(("surpass", "exceed", "outperform", "beat")) and words[0][-1] != "e"


def _goes_on(s: Sentence, end: int, opening: int) -> bool:
    """Whether a rival's name goes on up to a bracket: `beating closed models, including X (0.6)`."""
    words = s.lows[end:opening]
    if words[-1:] == [FIGURE] and s.words[opening - 2][:1].isupper():
        words = words[:-1]  # a version: `using Alpha 2.0 (0.6)`
    lead = [w for w in words[:2] if w != ","]
    return (
        1 < len(words) < 8
        and lead[:1] in (["including"], ["such"], ["like"], ["using"], ["with"])
        and not {"and", ")", "(", FIGURE, ";"} & set(words)
    )


def _theirs(s: Sentence, place: int) -> bool:
    """Whether a figure with an owner is a rival's: `approaching Alpha's 94 percent`."""
    left = s.lows[max(0, place - 7) : place]
    return any(
        w.startswith(
            (
                "approach",
                "surpass",
                "exceed",
                "outperform",
                "beat",
                "match",
                "vs",
                "versus",
                "against",
                "over",
                "than",
                "compared",
            )
        )
        for w in left
    )
