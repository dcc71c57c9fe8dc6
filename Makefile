# Tenfold's commands. Everything is installed into .venv and .local on first use.
PYTHON ?= python3
VENV = .venv/bin
WORKERS ?= 2
UV = $(shell $(PYTHON) -c 'import bootstrap; print(bootstrap.find_uv())')
LOCK = $(UV) pip compile --quiet --universal --python-version 3.12 --generate-hashes --no-header --no-annotate

.DEFAULT_GOAL := help
.PHONY: help run test lint bench chaos map doctor reset lock install install-dev install-sqs

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## */\1\t/p' $(MAKEFILE_LIST) | expand -t 10

run: install  ## start everything on this machine; Ctrl-C stops it
	@$(VENV)/python manage.py up

test: install-dev  ## the whole test suite, on stores of its own
	@$(VENV)/python -m pytest -n $(WORKERS)

lint: install-dev  ## style, types, layers
	@$(VENV)/ruff check .
	@$(VENV)/ruff format --check .
	@$(VENV)/mypy .
	@$(VENV)/lint-imports

bench: install-dev  ## measure, and write benchmarks/README.md
	@$(VENV)/python -m benchmarks

chaos: install-dev  ## break the running system, on stores of its own; ARGS="--scale 0.1 --only dynamodb --seed 1"
	@$(VENV)/python -m chaos $(ARGS)

map: install  ## entity, rules, facts, rows, routes
	@$(VENV)/python manage.py tenfold_map

doctor: install  ## what is missing, and how to mend it
	@$(VENV)/python manage.py doctor

reset: install  ## wipe the local data
	@$(VENV)/python manage.py reset

lock: install-dev  ## resolve requirements*.in into the pinned, hashed requirements*.txt
	@$(LOCK) requirements.in --output-file requirements.txt
	@$(LOCK) requirements-dev.in --output-file requirements-dev.txt
	@$(LOCK) requirements-sqs.in --output-file requirements-sqs.txt
	@echo uv | $(LOCK) - --output-file requirements-uv.txt

install:
	@$(PYTHON) bootstrap.py

install-sqs:  ## what Amazon SQS as the broker needs
	@$(PYTHON) bootstrap.py --sqs

install-dev:
	@$(PYTHON) bootstrap.py --dev
