"""Which words say what a figure measures. Rules over a sentence's phrases; the words in between decide how near one
is."""

from dataclasses import dataclass
from itertools import pairwise

from extract.context import FIGURE, Sentence, written
from extract.factors import falls_by_words
from extract.frame import Frame, frame, of_speed
from extract.governed import governed
from extract.lexicon import Phrase, words
from extract.lists import leans, leans_on, listed_with
from extract.units import Unit

# Words that may stand between a figure and its measure without parting them.
_LIGHT = words("measure_light")
_STOPS = words("measure_stops")
_CHANGES = frozenset({"up", "down", "good", "bad"})


@dataclass(frozen=True, slots=True)
class Choice:
    """The phrase chosen for a figure; `side` is "after", "before", "list", "carried" or "none"."""

    phrase: Phrase | None
    side: str
    score: float
    second: Phrase | None = None
    source: int = -1  # the figure from which a carried or listed one takes its measure
    words: tuple[int, int] | None = None  # the noun phrase that governs the figure, where no word list knows it


def _after(s: Sentence, place: int, phrase: Phrase) -> float:
    """How well a phrase behind the figure fits; higher is better."""
    score, change = 3.4, False
    for i in range(place + 1, phrase.first):
        word = s.lows[i]
        if word == FIGURE:
            listed = all(
                w in (",", "and", "or", "/", FIGURE, "&", "to", "than", "more") for w in s.lows[place + 1 : i + 1]
            )
            score -= 0.3 if listed else 2.6
        elif word in ("of", "in", "for"):
            score -= 0.1 if change or word in ("of", "in") else 0.8
        elif word in (
            "on",
            "with",
            "at",
            "when",
            "over",
            "than",
            "compared",
            "using",
            "across",
            "while",
            "without",
            "by",
            "from",
            "as",
            "to",
            "under",
        ):
            score -= 1.5
        elif word in (",", ";", "and", "or"):
            score -= 0.9 if word != ";" else 1.6
            if word == "," and s.lows[i - 1] != FIGURE:
                score -= 0.8
        elif word in ("(", ")", ":", "which", "that", "but", "whereas", "although"):
            score -= 1.3
        elif s.cue_at(i) & _CHANGES:
            score -= 0.05
            change = True
        elif word in _LIGHT:
            score -= 0.15
        else:
            score -= 0.3
    return score


def _before(s: Sentence, place: int, phrase: Phrase) -> float:
    score = 3.0
    for i in range(phrase.end, place):
        word = s.lows[i]
        if word == FIGURE:
            listed = all(w in (",", "and", "or", "/", FIGURE, "&", "+", "-") for w in s.lows[i:place])
            score -= 0.35 if listed else 2.2
        elif word in (",", ";"):
            score -= 1.0 if word == "," else 1.8
        elif word in ("while", "whereas", "but", "which", "although", "that"):
            score -= 1.2
        elif word in ("and", "or"):
            score -= 0.5
        elif word in ("by", "of", "to", "is", "was", "at", "reaches", "(", "=", ":", "from", "up", "as"):
            score += 0.12 if i == place - 1 or word in ("by", "of") else 0.0
        elif word == ")":
            score -= 0.4
        elif word in _LIGHT:
            score -= 0.1
        elif word in ("with", "on", "for", "across", "using", "when", "than", "compared", "over"):
            score -= 0.35
        else:
            score -= 0.22
    return score


def _frame(s: Sentence, place: int) -> tuple[int, int] | None:
    """For `VERB OBJECT ... by FIGURE`: the words between the verb and the preposition; None where there is no such
    frame."""
    by = place - 1
    while by >= 0 and by > place - 6 and s.lows[by] not in ("by", "to"):
        if s.lows[by] in (",", ";", "and", FIGURE):
            return None
        by -= 1
    if by < 0 or s.lows[by] not in ("by", "to") or (by > 0 and s.lows[by - 1] in ("up", "compared", "due", "relative")):
        by2 = by - 2
        if by2 >= 0 and s.lows[by - 1] == "up" and s.lows[by2] in ("by", "to"):
            by = by2
        elif by < 0 or s.lows[by] not in ("by", "to") or s.lows[by - 1] != "up":
            return None
    for verb in range(by - 1, -1, -1):
        word = s.lows[verb]
        if word in (FIGURE, ";", "while", "whereas", "but", "(", ")"):
            return None
        if s.cue_at(verb) & _VERBS and not word.endswith(_NOUN_ENDS) and verb < by - 1:
            return verb, by
    return None


