# The only entry point a user needs: `make demo` and `make test`. `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup build demo demo-down test test-unit test-sim test-api test-faults test-node test-all lint format crds manifests image bench mutants clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install the Debian packages that building and testing need
	@scripts/setup.sh

build: setup ## Build the operator (release)
	@scripts/release.sh aiops-operator

demo: setup ## Set everything up and run three tasks on a real cluster (CONTEXT=name to use yours)
	@scripts/demo.py up $(if $(CONTEXT),--context '$(CONTEXT)')

demo-down: ## Take down everything that make demo made
	@scripts/demo.py down $(if $(CONTEXT),--context '$(CONTEXT)')

test: setup ## Set everything up and run every test of the CI budget
	@scripts/test.py

test-unit: setup ## Only the tests that need no cluster
	@scripts/test.py unit

test-sim: setup ## Every plan of the simulation, whole
	@scripts/test.py sim

test-api: setup ## Only the tests against a real API server
	@scripts/test.py api

test-faults: setup ## Every fault plan against a real API server, exhaustively (an hour)
	@scripts/test.py faults

test-node: setup ## Only the tests on a whole cluster with real pods
	@scripts/test.py node

test-all: setup ## make test with every mutant instead of a sample
	@scripts/test.py all

lint: setup ## Formatter, shellcheck, YAML, generated files
	@scripts/test.py lint

format: ## Format all Swift files
	swift format -i -r Package.swift Sources Tests

crds: ## Regenerate crds/ from the Swift types
	swift run crdgen --output crds

manifests: ## Regenerate manifests/ from the chart
	@scripts/manifests.py

image: setup ## Build the operator's image as an archive, without a registry
	@scripts/images/operator.py

bench: setup ## Measure and print the table of docs/benchmarks.md
	@scripts/bench.py

mutants: setup ## Apply every mutant and expect its test to go red
	@scripts/mutants.py

clean: ## Remove build products (caches outside the checkout stay)
	rm -rf .build build
