# One command per task; `make` alone lists them. PYTHON, PORT, ARGS and BRAND may be set: make test ARGS="-k lockout".
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
PORT ?= 8000
ARGS ?=
BRAND ?=
VENV := .venv
BIN := $(VENV)/bin
RUN := $(BIN)/python
MANAGE := $(RUN) manage.py
PIP := $(RUN) -m pip install --quiet --disable-pip-version-check
# As many processes as cores; ARGS="-n 0" runs everything in one, for a debugger.
PARALLEL := -n auto
COVERAGE := --cov --cov-report=term:skip-covered

# Development secrets and plain HTTP; a real installation sets its own values (docs/how-to/install.md).
export PORTAL_DEBUG ?= 1

# The profile of a real installation, with secrets made up on the spot.
PRODUCTION = env PORTAL_DEBUG=0 PORTAL_HOST=portal.example PORTAL_TRUSTED_PROXIES=1 DATABASE_URL=sqlite:///var/check.sqlite3 \
  PORTAL_SMTP_PASSWORD=check \
  PORTAL_VAPID_PRIVATE_KEY="$$($(RUN) -c 'import secrets; print(secrets.token_urlsafe(32))')" \
  PORTAL_INDEX_KEY="$$($(RUN) -c 'import secrets; print(secrets.token_urlsafe(50))')" \
  PORTAL_AUDIT_KEY="$$($(RUN) -c 'import secrets; print(secrets.token_urlsafe(50))')" \
  PORTAL_SECRET_KEY="$$($(RUN) -c 'import secrets; print(secrets.token_urlsafe(50))')" \
  PORTAL_FIELD_KEYS="check:$$($(RUN) -c 'import base64, os; print(base64.b64encode(os.urandom(32)).decode())')"

.PHONY: help demo code person test test-all check fix docs screenshots bench

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(RUN):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=...")'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.txt | $(RUN)
	$(PIP) -r requirements.txt
	@touch $@

$(VENV)/.development: requirements.txt requirements-scale.txt requirements-dev.txt | $(RUN)
	$(PIP) -r requirements-dev.txt
	@touch $@ $(VENV)/.runtime

# Another firm's name, colours and pictures: make demo BRAND=docs/examples/harbour.
WITH_BRAND = $(if $(BRAND),set -a; . $(abspath $(BRAND))/settings; set +a;)

# A waiting period and a review one can sit through.
demo: export PORTAL_CASE_COOLING_MINUTES ?= 2
demo: export PORTAL_CASE_MINIMUM_REVIEW_SECONDS ?= 10
demo: export PORTAL_HOST ?= localhost:$(PORT)
demo: export PORTAL_LINKS ?= {"Web trading": "https://trade.northgate.test/?account={account}", "Statements": "https://trade.northgate.test/statements", "Desktop program": "/help/"}
demo: $(VENV)/.runtime ## Run the portal with demo data on localhost:8000, worker included
	@mkdir -p var
	@$(WITH_BRAND) $(MANAGE) migrate --verbosity 0
	@$(WITH_BRAND) $(MANAGE) portal_demo
	@echo "Gatehouse is at http://localhost:$(PORT)/ - Ctrl-C stops it. E-mails are written to var/mail/, notifications to var/push/."
	@$(WITH_BRAND) $(MANAGE) portal_worker & worker=$$!; \
	$(BIN)/gunicorn portal.wsgi --bind 127.0.0.1:$(PORT) --threads 8 --log-level warning & server=$$!; \
	stop() { kill -TERM $$server $$worker 2>/dev/null || true; wait; }; \
	trap 'stop; exit 0' INT TERM; \
	wait -n $$server $$worker || true; \
	stop; echo "The portal stopped by itself; is port $(PORT) taken? Try make demo PORT=8001."; exit 1

code: $(VENV)/.runtime ## Say what a Key of the demo shows next: make code USER=ada
	@$(MANAGE) portal_demo_code $(USER)

person: $(VENV)/.runtime ## Say what somebody of the demo knows: make person USER=ada
	@$(MANAGE) portal_demo_person $(USER)

test: $(VENV)/.development ## Run the suite on SQLite; what this machine lacks is skipped and named
	$(MANAGE) test --pytest-args="$(PARALLEL) $(ARGS)"

# Coverage is measured without the browser and the races, which would wait for it.
test-all: $(VENV)/.development ## Run everything on SQLite, then on PostgreSQL; nothing may be skipped
	@test -n "$${PORTAL_TEST_POSTGRES_URL:-}" || \
	  { echo "Set PORTAL_TEST_POSTGRES_URL=postgres://user:password@host:port/name (its user must be allowed to create databases and roles), or run .ci/run."; exit 1; }
	PORTAL_TEST_ALL=1 $(MANAGE) test --pytest-args="-m 'not postgres and not browser and not race' $(PARALLEL) $(COVERAGE) --cov-fail-under=95 $(ARGS)"
	PORTAL_TEST_ALL=1 $(MANAGE) test --pytest-args="-m 'not postgres and (browser or race)' $(PARALLEL) $(ARGS)"
	PORTAL_TEST_ALL=1 DATABASE_URL="$$PORTAL_TEST_POSTGRES_URL" REDIS_URL="$${PORTAL_TEST_REDIS_URL:-}" \
	  $(MANAGE) test --pytest-args="-m 'not browser or installation' $(PARALLEL) $(ARGS)"

check: $(VENV)/.development ## Format, lint, types, imports, templates, migrations, deployment, generated docs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet templates
	$(MANAGE) makemigrations --check --dry-run
	$(PRODUCTION) $(MANAGE) check --deploy --fail-level WARNING
	$(PRODUCTION) $(MANAGE) portal_docs --check

fix: $(VENV)/.development ## Format, and mend what the linter can mend itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(VENV)/.development ## Write the generated parts of README.md and docs/reference anew
	$(PRODUCTION) $(MANAGE) portal_docs

screenshots: $(VENV)/.development ## Take the pictures of docs/images anew
	$(RUN) -m tests.screenshots

bench: $(VENV)/.development ## Measure what a log-in costs, in password hashes
	$(RUN) -m tests.bench $(ARGS)