_VERBS = frozenset({"up", "down", "good"})
_NOUN_ENDS = (
    "tion",
    "tions",
    "ment",
    "ments",
    "gain",
    "gains",
    "savings",
    "efficiency",
    "efficient",
    "er",
    "ss",
    "fold",
)


def choose(s: Sentence, k: int, tied: Frame) -> Choice:
    """The phrase that says what the sentence's k-th figure measures; `tied` is its frame."""
    group = listed_with(s, k)
    if tied.how == "list" and governed(s, k, tied)[0] is None:
        source = _source(s, k, group)
        if source is not None:
            choice = choose(s, source, frame(s, source))
            if len(group) == 1 and not leans(s, k) and (own := _right_behind(s, k)) is not None:
                return Choice(own, "after", 3.0, choice.phrase)
            if choice.phrase is not None and len(group) > 1 and (paired := _paired(s, group, choice)) is not None:
                return Choice(paired[group.index(k)], choice.side, choice.score, choice.phrase)
            return Choice(choice.phrase, "list", choice.score, choice.second, source, choice.words)
    phrase, words = governed(s, k, tied)
    if (
        phrase is not None
        and tied.how == "by"
        and phrase.first == tied.place
        and s.lows[phrase.first].startswith(_BEATS)
        and k > 0
    ):
        previous = choose(s, k - 1, frame(s, k - 1))
        if (
            s.places[k] - s.places[k - 1] < 24
            and ";" not in s.lows[s.places[k - 1] : s.places[k]]
            and (previous.score > 2 or s.figures[k - 1].unit.metric)
            and _told_of(s, k, previous)
        ):
            return Choice(previous.phrase or phrase, "carried", 1.5, phrase, k - 1, previous.words)
    if phrase is not None:
        choice = Choice(phrase, "governed", 4.5, None, -1, words)
        if len(group) > 1 and (paired := _paired(s, group, choice)) is not None:
            return Choice(paired[group.index(k)], "list", 4.5, phrase)
        return choice
    if words is not None and tied.how == "":
        best = _choose(s, k)
        if best.phrase is not None and best.phrase.strong and best.side == "before" and best.score > 1.2:
            return best
    if words is not None:
        return Choice(None, "governed", 2.0, None, -1, words)
    choices = [_choose(s, g) for g in group]
    best = max(choices, key=lambda c: c.score)
    if len(group) > 1:
        paired = _paired(s, group, best)
        if paired is not None:
            return Choice(paired[group.index(k)], best.side, best.score, best.phrase)
        if best.phrase is not None:
            return best if group[choices.index(best)] == k else Choice(best.phrase, "list", best.score, best.second)
    if k > 0 and k == group[0] and _bare_of_measure(s, k) and (best.score < 3.0 or leans(s, k)):
        j = _result_before(s, k)
        previous = choose(s, j, frame(s, j))
        if previous.phrase is not None or previous.words is not None or s.figures[j].unit.metric:
            return Choice(previous.phrase, "carried", 1.5, best.phrase, j, previous.words)
    return best


def _result_before(s: Sentence, k: int) -> int:
    """The figure before the k-th, plain counts such as `per 3,000 slides` and `at 4 cycles` passed over."""
    j = k - 1
    while (
        j > 0 and s.figures[j].unit.family in ("bare", "count") and s.lows[s.places[j] - 1] in ("per", "every", "each")
    ):
        j -= 1
    return j


_BEATS = ("outperform", "surpass", "exceed", "beat")


def _right_behind(s: Sentence, k: int) -> Phrase | None:
    """The measure that stands right behind a figure: `3% AP and 4% mIoU`."""
    first = s.places[k] + 1
    return next((p for p in s.measures if first <= p.first <= first + 2 and p.strong), None)


