# Two commands do everything on a fresh machine: `make start` and `make test`.
PYTHON ?= $(firstword $(wildcard $(HOME)/.pyenv/versions/3.13.*/bin/python3.13) python3.13)
VENV := .venv
BIN := $(VENV)/bin
export PYTHONPATH := layers/certification/python:.
export SAM_CLI_TELEMETRY := 0

.PHONY: help start reset test slow no-grants machine rights quick lint types rules faults benchmarks browser deployable build docs policy-check policy-diff policy-simulate lock seal-certificate carry clean
.DEFAULT_GOAL := help

help:             ## Show what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 20

start: $(VENV)/local.stamp            ## Set up, start the local cloud, seed demo data, print addresses and accounts
	@$(BIN)/python -m local $(ARGS)

reset:            ## Forget the local cloud's data
	rm -rf .local

test: export GRANTS := .grants
test: $(VENV)/development.stamp no-grants machine lint types quick faults slow rights  ## Everything, as CI runs it

slow:             # Chromium waits and sam installs: side by side they fill two cores
	@$(MAKE) --no-print-directory -j2 --output-sync=target browser deployable

no-grants:
	@rm -rf .grants

rights:           # After all other tests: the rights of the template that none of them used
	@$(BIN)/python -m tests.grants .grants

machine:          # Debian packages that some tests need; without root they are left out, and said so
	@local/install_packages.sh

lint: $(VENV)/development.stamp       ## Style
	$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: $(VENV)/development.stamp      ## Types, strictly
	$(BIN)/mypy

rules: $(VENV)/development.stamp      ## The pure rules only: milliseconds
	$(BIN)/pytest tests/rules

quick: $(VENV)/development.stamp      ## Every test that needs neither browser nor build
	$(BIN)/pytest -n 2 --dist loadfile --ignore tests/faults -m "not browser and not deployable"

faults: $(VENV)/development.stamp     ## Break every cloud call of the payment stories (minutes)
	$(BIN)/pytest tests/faults

benchmarks: $(VENV)/development.stamp ## How fast the rules are, beside a reference (seconds; never part of `make test`)
	$(BIN)/python -m tests.benchmarks

browser: $(VENV)/development.stamp    ## Pages in Chromium
	$(BIN)/pytest -m browser

deployable: $(VENV)/development.stamp .venv-deploy/stamp  ## sam validate, sam build, import from the build
	$(BIN)/pytest -m deployable

build: $(VENV)/development.stamp .venv-deploy/stamp  ## What would be deployed: sam build, then compiled and trimmed
	PATH="$(CURDIR)/.venv-deploy/bin:$$PATH" PYTHONPATH= .venv-deploy/bin/sam build --parallel
	$(BIN)/python local/compile_build.py .aws-sam/build

docs: $(VENV)/development.stamp       ## Write the generated pages again
	$(BIN)/python -m local.docs

policy-check: $(VENV)/local.stamp     ## Validate every policy and calendar, or one: FILE=my.yaml
	@$(BIN)/python -m local.policy_tools.check $(FILE)

policy-diff: $(VENV)/local.stamp      ## What changed between two policies, in sentences: A=cgptc B=my.yaml IN=en|zh
	@$(BIN)/python -m local.policy_tools.diff "$(A)" "$(B)" $(IN)

policy-simulate: $(VENV)/local.stamp  ## Whose outcome a changed policy changes: INPUTS=file.jsonl A=cgptc B=my.yaml IN=en|zh
	@$(BIN)/python -m local.policy_tools.simulate "$(INPUTS)" "$(A)" "$(B)" --language $(or $(IN),en) --sitting "$(SITTING)" --session "$(SESSION)"

carry: $(VENV)/local.stamp            ## Carry 200 candidates through and print the rate
	$(BIN)/python -m local.carry $(ARGS)

seal-certificate: $(VENV)/local.stamp ## Issue a demonstration certificate over a stack's KMS seal key
	$(BIN)/python -m local.seal_certificate $(ARGS)

lock: $(VENV)/development.stamp       ## Pin every requirement again
	PATH="$(CURDIR)/$(BIN):$$PATH" requirements/compile.sh

clean:            ## Remove what can be made again
	rm -rf $(VENV) .venv-deploy .aws-sam .mypy_cache .ruff_cache .pytest_cache

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 13))' 2>/dev/null || \
	  { echo "Assay needs Python 3.13: pyenv install 3.13, or set PYTHON=/path/to/python3.13"; exit 1; }
	@echo "Setting up $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/local.stamp: requirements/local.txt | $(VENV)/bin/python
	@echo "Installing packages for the local cloud (about a minute, once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(VENV)/development.stamp: requirements/development.txt | $(VENV)/bin/python
	@echo "Installing packages for development (about a minute, once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $(VENV)/local.stamp $@

.venv-deploy/stamp: requirements/deploy.txt
	@echo "Installing the SAM command line (about a minute, once)"
	@$(PYTHON) -m venv .venv-deploy
	@.venv-deploy/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@
