"""`claims ask`: a question, or a file of them, answered from the current build."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from ui.command import PARTLY, command, err, out, print_json

CLEARABLE = (
    "metric", "measure", "min_factor", "max_loss", "unit_threshold", "also", "hardware", "device_count", "family",
    "baseline", "parity", "phase", "years",
)  # fmt: skip


@command()
@click.argument("question", required=False)
@click.option("--file", "questions", type=click.File(encoding="utf-8"), help='JSONL of {"id", "question"}; - is stdin.')
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV, one row a claim.")
@click.option("--top", type=click.IntRange(1, 1000), default=10, show_default=True, help="Papers in the answer.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only papers published on or after this day.")
@click.option("--metric", help="Set what is measured: speed, memory, energy, ...")
@click.option("--measure", help="Set a measure by name: time to first token, PSNR, trainable parameters, ...")
@click.option("--min-factor", type=float, help="Set how many times better at least: 2 is twice as good.")
@click.option("--hardware", multiple=True, help="Set the device, series, vendor or class: A100, Jetson, FPGA, GPU.")
@click.option("--family", help="Set the technique family by its id: quantization, kv-cache-compression, ...")
@click.option("--baseline", help="Set what it is compared with.")
@click.option("--phase", help="Set training, fine-tuning, inference, search or data preparation.")
@click.option("--parity/--no-parity", default=None, help="Ask for quality kept, or do not.")
@click.option("--clear", multiple=True, type=click.Choice(CLEARABLE), help="Drop a condition read from the question.")
def ask(
    home: Path,
    as_json: bool,
    question: str | None,
    questions: Any,
    as_csv: bool,
    top: int,
    since: Any,
    **overrides: Any,
) -> None:
    """Answer QUESTION with papers whose claims say so, each with its evidence sentence and links to code.

    \b
    Example:  claims ask "which techniques give at least 2x speedup on GPUs"
              claims ask "half the memory without losing accuracy" --hardware Jetson
    """
    if as_csv and (as_json or questions is not None):
        raise click.UsageError("--csv goes with one QUESTION and without --json")
    if (question is None) == (questions is None):
        raise click.UsageError("give one QUESTION, or a file of them with --file")
    from index import KnowledgeBase
    from index.answer import as_json as answer_json
    from index.measured import latest
    from ui.printing import print_answer

    changed = dict.fromkeys(overrides.pop("clear"))
    changed |= {name: value for name, value in overrides.items() if value is not None and value != ()}
    day = since.date() if since else None
    with KnowledgeBase.open(home) as base:
        if question is not None:
            answer = base.ask(question, top=top, since=day, **changed)
            if as_json:
                print_json(answer_json(answer))
            elif as_csv:
                from index.answer_csv import answer_csv

                click.echo(answer_csv(answer), nl=False)
            else:
                families = {family for paper in answer.answers for family in paper.families}
                print_answer(out, answer, measured=latest(base, families))
            return
        bad = 0
        for number, line in enumerate(questions, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                text, name = row["question"], row["id"]
            except (ValueError, KeyError, TypeError) as error:
                err.print(f'line {number}: not a question {{"id", "question"}}: {error!r}', markup=False)
                bad += 1
                continue
            print_json({"id": name} | answer_json(base.ask(text, top=top, since=day, **changed)))
    if bad:
        sys.exit(PARTLY)