def _told_of(s: Sentence, k: int, previous: Choice) -> bool:
    """Whether `beating X by 3%` tells of the measure before it: not after a change in another (`cuts memory by 40%
    while beating X by 3%`), nor of a word that measures nothing by itself (`at 50% pruning`)."""
    between = s.lows[s.places[k - 1] + 1 : s.places[k]]
    if previous.phrase is None or previous.phrase.cls == "quality":
        return True
    changed = frame(s, k - 1).how in ("by", "right", "of", "object") and not leans(s, k)
    return previous.phrase.strong and not (changed and ("while" in between or "and" in between))


def _source(s: Sentence, k: int, group: list[int]) -> int | None:
    """The figure from which a listed or leaning one takes its measure."""
    for g in reversed(group):
        if g != k and frame(s, g).how not in ("", "to", "list"):
            return g
    source = leans_on(s, k)
    return source if source is not None else k - 1 if k > 0 else None


def _paired(s: Sentence, group: list[int], best: Choice) -> list[Phrase] | None:
    """`latency/energy by 2x/1.3x`: as many measures side by side as figures, in the same order."""
    if best.phrase is None:
        return None
    i = next(j for j, p in enumerate(s.measures) if p.first == best.phrase.first)
    slash = "/" in s.lows[s.places[group[0]] + 1 : s.places[group[1]]]
    if not slash and "respectively" not in s.lows and len(group) > 2:
        return None
    for first in range(max(0, i - len(group) + 1), i + 1):
        run = s.measures[first : first + len(group)]
        if len(run) == len(group) and all(_side_by_side(s, a, b) for a, b in pairwise(run)):
            return run if slash or "respectively" in s.lows or _object_of(s, run, s.places[group[0]]) else None
    return None


def _side_by_side(s: Sentence, a: Phrase, b: Phrase) -> bool:
    """Whether two measures are coordinated: `training cost and inference latency`, `payload and GPU memory`."""
    between = s.lows[a.end : b.first]
    if not 1 <= len(between) <= 4 or between[0] not in ("/", "and", ","):
        return False
    return all(
        w in ("/", "and", ",", "the", "in", "for") or (w.isalpha() and w not in _STOPS) for w in between
    ) and not (any(s.cue_at(j) & _CHANGES for j in range(a.end, b.first)))


def _object_of(s: Sentence, run: list[Phrase], place: int) -> bool:
    """Whether measures stand right before the `by` of their figures: `reduces A and B by 3x and 2x`."""
    rest = s.lows[run[-1].end : place]
    return rest[:1] == ["by"] and len(rest) < 5 and all(a.cls != b.cls and a.strong for a, b in pairwise(run))


def _bare_of_measure(s: Sentence, k: int) -> bool:
    """Whether a figure leans on the one before: `3x higher than`, `2.4x on the other set`, `a 60% reduction)`."""
    if s.figures[k].unit.family not in ("factor", "percent", "bare", "points"):
        return False
    place = s.places[k]
    if not leans(s, k) and any(s.places[k - 1] < p.first < place and p.strong for p in s.measures):
        return False
    i = place + 1
    while (
        i < len(s.lows)
        and i < place + 3
        and (s.cue_at(i) & {"up", "down"} or s.lows[i] in ("relative", "absolute", "overall"))
    ):
        if s.measures and any(p.first <= i < p.end and p.strong for p in s.measures):
            return False
        i += 1
    following = s.lows[i] if i < len(s.lows) else "."
    if i > place + 1 and following == "with":
        return True
    if i > place + 1:
        return (
            following in ("than", ",", ")", ".", "compared", "relative", "over", ";", "ratio", "and", "vs")
            or following == "from"
        )
    same = s.figures[k - 1].unit.family == s.figures[k].unit.family
    return same and following in (
        "on",
        "for",
        "over",
        "at",
        "(",
        "with",
        "across",
        "when",
        ")",
        ".",
        ",",
        "against",
        "under",
    )


