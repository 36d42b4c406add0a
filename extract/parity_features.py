"""What the learned part looks at for words that may state parity: a list of feature names, made of our own word lists
and of common words."""

import re
from functools import cache

import data
from extract.context import FIGURE, Sentence, word_at
from extract.parity_excluded import AIM, NOT_QUALITY, quality_words

_TRIGGER = re.compile(
    r"maintain|preserv|retain|keep|sustain|restor|recover|conserv|leav|match|rival|mimic|replicat|reproduc|ties|clos|"
    r"approach|approximat|resembl|compar|equiv|par\b|parity|indisting|identical|same|similar|equal|level|near|like|"
    r"as good|within|without|\bno\b|\bnot\b|never|avoid|negligib|minim|minor|little|slight|marginal|limited|lossless|"
    r"stable|unchanged|unaffected|intact|competitive|small|low|on-par|as well|better|superior"
)
_COMMON = frozenset(
    {"maintain", "preserv", "retain", "without", "match", "compar", "negligib", "minim", "lossless", "competitive",
     "similar", "same"}
)  # fmt: skip
_KIN = {"keep": "maintain", "sustain": "maintain"}
_OWN = re.compile(r"\b(?:we|our|ours|this (?:paper|work|article|study)|propos\w+|introduc\w+|present)\b")
_OWN_SIGNS = (" we ", " our ", "this paper", "this work", "propos", "introduc")
_NAME = re.compile(r"\b[A-Z]\w*[A-Z]")
_FIRST = re.compile(r"\W*(\w+)")
_PAUSES = frozenset({",", ";", "while", "and", "but"})


@cache
def _listed(name: str) -> frozenset[str]:
    return frozenset(data.table("parity.toml")["features"][name])


@cache
def _beginning(name: str) -> re.Pattern[str]:
    """Words that begin with one of a list of data/parity.toml."""
    return re.compile(rf"\b(?:{'|'.join(data.table('parity.toml')['features'][name])})\w*")


def _least(n: int, steps: tuple[int, ...]) -> int:
    """The least step that is not below n, 99 when all are."""
    return next((step for step in steps if n <= step), 99)


def features(plain: str, s: Sentence, start: int, end: int, rules: tuple[str, ...], *, others: bool) -> list[str]:
    """Names of the features that hold for the words [start, end) of a section's plain text, which `rules` found in the
    sentence; `others` tells that the sentence speaks of existing methods up to there."""
    low = plain[s.start : s.end].lower()
    a, b = start - s.start, end - s.start
    first, stop = word_at(s, start), word_at(s, max(start, end - 1)) + 1
    found = _TRIGGER.search(low, a, b)
    trigger = found[0] if found else "none"
    kin = _KIN.get(trigger, trigger if trigger in _COMMON else "other")
    out = ["bias", *(f"rule={r}" for r in rules), f"rules<{min(len(rules), 4)}", f"sec={s.section}", f"t:{trigger}"]
    if others:
        out.append("others")
    aim = AIM.search(low, 0, a) is not None
    results = [m.end() for m in _beginning("result").finditer(low, 0, a)]
    _wishes(low, a, b, aim, out)
    _words(s, first, stop, trigger, kin, out)
    _cues(plain, s, first, out)
    _statement(low, s, a, aim, results, kin, out)
    _kept(low, s, a, b, kin, out)
    _measured(s, first, stop, trigger, out)
    _figure_behind(low, s, b, stop, trigger, out)
    _subject(s, first, kin, bool(results), out)
    _around(plain, s, low, a, b, out)
    return out


def _wishes(low: str, a: int, b: int, aim: bool, out: list[str]) -> None:
    clause = max(low.rfind(mark, 0, a) for mark in ",;:") + 1
    out.extend(
        name
        for name, there in (
            ("aim-clause", aim and AIM.search(low, clause, a)),
            ("aim-before", aim),
            ("aim-after", AIM.search(low, b, b + 80)),
            ("not-quality-inside", NOT_QUALITY.search(low, a, b)),
            ("not-quality-next", NOT_QUALITY.match(low[b:].lstrip())),
        )
        if there
    )


def _words(s: Sentence, first: int, stop: int, trigger: str, kin: str, out: list[str]) -> None:
    """The words of the candidate and the nearest ones around it."""
    lows = s.lows
    inside = lows[first:stop]
    left, right = ["^"] * 3 + lows[:first], lows[stop : stop + 4] + ["$"] * 4
    out.extend(f"i:{w}" for w in inside)
    out.extend(f"l{i}:{left[-i]}" for i in (1, 2, 3))
    out.extend(f"r{i}:{right[i - 1]}" for i in (1, 2, 3, 4))
    out += [f"l12:{left[-2]} {left[-1]}", f"r12:{right[0]} {right[1]}", f"last:{inside[-1] if inside else ''}"]
    out += [f"t:{trigger}&l1:{left[-1]}", f"t:{trigger}&r1:{right[0]}", f"t:{trigger}&sec={s.section}"]
    out.append(f"open:{lows[0]}")
    out.append(f"len<{min(8, len(inside))}")
    out.append(f"before<{_least(first, (0, 1, 3, 6, 12, 20, 30))}")
    out.append(f"after<{_least(len(lows) - stop, (0, 1, 3, 6, 12, 20))}")
    degrees = _listed("degree")
    out.extend(f"g:{kin}&adj:{w}" for w in lows[first + 1 : stop] if w in degrees)
    modals = _listed("modal")
    for w in lows[max(0, first - 4) : first]:
        if w in modals:
            out += [f"modal:{w}", f"g:{kin}&modal:{w}"]
    out.append(f"g:{kin}&sec={s.section}&{s.position}")
    out.append(f"sent={s.position}")


