# Everything from a fresh clone needs only make and Python 3.11 or newer:
#   make demo     a picture of the two-ion phonon laser
#   make test     all tests
PYTHON ?= python3
WORKERS ?= 2

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check

# Parallel tests and a parallel linear-algebra library together are slower than either alone.
ONE_THREAD := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1

.DEFAULT_GOAL := help
.PHONY: help demo test bench lint figures gallery lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(INSTALLED): requirements/lock.txt pyproject.toml
	@command -v $(PYTHON) >/dev/null || { \
	  echo "limcyc needs Python 3.11 or newer, and there is no '$(PYTHON)' here."; \
	  echo "Name one: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "limcyc needs Python 3.11 or newer, but '$(PYTHON)' is $$($(PYTHON) --version 2>&1)."; \
	  echo "Name a newer one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Installing limcyc and its pinned requirements into $(VENV) (once, a minute or two) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install --requirement requirements/lock.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(INSTALLED) ## one picture of the two-ion phonon laser, written to demo/
	$(BIN)/limcyc figure two-ion-phonon-laser.fig3 --quick --out demo
	@for picture in demo/*.png; do echo "The picture is $$picture"; done

test: $(INSTALLED) ## all tests: unit, physics, properties, doctests, documents
	$(ONE_THREAD) $(BIN)/pytest -n $(WORKERS)

lint: $(INSTALLED) ## style, format, types, direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(INSTALLED) ## comparisons with other methods and packages, as ratios
	$(ONE_THREAD) $(BIN)/python -m benchmarks

figures: $(INSTALLED) ## every figure at full resolution, written to pictures/
	@for system in $$($(BIN)/python -c "from limcyc import figures, library; \
	  print(*(s for s in library.SYSTEMS if figures.of_system(s)))"); do \
	  $(BIN)/limcyc figure $$system --out pictures || exit 1; done

gallery: $(INSTALLED) ## renew docs/gallery.md and its pictures
	$(BIN)/python -m limcyc.figures.gallery docs

lock: ## renew requirements/lock.txt (needs uv)
	@header="$$(grep '^#' requirements/lock.txt)" && \
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --upgrade --quiet \
	  --no-annotate --no-header --no-emit-index-url --output-file requirements/lock.new && \
	{ echo "$$header"; cat requirements/lock.new; } > requirements/lock.txt && rm requirements/lock.new

clean: ## remove what the other commands made, the environment excepted
	rm -rf demo pictures build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -path ./$(VENV) -prune -o -type d -name __pycache__ -exec rm -rf {} +
