"""Where a text gives both a change and its two levels (`54% (198 ms to 91 ms)`): whether they agree."""

from dataclasses import replace

from extract.claim import Claim

TOLERANCE = 0.06  # relative: levels and changes are both rounded in texts
_APART = 60  # letters between the two figures at most


def agree(change: Claim, level: Claim) -> bool | None:
    """Whether a change is the one between the two levels; None where the two cannot be held against each other.

    A change of v % agrees with a rise or fall of v %, a change of v times with either ratio of the levels.
    """
    if change.value is None or level.value is None or not level.from_value or not level.value:
        return None
    before, after = level.from_value, level.value
    if change.unit == "x":
        wanted = [before / after, after / before]
    elif change.unit == "%":
        wanted = [100 * abs(1 - after / before)]
        if level.unit == "%":
            wanted.append(abs(after - before))  # percentage points
    elif change.unit == level.unit:
        wanted = [abs(after - before)]
    else:
        return None
    ends = [change.value] if change.value_max is None else [change.value, change.value_max]
    return any(abs(v - w) <= max(TOLERANCE * max(abs(w), abs(v)), 0.051) for v in ends for w in wanted)


def checked(claims: list[Claim]) -> list[Claim]:
    """The claims, `agreement` set on each change and pair of levels that stand side by side and measure the same."""
    out = list(claims)
    for i, change in enumerate(claims):
        if change.kind != "change":
            continue
        for j in (i + 1, i - 1):
            if not 0 <= j < len(claims):
                continue
            level = claims[j]
            if level.kind != "level" or level.from_value is None or level.metric != change.metric:
                continue
            if level.section != change.section or level.sentence != change.sentence or _gap(change, level) > _APART:
                continue
            said = agree(change, level)
            if said is not None:
                out[i], out[j] = replace(out[i], agreement=said), replace(out[j], agreement=said)
                break
    return out


def _gap(a: Claim, b: Claim) -> int:
    return max(a.span_start, b.span_start) - min(a.span_end, b.span_end)
