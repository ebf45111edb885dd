# What a person does with this project. Everything is installed into .venv, by hash; nothing else is touched.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TEST := $(BIN)/python -m pytest

.DEFAULT_GOAL := run
.PHONY: run test check browser chats bench soak fuzz lock clean

run: $(VENV)/installed            ## the bot, the simulator and example people, on SQLite
	$(BIN)/python -m bot run

test: $(VENV)/installed-test      ## every ring but the browser
	$(TEST) -n auto -m "not browser and not soak"

browser: $(VENV)/installed-test   ## the phones page in a real Chromium
	$(TEST) -m browser tests/browser

check: $(VENV)/installed-test     ## style, types, catalogues
	$(BIN)/ruff check .
	$(BIN)/mypy bot handlers conversations models locales
	$(BIN)/python -m locales check

chats: $(VENV)/installed-test     ## accept what the transcripts say now; the diff is a product decision
	ACCEPT_CHATS=1 $(TEST) tests/test_chats.py

bench: $(VENV)/installed-test     ## measure, and write docs/bench.md
	$(BIN)/python -m tests.bench

soak: $(VENV)/installed-test      ## hundreds of kills on both stores
	$(TEST) -m soak --timeout 3600

fuzz: $(VENV)/installed-test      ## a hundred thousand odd requests at the doors of each store; KNOCKS and SEED
	$(TEST) -m soak -s --timeout 36000 tests/edges/test_hostile.py

lock:                             ## choose new versions; needs uv
	uv pip compile pyproject.toml --generate-hashes --no-emit-index-url --python-version 3.11 --universal --no-header -q -o requirements.txt
	uv pip compile pyproject.toml --extra test --generate-hashes --no-emit-index-url --python-version 3.11 --universal --no-header -q -c requirements.txt -o requirements-test.txt

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install --disable-pip-version-check --require-hashes --progress-bar on -r requirements.txt
	touch $@

$(VENV)/installed-test: requirements-test.txt $(VENV)/installed
	$(BIN)/python -m pip install --disable-pip-version-check --require-hashes --progress-bar on -r requirements-test.txt
	touch $@

clean:
	rm -rf $(VENV) var .pytest_cache .mypy_cache .ruff_cache
