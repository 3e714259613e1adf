# Sightline. `make` alone lists what there is.

PYTHON ?= python3
PORT ?= 8000
# `PICTURE` is the former name of `IMAGE`.
IMAGE ?= $(PICTURE)
CLOUD ?= moto
API ?= http://127.0.0.1:8000
COGNITO ?= http://127.0.0.1:8001
ENV ?=
JOBS ?= 2

VENV := .venv
BIN := $(VENV)/bin
# Files of tests are shared out, never their tests: those of one file share what they start.
PYTEST := $(BIN)/pytest -n $(JOBS) --dist loadfile
INFRA := .venv-infra
MINISTACK := .venv-ministack
SERVICES := core api worker resizer local ops
PROJECTS := $(SERVICES:%=services/%) clients/python clients/cli
# What only development needs: shared test data, and the reliability rig.
DEV_PROJECTS := testing reliability

.DEFAULT_GOAL := help

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: $(VENV)/run web-if-possible $(if $(filter ministack,$(CLOUD)),$(MINISTACK)/installed) ## Run everything on this machine until Ctrl-C (PORT=8000)
	@exec $(BIN)/python -m sightline_local run --port $(PORT) --cloud $(CLOUD)

.PHONY: demo
demo: $(VENV)/run ## Send one image through the running stack (IMAGE=photo.jpg)
	@$(BIN)/python -m sightline_local demo $(if $(IMAGE),"$(IMAGE)")

.PHONY: token
token: $(VENV)/run ## Print an access token of the demo user of what is running
	@$(BIN)/python -m sightline_local token

.PHONY: ops
ops: $(VENV)/run ## Look at what runs as an operator does (ARGS="reconcile"; `make ops` alone helps)
	@$(BIN)/python -m sightline_ops $(or $(ARGS),--help)

.PHONY: models
models: $(VENV)/run ## Fetch models that know things and faces, for recognition here (42 MB, once)
	@$(BIN)/python -m sightline_local.recognition.models --folder .models

.PHONY: web
web: web/dist/index.html ## Build the web application (wants Node.js 20.19 or newer)

.PHONY: test
test: $(VENV)/dev ## Run the test suite; nothing needs to be started
	$(PYTEST) -m "not infra and not compose and not web and not clients"

.PHONY: test-web
test-web: $(VENV)/dev web ## Try the web application: its parts, and all of it in a Chromium
	npm run --silent --prefix web check
	npm run --silent --prefix web test
	$(PYTEST) -m web tests/web

.PHONY: test-infra
test-infra: $(VENV)/dev $(INFRA)/installed ## Check, plan, apply and destroy the Terraform on a stand-in for AWS
	$(PYTEST) tests/infra

.PHONY: test-compose
test-compose: $(VENV)/dev ## Build the images and run all of it in containers (wants Docker)
	$(BIN)/pytest -m compose tests/compose

.PHONY: connection
connection: $(VENV)/run ## Connect `make demo` to the stack that docker compose runs
	@$(BIN)/python -m sightline_local connection --api $(API) --cognito $(COGNITO)

.PHONY: chaos
chaos: $(VENV)/bench $(MINISTACK)/installed ## Prove that nothing is lost under faults and kills (SEED=number, TRIAL="--uploads 500 --seconds 60")
	@$(BIN)/python -m sightline_reliability.chaos $(if $(SEED),--seed $(SEED)) $(TRIAL)

.PHONY: chaos-short
chaos-short: TRIAL = --uploads 900 --seconds 100
chaos-short: chaos ## The same in three minutes or so, as before each merge

.PHONY: recovery
recovery: $(VENV)/dev ## Take each dependency away for a minute, in turn
	SIGHTLINE_OUTAGE_SECONDS=60 $(BIN)/pytest tests/reliability/test_recovery.py

.PHONY: load
load: $(VENV)/bench $(MINISTACK)/installed ## Find what each service bears, and hold it for ten minutes (TRIAL=--short)
	@$(BIN)/python -m sightline_reliability.load $(TRIAL)

