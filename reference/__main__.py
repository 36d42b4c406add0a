"""`python -m reference [FAMILY ...] [--device cuda] [--json]`: measures and prints."""

import argparse
import json
import sys
import time
from datetime import datetime, timezone

import reference
from reference.measurement import Measurement
from reference.record import as_record


def line(m: Measurement) -> str:
    """One measurement for a terminal."""
    spread = "" if m.factor_low == m.factor_high else f" ({m.factor_low:.2f}-{m.factor_high:.2f})"
    effect = f"{m.metric} {m.factor:.2f}x{spread}"
    values = f"{m.value_baseline:.4g} -> {m.value:.4g} {m.unit}"
    quality = f"{m.quality_name} {m.quality_baseline:.4g} -> {m.quality:.4g}"
    remark = f"\n      {m.why}" if m.why else ""
    return f"  {m.method:<50} {effect:<28} {values:<34} {quality}{remark}"


def main(arguments: list[str] | None = None) -> int:
    """Exit status 0, 2 for a family or device that is not there, 3 when a family failed and the others went on."""
    parser = argparse.ArgumentParser(prog="python -m reference", description=reference.__doc__)
    parser.add_argument("family", nargs="*", help=f"default: all of {', '.join(reference.families())}")
    parser.add_argument("--device", default="cpu", help="cpu, cuda, cuda:1, ... (default: cpu)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="one JSON record a line")
    options = parser.parse_args(arguments)
    if unknown := set(options.family) - set(reference.families()):
        parser.error(f"no reference implementation of {', '.join(sorted(unknown))}")
    status = 0
    for family in options.family or reference.families():
        start, moment = time.perf_counter(), datetime.now(timezone.utc)  # noqa: UP017 - runs on Python 3.10 too
        try:
            found = reference.measure(family, options.device, seed=options.seed)
        except ValueError as error:
            parser.error(str(error))
        except reference.FAILURES as error:
            print(f"{family} failed: {reference.told(error)}", file=sys.stderr)
            status = 3
            continue
        if not options.json:
            print(f"{family} on {found[0].device}")
        for m in found:
            print(json.dumps(as_record(m, at=moment)) if options.json else line(m), flush=True)
        print(f"{family}: {time.perf_counter() - start:.1f} s", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
