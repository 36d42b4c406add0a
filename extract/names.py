"""What a paper calls things: names and descriptions anywhere in it that may be what reaches a figure, each with
features that say where and how it stands in the paper. `technique` chooses one of them for a figure."""

import re
from bisect import bisect_left
from functools import cached_property

from extract.chooser import Features
from extract.lexicon import WORD, words
from extract.own_name import called
from extract.spans import STOPS, phrases
from extract.wordshape import bucket, is_benchmark, is_known_model, is_verb, shape

_NAME = re.compile(
    r"(?<![\w-])(?:[A-Z][\w+*.'-]*[A-Z0-9+*][\w+*-]*|[a-z]{1,4}[A-Z][\w+*.-]*\w|\d+[A-Za-z][\w-]*[A-Z][\w-]*|"
    r"[A-Z][a-z]{2,}\w*(?:-\w+)*)(?:[ -](?:[A-Z][\w+*-]*|\d[\w.]*[BMKx]?)(?![\w.]*%)){0,4}"
)
_PROPOSES = re.compile(
    r"\b(?:[Ww]e|[Tt]his\s+(?:paper|work|article|study|report|letter|thesis)|[Hh]ere)\b[^.]{0,60}?"
    r"\b(?:propos|present|introduc|develop|describ|design|creat|build|built|offer|formulat|devis|explor|stud|"
    r"investigat|evaluat|compar|examin|show|demonstrat)\w*\s+"
)
_OURS = re.compile(r"\b(?:[Oo]ur|[Tt]he\s+proposed|[Pp]roposed|[Tt]his)\s+")
_ORDINARY = re.compile(r"[A-Z][a-z]+(?:-[a-z]+)*")
_SENTENCE_END = re.compile(r"(?<=[.?!])\s+(?=[A-Z])")
_KINDS = words("names_kinds")
_LEFT, _RIGHT = words("names_left"), words("names_right")
_PROPOSED, _OWN, _TITLE, _NAMES = 4, 6, 5, 12  # how many places or phrases of each sort are looked at


class Names:
    """The names of one paper. Nothing is read before it is asked for: most papers have no figure to name a thing
    for."""

    def __init__(self, title: str, abstract: str) -> None:
        self.title, self.abstract = title, abstract
        self._called = called(title, abstract)

    @cached_property
    def own(self) -> str | None:
        """The paper's name for its own work by the surest rule; None where no rule finds one."""
        return self._surest[1] if self._surest is not None else None

    @cached_property
    def _surest(self) -> tuple[str, str] | None:
        return next(self._called, None)

    @cached_property
    def features(self) -> dict[str, Features]:
        """Each name as written with its features, all named `N:...`."""
        said = self._said()
        low, title = self.abstract.lower(), self.title.lower()
        ends = [m.start() for m in _SENTENCE_END.finditer(self.abstract)]
        return {name: Features(self._of(name, by, low, title, ends)) for name, by in said.items()}

    def _said(self) -> dict[str, dict[str, None]]:
        """Names with how each was found."""
        said: dict[str, dict[str, None]] = {}

        def add(name: str, how: str) -> None:
            name = name.strip(" .,;:'\"*`-").removesuffix("'s")
            if 1 < len(name) <= 90:
                said.setdefault(name, {})[how] = None

        if self._surest is not None:
            for how, name in (self._surest, *self._called):
                add(name, how)
        for i, name in enumerate(phrases(self.title, most=_TITLE)):
            add(name, f"title{min(i, 3)}")
        for pattern, how, most, each in ((_PROPOSES, "propose", _PROPOSED, 2), (_OURS, "ours-", _OWN, 1)):
            for x, match in enumerate(pattern.finditer(self.abstract)):
                if x >= most:
                    break
                following = self.abstract[match.end() : match.end() + 130]
                for y, name in enumerate(phrases(following, most=each)):
                    if how == "ours-" and not following.startswith(name):
                        continue
                    kept = name.split()
                    while kept and kept[0].lower() in _KINDS:
                        kept = kept[1:]
                    if not all(w.lower() in _KINDS for w in kept):
                        add(" ".join(kept), f"{how}{min(x, 1)}{y}")
        counts: dict[str, int] = {}
        for text in (self.title, self.abstract):
            for match in _NAME.finditer(text):
                name = match[0].strip(" .-'").removesuffix("'s")
                if len(name) > 1 and not (_ORDINARY.fullmatch(name) and _begins(text, match.start())):
                    counts[name] = counts.get(name, 0) + 1
        for name in sorted(counts, key=lambda n: (-counts[n], n))[:_NAMES]:
            add(name, "name")
        return said

    def _of(self, name: str, by: dict[str, None], low: str, title: str, ends: list[int]) -> list[str]:
        folded = name.lower()
        places = _places(folded, low)
        out = [f"N:by={how}" for how in by]
        out.append("N:by=" + "+".join(sorted(how[:3] for how in by)[:4]))
        out.append(f"N:count={bucket(len(places))}")
        out.append(f"N:shape={shape(name)}")
        said = WORD.findall(name)
        out.append(f"N:words={min(name.count(' ') + 1, 5)}")
        if folded in title:
            out.append("N:title")
            if title.startswith(folded):
                out.append("N:title-first")
            if title[title.find(folded) + len(folded) :].startswith(":"):
                out.append("N:title-colon")
        own = self.own
        if own is None:
            out.append("N:no-own")
        elif name == own:
            out.append("N:own")
        else:
            out.append("N:part-of-own" if name in own else "N:holds-own" if own in name else "N:another")
        if is_benchmark(name):
            out.append("N:benchmark")
        if is_known_model(name):
            out.append("N:model")
        out.extend(f"N:w={w}" for w in said[:-1] if w.islower() and w not in STOPS)
        out.append(f"N:last={said[-1] if said and said[-1].islower() else ''}")
        if places:
            out.append(f"N:first={min(4, bisect_left(ends, places[0]))}/{min(9, len(ends)) // 3}")
            out.append(f"N:late={places[-1] * 3 > len(low) * 2}")
        lefts: dict[str, None] = {}
        rights: dict[str, None] = {}
        for at in places[:6]:
            before = self.abstract[max(0, at - 25) : at].split()
            after = self.abstract[at + len(name) : at + len(name) + 20].split()
            left = before[-1].lower() if before else "^"
            right = after[0].lower().rstrip(",.;:") if after else "$"
            lefts["(" if left[:1] == "(" else left if left in _LEFT else "x"] = None
            rights["(" if right[:1] == "(" else right if right in _RIGHT else "V" if is_verb(right) else "x"] = None
        out.extend(f"N:L={x}" for x in lefts)
        out.extend(f"N:R={x}" for x in rights)
        return out


def _begins(text: str, start: int) -> bool:
    """Whether a sentence begins there."""
    before = text[:start].rstrip()
    return not before or before[-1] in ".:?!"


def _places(name: str, text: str) -> list[int]:
    """Where a name stands as whole words."""
    out, at = [], text.find(name)
    while at >= 0:
        end = at + len(name)
        if (at == 0 or not text[at - 1].isalnum()) and (end == len(text) or not text[end].isalnum()):
            out.append(at)
        at = text.find(name, at + 1)
    return out
