# Two commands for everybody: `make up` and `make test`. The others are for who works on Quinzaine.
PYTHON ?= python3
UV := .venv/bin/uv

.PHONY: up test check bench lock clean

up: .venv/installed
	@exec .venv/bin/quinzaine up

test: .venv/installed-dev
	.venv/bin/python -m infra.testing

check: .venv/installed-dev
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy

bench: .venv/installed-dev
	.venv/bin/python -m infra.bench

lock:  ## the newest stable versions, with hashes and without any registry's address
	$(UV) pip compile -q --upgrade --universal --generate-hashes --python-version 3.11 --custom-compile-command 'make lock' pyproject.toml -o requirements.lock
	$(UV) pip compile -q --upgrade --universal --generate-hashes --python-version 3.11 --custom-compile-command 'make lock' -c requirements.lock pyproject.toml --group dev -o requirements-dev.lock

clean:
	rm -rf .venv .quinzaine
