"""Progress of long work on stderr: a bar a step with rate and time left; nothing where stderr is no terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from ui.command import err


@contextmanager
def steps() -> Iterator[Callable[[str, int, int], None]]:
    """Gives a function (step, done, of how many; 0 where nobody knows) that draws the bars."""
    columns = (
        TextColumn("{task.description:24}"), BarColumn(), MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"), TimeElapsedColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    tasks: dict[str, TaskID] = {}
    with Progress(*columns, console=err, disable=not err.is_terminal, transient=True) as progress:

        def tell(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = progress.add_task(step, total=total or None, rate="")
            task = next(t for t in progress.tasks if t.id == tasks[step])
            rate = f"{task.speed:,.0f}/s" if task.speed else ""
            progress.update(tasks[step], completed=done, total=total or None, rate=rate)

        yield tell