def _choose(s: Sentence, k: int) -> Choice:
    place = s.places[k]
    figure = s.figures[k]
    unit_metric = figure.unit.metric
    frame = _frame(s, place)
    framed = False
    ranked: list[tuple[float, int, str, Phrase]] = []
    for i, phrase in enumerate(s.measures):
        after = phrase.first > place
        score = _after(s, place, phrase) if after else _before(s, place, phrase)
        if not phrase.strong:
            score -= 1.1
        if unit_metric and phrase.cls == unit_metric:
            score += 0.9
        if figure.unit.family in ("bare", "points") and phrase.cls == "quality":
            score += 0.7
        score += 0.25 * min(phrase.end - phrase.first, 3) - 0.25
        if (
            frame is not None
            and frame[0] <= phrase.first < frame[1]
            and not framed
            and (phrase.strong or phrase.first > frame[0])
        ):
            framed = True
            score = max(score, 2.2 if phrase.strong else 1.4) + 1.2
        ranked.append((score, -i, "after" if after else "before", phrase))
    if not ranked:
        return Choice(None, "none", 0.0)
    ranked.sort(key=lambda r: (-r[0], r[1]))
    best = ranked[0]
    second = next((r[3] for r in ranked[1:] if r[3].cls != best[3].cls), None)
    return Choice(best[3], best[2], best[0], second)


_UNIT_FIRST = frozenset({"energy", "cost", "speed", "parameters", "compute", "storage", "memory", "communication"})


def settled_by_unit(unit: Unit) -> str | None:
    """The metric that a unit says by itself, whatever the words around: watts are energy, milliseconds speed."""
    return unit.metric if unit.metric in _UNIT_FIRST and unit.family not in ("bytes", "count", "size") else None


def metric_of(s: Sentence, k: int, choice: Choice, tied: Frame, setup: tuple[str, ...]) -> str:
    """The metric by rule: what the figure's unit or its word of change settles, else the chosen phrase's."""
    unit = s.figures[k].unit
    phrase = choice.phrase
    if choice.side == "carried" and s.figures[choice.source].unit.metric and unit.family in ("factor", "percent"):
        j = choice.source
        return metric_of(s, j, choose(s, j, frame(s, j)), frame(s, j), setup)
    place = s.places[k]
    if unit.family in ("percent", "points") and s.lows[place - 1 : place] == ["within"] and not tied.how:
        near = next((p for p in s.measures if p.strong and place - 2 <= p.end < place), None)
        return near.cls if near is not None else "quality"  # `within 0.5 % of the baseline's accuracy`
    if (aside := _aside(s, k)) is not None:
        j = aside
        return metric_of(s, j, choose(s, j, frame(s, j)), frame(s, j), setup)
    if (
        unit.family == "bare"
        and s.figures[k].magnitude
        and (phrase is None or phrase.cls in ("storage", "quality", "parameters") or _weakly_other(phrase))
    ):
        return "parameters"
    if (settled := settled_by_unit(unit)) is not None:
        return settled
    if unit.family == "bytes":
        if _of_model(s, place, phrase):
            return "storage"
        return (
            phrase.cls
            if phrase is not None and phrase.cls in ("memory", "storage", "communication")
            else unit.metric or "memory"
        )
    if unit.family == "count" and unit.metric:
        if unit.name == "tokens" and s.figures[k].value >= 1e8:
            return "data"
        if unit.name == "tokens" and _in_context(s, place):
            return "other"
        return unit.metric
    if s.figures[k].spelled == "order" and choice.score < 1 and "paper:speed" in setup:
        return "speed"
    if of_speed(s, tied) and (
        phrase is None or phrase.cls in ("data", "quality", "other", "tokens", "cost", "compute") or not phrase.strong
    ):
        return "speed"
    if unit.family == "percent" and not tied.how and s.lows[place + 1 : place + 2] == ["of"]:
        if s.lows[place + 2 : place + 4] == ["the", "time"] and "in" not in s.lows[max(0, place - 3) : place]:
            return "quality"  # how often something holds
        if phrase is not None and phrase.cls == "data" and counted(s, (phrase.first, phrase.end)):
            return "quality"
    if phrase is not None and phrase.cls == "speed" and s.lows[phrase.end - 1] in _HOURS and _on_device(s, phrase):
        return "compute"
    if (
        unit.family in ("percent", "points", "bare")
        and phrase is not None
        and not phrase.strong
        and phrase.cls not in ("quality", "other")
        and choice.side in ("before", "after", "carried")
        and tied.how in ("", "to", "sign")
        and s.lows[place + 1 : place + 2] != ["of"]
        and phrase.first != place + 1
    ):
        return "quality"  # `after training on the data reaches 61.2%`
    if phrase is None or choice.score < 0.2:
        if choice.words is not None and s.lows[choice.words[1] - 1] not in _GENERAL:
            if tied.how == "" and unit.family == "percent":
                return "quality" if counted(s, choice.words) else "other"  # a share of what no list knows
            said = falls_by_words(written(s, *choice.words))
            fewer = tied.how == "right" and s.lows[tied.place] in (
                "fewer",
                "less",
                "smaller",
                "shorter",
                "more",
                "larger",
            )
            moved = (
                tied.how in ("by", "object") and tied.classes & {"up", "down"} and not tied.classes & {"good", "bad"}
            )
            if (said and "down" in tied.classes) or fewer or moved:
                return "other"
            return "quality" if unit.family in ("bare", "points", "percent") else _general(s, tied, unit.family, setup)
        return unit.metric or _general(s, tied, unit.family, setup)
    if not phrase.strong and s.lows[phrase.first].startswith(("outperform", "surpass", "exceed", "beat")):
        return "quality" if unit.family != "factor" else _general(s, tied, unit.family, setup)
    if not phrase.strong and s.lows[phrase.first] in _GENERAL:
        return _general(s, tied, unit.family, setup)
    if not phrase.strong and s.lows[phrase.first].startswith("efficien"):
        levels = [q.unit.metric for q, p in zip(s.figures, s.places, strict=True) if phrase.end <= p < phrase.end + 3]
        if levels and levels[0] and s.lows[phrase.end] == "(":
            return levels[0]  # `is 20x more efficient (3 vs. 60 GFLOPs)`
        return _efficiency(s, setup)
    if phrase.cls == "storage" and phrase.end - phrase.first == 1 and s.lows[phrase.first].startswith("compress"):
        return _compressed(s, setup)
    if phrase.cls == "storage" and not phrase.strong and s.lows[phrase.first] == "smaller" and not _on_disk(s):
        return "parameters"
    return phrase.cls


