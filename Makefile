# make demo    sets everything up and shows the main job on the bundled sample pages
# make test    sets everything up and runs the tests
# make check   only looks: formatting, lint, types
# make fuzz    tries parsers, questions, SQL and kills for long (most of an hour); CLAIMS_FUZZ=N: N tries of each
# make docs    renews the generated parts of README
# make clean   removes what was made here, never a knowledge base

PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: setup browser demo test check fuzz docs clean

# The stamp is newer than pyproject.toml as long as nothing has to be installed again.
setup: .venv/ready

.venv/ready: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "paperclaims needs Python 3.11 or newer, this is " + sys.version)'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --editable '.[dev,ray]'
	@touch $@

demo: setup
	$(BIN)/claims demo

# Debian's Chromium is for the tests that open the app in a browser; elsewhere they say why they skip.
browser:
	@command -v chromium >/dev/null || if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get -qq update && apt-get -qq install --yes --no-install-recommends chromium >/dev/null; \
	else echo "no chromium here: browser tests will be skipped"; fi

# One more than there are processors, for tests wait for servers and for processes that they kill; four at most.
WORKERS = $$($(BIN)/python -c "import os; print(min(4, (os.cpu_count() or 1) + 1))")

test: setup browser
	$(BIN)/python -Im pytest -n $(WORKERS) --dist loadfile

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

fuzz: setup
	CLAIMS_FUZZ=$${CLAIMS_FUZZ:-1000} CLAIMS_KILLS=$${CLAIMS_KILLS:-100} $(BIN)/python -Im pytest -p no:cacheprovider \
	  tests/test_crawler_fuzz.py tests/test_extract_fuzz.py tests/test_index_fuzz.py tests/test_index_sql_*.py \
	  tests/test_index_build_kills.py::test_killed_at_any_moment_nothing_is_lost_or_half

docs: setup
	$(BIN)/python -m cogapp -r README.md

clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
