"""A build made in steps is the build made at once: every table, every vector, every word, to the last bit."""

import shutil
from dataclasses import replace
from itertools import permutations

import numpy as np

from crawler.archive import Archive, new_run
from crawler.fulltext import FullText, Section, paper_of
from index import techniques
from index.build import build
from tests.test_index_engines import made


def add(home, papers, *texts):
    archive = Archive(home)
    archive.append([*papers, *(paper_of(text, "invented.html") for text in texts)], run=new_run("test"))
    archive.add_full_texts(texts, run=new_run("texts"))
    archive.close()


def finch(result):
    return FullText(
        "2601.90078",
        "Finch: Nested Weights",
        "We present Finch, which nests weights. It is small.",
        (Section("4 Results", (result,)),),
        (),
    )


def elsewhere(paper, **changed):
    """The paper as another page shows it, which is newer and counts."""
    return replace(paper, sources=(replace(paper.sources[0], page="other.jsonl"),), **changed)


STEPS = {
    "a changed abstract": lambda papers, invented: [
        elsewhere(papers[1], abstract=papers[1].abstract.replace("1.6x", "1.9x"))
    ],
    "a new paper": lambda papers, invented: [
        invented("Wren: A Later Paper", "Wren is 2x faster than Heron on a Jetson Orin.", 9)
    ],
    "a paper seen again": lambda papers, invented: [elsewhere(papers[2])],
    "an arXiv id that comes later": lambda papers, invented: [elsewhere(papers[3], arxiv_id="2512.00009")],
    "a changed full text": lambda papers, invented: [finch("Finch decodes 7x faster than Linnet on an A100.")],
}

READ = {"a changed abstract": (1, 0), "a new paper": (1, 0), "a changed full text": (0, 1)}


def test_steps_give_what_one_build_gives(tmp_path, papers, invented):
    home = tmp_path / "steps"
    add(home, papers[:5], finch("Finch decodes 5x faster than Linnet on a Jetson Orin Nano."))
    build(home, jobs=1)
    for name, step in STEPS.items():
        found = step(papers, invented)
        texts = [one for one in found if isinstance(one, FullText)]
        add(home, [one for one in found if not isinstance(one, FullText)], *texts)
        report = build(home, jobs=1)
        read = (report.papers_read, report.full_texts_read)
        assert read == READ.get(name, (0, 0)), f"{name}: not just what had changed was read"
    whole = tmp_path / "whole"
    shutil.copytree(home / "papers", whole / "papers")
    assert build(whole, jobs=1).papers_read == report.papers == 7
    assert made(home) == made(whole)


def test_scores_of_families_do_not_depend_on_how_many_papers_go_together():
    """BLAS sums in another order for one paper than for many: a score in a table once differed in its last digit."""
    words = [
        "sparse",
        "attention",
        "pruning",
        "quantized",
        "cache",
        "distillation",
        "adapters",
        "tokens",
        "kernels",
        "routing",
        "experts",
    ]
    texts = [
        (f"{a.title()} {b} for {c}", f"We study {b} with {a} and {c}: {d} is {n % 9 + 2}x faster.")
        for n, (a, b, c, d) in enumerate(permutations(words, 4))
    ][::23]
    together = techniques.scores(texts)
    alone = np.concatenate([techniques.scores([text]) for text in texts])
    assert np.array_equal(together, alone)
    assert len(texts) > 100