.PHONY: audit
audit: $(VENV)/dev ## Look for weak code and for known flaws of what is used
	@# What is of low severity ruff has looked at, line by line: its S rules are the same.
	$(BIN)/bandit --quiet --recursive --severity-level medium services infra/tools
	$(BIN)/python requirements/audit.py requirements/run.txt requirements/ministack.txt services/*/requirements.txt

.PHONY: check
check: $(VENV)/dev ## Lint, formatting and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

.PHONY: format
format: $(VENV)/dev ## Format the code and mend what lint can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: docs
docs: $(VENV)/dev ## Generate the tables of docs/configuration.md
	$(BIN)/python docs/generate_configuration.py

.PHONY: openapi
openapi: $(VENV)/dev ## Write openapi.json anew
	$(BIN)/python -m sightline_api.openapi > openapi.json

.PHONY: check-api
check-api: $(VENV)/dev clients/contract/node_modules ## Lint the API's document, and compare it with the released one (wants Node)
	@cd clients/contract && REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true \
	  node_modules/.bin/redocly lint --config redocly.yaml ../../openapi.json
	@$(BIN)/python clients/contract/breaking.py

.PHONY: clients
clients: openapi clients/typescript/node_modules ## Make anew what is made from the API's document
	@PATH="$(CURDIR)/$(BIN):$$PATH" clients/generate

.PHONY: test-clients
test-clients: $(VENV)/dev clients/typescript/node_modules ## Run, build and install the clients (wants Node)
	$(BIN)/pytest -m clients tests/clients

.PHONY: bench-upload
bench-upload: $(VENV)/bench ## Measure the command line against a loop that uploads one at a time
	$(BIN)/python benchmarks/upload.py

.PHONY: release-api
release-api: ## Let openapi.json be the released document that changes are compared with
	cp openapi.json clients/contract/released.json

clients/%/node_modules: clients/%/package-lock.json
	@$(NEED_NODE)
	@npm ci --prefix clients/$* --silent --no-audit --no-fund
	@touch $@

.PHONY: fuzz-pictures
fuzz-pictures: $(VENV)/dev ## Damage ten thousand pictures and see how each ends (SEED=number)
	SIGHTLINE_MUTATIONS=10000 $(if $(SEED),SIGHTLINE_SEED=$(SEED)) $(BIN)/pytest tests/resizer/test_mutations.py

.PHONY: fuzz-api
fuzz-api: $(VENV)/dev ## Ask the running API thousands of good and bad things (SEED=number)
	SIGHTLINE_API_EXAMPLES=300 $(if $(SEED),SIGHTLINE_SEED=$(SEED)) $(BIN)/pytest tests/e2e/test_document.py

.PHONY: bench-pictures
bench-pictures: $(VENV)/bench ## Measure renditions against sharp, libvips and naive Pillow (wants Node)
	@command -v npm >/dev/null || { echo "sightline: Node.js is needed for sharp: install node and npm"; exit 1; }
	npm ci --prefix benchmarks/sharp --silent --no-audit --no-fund
	$(BIN)/python benchmarks/pictures.py

.PHONY: bench-gateway
bench-gateway: $(VENV)/bench ## Measure the gateway beside an endpoint that does nothing (wants wrk)
	$(BIN)/python benchmarks/gateway.py

.PHONY: plan apply deploy destroy
plan: ## Show what an apply would change (ENV=dev)
apply: ## Make or change a stack in AWS, after asking (ENV=dev)
deploy: ## Build, push and roll out this commit's images, after asking (ENV=dev)
destroy: ## Give a stack back, after asking (ENV=dev)
plan apply deploy destroy:
	@$(if $(ENV),,$(error which environment? make $@ ENV=dev))infra/terraform/stack $@ $(ENV)

.PHONY: lock
lock: ## Resolve all requirements anew (wants uv)
	@command -v uv >/dev/null || { echo "make lock: uv is needed: pip install uv"; exit 1; }
	requirements/lock

.PHONY: clean
clean: ## Remove the virtual environment, caches and logs
	rm -rf $(VENV) $(INFRA) $(MINISTACK) .sightline .mypy_cache .pytest_cache .ruff_cache web/dist web/node_modules

# What the web application is built of.
WEB_SOURCES := $(shell find web/src web/public clients/typescript/src -type f 2>/dev/null) \
  web/index.html web/vite.config.ts web/package-lock.json

NEED_NODE := node -e 'const [major, minor] = process.versions.node.split("."); \
  process.exit(major > 20 || (major == 20 && minor >= 19) ? 0 : 1)' 2>/dev/null && command -v npm >/dev/null || { \
  echo "sightline: Node.js 20.19 or newer and npm are needed for this"; exit 1; }

web/node_modules/.package-lock.json: web/package-lock.json
	@$(NEED_NODE)
	@echo "installing what the web application is built with (once)"
	@npm ci --prefix web --silent
	@touch $@

web/dist/index.html: web/node_modules/.package-lock.json $(WEB_SOURCES)
	@echo "building the web application"
	@npm run --silent --prefix web build -- --logLevel warn || { rm -rf web/dist; exit 1; }
	@touch $@

# Everything else runs without it.
.PHONY: web-if-possible
web-if-possible:
	@if ! ( $(NEED_NODE) ) >/dev/null; then \
	  echo "sightline: without Node.js 20.19 or newer there is no web application: only the API is shown"; \
	elif ! $(MAKE) --no-print-directory web; then \
	  echo "sightline: the web application could not be built, so only the API is shown: see above"; fi

# The environment is made again when its requirements change; the last line of each recipe marks it.

$(VENV)/python:
	@command -v $(PYTHON) >/dev/null || { \
	  echo "sightline: $(PYTHON) is not here: install Python 3.11 or newer, or name one: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "sightline: $(PYTHON) is $$($(PYTHON) -V 2>&1), and 3.11 or newer is needed: name one, as in make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { \
	  echo "sightline: $(PYTHON) cannot make virtual environments: on Debian, apt install python3-venv"; exit 1; }
	@touch $@

$(VENV)/run: $(VENV)/python requirements/run.txt $(PROJECTS:%=%/pyproject.toml)
	@echo "installing what Sightline needs into $(VENV) (once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	@$(call install_projects,$(PROJECTS))
	@touch $@

$(VENV)/dev: $(VENV)/python requirements/dev.txt $(PROJECTS:%=%/pyproject.toml) $(DEV_PROJECTS:%=%/pyproject.toml)
	@echo "installing what development needs into $(VENV) (once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(call install_projects,$(PROJECTS) $(DEV_PROJECTS))
	@touch $@ $(VENV)/run

$(VENV)/bench: $(VENV)/dev benchmarks/requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r benchmarks/requirements.txt
	@touch $@

$(INFRA)/installed: requirements/infra.txt
	@$(PYTHON) -m venv $(INFRA)
	@$(INFRA)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/infra.txt
	@touch $@

.PHONY: ministack
ministack: $(MINISTACK)/installed ## Install a cloud stand-in that bears a deep backlog (make run CLOUD=ministack)

$(MINISTACK)/installed: requirements/ministack.txt
	@$(PYTHON) -m venv $(MINISTACK)
	@$(MINISTACK)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/ministack.txt
	@touch $@

define install_projects
$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation $(1:%=-e %)
endef
