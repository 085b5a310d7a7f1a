# Every verb runs `setup` first when it is needed; no verb has a hidden step.
STACK ?= production-us-east
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
TIER_1 := "not lab and not cluster and not scanners"
export PULUMI_SKIP_UPDATE_CHECK := true

.PHONY: help setup preview up recover test coverage check types render schema lab cluster scanners docs bench lock clean
.DEFAULT_GOAL := help

help: ## list the verbs
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(READY) ## make .venv with everything that the other verbs need

$(READY): requirements.txt requirements-dev.txt pyproject.toml
	@echo "Setting up $(VENV) (once, and again when the locked requirements change) ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is %d.%d; set PYTHON=..." % sys.version_info[:2])'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt -r requirements-dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

preview: $(READY) ## show what STACK would be: plan, findings, tree, manifests' changes
	@scripts/pulumi-or-offline preview $(STACK)

up: $(READY) ## deploy STACK with the Pulumi CLI
	@scripts/pulumi-or-offline up $(STACK)

recover: $(READY) ## the way back after an interrupted `make up` of STACK
	@scripts/pulumi-or-offline recover $(STACK)

test: $(READY) ## tier 1: everything that needs only Python, one to three minutes
	@$(BIN)/python -m pytest -n auto -m $(TIER_1)

coverage: $(READY) ## tier 1 with the coverage of each module, three times as long
	@$(BIN)/python -m pytest -n auto -m $(TIER_1) --cov --cov-report=term:skip-covered

check: $(READY) ## formatting, lint, types, rendered manifests, schema, findings of every stack
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/mcp-stack schema --check
	@$(BIN)/mcp-stack render --all --check

render: $(READY) ## write stacks/rendered/ anew
	@$(BIN)/mcp-stack render --all

schema: $(READY) ## write schemas/stack.schema.json anew
	@$(BIN)/mcp-stack schema --write

lab: $(READY) ## tier 2: real processes on loopback
	@scripts/lab

cluster: $(READY) ## tier 3: a real Kubernetes control plane on loopback
	@$(BIN)/python -m tests.cluster.build
	@$(BIN)/python -m pytest -m cluster tests/cluster

scanners: $(READY) ## checkov, kube-score, kubeconform and actionlint over what the stacks render
	@scripts/scanners

docs: $(READY) ## write the generated pages of docs/ anew
	@$(BIN)/python -m tools.docs.write

bench: $(READY) ## the figures of the README, measured here
	@$(BIN)/python -m benchmarks

lock: ## write requirements*.txt anew from pyproject.toml, with hashes
	@scripts/lock

clean: ## remove .venv and what tools left
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage
