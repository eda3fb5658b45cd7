# Needs Python 3.11 or later. `make help` lists the targets.

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000

# DJANGO=newest tests on the newest Django, with an environment and a lock of its own.
ifeq ($(DJANGO),newest)
environment := .venv-newest
test_lock := tests/requirements-newest.lock
is_recent = -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null
python := $(firstword $(foreach each,$(PYTHON) python3 python3.14 python3.13 python3.12,\
	$(shell $(each) $(is_recent) && echo $(each))))
else
environment := .venv
test_lock := tests/requirements.lock
python := $(PYTHON)
endif

venv := $(environment)/bin/python
# Stamp files: running the site needs the fewest packages; those of the tests and of the
# benchmark are installed by the targets that use them.
running := $(environment)/.running
testing := $(environment)/.testing
measuring := $(environment)/.measuring

.DEFAULT_GOAL := help
.PHONY: help run test lint format messages lock bench chaos clean

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: export DEBUG = true
run: own-host $(running) ## Serve the register on this machine (variables: HOST, PORT, PYTHON)
	@$(venv) manage.py prepare
	@$(venv) manage.py work --while-alive $$$$ & exec $(venv) manage.py runserver $(HOST):$(PORT)

ifeq ($(DJANGO) $(python),newest )
test:
	@echo "Skipped: the newest Django needs Python 3.12 or later, and none was found."
else
test: $(testing) ## Run the suite on SQLite, and on PostgreSQL what may differ there (DJANGO=newest)
	$(venv) tests/postgres.py $(venv) -m pytest -n auto --dist worksteal -m postgres
	$(venv) -m pytest -n auto --dist worksteal
endif

lint: export DEBUG = true
lint: $(testing) ## Check formatting, types, layers, migrations, API schema and production settings
	$(venv) -m ruff check
	$(venv) -m ruff format --check
	git ls-files -z -- 'templates/*.html' | xargs -0 -r .venv/bin/djade --target-version 5.2 --check
	$(venv) -m mypy
	.venv/bin/lint-imports
	$(venv) manage.py makemigrations --check --dry-run
	$(venv) manage.py spectacular --validate --fail-on-warn --file /dev/null
	env -u DEBUG SECRET_KEY="$$($(venv) -c 'import secrets; print(secrets.token_hex(32))')" \
		ALLOWED_HOSTS=register.example.org $(venv) manage.py check --deploy --fail-level WARNING

format: $(testing) ## Format code and templates
	$(venv) -m ruff check --fix
	$(venv) -m ruff format
	git ls-files -z -- 'templates/*.html' | xargs -0 -r .venv/bin/djade --target-version 5.2

messages: export DEBUG = true
messages: $(testing) ## Collect translatable messages into the Chinese catalogue
	$(venv) manage.py makemessages --locale zh_Hans --no-obsolete --add-location file

# Pinned versions stay as they are unless FLAGS=--upgrade is given.
lock: $(testing) ## Compile the lock files from pyproject.toml (FLAGS=--upgrade for newer versions)
	$(compile) --group long-term --output-file requirements.lock
	$(compile) --constraint requirements.lock --group tests --group lint \
		--output-file tests/requirements.lock
	$(compile) --constraint requirements.lock --group bench --output-file bench/requirements.lock
	$(subst 3.11,3.12,$(compile)) --group tests --group newest \
		--output-file tests/requirements-newest.lock

compile = $(venv) -m uv pip compile pyproject.toml --quiet --extra postgres --universal \
	--python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url $(FLAGS)

bench: export DEBUG = true
bench: $(measuring) ## Run the benchmark (ROWS: size of the register, IMPORTED: of the imported file)
	$(venv) -m bench

chaos: export CHAOS = 1
chaos: $(testing) ## Run the fault and load tests, and on PostgreSQL what `make test` leaves out
	$(venv) tests/postgres.py $(venv) -m pytest -m "chaos or not postgres" --ignore=tests/e2e
	$(venv) -m pytest -m chaos

clean: ## Remove everything generated here except the data in var/
	rm -rf .venv .venv-newest staticfiles .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamp is written last, so that an interrupted install is repeated.
$(running): requirements.lock | usable-venv
	@echo "Installing the register's dependencies into .venv"
	@$(install) -r $<
	@touch $@

$(testing): $(test_lock) | usable-venv
	@echo "Installing the dependencies of the register and its tests into $(environment)"
	@$(install) -r $<
	@touch $@ $(running)

$(measuring): bench/requirements.lock | usable-venv
	@echo "Installing the dependencies of the register and its benchmark into .venv"
	@$(install) -r $<
	@touch $@

install = $(venv) -m pip install --quiet --disable-pip-version-check --require-hashes

.PHONY: own-host usable-venv new-venv
own-host:
	@case "$(HOST)" in localhost|127.[0-9]*) ;; *) \
		echo "make run shows error details to every visitor, so HOST must be an address of this machine only, such as 127.0.0.1, not $(HOST). To serve others, see \"Going to production\" in the README." >&2; \
		exit 1;; esac

usable-venv:
	@$(venv) -c 'import pip' 2>/dev/null || $(MAKE) --no-print-directory new-venv

new-venv:
	@command -v $(python) >/dev/null || { \
		echo "$(python) was not found: install Python 3.11 or later (on Debian: apt install python3-venv)." >&2; exit 1; }
	@$(python) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "$(python) is older than 3.11: use a newer one, for example make run PYTHON=python3.12." >&2; exit 1; }
	@$(python) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(python) cannot create a virtual environment: install the venv package (on Debian: apt install python3-venv)." >&2; exit 1; }
	@$(python) -m venv --clear $(environment)
