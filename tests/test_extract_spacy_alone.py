"""Reading papers loads spaCy without torch, and leaves torch to whoever wants it."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
AFTER = "import extract.reader, sys; assert 'torch' not in sys.modules; import torch; print(torch.ones(2).sum().item())"
BEFORE = "import torch, extract.reader, spacy; print(torch.ones(2).sum().item())"
READS = (
    "from extract.reader import claims; import sys; "
    "print(len(claims('Plover', 'Plover is 3x faster than Heron.', key='k'))); assert 'torch' not in sys.modules"
)


@pytest.mark.parametrize(("code", "printed"), [(AFTER, "2.0"), (BEFORE, "2.0"), (READS, "1")])
def test_spacy_and_torch_in_either_order(code, printed):
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, printed), done.stderr