def _cues(plain: str, s: Sentence, first: int, out: list[str]) -> None:
    """Classes of cues in the clause, just before and in the sentence, and where its figures stand."""
    if first < len(s.clauses):
        clause = s.clauses[first]
        if any(s.clauses[p] == clause for p in s.places):
            out.append("figure-in-clause")
        out.extend(f"clause:{cls}" for cls in sorted({c.cls for c in s.cues if s.clauses[c.first] == clause}))
        for step in (-2, -1):
            if first + step >= 0:
                out.extend(f"{step}:{cls}" for cls in sorted(s.cue_at(first + step)))
    shown = ("own", "other", "compare", "problem", "good", "down", "best")
    out.extend(f"sentence:{cls}" for cls in shown if cls in s.by_class)
    if _NAME.search(plain, s.start, s.end):
        out.append("name-in-sentence")
    out.append(f"nfig<{min(3, len(s.figures))}")


def _statement(low: str, s: Sentence, a: int, aim: bool, results: list[int], kin: str, out: list[str]) -> None:
    """Whether the sentence reports a result or a proposal, names an aim or a saving, alone and together."""
    figure = "fig" if s.figures else "nofig"
    result = "res" if results else "nores"
    proposal = "prop" if _beginning("proposal").search(low, 0, a) else "noprop"
    wish = "aim" if aim else "noaim"
    own = "own" if _OWN.search(low, 0, a) else "noown"
    saving = "cut" if _beginning("saving").search(low, max(0, a - 80), a) else "nocut"
    beside = "while" if low[:a].rstrip().endswith(("while", "whilst")) else "nowhile"
    for said in (figure, result, proposal, wish, own, saving, beside):
        out += [f"x:{said}", f"g:{kin}&{said}"]
    out += [f"g:{kin}&{figure}&{result}", f"g:{kin}&{result}&{proposal}", f"g:{kin}&{figure}&{wish}&{beside}"]
    out.append(f"g:{kin}&{result}&{wish}&{proposal}&{figure}")
    if results:
        out.append(f"res-near<{_least(a - results[-1], (20, 60, 120))}")


def _kept(low: str, s: Sentence, a: int, b: int, kin: str, out: list[str]) -> None:
    """What is kept, and what follows its name."""
    found = list(quality_words().finditer(low, a, min(len(low), b + 30)))
    noun = found[-1][0].split()[-1] if found else "none"
    cost = "nq" if NOT_QUALITY.search(low, a, b + 25) else "q"
    out += [f"kept:{noun}", f"g:{kin}&kept:{noun}", f"{cost}&{bool(found)}", f"g:{kin}&{cost}&{bool(found)}"]
    if found:
        at = word_at(s, s.start + found[-1].end() - 1) + 1
        following = s.lows[at] if at < len(s.lows) else "$"
        out += [f"after-kept:{following}", f"kept:{noun}&{following}"]


def _measured(s: Sentence, first: int, stop: int, trigger: str, out: list[str]) -> None:
    """The phrases for measures that touch the candidate."""
    near = {p.cls for p in s.measures if p.first < stop + 1 and p.end > first}
    for cls in sorted(near):
        out += [f"m:{cls}", f"t:{trigger}&m:{cls}"]
    out += [f"qual={'quality' in near}", f"t:{trigger}&qual={'quality' in near}"]


def _figure_behind(low: str, s: Sentence, b: int, stop: int, trigger: str, out: list[str]) -> None:
    """A figure inside or just behind: what is kept, or lost, is told in numbers."""
    for i, word in enumerate(s.lows[stop : stop + 8]):
        if word == FIGURE:
            out += [f"fig-right<{_least(i, (0, 3, 5))}", f"t:{trigger}&fig-right"]
        if word == FIGURE or word in _PAUSES:
            break
    if s.lows[stop : stop + 1] == ["("]:
        out.append("paren-right")
    if any(c.isdigit() for c in low[b : b + 12]):
        out += ["digit-right", f"t:{trigger}&digit-right"]


def _subject(s: Sentence, first: int, kin: str, result: bool, out: list[str]) -> None:
    """The nearest word before that may be the subject: a pronoun, a word for methods, a name."""
    subjects, found = _listed("subject"), "none"
    for i in range(first - 1, -1, -1):
        if s.lows[i] in subjects:
            found = s.lows[i]
            break
        if i and s.lows[i] != FIGURE and s.words[i] != s.lows[i]:
            found = "NAME"
            break
    out += [f"subj:{found}", f"g:{kin}&subj:{found}", f"subj:{found}&{'res' if result else 'nores'}"]


def _around(plain: str, s: Sentence, low: str, a: int, b: int, out: list[str]) -> None:
    """How often the text spoke of its own work so far, how the sentences beside this one begin, other candidates."""
    so_far = sum(map(plain[: s.start].lower().count, _OWN_SIGNS))
    out.append(f"own-so-far<{_least(so_far, (0, 1, 3))}")
    if _OWN.search(low):
        out.append("own-here")
    if _OWN.search(low, 0, a):
        out.append("own-before")
    following = _FIRST.match(plain, s.end)
    before = _FIRST.match(plain, s.before[0]) if s.before else None
    out += [f"next:{following[1].lower() if following else '$'}", f"prev:{before[1].lower() if before else '^'}"]
    out.append(f"earlier={any(end < a for _, _, end in s.parity)}")
    out.append(f"later={any(start > b for _, start, _ in s.parity)}")
