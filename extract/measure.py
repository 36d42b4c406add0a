"""Which words say what a figure measures. Rules over a sentence's phrases; the words in between decide how near one
is."""

from extract.choice import choose
from extract.context import Sentence, written
from extract.factors import falls_by_words
from extract.frame import Frame, frame, of_speed
from extract.lexicon import Phrase, words
from extract.nearness import LIGHT, Choice
from extract.units import Unit

__all__ = ["Choice", "choose", "counted", "measure_text", "metric_of", "settled_by_unit"]


_STOPS = words("measure_stops")
_HELD = frozenset({"same", "equal", "identical"})  # "5x more users at the same latency": a condition, nothing measured
_UNIT_FIRST = frozenset({"energy", "cost", "speed", "parameters", "compute", "storage", "memory", "communication"})


def settled_by_unit(unit: Unit) -> str | None:
    """The metric that a unit says by itself, whatever the words around: watts are energy, milliseconds speed."""
    return unit.metric if unit.metric in _UNIT_FIRST and unit.family not in ("bytes", "count", "size") else None


def settled_by_words(s: Sentence, k: int, choice: Choice) -> str | None:
    """The metric that the chosen words say by themselves: flash holds the program, whatever `memory` follows."""
    phrase = choice.phrase
    stored = phrase is not None and phrase.cls == "storage" and s.lows[phrase.first] == "flash"
    return "storage" if stored and s.figures[k].unit.family == "bytes" else None


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
        if word in _HELD:
            return ""
        if word == "-" and i > 0 and s.ends[i - 1] == s.starts[i]:
            first = i
            continue
        if not word.isalpha() or len(word) < 3 or word in LIGHT or word in _STOPS or s.cue_at(i):
            break
        if s.words[i][0].isupper() and not s.words[i].isupper():
            break
        first = i
    while first < phrase.first and s.lows[first] == "-":
        first += 1
    return text[s.starts[first] : s.ends[phrase.end - 1]]
