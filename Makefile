# Every verb sets up first what it needs and is not there; no verb has a hidden step.
STACKS := $(patsubst stacks/Pulumi.%.yaml,%,$(wildcard stacks/Pulumi.*.yaml))
# The example's first region; where a fork does not have it, the first of its own.
STACK ?= $(firstword $(filter production-us-east,$(STACKS)) $(STACKS))
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
READY_DEV := $(VENV)/.ready-dev
TIER_1 := not lab and not cluster and not engine and not scanners
export PULUMI_SKIP_UPDATE_CHECK := true
# Installs compile nothing, so what is imported first writes its bytecode; without, every run would compile it anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup setup-dev preview up recover test grids test-all coverage check types render schema lab cluster engine scanners pythons docs bench lock clean
.DEFAULT_GOAL := help

help: ## list the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(READY) ## make .venv with what a preview needs
setup-dev: $(READY_DEV) ## add what tests and checks need

# Nothing here asks what is newest: scripts/install puts in what the locks hold, scripts/provide the package itself.
$(READY): requirements.txt
	@echo "Setting up $(VENV) for previews (once, and again when requirements.txt changes) ..."
	@PYTHON=$(PYTHON) scripts/install --no-compile $(VENV) requirements.txt
	@$(BIN)/python scripts/provide
	@touch $(READY)

$(READY_DEV): requirements-dev.txt | $(READY)
	@echo "Adding what tests and checks need (once, and again when requirements-dev.txt changes) ..."
	@PYTHON=$(PYTHON) scripts/install --no-compile $(VENV) requirements-dev.txt
	@touch $(READY_DEV)

preview: $(READY) ## show what STACK would be: plan, findings, tree, manifests' changes
	@scripts/pulumi-or-offline preview $(STACK)

up: $(READY) ## deploy STACK with the Pulumi CLI, which asks first; YES=1 says yes in advance
	@scripts/pulumi-or-offline up $(STACK)

recover: $(READY) ## after an interrupted `make up` of STACK: lock, objects and state put right; YES=1 as above
	@scripts/pulumi-or-offline recover $(STACK)

test: $(READY_DEV) ## tier 1 without what takes long: what needs only Python, about a minute
	@$(BIN)/python -m pytest -n auto --dist loadfile -m "$(TIER_1) and not grid"

grids: $(READY_DEV) ## what `make test` leaves out of tier 1: long grids, started programs, generated files, many examples of each property
	@$(BIN)/python -m pytest -n auto -m "$(TIER_1) and (grid or hypothesis)"

test-all: $(READY_DEV) ## tier 1 with the long grids, as `make test` and `make grids` together
	@$(BIN)/python -m pytest -n auto -m "$(TIER_1)"

coverage: $(READY_DEV) ## tier 1 with the coverage of each module, three times as long
	@$(BIN)/python -m pytest -n auto -m "$(TIER_1)" --cov --cov-report=term:skip-covered

check: $(READY_DEV) ## formatting, lint, types, rendered manifests, schema, findings of every stack
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/mcp-stack schema --check
	@$(BIN)/python -m tools.argument_types
	@$(BIN)/python -m tools.kubernetes_api
	@$(BIN)/python -m tools.component_schema
	@$(BIN)/mcp-stack render --all --check

render: $(READY) ## write stacks/rendered/ anew
	@$(BIN)/mcp-stack render --all

schema: $(READY) ## write what follows from the declarations of the keys anew: argument types and schemas
	@$(BIN)/python -m tools.argument_types --write
	@$(BIN)/mcp-stack schema --write
	@$(BIN)/python -m tools.component_schema --write

lab: ## tier 2: real processes on loopback
	@scripts/lab

cluster: $(READY_DEV) ## tier 3: a real Kubernetes control plane on loopback
	@$(BIN)/python -m tests.cluster.build
	@$(BIN)/python -m pytest -n 2 --dist loadfile -m cluster tests/cluster

engine: $(READY_DEV) ## the Pulumi CLI and the Kubernetes provider, built from their Go modules, on that control plane
	@$(BIN)/python -m tests.cluster.build
	@$(BIN)/python -m tests.engine.build
	@$(BIN)/python -m pytest -m engine tests/engine

scanners: $(READY_DEV) ## checkov, kube-score, kubeconform, actionlint over what the stacks render; pyright over programs
	@scripts/scanners

pythons: ## `make test` under each further Python that this machine has, in a copy
	@scripts/pythons

docs: $(READY_DEV) ## write the generated pages of docs/ and the reviewed effects of each key anew
	@$(BIN)/python -m tools.docs.write
	@$(BIN)/python -m tools.key_moves

bench: $(READY_DEV) ## the figures of the README, measured here
	@$(BIN)/python -m benchmarks

lock: ## write requirements*.txt anew from pyproject.toml, with hashes
	@scripts/lock

clean: ## remove .venv and what tools left
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage
