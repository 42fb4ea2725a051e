# Two commands for everybody: `make up` and `make test`. The others are for who works on Quinzaine.
PYTHON ?= python3
UV := .venv/bin/uv
INSTALL := $(UV) pip install -q --require-hashes
OURSELVES := $(UV) pip install -q --no-deps --no-build-isolation -e .

.PHONY: up test chaos check bench schema sbom audit lock clean

up: .venv/installed
	@exec .venv/bin/quinzaine up

test: .venv/installed-dev  ## every test, on PostgreSQL from a wheel unless QUINZAINE_TEST_DATABASE_URL names another
	@.venv/bin/python -m pytest -n 2 --dist worksteal --timeout 180 $(ARGUMENTS)

chaos: .venv/installed-dev  ## crash tests in their long form: 5,000 mails under fire, stops longer than leases, a RabbitMQ of three nodes; ten minutes at most
	@QUINZAINE_CHAOS_MAILS=5000 QUINZAINE_CHAOS_STOPPED_SECONDS=33 QUINZAINE_CHAOS_AWAY_SECONDS=3 QUINZAINE_CHAOS_CLUSTER=1 .venv/bin/python -m pytest tests/chaos -rP --timeout 600 $(ARGUMENTS)

check: .venv/installed-dev
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy

bench: .venv/installed-dev  ## figures against limits of the same run, about five minutes; --compare, --keep, --profile ROUND
	@.venv/bin/python -m infra.bench $(ARGUMENTS)

schema: .venv/installed-dev  ## infra/schema.sql: the sum of the migrations, for reading and for reviewing
	@.venv/bin/python -m infra.write_schema

sbom: .venv/installed-dev  ## a bill of materials (CycloneDX) in build/, and a line with the licence of each library
	@.venv/bin/python -m infra.write_sbom

audit: .venv/installed-dev  ## known weaknesses of what is locked; fails where the advisories cannot be asked. ADVISORIES=pypi or osv
	@.venv/bin/pip-audit --strict --disable-pip --require-hashes -r requirements.lock --vulnerability-service $(or $(ADVISORIES),osv)

lock: .venv/installed-dev  ## the newest stable versions, with hashes and without any registry's address
	$(UV) pip compile -q --upgrade --universal --generate-hashes --python-version 3.11 --custom-compile-command 'make lock' pyproject.toml -o requirements.lock
	$(UV) pip compile -q --upgrade --universal --generate-hashes --python-version 3.11 --custom-compile-command 'make lock' -c requirements.lock pyproject.toml --group dev -o requirements-dev.lock
	echo uv | $(UV) pip compile -q --upgrade --universal --generate-hashes --python-version 3.11 --custom-compile-command 'make lock' - -o infra/uv.txt

clean:
	rm -rf .venv .quinzaine

# What is installed is remembered by a stamp file; a newer lock file makes it stale.
.venv/installed: .venv/uv-installed requirements.lock pyproject.toml
	@echo "Installing what Quinzaine needs into .venv/ (locked; about a minute the first time)…"
	@$(INSTALL) -r requirements.lock
	@$(OURSELVES)
	@touch $@

.venv/installed-dev: .venv/uv-installed requirements-dev.lock pyproject.toml
	@echo "Installing what Quinzaine and its tests need into .venv/ (locked; about a minute the first time)…"
	@$(INSTALL) -r requirements-dev.lock
	@$(OURSELVES)
	@touch $@

.venv/uv-installed: infra/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "Quinzaine needs Python 3.11 or newer; name it with: make PYTHON=python3.13" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "Python cannot make environments here; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@echo "Making .venv/…"
	@$(PYTHON) -m venv .venv
	@.venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r infra/uv.txt
	@touch $@
