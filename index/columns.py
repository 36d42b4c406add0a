"""The figures of all claims as NumPy arrays: what questions are filtered with, a millisecond or so a condition."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.codes import Codes, Mask
from index.column_files import Arrays
from index.names import Names

__all__ = ["Codes", "Columns", "Mask"]

_FEW = 16  # of so many claims less than one is looked up singly, more are counted in one pass


class Columns:
    """Claims as they stand (as corrected by people, without the rejected), papers, and what belongs to them.

    Arrays with names in `claims` run over the kept claims in order of claim_no: `metric`, `kind`, `unit`, `direction`,
    `target`, `phase`, `bound`, `baseline` and `measured` (by name, see `named_measures`) are `Codes`; `paper`,
    `claim_no` int32, both rising; `front` whether title or abstract make the claim, not the full text; the others
    float64, NaN for null. `confidence` is 1 where a person confirmed the claim.
    `year` and `published` run over papers by paper_no.
    """

    def __init__(self, arrays: Arrays) -> None:
        """`arrays` are those of `index.column_files`."""

        def plain(name: str) -> NDArray[Any]:
            found = arrays[name]
            assert not isinstance(found, Codes)
            return found

        def codes(name: str) -> Codes:
            found = arrays[name]
            assert isinstance(found, Codes)
            return found

        self.claim_no: NDArray[np.int32] = plain("claim_no")
        self.paper: NDArray[np.int32] = plain("paper")
        self.metric, self.kind, self.unit = codes("metric"), codes("kind"), codes("unit")
        self.direction, self.target, self.phase = codes("direction"), codes("target"), codes("phase")
        self.bound, self.baseline, self.measured = codes("bound"), codes("baseline"), codes("measured")
        self.value, self.value_max, self.from_value = plain("value"), plain("value_max"), plain("from_value")
        self.factor_min, self.factor_max = plain("factor_min"), plain("factor_max")
        self.factor, self.delta, self.confidence = plain("factor"), plain("delta"), plain("confidence")
        self.front: Mask = plain("front")
        self.year: NDArray[np.float64] = plain("year")
        self.published: NDArray[np.datetime64] = plain("published")
        self.papers = len(self.year)
        self._device_of, self._device = plain("device_claim"), codes("device")
        self._mention_paper, self._mention = plain("mention_paper"), codes("mention")
        self._mention_in_title: Mask = plain("mention_in_title")
        self._counted_paper, self._counted = plain("counted_paper"), codes("counted")
        self._counted_number: NDArray[np.int32] = plain("counted_number")
        self._family_paper, self._family, self._family_score = (
            plain("family_paper"),
            codes("family"),
            plain("family_score"),
        )

    def on(self, wanted: Callable[[str], bool]) -> Mask:
        """Claims whose own hardware has a catalogue name that is wanted."""
        found = np.zeros(len(self.claim_no), np.bool_)
        found[self._device_claim[self._device.among(wanted)]] = True
        return found

    def with_hardware(self) -> Mask:
        """Claims that name any hardware. Not to be changed."""
        return self._with_hardware

    def front_only(self) -> bool:
        """Whether title and abstract make all claims: no full text was read."""
        return self._front_only

    def naming_hardware(self) -> Mask:
        """Papers whose title or abstract names any hardware, tied to a claim or not. Not to be changed."""
        return self._naming_hardware

    def papers_naming(self, wanted: Callable[[str], bool]) -> Mask:
        """Papers whose title or abstract names a wanted device, tied to a claim or not."""
        return self._paper_mask(self._mention_paper[self._mention.among(wanted)])

    def titles_naming(self, wanted: Callable[[str], bool]) -> Mask:
        """Papers whose title names a wanted device."""
        return self._paper_mask(self._mention_paper[self._mention.among(wanted) & self._mention_in_title])

    def device_counts(self, wanted: Callable[[str], bool]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Numbers of papers whose title or abstract says how many of a wanted device, with how many: a row a number."""
        rows = self._counted.among(wanted)
        return self._counted_paper[rows], self._counted_number[rows]

    def family_members(self, family: str) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        """Numbers of the papers of a family, each once, and how sure each belongs to it."""
        if family not in self._family.words:
            return self._family_paper[:0], self._family_score[:0]
        place, numbers = self._family.words.index(family), self._family.numbers  # which rise
        first, last = np.searchsorted(numbers, np.array([place, place + 1], numbers.dtype))
        return self._family_paper[first:last], self._family_score[first:last]

    def family_scores(self, family: str) -> NDArray[np.float64]:
        """float64 (papers,): how sure each paper belongs to the family, 0 where it does not."""
        found = np.zeros(self.papers)
        papers, scores = self.family_members(family)
        found[papers] = scores
        return found

    def papers_of(self, claims: Mask) -> Mask:
        """Papers with at least one of the claims."""
        if _FEW * np.count_nonzero(claims) < len(claims):
            return self._paper_mask(self.paper[np.flatnonzero(claims)])
        before = np.zeros(len(claims) + 1, np.int32)  # how many of the claims stand before each claim
        np.cumsum(claims, out=before[1:])
        at_ends = before[self._ends]
        found: Mask = at_ends > np.concatenate([[np.int32(0)], at_ends[:-1]]) if self.papers else np.zeros(0, np.bool_)
        return found

    def claims_of(self, papers: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The places of the claims of these papers, and for each claim the place of its paper in `papers`."""
        ends = self._ends[papers]
        counts = ends - np.where(papers > 0, self._ends[papers - 1], 0)
        owner = np.repeat(np.arange(len(papers)), counts)
        return np.arange(len(owner)) + np.repeat(ends - np.cumsum(counts), counts), owner

    def largest(self, values: NDArray[np.float64], claims: Mask, *, least: float) -> NDArray[np.float64]:
        """float64 (papers,): the largest of the values over each paper's claims of the mask, and no less than `least`.

        `values` runs over claims; NaN counts as `least`.
        """
        found = np.full(self.papers, least)
        with np.errstate(invalid="ignore"):
            rows = np.flatnonzero(claims & (values > least))
        np.maximum.at(found, self.paper[rows], values[rows])
        return found

    @cached_property
    def baseline_names(self) -> Names:
        """The different baselines, in the order of `baseline.words`."""
        return Names(self.baseline.words)

    def _paper_mask(self, numbers: NDArray[np.int32]) -> Mask:
        found = np.zeros(self.papers, np.bool_)
        found[numbers] = True
        return found

    @cached_property
    def _ends(self) -> NDArray[np.int64]:
        """int64 (papers,): the place behind each paper's last claim; claims are in the order of their papers."""
        return np.cumsum(np.bincount(self.paper, minlength=self.papers))

    @cached_property
    def _device_claim(self) -> NDArray[np.int32]:
        """The place among the kept claims of the claim of each device."""
        if len(self.claim_no) and self.claim_no[-1] == len(self.claim_no) - 1:  # none is left out
            return self._device_of
        return np.searchsorted(self.claim_no, self._device_of).astype(np.int32)

    @cached_property
    def _front_only(self) -> bool:
        return bool(self.front.all())

    @cached_property
    def _with_hardware(self) -> Mask:
        return self.on(lambda _: True)

    @cached_property
    def _naming_hardware(self) -> Mask:
        return self.papers_naming(lambda _: True)