def _weakly_other(phrase: Phrase) -> bool:
    return phrase.cls == "other" and not phrase.strong


def _aside(s: Sentence, k: int) -> int | None:
    """The figure that a share or change in brackets tells again: `0.2M parameters (0.3% of the model)`, `by 12 min (55%
    improvement)`; None where it is none."""
    place = s.places[k]
    if k == 0 or s.figures[k].unit.family != "percent" or s.lows[place - 1] not in ("(", "~"):
        return None
    between, after = s.lows[s.places[k - 1] + 1 : place], s.lows[place + 1 : place + 3]
    if s.figures[k - 1].unit.metric is None or len(between) > 4 or between.count("(") != 1 or ")" in between:
        return None
    if after[:1] == ["of"] or (after[1:] in ([")"], [","]) and after[0] in _BARE_CHANGE):
        return k - 1
    return None


_BARE_CHANGE = frozenset(
    {"improvement", "reduction", "decrease", "increase", "less", "fewer", "lower", "smaller", "saving"}
)
_GENERAL = words("measure_general")
_HOURS = frozenset({"hour", "hours", "day", "days", "time"})
_CASES = words("manner_cases")
_KEPT = words("manner_kept")


def counted(s: Sentence, span: tuple[int, int]) -> bool:
    """Whether a share of cases is how often something succeeds or happens: `resolves 50% of the tickets`, not `keeps
    10% of the patches`."""
    left = s.lows[max(0, span[0] - 8) : span[0]]
    return not any(w.startswith(tuple(_KEPT)) for w in left) and any(
        s.lows[i] in _CASES for i in range(span[0], span[1])
    )


def _on_device(s: Sentence, phrase: Phrase) -> bool:
    """Whether hours are those of a device: `fewer GPU training hours`."""
    return s.lows[phrase.end - 1] != "time" and any(
        w in ("gpu", "tpu", "gpus", "cpu", "a100", "h100", "v100", "a800", "h800")
        for w in s.lows[max(0, phrase.first - 3) : phrase.end]
    )


