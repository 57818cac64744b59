# Linkbook's commands. Each makes what it needs first: a bare Python 3.11 is enough.
#
#   make run            serve the demonstration; PORT=9000 elsewhere, FRESH=1 from the beginning
#   make test           all tests; TESTS="tests/schools -x" for some
#   make lint, format   check or tidy the code
#   make chaos          the fault table: kill the servers while concerns are raised, for an hour
#                       and a half; QUICK=1 for five minutes, CHAOS="--only storms --seeds 2" for some
#   make bench          the ratios of performance: pages on the running demonstration, sending
#   make lock           pin requirements.in with hashes

PYTHON ?= python3
TESTS ?=
CHAOS ?=
QUICK ?=
ENVIRONMENT := .venv/bin/python
# Two thirds of the tests, by their time, run beside the others, each on servers of its own.
SECOND := tests/journeys tests/documents tests/config tests/test_canaries.py tests/test_bad_input.py
THIRD := tests/schools tests/linkworkers tests/interventions tests/panels tests/referrals \
	tests/overview
BESIDE := $(SECOND) $(THIRD)

.PHONY: run test lint format bench chaos lock environment

run: environment
	@exec $(ENVIRONMENT) -m config.embedded.run

test: environment
	@$(ENVIRONMENT) -m config.embedded.assets
	@$(ENVIRONMENT) -m config.embedded.system_packages chromium
ifeq ($(TESTS)$(DATABASE_URL)$(REDIS_URL),)
	@outputs=$$(mktemp -d); beside=; \
	for part in "$(SECOND)" "$(THIRD)"; do \
		$(ENVIRONMENT) -m pytest $$part >"$$outputs/$${part##*/}" 2>&1 & beside="$$beside $$!"; \
	done; \
	trap 'kill $$beside 2>/dev/null; rm -rf "$$outputs"' EXIT; trap 'exit 130' INT TERM; \
	$(ENVIRONMENT) -m pytest tests $(BESIDE:%=--ignore=%); failed=$$?; \
	for one in $$beside; do wait $$one || failed=$$?; done; cat "$$outputs"/*; exit $$failed
else
	@$(ENVIRONMENT) -m pytest $(TESTS)
endif

lint: environment
	@$(ENVIRONMENT) -m ruff check .
	@$(ENVIRONMENT) -m ruff format --check .
	@$(ENVIRONMENT) manage.py makemigrations --check --dry-run

format: environment
	@$(ENVIRONMENT) -m ruff check --fix .
	@$(ENVIRONMENT) -m ruff format .

bench: environment
	@$(ENVIRONMENT) manage.py bench
	@$(ENVIRONMENT) -m tests.chaos --only due,drain

lock:
	@tools=$$(mktemp -d) && trap 'rm -rf "$$tools"' EXIT \
	&& $(PYTHON) -m venv "$$tools" \
	&& "$$tools/bin/python" -m pip install --quiet --disable-pip-version-check uv \
	&& "$$tools/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --custom-compile-command "make lock" \
		requirements.in -o requirements.txt

environment:
	@$(PYTHON) -m config.embedded.environment

chaos: environment
	@$(ENVIRONMENT) -m tests.chaos $(if $(filter-out 0,$(QUICK)),--quick) $(CHAOS)
