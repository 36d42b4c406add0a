"""The lexical index made in bounded memory is, to the last bit, the one that bm25s makes of the same words."""

import numpy as np
import pytest

from index import word_counts, words
from index.word_counts import WordCounts, counted

TEXTS = [
    "Quantized caches decode faster than caches in full precision.",
    "A sparse kernel: 2.5x faster, 40% less memory, on an NVIDIA A100 GPU.",
    "",
    "Kernels, kernels and kernels again; a kernel is faster than a cache.",
    "Of the and to.",
    "Vögel singen; ünïcödé wörds count as wörds.",
] * 3


def index(folder, texts, *, parts=((0, None),), at=None):
    folder.mkdir()
    made = WordCounts(folder / "scratch", len(texts))
    for first, last in parts:
        some = texts[first:last]
        made.add(np.arange(first, first + len(some), dtype=np.int32), *counted(some))
    made.write(folder / "words")
    return folder / "words"


def scores(folder, papers):
    found = words.Words(folder, papers)
    return {stem: found.scores_of([stem]).tolist() for stem in sorted(found._known) if stem != "\0"}


@pytest.mark.parametrize("at_once", [5, 17, 10_000])
@pytest.mark.parametrize("texts", [TEXTS, TEXTS[:1], ["", ""], []], ids=["many", "one", "wordless", "none"])
def test_scores_are_those_of_bm25s(tmp_path, monkeypatch, texts, at_once):
    monkeypatch.setattr(word_counts, "_AT_ONCE", at_once)
    words.write(tmp_path / "bm25s", texts)
    ours = index(tmp_path / "ours", texts)
    assert scores(ours, len(texts)) == scores(tmp_path / "bm25s", len(texts))


def test_bm25s_reads_what_is_written(tmp_path):
    import bm25s

    made = bm25s.BM25.load(index(tmp_path / "ours", TEXTS))
    assert made.get_scores(words.tokens("faster kernel")).tolist() == pytest.approx(
        words.Words(tmp_path / "ours" / "words", len(TEXTS)).scores("faster kernel").tolist()
    )


def test_the_order_of_adding_leaves_no_trace(tmp_path):
    one = index(tmp_path / "one", TEXTS)
    other = index(tmp_path / "other", TEXTS, parts=((9, 18), (3, 9), (0, 3)))
    assert {f.name: f.read_bytes() for f in one.iterdir()} == {f.name: f.read_bytes() for f in other.iterdir()}


def test_counts_are_taken_over_without_a_trace_of_what_is_gone(tmp_path):
    """Papers 0 to 3 stay with other numbers, 4 is gone and its words with it, one is new."""
    old = [*TEXTS[:4], "Only this one says zygote."]
    now = ["New: a faster octopus.", *TEXTS[:4]]
    index(tmp_path / "old", old)
    made = WordCounts(tmp_path / "scratch", len(now))
    made.take_over(tmp_path / "old" / "words", np.array([1, 2, 3, 4, -1], np.int32))
    made.add(np.array([0], np.int32), *counted(now[:1]))
    made.write(tmp_path / "words")
    whole = index(tmp_path / "whole", now)
    for file in whole.iterdir():
        assert (tmp_path / "words" / file.name).read_bytes() == file.read_bytes(), file.name


def test_a_word_that_fills_a_text_counts_as_often_as_can_be_kept(tmp_path):
    ours = index(tmp_path / "ours", ["kernel " * 70_000, "kernel"])
    assert np.load(ours / word_counts.COUNTS).tolist() == [65535, 1]