def _of_model(s: Sentence, place: int, phrase: Phrase | None) -> bool:
    """Whether bytes are a model's size as kept: `a 9 MB model`, `a model size of 2 MB`, `500 MB of weights`; not what
    it takes in memory."""
    if phrase is not None and phrase.cls == "memory":
        return False
    after = s.lows[place + 1 : place + 4]
    return (phrase is not None and phrase.cls in ("parameters", "storage") and phrase.first < place) or any(
        w in ("model", "models", "checkpoint", "binary", "weights", "file", "files") for w in after[:3]
    )


def _on_disk(s: Sentence) -> bool:
    """Whether the sentence speaks of bytes kept rather than of parameters."""
    return bool(
        {"disk", "storage", "file", "files", "index", "archive", "bytes", "compressed", "compression"} & set(s.lows)
    ) or any(q.unit.family == "bytes" for q in s.figures)


def _in_context(s: Sentence, place: int) -> bool:
    """Whether tokens are a length that can be handled: `extends the context from 4K to 32K tokens`."""
    left = s.lows[max(0, place - 8) : place]
    return any(w in ("context", "contexts", "sequence", "sequences", "window", "windows") for w in left) and not any(
        w.startswith(("reduc", "sav", "fewer", "less", "compress", "cut")) for w in left
    )


_THINGS = frozenset({"speed", "memory", "energy", "compute", "storage", "quality", "tokens", "cost"})


def _classes(s: Sentence) -> set[str]:
    """What else the sentence measures, by its strong phrases."""
    return {p.cls for p in s.measures if p.strong} & _THINGS


def _general(s: Sentence, tied: Frame, family: str, setup: tuple[str, ...]) -> str:
    """What `performance` or a bare `improvement` means: speed in a sentence or paper about speed, quality elsewhere."""
    speed = "paper:leans-speed" in setup
    if family == "factor":
        return "speed" if speed else "quality"
    if family != "percent" or not tied.how or "bad" in tied.classes or "quality" in _classes(s):
        return "quality"
    return "speed" if speed else "quality"


def _efficiency(s: Sentence, setup: tuple[str, ...]) -> str:
    """What a bare `efficiency` means: what else the sentence measures, else energy or speed in papers about them."""
    here = _classes(s) - {"quality"}
    if "paper:energy" in setup and "paper:hardware" in setup and not here - {"energy", "speed"}:
        return "energy"
    if len(here) == 1:
        return here.pop()
    return "other"


def _compressed(s: Sentence, setup: tuple[str, ...]) -> str:
    """What a compression makes smaller: the key-value cache, tokens, messages, parameters; files where nothing is
    said."""
    words = set(s.lows)
    if "cache" in words or "kv" in words or "memory" in words:
        return "memory"
    if words & {"token", "tokens", "prompt", "prompts", "context", "contexts"}:
        return "tokens"
    if words & {"gradient", "gradients", "communication"}:
        return "communication"
    return "storage"


def measure_text(s: Sentence, k: int, choice: Choice, metric: str, text: str) -> str:
    """The words of the text for what is measured, with the modifiers right before them; "" when none are there."""
    phrase = choice.phrase
    unit = s.figures[k].unit
    if phrase is not None and phrase.cls != metric and unit.metric == metric:
        return unit.name if unit.name != "params" else "parameters"
    if phrase is None:
        return text[s.starts[choice.words[0]] : s.ends[choice.words[1] - 1]] if choice.words else ""
    first = phrase.first
    for i in range(phrase.first - 1, max(-1, phrase.first - 5), -1):
        word = s.lows[i]
        if word == "-" and i > 0 and s.ends[i - 1] == s.starts[i]:
            first = i
            continue
        if not word.isalpha() or len(word) < 3 or word in _LIGHT or word in _STOPS or s.cue_at(i):
            break
        if s.words[i][0].isupper() and not s.words[i].isupper():
            break
        first = i
    while first < phrase.first and s.lows[first] == "-":
        first += 1
    return text[s.starts[first] : s.ends[phrase.end - 1]]
