"""A small knowledge base of invented papers, built once a session by the real build."""

import os
import shutil
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest

from crawler.archive import Archive, new_run
from crawler.paper import Paper, Source, paper_id_for

# Tests run beside each other. Threads of torch and FAISS wait for one another by turning in circles: on cores that are
# busy otherwise they took seven times the processor time of one thread. Set before either is loaded.
os.environ.setdefault("OMP_NUM_THREADS", "1")


def invented(title: str, abstract: str, place: int = 0, **fields: object) -> Paper:
    """A paper as a page of our own making would give it."""
    source = Source(kind="corpus", page="invented.jsonl", position=place, title=title)
    return Paper(paper_id_for(title), title, abstract, sources=(source,), **fields)  # type: ignore[arg-type]


PAPERS = [
    invented(
        "Larkspur: Paged Weights for Small GPUs",
        "Large language models do not fit on small cards. We present Larkspur, which pages quantized weights in and "
        "out. "
        "On an NVIDIA A100 GPU, Larkspur decodes 3.2x faster than FlexGen and cuts peak memory by 60%, without loss of "
        "accuracy. Code: https://github.com/invented/larkspur",
        0,
        arxiv_id="2501.00001",
        published=date(2025, 1, 2),
    ),
    invented(
        "Heron: Pruned Detectors on FPGAs",
        "Heron prunes object detectors to half of their channels. On a Xilinx Alveo U280 FPGA it runs at 120 FPS, "
        "1.6x faster "
        "than the dense detector, and reduces energy by 45%. Accuracy drops by 0.8%.",
        1,
        published=date(2024, 6, 3),
    ),
    invented(
        "Plover: Speech Recognition under One Watt",
        "Plover recognises speech on a microcontroller. It draws 0.7 W and uses 4x less memory than a streaming "
        "transformer.",
        2,
        arxiv_id="2312.01234",
    ),
    invented(
        "Curlew: Sparse Attention for Long Books",
        "Attention over whole books is slow. Curlew attends to few tokens and reaches up to 8x speedup over "
        "FlashAttention at "
        "128K tokens while maintaining perplexity. Training time falls from 40 hours to 10 hours on H100 GPUs.",
        3,
        published=date(2025, 5, 20),
    ),
    invented(
        "=SUM: A Title That a Spreadsheet Would Run",
        "We compress logs by a factor of 12. The decoder needs 30% fewer parameters than the baseline.",
        4,
    ),
    invented(
        "On the Number of Birds",
        "A study of counting without any measured figure. Nothing is faster here.",
        5,
        listed=date(2023, 3, 1),
    ),
]


def fill(home: Path, papers: list[Paper]) -> None:
    """Adds papers to the archive of a home, in a run of their own."""
    archive = Archive(home)
    archive.append(papers, run=new_run("test"))
    archive.close()


def pytest_configure(config):
    """xdist would begin with the files that have the most tests, and end with one that has few and long ones."""
    config.option.loadscopereorder = False


def pytest_collection_modifyitems(items):
    """Files with slow tests begin: those with quick ones fill the time until the last worker is done."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(autouse=True)
def _main_stays():
    """Streamlit's test runner puts each screen in the place of `__main__`, which processes started later would run."""
    before = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = before


@pytest.fixture(name="invented")
def _invented():
    """Makes a paper from title and abstract."""
    return invented


@pytest.fixture(name="fill")
def _fill():
    """Adds papers to the archive of a home."""
    return fill


@pytest.fixture(scope="session")
def home_of(tmp_path_factory):
    """Builds a home of papers given as title and abstract."""
    from index.build import build

    def make(texts: Iterable[tuple[str, str]]) -> Path:
        home = tmp_path_factory.mktemp("texts")
        fill(home, [invented(title, text, place) for place, (title, text) in enumerate(texts)])
        build(home, jobs=1)
        return home

    return make


@pytest.fixture
def papers():
    """The papers of the small knowledge base."""
    return list(PAPERS)


@pytest.fixture(scope="session")
def _built(tmp_path_factory):
    from index.build import build

    home = tmp_path_factory.mktemp("home")
    fill(home, PAPERS)
    build(home, jobs=1)
    return home


@pytest.fixture
def home(_built, tmp_path):
    """A built home of its own for each test."""
    return Path(shutil.copytree(_built, tmp_path / "home", symlinks=True))


@pytest.fixture
def base(home):
    """The same, opened."""
    from index import KnowledgeBase

    with KnowledgeBase.open(home) as opened:
        yield opened


HOSTILE = (
    "<script>document.title = 'run'</script> Faster",
    "[click](javascript:alert(1)) Faster",
    '=HYPERLINK("http://invented.test", "x") Faster',
    ":red[alarm] :material/delete: Faster",
    "$\\alpha$ costs $5 or **bold** Faster",
    '"><img src=x onerror=alert(1)> Faster',
)


@pytest.fixture
def hostile_titles():
    """Titles that a careless screen would run as HTML, Markdown or a formula."""
    return list(HOSTILE)


@pytest.fixture(scope="session")
def app_home(tmp_path_factory):
    """A built home for the app: the papers above, papers with hostile titles, and enough alike for more than a page."""
    from index.build import build

    home = tmp_path_factory.mktemp("app-home")
    hostile = [
        invented(
            title,
            f"We present {title}. It is 5x faster than {title} on an A100 GPU, and saves 20% of energy.",
            10 + place,
            url="javascript:alert(1)",
            published=date(2025, 6, 1 + place),
        )
        for place, title in enumerate(HOSTILE)
    ]
    alike = [
        invented(
            f"Sandpiper {number}: Kernels by Search",
            f"Sandpiper {number} searches for kernels and is {number}.5x faster than PyTorch on an NVIDIA A100 GPU.",
            20 + number,
            published=date(2024, 1, number),
            url=f"https://invented.test/{number}",
        )
        for number in range(2, 26)
    ]
    fill(home, [*PAPERS, *hostile, *alike])
    build(home, jobs=1)
    return home
