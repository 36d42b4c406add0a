"""Work over processes: order kept, little in flight however much comes, and no process left behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from extract.processes import spread
from extract.stream import extract_rows
from tests.processes import running, wait_for


def doubled(batch):
    return [2 * n for n in batch]


def killed(batch):
    os.kill(os.getpid(), signal.SIGKILL)
    return batch


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_in_order_and_batches_are_taken_only_as_results_are(jobs):
    taken = 0

    def batches():
        nonlocal taken
        for n in range(40):
            taken += 1
            yield [n, -n]

    ahead = 0
    for place, found in enumerate(spread(doubled, batches(), jobs=jobs)):
        assert found == [2 * place, -2 * place]
        ahead = max(ahead, taken - place)
    assert place == 39
    assert ahead <= 3 * jobs + 1, "a long input would pile up in memory"


def test_rows_are_read_from_a_stream_only_as_claims_are_taken(monkeypatch):
    monkeypatch.setattr("extract.stream._CHUNK", 2)
    taken = []
    rows = ({"key": n, "title": "It is 2x faster", "abstract": ""} for n in range(1000) if not taken.append(n))
    found = extract_rows(rows, jobs=1)
    assert [next(found)["key"] for _ in range(4)] == [0, 1, 2, 3]
    found.close()
    assert len(taken) <= 6


def test_words_of_papers_read_before_are_forgotten(monkeypatch):
    """spaCy keeps every word that it ever met: a process that reads millions of papers would fill the memory."""
    from extract import pipeline

    monkeypatch.setattr(pipeline, "_WORDS", 2000)
    rows = [
        {
            "key": n,
            "title": "",
            "abstract": f"Finch is {n % 7 + 2}x faster than " + " ".join(f"w{n}v{k}" for k in range(20)),
        }
        for n in range(400)
    ]
    found = list(extract_rows(rows, jobs=1))
    assert len(pipeline.pipeline().vocab.strings) < 6000
    assert all(row["claims"][0]["value"] == n % 7 + 2 for n, row in enumerate(found))


def test_a_process_that_is_killed_is_an_error_that_says_so():
    with pytest.raises(OSError, match="ended early"):
        list(spread(killed, [[1], [2]], jobs=2))


def test_no_process_outlives_a_killed_extraction():
    """Workers once waited for ever for rows from a command that had been killed."""
    rows = b'{"key": "a", "title": "It is 2x faster", "abstract": ""}\n' * 70
    command = [sys.executable, "-m", "ui.cli", "extract", "--jobs", "2"]
    process = subprocess.Popen(
        command, cwd=Path(__file__).parents[1], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True
    )
    process.stdin.write(rows * 4)  # and the end never comes
    process.stdin.flush()
    workers = wait_for(lambda: [pid for pid, words in of_session(process.pid) if "spawn_main" in words])
    process.kill()
    process.wait()
    assert workers
    wait_for(lambda: not of_session(process.pid))


def of_session(session):
    """(id, command line) of the living processes of a session."""
    return running(lambda fields: int(fields[3]) == session and fields[0] != "Z")


def test_docs_show_what_the_rules_found() -> None:
    from extract import pipeline
    from extract.figures import sentences_of

    text = "Finch is 3x faster and cuts memory by 40%."
    (sentence,) = sentences_of(text)
    doc = pipeline.read(sentence, text, ())
    assert [(span.text, span.label_) for span in doc._.figure_spans] == [("3x", "factor"), ("40%", "percent")]
    assert [(span.text, span.label_) for span in doc._.measure_spans] == [("faster", "speed"), ("memory", "memory")]
    assert pipeline.found(doc) == (doc._.figures, doc._.parities)
