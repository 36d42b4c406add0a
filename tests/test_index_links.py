"""index.links: every way that papers write the address of their code ends in one address."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import links
from index.links import repository

FLASH = "https://github.com/Dao-AILab/flash-attention"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (FLASH, FLASH),
        (FLASH + "/", FLASH),
        (FLASH + ".git", FLASH),
        (FLASH + ".", FLASH),
        (FLASH + "),", FLASH),
        (f"({FLASH})", FLASH),
        (f"{{{FLASH}}}.", FLASH),
        ("http://www.github.com/Dao-AILab/flash-attention", FLASH),
        ("github.com/Dao-AILab/flash-attention", FLASH),
        ("git@github.com:Dao-AILab/flash-attention.git", FLASH),
        ("ssh://git@github.com/Dao-AILab/flash-attention.git", FLASH),
        ("git+https://github.com/Dao-AILab/flash-attention.git", FLASH),
        (FLASH + "/tree/main/csrc", FLASH),
        (FLASH + "/blob/main/README.md#usage", FLASH),
        (FLASH + "/issues/12?q=is%3Aopen", FLASH),
        (FLASH + "#installation", FLASH),
        ("https://github.com/some\\_lab/my\\_code", "https://github.com/some_lab/my_code"),  # LaTeX escapes
        ("https://github.com/lab/v1.5", "https://github.com/lab/v1.5"),
        ("https://gitlab.com/group/sub/project/-/tree/main", "https://gitlab.com/group/sub/project"),
        ("https://gitlab.com/group/project", "https://gitlab.com/group/project"),
        ("https://gitlab.com/group/project/tree/main", "https://gitlab.com/group/project"),
        ("https://codeberg.org/me/tool/src/branch/main", "https://codeberg.org/me/tool"),
        ("https://bitbucket.org/me/tool/src/master/", "https://bitbucket.org/me/tool"),
        ("https://huggingface.co/openai/whisper-large-v3", "https://huggingface.co/openai/whisper-large-v3"),
        ("https://huggingface.co/datasets/allenai/c4/viewer", "https://huggingface.co/datasets/allenai/c4"),
        ("https://huggingface.co/spaces/lab/demo", "https://huggingface.co/spaces/lab/demo"),
        ("https://hf.co/lab/model/tree/main", "https://huggingface.co/lab/model"),
    ],
)
def test_one_address(written: str, expected: str) -> None:
    assert repository(written) == expected


@pytest.mark.parametrize(
    "written",
    [
        "",
        "https://github.com",
        "https://github.com/Dao-AILab",  # a person or group, no repository
        "https://github.com/topics/quantization",
        "https://github.com/sponsors/someone",
        "https://lab.github.io/project",  # a page, no repository
        "https://arxiv.org/abs/2205.14135",
        "https://huggingface.co/papers/2205.14135",
        "https://huggingface.co/docs/transformers",
        "https://huggingface.co/gpt2",
        "https://gitlab.com/explore/projects",
        "https://evil.com/github.com/a/b",
        "https://github.com.evil.com/a/b",
        "https://github.com/a/..",
        "https://github.com/a b/c",
        "https://[github.com/a/b",
        "javascript:alert(1)//github.com/a/b",
    ],
)
def test_no_repository(written: str) -> None:
    assert repository(written) is None


@given(st.text())
def test_any_text_is_read_without_an_error(text: str) -> None:
    found = repository(text)
    assert found is None or repository(found) == found


@given(
    st.sampled_from(["github.com", "codeberg.org", "bitbucket.org"]),
    st.from_regex(r"[A-Za-z0-9][A-Za-z0-9-]{0,20}Q", fullmatch=True),
    st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,20}", fullmatch=True),
    st.sampled_from(["", "/", ".git", "/tree/main/a", ".", ");", "?tab=readme"]),
)
def test_what_is_added_is_taken_off(host: str, owner: str, name: str, added: str) -> None:
    assert repository(f"https://{host}/{owner}/{name}{added}") == f"https://{host}/{owner}/{name}"


def test_the_examples_in_the_code() -> None:
    assert doctest.testmod(links).failed == 0
