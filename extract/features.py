"""What the learned parts look at for one figure: a list of feature names, made of our own word lists and of common
words."""

from dataclasses import dataclass
from functools import lru_cache

from extract.context import FIGURE, Sentence
from extract.factors import falls_by_words
from extract.frame import Frame
from extract.lexicon import words
from extract.measure import Choice
from extract.sentences import has_one
from extract.wording import wording


@dataclass(slots=True)
class Said:
    """Kind and direction by rule."""

    kind: str
    direction: str


_NEAR = words("features_near")
_CLASSES = ("up", "down", "good", "bad", "best", "keep", "level", "own", "other", "compare", "setting", "problem")


def features(
    s: Sentence, k: int, choice: Choice, metric: str, tied: Frame, said: Said, setup: tuple[str, ...]
) -> list[str]:
    """Names of the features that hold for the sentence's k-th figure.

    `metric` is the rules' metric, `tied` and `said` what they make of kind and direction, `setup` features of the whole
    paper (see `paper_features`). Features named `rule:` weigh more (see `linear.WEIGHT`).
    """
    q, place = s.figures[k], s.places[k]
    family = q.unit.family
    out = ["bias", f"u={family}", f"m={metric}", f"u={family}&m={metric}", f"sec={s.section}"]
    if family not in ("factor", "percent", "bare"):
        out.append("physical")
    add = out.append
    add(f"rule:metric={metric}")
    add(f"rule:kind={said.kind}")
    add(f"rule:direction={said.direction}")
    add(f"rule:manner={said.kind}/{said.direction}")
    add(f"tied={tied.how}")
    add(f"tied={tied.how}&u={family}")
    add(f"tied={tied.how}&k={said.kind}")
    for cls in tied.classes:
        add(f"tied:{cls}")
    if q.mark:
        add(f"mark={q.mark}")
        add(f"mark={q.mark}&u={family}")
    if q.spelled:
        add(f"spelled={q.spelled}")
    for name in ("hyphen", "magnitude", "plus"):
        if getattr(q, name):
            add(name)
            add(f"{name}&u={family}")
    if q.value_max is not None:
        add("range")
    if q.from_value is not None:
        add(f"from={q.link}")
        add("from")
        add("grows" if q.value > q.from_value else "shrinks")
    if family == "percent":
        add("v%<" + str(next((b for b in (2, 10, 30, 60, 90, 100.01, 1000) if q.value < b), 9999)))
    elif family == "factor":
        add("vx<" + str(next((b for b in (1, 2, 10, 100) if q.value < b), 9999)))
    elif family == "bare":
        add("int" if q.value == int(q.value) else "decimal")
        add("v.<" + str(next((b for b in (1, 10, 100) if q.value < b), 9999)))
        if 1950 <= q.value <= 2100 and q.value == int(q.value):
            add("year")
    _words_near(s, place, family, out)
    _cues_near(s, place, family, out)
    if choice.phrase is not None:
        add(f"side={choice.side}")
        add("strong" if choice.phrase.strong else "weak")
        add("score<" + str(next((b for b in (-1, 0, 1, 2, 3, 4) if choice.score < b), 9)))
        head = s.lows[choice.phrase.end - 1]
        falls = falls_by_words(head)
        add(f"falls={falls}")
        add(f"2nd={choice.second.cls}" if choice.second else "2nd=none")
        add(f"{choice.phrase.cls}&{choice.second.cls}" if choice.second else f"{choice.phrase.cls}&none")
        add(f"head={head}&weak" if not choice.phrase.strong else f"strong&m={metric}")
        if "score" in head or family == "bare":
            add(f"{choice.side}&bare={family == 'bare'}&strong={choice.phrase.strong}&near={choice.score > 2}")
    else:
        add("side=none")
    count = len(s.figures)
    add(f"count<{next((b for b in (2, 3, 5, 9) if count < b), 99)}")
    alike = sum(1 for f in s.figures if f.unit.family == family)
    if alike > 1:
        add("siblings")
    if any(f.unit.family in ("factor", "percent") for f in s.figures):
        add(f"with-relative&u={family}")
    add(f"sent={s.position}")
    out.extend(_of_paper(setup, family))
    out.extend(wording(s, k, choice, metric, tied))
    if choice.phrase is not None:
        out.extend([f"{x}&falls={falls}" for x in out if x.startswith(_CHANGES) and "&" not in x])
    return out


# What tells better from worse only together with which way the measure goes: `a lower FID`, `a lower accuracy`.
_CHANGES = ("pre=", "change=", "clause:down", "clause:up", "clause:good", "clause:bad", "clause:best", "w-1=", "w-2=")


