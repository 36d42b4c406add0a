"""The spaCy pipeline for reading papers: screened sentences become Docs, and our rules are its components.

The components only wrap plain functions (`figures.candidates`, `parity.candidates`), so that questions can be read
without spaCy. Tokens are the words of `context.Sentence`, each figure one token; `doc._.figures` and `doc._.parities`
hold the candidates, `doc._.figure_spans` and `doc._.measure_spans` show where they stand.
"""

from functools import cache
from typing import Any

from extract import parity, spacy_alone
from extract.context import Sentence
from extract.figures import Figure, candidates

spacy = spacy_alone.load()

from spacy.language import Language  # noqa: E402
from spacy.tokens import Doc, Span  # noqa: E402

_WORDS = 200_000

# Where spaCy keeps what `doc._` shows; looked up here, for making a `doc._` for each value takes many times as long.
_SENTENCE, _PLAIN, _SETUP, _FIGURES, _PARITIES = (
    ("._.", name, None, None) for name in ("sentence", "plain", "setup", "figures", "parities")
)


def _figure_spans(doc: Doc) -> list[Span]:
    return [Span(doc, f.place, f.place + 1, label=f.quantity.unit.family) for f in doc._.figures]


def _measure_spans(doc: Doc) -> list[Span]:
    return [Span(doc, p.first, p.end, label=f.metric) for f in doc._.figures if (p := f.choice.phrase) is not None]


for _key in (_SENTENCE, _PLAIN, _SETUP, _FIGURES, _PARITIES):
    Doc.set_extension(_key[1], default=None, force=True)
Doc.set_extension("figure_spans", getter=_figure_spans, force=True)
Doc.set_extension("measure_spans", getter=_measure_spans, force=True)


@Language.component("claim_figures")
def claim_figures(doc: Doc) -> Doc:
    """The figures that may be claims, with what they measure."""
    own: dict[Any, Any] = doc.user_data
    own[_FIGURES] = candidates(own[_SENTENCE], own[_SETUP])
    return doc


@Language.component("claim_parity")
def claim_parity(doc: Doc) -> Doc:
    """The places that may state parity."""
    own: dict[Any, Any] = doc.user_data
    own[_PARITIES] = parity.candidates(own[_PLAIN], own[_SENTENCE], own[_SETUP])
    return doc


_COMPONENTS = (claim_figures, claim_parity)


@cache
def pipeline() -> Language:
    """A blank English pipeline with our components. Loads no model."""
    nlp = spacy.blank("en")
    # What spaCy would find out of every new word (stop word, shape, …) nobody reads.
    nlp.vocab.lex_attr_getters = {}
    for component in _COMPONENTS:
        nlp.add_pipe(component.__name__)
    return nlp


def found(doc: Doc) -> tuple[list[Figure], list[parity.Parity]]:
    """What the components found in a Doc: `doc._.figures` and `doc._.parities`."""
    own: dict[Any, Any] = doc.user_data
    return own[_FIGURES], own[_PARITIES]


def forget_words() -> None:
    """Makes the pipeline anew once it knows many words: spaCy keeps every one that it ever met, some 200 bytes each."""
    if len(pipeline().vocab.strings) > _WORDS:
        pipeline.cache_clear()


def read(sentence: Sentence, plain: str, setup: tuple[str, ...]) -> Doc:
    """A screened sentence as a Doc that has gone through the pipeline; `plain` is its whole section."""
    starts, ends, words = sentence.starts, sentence.ends, sentence.words.copy()
    for place in sentence.places:
        words[place] = plain[starts[place] : ends[place]]
    spaces = [b < a for b, a in zip(ends, starts[1:], strict=False)] + [False]
    own: dict[Any, Any] = {_SENTENCE: sentence, _PLAIN: plain, _SETUP: setup}
    doc = Doc(pipeline().vocab, words=words, spaces=spaces[: len(words)], user_data=own)
    for component in _COMPONENTS:  # what nlp.pipeline lists, which makes its list anew for each sentence
        doc = component(doc)
    return doc
