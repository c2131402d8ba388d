# Two commands for everyone: `make demo` and `make test`. Both set up what they need in $(VENV).
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# Tests wait for the disk part of their time: one more than a small machine has cores. Each costs ten seconds.
JOBS ?= 3

.PHONY: demo test pythons lint docs golden pictures crash share soak hostile fuzz mutants bench clean audit release

# pip compiles on one core, and the libraries' own tests too: a third of the time.
$(VENV)/.installed: setup.cfg pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip "setuptools>=77"
	PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --no-compile --no-build-isolation --editable ".[test]"
	-$(BIN)/python -W ignore -m compileall -q -j 0 -x 'site-packages/.*/tests?/' $(VENV)/lib
	touch $@

# What only the linters need, which the tests need not wait for.
$(VENV)/.linting: $(VENV)/.installed
	PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --editable ".[lint]"
	touch $@

# Tests of one module stay with one process, as far as that keeps all busy: what they share is made once.
test: $(VENV)/.installed
	TMPDIR=$$(sh tests/scratch.sh) $(BIN)/python -m pytest -n $(JOBS) --dist worksteal $(PYTEST_ARGS)

# The same on other Pythons, each in an environment of its own: PYTHONS="python3.12 python3.13".
PYTHONS ?= $(foreach v,11 12 13 14 15,$(shell python3.$(v) -c "import venv" 2>/dev/null && echo python3.$(v)))
pythons:
	@test -n "$(PYTHONS)" || { echo "no python3.11 or newer in PATH: name them in PYTHONS" >&2; exit 1; }
	for each in $(PYTHONS); do $(MAKE) test PYTHON="$$each" VENV="$(VENV)-$$(basename "$$each")" || exit 1; done

# Rewrites the golden files, what people see: read the diff before you commit it.
golden: $(VENV)/.installed
	GOLDEN=1 $(BIN)/python -m pytest -n $(JOBS) -k "golden or as_it_was" $(PYTEST_ARGS)

demo: $(VENV)/.installed
	$(BIN)/vinbatch demo

# A kill, a full disk and a failing disk at every system call of a pass; random lives, ten times as many.
# CRASH=short is what .ci/run does.
CRASH ?= all
KILLED := tests/run/test_killed.py tests/run/test_restore_killed.py tests/run/test_life.py tests/test_random_clerks.py
crash: $(VENV)/.installed
	CRASH=$(CRASH) LIVES=50 $(BIN)/python -m pytest -n $(JOBS) tests/crash $(if $(filter all,$(CRASH)),$(KILLED)) $(PYTEST_ARGS)

# An inbox on a share: bindfs, which gives no events (needs FUSE, which a container may not have), and Samba.
share: $(VENV)/.installed
	SHARE=1 $(BIN)/python -m pytest tests/share $(PYTEST_ARGS)

# Whether a watch grows over WAVES waves of 25 workbooks; and two thousand files in one pass.
soak: $(VENV)/.installed
	SOAK=1 $(BIN)/python -m pytest -n 0 tests/soak tests/run/test_together.py $(PYTEST_ARGS)

# Mutated forms for as long as you like; a failure names its seed. A short run is part of `make test`.
FUZZ_SECONDS ?= 300
SEED ?=
fuzz: $(VENV)/.installed
	PYTHONPATH=tests/hostile:tests/workbook $(BIN)/python tests/hostile/fuzz.py $(FUZZ_SECONDS) $(SEED)

# Small changes of the code that no test notices (docs/architecture.md says of which). All of them take hours:
# MUTANTS="--share 0.2" is a sample, MUTANTS=checks/vin.py a module, MUTANTS="--again REPORT --most 60" what survived.
MUTANTS ?=
mutants: $(VENV)/.installed
	$(BIN)/python tests/mutants/run.py $(MUTANTS)

# Every attack that we know, and every workbook of other programs; `make test` takes a part that has each reason.
hostile: $(VENV)/.installed
	ATTACKS=all $(BIN)/python -m pytest -n $(JOBS) tests/hostile $(PYTEST_ARGS)

lint: $(VENV)/.linting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# The pictures of the manual: needs soffice, pdftoppm, chromium and a Chinese font.
pictures: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --editable ".[pictures]"
	$(BIN)/python docs/pictures_make.py

# Licences of all that is installed (docs/licences.md), and what is known to be unsafe in it.
audit: $(VENV)/.installed
	-$(BIN)/python -m pip install --quiet pip-audit
	$(BIN)/python docs/licences.py

docs: $(VENV)/.installed
	$(BIN)/python docs/generate.py
	$(BIN)/python docs/manual_make.py

# vinbatch beside the script that one would write instead; writes docs/performance.md. Takes half an hour:
# the large ledger and a thousand workbooks. BENCH="--records 1000000 --growth 10,100" is shorter.
bench: $(VENV)/.installed
	$(BIN)/python -m benchmarks $(BENCH)

# make release VERSION=1.2.3: changelog and version get their number, a tag, and dist/ the wheel (docs/architecture.md).
release: lint test
	$(BIN)/python docs/release.py $(VERSION)

clean:
	rm -rf $(VENV) build dist *.egg-info
