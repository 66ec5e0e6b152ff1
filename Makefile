# Holdfast. `make setup` installs what is missing, once; `make run` starts the chat example; `make test` runs
# everything that must hold. Only `make setup` changes the machine.

CARGO_TARGET_DIR ?= $(CURDIR)/target
export CARGO_TARGET_DIR
DEBUG := $(CARGO_TARGET_DIR)/debug/holdfast
RELEASE := $(CARGO_TARGET_DIR)/release/holdfast

# Garbage collection at every allocation and SpiderMonkey's own assertions need another library, and so
# another target folder; MOZJS_ARCHIVE_DEBUG may name a prebuilt one.
ZEAL_TARGET := $(CARGO_TARGET_DIR)/zeal
ZEAL_ENV = CARGO_TARGET_DIR=$(ZEAL_TARGET) HOLDFAST_GC_ZEAL=$(or $(HOLDFAST_GC_ZEAL),2$(comma)20)
comma := ,

.PHONY: run test test-zeal test-browser conformance bench fmt lint setup check-setup release

run: release
	exec $(RELEASE) dev examples/chat --port 8787

# Clippy and the tests share one profile, and the examples run on the binary that the tests built.
test: check-setup
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	cargo nextest run --workspace
	$(MAKE) conformance/node_modules
	cd conformance && HOLDFAST_BIN=$(DEBUG) node run-examples.mjs --on both

# The engine's tests under the collector's worst behaviour.
test-zeal: check-setup
	env $(if $(MOZJS_ARCHIVE_DEBUG),MOZJS_ARCHIVE=$(MOZJS_ARCHIVE_DEBUG),-u MOZJS_ARCHIVE) $(ZEAL_ENV) \
		cargo nextest run -p holdfast-engine --features debugmozjs

# A real browser on the examples; needs Chromium (CHROMIUM=/path/to/it, or Debian's package).
test-browser: release conformance/node_modules
	cd conformance && HOLDFAST_BIN=$(RELEASE) node run-examples.mjs --on holdfast --browser

# The same programs on Holdfast and on workerd, answers compared.
conformance: release conformance/node_modules
	cd conformance && HOLDFAST_BIN=$(RELEASE) node compare.mjs
	cd conformance && HOLDFAST_BIN=$(RELEASE) node compare.mjs --project cases/modules

bench: release conformance/node_modules
	HOLDFAST_BIN=$(RELEASE) node bench/http.mjs

fmt:
	cargo fmt --all

lint:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	@if command -v cargo-deny >/dev/null; then cargo deny check; else \
		echo "not run: cargo deny (install it with: cargo install --locked cargo-deny)"; fi

setup:
	@scripts/setup.sh

check-setup:
	@scripts/setup.sh --check

release: check-setup
	cargo build --release -p holdfast-cli

conformance/node_modules: conformance/package-lock.json
	cd conformance && npm ci --no-audit --no-fund
	@touch $@
