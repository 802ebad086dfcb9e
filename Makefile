# The two commands of the README: `make demo` and `make test`. Before a commit: `make check` (format, lint, types) and
# `make quick` (`make check`, and every test that needs no browser). All of them set up what they need, in .venv and
# web/node_modules, and are quick the second time.

PYTHON ?= python3
PORT ?= 8000
# One's own bundle, and the name of the folder that it was made of; tools/bundle.sh writes both. Git tracks neither.
OWN := bundles/own/references.json
FOLDER := bundles/own/folder.txt
BIN := .venv/bin
# pip: a virtual environment of one's own never needs the warning about root.
export PIP_DISABLE_PIP_VERSION_CHECK = 1
export PIP_ROOT_USER_ACTION = ignore
# Matrices here are small: threads of their own only make numpy wait for itself.
export OPENBLAS_NUM_THREADS = 1

# More processes than cores: tests of browsers often wait for a clock.
WORKERS ?= 3
# Real browsers share a busy machine: a test that fails runs once more, and is listed as such at the end.
SECOND_CHANCE = --reruns 1 -rR

# Independent parts are set up side by side.
MAKEFLAGS += --jobs=3

.PHONY: demo site bundle test quick check compressed pillow-pictures soak clean

# `make demo HTTPS=1` is for phones in the same network, `make demo IMAGES=my_pictures` for pictures of one's own.
demo: site $(if $(HTTPS),$(BIN)/.https)
	$(BIN)/python -m scanner.offline.serve --port $(PORT) $(if $(HTTPS),--https)

# The settings of a reader page are in site.json, beside one's own pictures or beside their bundle.
site: bundle
	@if [ ! -e $(FOLDER) ]; then $(BIN)/python -m scanner.offline.site; \
	else settings="$$(cat $(FOLDER))/site.json"; [ -e "$$settings" ] || settings=; \
	$(BIN)/python -m scanner.offline.site --bundle $(OWN) $${settings:+--config "$$settings"}; fi

bundle: $(BIN)/.demo
	@sh tools/bundle.sh $(BIN)/python $(or $(firstword $(MAKECMDGOALS)),demo) $(if $(IMAGES),"$(IMAGES)")

# The first site takes a minute of compressing, which goes on while the browsers are installed.
test: check compressed $(BIN)/.chromium $(BIN)/.engines $(BIN)/.hosts
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "not timing" $(SECOND_CHANCE)
	$(BIN)/python -m pytest -n 1 -m timing tests/web $(SECOND_CHANCE)

# Every test that needs no browser.
quick: check compressed
	$(BIN)/python -m pytest -n 2 --dist worksteal tests/core tests/offline

compressed: $(BIN)/.test
	$(BIN)/python -m scanner.offline.site -o build/site

# Pillow's own test pictures, once, for tests/offline/test_mutated_pictures.py: 47 MB, most of a minute.
pillow-pictures: $(BIN)/.test
	cd tests && ../$(BIN)/python -m support.pillow_pictures

# An hour in Chromium, with a fault every few seconds; `make soak MINUTES=10` is shorter.
soak: $(BIN)/.test $(BIN)/.chromium
	$(BIN)/python -m benchmarks.soak --minutes $(or $(MINUTES),60)

check: $(BIN)/.test web/node_modules/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	npm --prefix web run --silent check

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and f"expected Python 3.11 or later, found {sys.version.split()[0]}: run `make PYTHON=python3.11`")'
	$(PYTHON) -m venv .venv

$(BIN)/.demo: pyproject.toml | $(BIN)/python
	$(BIN)/pip install --quiet --editable .
	touch $@

$(BIN)/.https: pyproject.toml | $(BIN)/.demo
	$(BIN)/pip install --quiet --editable '.[https]'
	touch $@

$(BIN)/.test: pyproject.toml | $(BIN)/python
	$(BIN)/pip install --quiet --editable '.[test]'
	touch $(BIN)/.demo $@

web/node_modules/.installed: web/package.json
	npm --prefix web install --no-package-lock --no-audit --no-fund --loglevel=error
	touch $@

# A Chromium that is there already, else Playwright's own, else the system's package.
$(BIN)/.chromium: $(BIN)/.test
	command -v chromium chromium-browser google-chrome \
	|| $(BIN)/playwright install --with-deps chromium \
	|| (apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium)
	touch $@

# The engines of Firefox and of iPhones. If an engine cannot be installed, its tests are skipped and say so.
$(BIN)/.engines: $(BIN)/.test $(BIN)/.chromium
	(command -v firefox-esr || command -v firefox) && command -v WebKitWebDriver && command -v Xvfb \
	|| { [ "$$(id -u)" = 0 ] && command -v apt-get && timeout 60 apt-get update -qq \
	&& for engine in firefox-esr "webkit2gtk-driver xvfb"; do \
		DEBIAN_FRONTEND=noninteractive timeout 300 apt-get install -y -qq --no-install-recommends $$engine; done; } || true
	touch $@

# The hosts of tests/offline/test_hosts.py: skipped, too, if they cannot be installed. No server is started, now or later.
$(BIN)/.hosts: $(BIN)/.engines
	export PATH="$$PATH:/usr/sbin"; command -v apache2 && command -v nginx \
	|| { [ "$$(id -u)" = 0 ] && command -v apt-get && timeout 60 apt-get update -qq \
	&& { [ -e /usr/sbin/policy-rc.d ] || { trap 'rm -f /usr/sbin/policy-rc.d' EXIT; \
		printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d; chmod +x /usr/sbin/policy-rc.d; }; } \
	&& DEBIAN_FRONTEND=noninteractive timeout 300 apt-get install -y -qq --no-install-recommends \
		apache2-bin nginx-light libnginx-mod-http-brotli-static \
	&& { ! command -v systemctl || systemctl disable --quiet nginx; }; } || true
	touch $@

clean:
	rm -rf .venv web/node_modules dist build *.egg-info .pytest_cache .mypy_cache .ruff_cache
