# One command per intent; the same here and in CI. `make run` and `make test` need nothing done before.
PYTHON ?= python3
HOME_DIR ?= .mingcha
FEED ?= simulated
SCALE ?= 0.1
SEED ?= 1
PORT ?= 8050
SERVE ?= 1
DATA ?=
AS_OF ?=
BIN := .venv/bin
STAMP := .venv/.ready
LANDING := $(HOME_DIR)/landing
ZONE := $(LANDING)/.scale-$(SCALE)-seed-$(SEED)
REFRESH := $(BIN)/mingcha refresh --home $(HOME_DIR) --feed $(FEED) $(if $(DATA),--data $(DATA)) $(if $(AS_OF),--as-of $(AS_OF))

.PHONY: setup run test verify check bench dagster browser lock clean

setup: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@sh scripts/setup.sh $(PYTHON)
	@touch $(STAMP)

run: $(STAMP) $(if $(filter simulated,$(FEED)),$(if $(DATA),,$(ZONE)))
	@$(REFRESH)
ifneq ($(SERVE),0)
	@$(BIN)/mingcha serve --demo --home $(HOME_DIR) --port $(PORT)
endif

# A zone of another scale or seed replaces the one before: their deliveries must not mix.
$(ZONE): | $(STAMP)
	@rm -rf $(LANDING) $(HOME_DIR)/raw/simulated
	@$(BIN)/mingcha simulate --scale $(SCALE) --seed $(SEED) --out $(LANDING)
	@touch $@

browser:
	@sh scripts/browser.sh

test: $(STAMP) browser
	$(BIN)/python -m pytest -q -m "not slow"

# Long property and attack runs.
verify: $(STAMP) browser
	HYPOTHESIS_PROFILE=verify $(BIN)/python -m pytest -q

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m warehouse.lint
	MINGCHA_HOME=$(HOME_DIR) $(BIN)/dagster definitions validate -w workspace.yaml

bench: $(STAMP)
	$(BIN)/python -m tests.bench

dagster: $(STAMP)
	@mkdir -p $(HOME_DIR)/dagster
	DAGSTER_HOME=$(abspath $(HOME_DIR))/dagster MINGCHA_HOME=$(abspath $(HOME_DIR)) DAGSTER_DISABLE_TELEMETRY=yes $(BIN)/dagster dev -w workspace.yaml

lock:
	uv pip compile --python-version 3.11 --universal --generate-hashes --extra dev --no-header pyproject.toml -o requirements.lock

clean:
	rm -rf .venv $(HOME_DIR) .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info
