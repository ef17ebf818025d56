# Needs Python >= 3.11 and make, nothing else. Every target sets up what it needs by itself.
PYTHON ?= python3
VENV := .venv/bin/python
BOOTSTRAP = @command -v "$(PYTHON)" >/dev/null || { echo "$(PYTHON) is not here. Install Python 3.11 or newer, or name it: make PYTHON=/path/to/python3." >&2; exit 2; }; "$(PYTHON)" scripts/bootstrap.py

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run demo check test coverage bench openapi clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1	/p' Makefile | expand -t 10

setup: ## virtual environment with the pinned packages and our own (the other targets do this too)
	$(BOOTSTRAP) run

setup-dev:
	$(BOOTSTRAP) dev

run: setup ## start everything, load the demo quarter, build the report, serve until Ctrl-C
	@exec $(VENV) -m tthc run

demo: setup ## the same on fresh data, and stop at the end
	@exec $(VENV) -m tthc demo

check: setup-dev ## style, types, import contracts, generated pages
	@$(VENV) -m ruff check . && $(VENV) -m ruff format --check .
	@$(VENV) -m mypy
	@$(VENV) .venv/bin/lint-imports && $(VENV) scripts/write_lifecycle.py --check

test: setup-dev ## all tests; `make test S=dossier K=due` runs some
	@$(VENV) -m pytest --numprocesses 2 --dist loadgroup $(if $(S),services/$(S)) $(if $(K),-k "$(K)")
	$(if $(S)$(K),,@$(MAKE) --no-print-directory coverage)

coverage: setup-dev ## every branch of the law and of the kernel is taken by a unit test
	@$(VENV) -m coverage run -m pytest --quiet -p no:randomly --hypothesis-profile=branches foundation/tests/unit services/*/tests/unit --ignore-glob='*/unit/documents'
	@$(VENV) -m coverage report

bench: setup-dev ## speed beside floors of the same run; BENCH_ROWS=10000000 is the large one
	@BENCH_ROWS=$(or $(BENCH_ROWS),1000000) exec $(VENV) -m bench

openapi: setup-dev ## write docs/openapi, the interfaces that integrators read
	@$(VENV) scripts/write_openapi.py

clean: ## remove the virtual environment, local data, reports and caches
	$(BOOTSTRAP) clean
