# The only entry point a user needs: `make demo` and `make test`. `make help` lists the rest.
SHELL := /bin/bash
# Works from any folder: make -C here, make -f here/Makefile.
HERE := $(shell cd "$$(dirname '$(lastword $(MAKEFILE_LIST))')" && pwd)
.DEFAULT_GOAL := help
.PHONY: help setup build demo demo-down test test-unit test-sim test-api test-faults test-node test-kind test-all lint format crds manifests image bench mutants clean

help: ## Show this list; what needs root says so
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Check this machine and install the Debian packages that building and testing need [root, where some are missing]
	@'$(HERE)'/scripts/setup.sh

build: setup ## Build the operator (release)
	@'$(HERE)'/scripts/release.sh aiops-operator

demo: setup ## Set everything up and run three tasks on a real cluster (CONTEXT=name to use yours) [root for the private one]
	@'$(HERE)'/scripts/demo.py up $(if $(CONTEXT),--context '$(CONTEXT)')

demo-down: ## Take down everything that make demo made [as make demo]
	@'$(HERE)'/scripts/demo.py down $(if $(CONTEXT),--context '$(CONTEXT)')

test: setup ## Set everything up and run every test of the CI budget [root]
	@'$(HERE)'/scripts/test.py

test-unit: setup ## Only the tests that need no cluster [root]
	@'$(HERE)'/scripts/test.py unit

test-sim: setup ## Every plan of the simulation, whole
	@'$(HERE)'/scripts/test.py sim

test-api: setup ## Only the tests against a real API server [root]
	@'$(HERE)'/scripts/test.py api

test-faults: setup ## Every fault plan against a real API server, exhaustively, in four lanes (hours) [root]
	@'$(HERE)'/scripts/test.py faults

test-node: setup ## Only the tests on a whole cluster with real pods [root]
	@'$(HERE)'/scripts/test.py node

test-kind: setup ## Only the tests with Kind clusters, made by an engine of their own [root]
	@'$(HERE)'/scripts/test.py kind

test-all: setup ## make test with every mutant and every fault plan instead of samples (hours) [root]
	@'$(HERE)'/scripts/test.py all

lint: setup ## Formatter, shellcheck, YAML, generated files
	@'$(HERE)'/scripts/test.py lint

format: setup ## Format all Swift files
	@cd '$(HERE)' && swift format -i -r Package.swift Sources Tests

crds: setup ## Regenerate crds/ from the Swift types
	@cd '$(HERE)' && swift run crdgen --output crds

manifests: setup ## Regenerate manifests/ from the chart
	@'$(HERE)'/scripts/manifests.py

image: setup ## Build the operator's image as an archive, without a registry
	@'$(HERE)'/scripts/images/operator.py

bench: setup ## Measure and print the table of docs/benchmarks.md [root]
	@'$(HERE)'/scripts/bench.py

mutants: setup ## Apply every mutant and expect its test to go red [root]
	@'$(HERE)'/scripts/mutants.py

clean: ## Remove build products (caches outside the checkout stay)
	@cd '$(HERE)' && rm -rf .build build
