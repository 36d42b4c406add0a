"""Builds that fail or are damaged: the old one stays in force, what is wrong is named, the next build mends it."""

import os
import shutil
import subprocess

import pytest

from index import KnowledgeBase
from index.build import build
from index.builds import HomeError
from tests.builds import content


def test_what_a_killed_build_left_is_cleaned_away(home):
    left = home / "builds" / ".unfinished-2"
    left.mkdir()
    (left / "claims.duckdb").write_bytes(b"half")
    (home / "builds" / ".unfinished-current").symlink_to("2")
    (home / "builds" / "7").mkdir()  # renamed, but never made current, and torn by the file system
    build(home, jobs=1)
    assert sorted(p.name for p in (home / "builds").iterdir()) == ["8", "current", "writer.lock"]


def cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flip(path):
    held = bytearray(path.read_bytes())
    held[len(held) // 2] ^= 0x20
    path.write_bytes(held)


@pytest.mark.parametrize(
    ("damage", "file"),
    [(cut, "claims.duckdb"), (flip, "claims.duckdb"), (os.remove, "claims.duckdb"), (flip, "vectors.faiss"),
     (cut, "vectors.faiss"), (flip, "words/data.csc.index.npy"), (os.remove, "words/vocab.index.json")],
)  # fmt: skip
def test_damage_is_named_and_mended_by_a_build(home, damage, file):
    before = content(home)
    damage(home / "builds" / "1" / file)
    with pytest.raises(HomeError, match=rf"build 1 is damaged: .*{file}.*claims build"):
        KnowledgeBase.open(home)
    report = build(home, jobs=1)
    assert report.papers_read == 6
    assert file in report.notes[0]
    assert content(home) == before


@pytest.mark.parametrize("text", ["", "{", "[]", '{"build": 1}', '{"format": 1, "build": 1, "files": {}}'])
def test_a_manifest_that_is_not_ours_is_named(home, text):
    (home / "builds" / "1" / "manifest.json").write_text(text)
    with pytest.raises(HomeError, match=r"builds/1.*claims build"):
        KnowledgeBase.open(home)
    assert build(home, jobs=1).papers == 6


def test_a_build_that_fails_leaves_the_old_one_in_force_and_nothing_else(home, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    before = content(home)
    monkeypatch.setattr("index.word_counts.WordCounts.write", full)
    with pytest.raises(OSError, match=r"the disk of .* is full .*stays as it was"):
        build(home, jobs=1)
    assert content(home) == before
    assert sorted(p.name for p in (home / "builds").iterdir()) == ["1", "current", "writer.lock"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small file system")
@pytest.mark.parametrize("megabytes", [1, 4])
def test_a_full_disk_is_said_and_leaves_the_old_build_in_force(home, tmp_path, megabytes, fill, invented):
    disk = tmp_path / "disk"
    disk.mkdir()
    size = sum(f.stat().st_size for f in home.rglob("*") if f.is_file()) + (megabytes << 20)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", disk], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no small file system can be mounted here: {mounted.stderr.decode().strip()}")
    try:
        shutil.copytree(home, disk / "home", symlinks=True)
        (disk / "ballast").write_bytes(b"\0" * ((megabytes << 20) - (600 << 10)))
        with pytest.raises(OSError, match=r"the disk of .* is full|No space left"):
            build(disk / "home", jobs=1)
        assert content(disk / "home") == content(home)
        (disk / "ballast").unlink()
    finally:
        subprocess.run(["umount", disk], check=True)
