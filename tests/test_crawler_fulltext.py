"""Full texts made by LaTeXML: sections, tables, formulas."""

from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from crawler.archive import Archive
from crawler.fulltext import Section, as_json, from_json, grid, looks_like, paper_of, read
from crawler.listing import UnreadableError
from crawler.reading import import_paths

SHARED = Path(__file__).parents[2] / "shared/pages/arxiv"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the real pages of ../shared are not here")


def math(written: str, shown: str) -> str:
    return f'<math alttext="{written}"><mn>{shown}</mn><annotation>{written}</annotation></math>'


SAVED = r"54\%"
PAGE = f"""<html><head><link rel="canonical" href="https://arxiv.org/html/2601.90001v2"></head><body>
<article class="ltx_document"><h1 class="ltx_title ltx_title_document">Quick Kernels<span class="ltx_note">*</span></h1>
<div class="ltx_abstract"><h6>Abstract</h6><p class="ltx_p">It is {math("2.3", "2.3")} times faster.</p></div>
<section class="ltx_section"><h2 class="ltx_title"><span class="ltx_tag">4 </span>Results</h2>
 <div class="ltx_para"><p class="ltx_p">All runs use one A100<span class="ltx_note">with 80 GB</span>.</p></div>
 <section class="ltx_subsection"><h3 class="ltx_title"><span class="ltx_tag">4.1 </span>Speed</h3>
  <p class="ltx_p">We save {math(SAVED, "54")} of the time.</p>
  <figure class="ltx_table"><figcaption><span class="ltx_tag">Table 1: </span>Latency in ms.</figcaption>
   <table class="ltx_tabular">
    <tr class="ltx_tr"><th class="ltx_td" rowspan="2">Model</th><th class="ltx_td" colspan="2">Latency</th></tr>
    <tr class="ltx_tr"><td class="ltx_td">before</td><td class="ltx_td"><table class="ltx_tabular">
      <tr class="ltx_tr"><td class="ltx_td">after</td></tr>
      <tr class="ltx_tr"><td class="ltx_td">(ours)</td></tr></table></td></tr>
    <tr class="ltx_tr"><td class="ltx_td">7B</td><td class="ltx_td">{math("198", "198")}</td>
      <td class="ltx_td">91</td></tr>
   </table></figure></section></section>
<section class="ltx_bibliography"><p class="ltx_p">A. Nowhere, 2019.</p></section></article></body></html>"""


def test_sections_have_their_own_paragraphs_with_formulas_as_latex() -> None:
    text = read(PAGE)
    assert text.sections == (
        Section("4 Results", ("All runs use one A100.",)),
        Section("4 Results > 4.1 Speed", (r"We save $54\%$ of the time.",)),
    )
    assert (text.arxiv_id, text.title, text.abstract) == ("2601.90001", "Quick Kernels", "It is $2.3$ times faster.")
    assert from_json(as_json(text)) == text


def test_tables_are_grids_with_spans_filled_and_inner_tables_as_text() -> None:
    (table,) = read(PAGE).tables
    assert table.caption == "Table 1: Latency in ms."
    assert table.rows == (
        ("Model", "Latency", "Latency"),
        ("Model", "before", "after (ours)"),
        ("7B", "$198$", "91"),
    )


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("<tr><td>a</td><td rowspan=3>b</td></tr><tr><td>c</td></tr>", (("a", "b"), ("c", "b"))),
        ("<tr><td colspan=x>a</td><td colspan=0>b</td></tr>", (("a", "b"),)),
        ("<tr><td>a</td></tr><tr><td>b</td><td>c</td></tr><tr></tr>", (("a", ""), ("b", "c"))),
        ("", ()),
    ],
)
def test_odd_tables(rows: str, expected: tuple[tuple[str, ...], ...]) -> None:
    tabular = BeautifulSoup(f'<table class="ltx_tabular">{rows}</table>', "lxml").select_one("table")
    assert tabular is not None
    assert grid(tabular) == expected


def test_a_table_of_spans() -> None:
    cells = '<span class="ltx_td">a</span><span class="ltx_td">b</span>'
    text = f'<span class="ltx_tabular"><span class="ltx_tr">{cells}</span></span>'
    tabular = BeautifulSoup(text, "lxml").select_one(".ltx_tabular")
    assert tabular is not None
    assert grid(tabular) == (("a", "b"),)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("<title>No HTML for this paper</title>", "found a page 'No HTML for this paper'"),
        ('<article class="ltx_document"></article>', "expected an arXiv number"),
        (PAGE.replace("ltx_p", "ltx_q"), "expected sections with paragraphs"),
    ],
)
def test_what_is_no_full_text_is_named(text: str, why: str) -> None:
    with pytest.raises(UnreadableError, match=why):
        read(text)


def test_an_imported_full_text_brings_its_paper(tmp_path: Path) -> None:
    (tmp_path / "p.html").write_text(PAGE, encoding="utf-8")
    assert looks_like(PAGE)
    for new in (1, 0):
        assert import_paths(tmp_path / "home", [str(tmp_path / "p.html")]).as_json() == {
            "read": 1,
            "new": new,
            "changed": 0,
            "unreadable": [],
        }
    (paper,) = Archive(tmp_path / "home").papers()
    assert paper == paper_of(read(PAGE), "p.html")
    assert list(Archive(tmp_path / "home").full_texts()) == [(paper.paper_id, read(PAGE))]
    assert (tmp_path / "home/papers/index.sqlite").unlink() is None
    assert list(Archive(tmp_path / "home").full_texts()) == [(paper.paper_id, read(PAGE))]


@needs_shared
def test_a_real_full_text() -> None:
    text = read((SHARED / "ar5iv_2303.17564_bloomberggpt.html").read_text(encoding="utf-8"))
    assert text.arxiv_id == "2303.17564"
    top = [section.title for section in text.sections if " > " not in section.title]
    assert (len(text.sections) > 20, top[0], "Conclusion" in " ".join(top)) == (True, "1 Introduction", True)
    assert len({table.caption for table in text.tables}) == 20
    assert all(len(set(map(len, table.rows))) == 1 for table in text.tables)
    assert not any("ltx_" in paragraph for section in text.sections for paragraph in section.paragraphs)


@needs_shared
def test_a_real_excerpt_has_its_formulas_once() -> None:
    page = (SHARED / "arxiv_html_2503.20783v2_EXCERPT.html").read_text(encoding="utf-8")
    text = read(page, arxiv_id="2503.20783")
    assert r"$43.3\%$ accuracy" in text.abstract
    assert r"$27$ hours compute on $8\times$ A100 GPUs" in text.sections[0].paragraphs[0]