@lru_cache(maxsize=4096)
def _of_paper(setup: tuple[str, ...], family: str) -> tuple[str, ...]:
    return (*setup, *[f"{x}&u={family}" for x in setup])


def _words_near(s: Sentence, place: int, family: str, out: list[str]) -> None:
    n = len(s.lows)
    for step in (-3, -2, -1, 1, 2, 3):
        i = place + step
        if not 0 <= i < n:
            out.append(f"{step}:edge")
            continue
        word = s.lows[i]
        if word == FIGURE:
            out.append(f"{step}:figure")
            continue
        if word in _NEAR:
            out.append(f"{step}:{word}")
            if step in (-1, 1):
                out.append(f"{step}:{word}&u={family}")
        for cls in s.cue_at(i):
            out.append(f"{step}:{cls}")
            if step in (-1, 1, 2):
                out.append(f"{step}:{cls}&u={family}")
        for p in s.measures:
            if p.first <= i < p.end:
                out.append(f"{step}:measure={p.cls}")
                break
        else:
            if step in (-1, 1) and word not in _NEAR and not s.cue_at(i):
                kind = (
                    "name"
                    if s.words[i][0].isupper()
                    else "digit"
                    if word[0].isdigit()
                    else "word"
                    if word[0].isalpha()
                    else "mark"
                )
                out.append(f"{step}:is-{kind}&u={family}")
    if place + 1 < n and s.starts[place + 1] == s.ends[place] and s.lows[place + 1] == "-":
        out.append("compound")
        out.append(f"compound&u={family}")


def _cues_near(s: Sentence, place: int, family: str, out: list[str]) -> None:
    clause = s.clauses[place]
    here: set[str] = set()
    nearest: dict[tuple[str, str], int] = {}
    for cue in s.cues:
        if s.clauses[cue.first] == clause:
            here.add(cue.cls)
        distance = cue.first - place if cue.first > place else place - cue.end + 1
        side = "R" if cue.first > place else "L"
        key = (cue.cls, side)
        if distance < nearest.get(key, 99):
            nearest[key] = distance
    for cls in here:
        out.append(f"clause:{cls}")
        out.append(f"clause:{cls}&u={family}")
    for cls in {c.cls for c in s.cues}:
        if cls in _CLASSES:
            out.append(f"sentence:{cls}")
    for (cls, side), distance in nearest.items():
        if cls in _CLASSES and distance <= 8:
            out.append(f"{side}:{cls}<{3 if distance < 3 else 6 if distance < 6 else 9}")
    first_change = min(
        ((d, f"{c}{side}") for (c, side), d in nearest.items() if c in ("up", "down", "good", "bad", "keep")),
        default=None,
    )
    if first_change is not None and first_change[0] <= 10:
        out.append(f"change={first_change[1]}")
        out.append(f"change={first_change[1]}&u={family}")


_SIGNS = {
    "speed": ("speedup", "latency", "throughput", "faster", "accelerat", "runtime", "kernel", "serving"),
    "quality": ("accuracy", "benchmark", "score", "state-of-the-art", "performance on"),
    "hardware": ("gpu", "cpu", "fpga", "accelerator", "hardware", "edge device"),
    "energy": ("energy", "power"),
    "system": ("system", "framework", "library", "compiler", "scheduler", "allocator", "memory"),
}


_OF_SPEED = (
    "speedup",
    "speed-up",
    "speed up",
    "latenc",
    "throughput",
    "faster",
    "accelerat",
    "runtime",
    "run-time",
    "kernel",
    "compiler",
    "schedul",
    "execution time",
    "training time",
    "inference time",
    "real-time",
    "parallel",
    "gpu",
    "hardware",
    "overhead",
)
_OF_QUALITY = (
    "accura",
    "f1",
    "bleu",
    "miou",
    "perplexity",
    "success rate",
    "reasoning",
    "quality",
    "score",
    "generaliz",
    "benchmark",
    "state-of-the-art",
    "robust",
    "error",
    "precision",
    "recall",
    "psnr",
    "fid ",
    "mean average",
)


def paper_features(text: str) -> tuple[str, ...]:
    """What kind of paper it is: which themes its whole text touches, and whether it speaks more of speed than of
    quality."""
    low = text.lower()
    themes = [f"paper:{theme}" for theme, signs in _SIGNS.items() if has_one(low, signs)]
    if sum(map(low.count, _OF_SPEED)) > sum(map(low.count, _OF_QUALITY)):
        themes.append("paper:leans-speed")
    return tuple(themes)
