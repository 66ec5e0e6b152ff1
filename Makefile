# Holdfast. `make run` builds it and starts the chat example; `make test` runs everything that must hold. Both
# install what the machine lacks (scripts/setup.sh, on Debian and Ubuntu), which does nothing where all is there.

CARGO_TARGET_DIR ?= $(CURDIR)/target
export CARGO_TARGET_DIR
# Where setup puts Rust.
export PATH := $(HOME)/.cargo/bin:$(PATH)
# Building SpiderMonkey from source: one clang for both the library and the headers that bindgen reads.
LLVM := $(lastword $(shell ls -d /usr/lib/llvm-1[6-9] /usr/lib/llvm-[2-9][0-9] 2>/dev/null))
ifneq ($(LLVM),)
export LIBCLANG_PATH ?= $(LLVM)/lib
export CLANG_PATH ?= $(LLVM)/bin/clang
endif

DEBUG := $(CARGO_TARGET_DIR)/debug/holdfast
RELEASE := $(CARGO_TARGET_DIR)/release/holdfast

.PHONY: run test test-zeal test-browser autobahn conformance bench fmt lint setup release

run: release
	exec $(RELEASE) dev examples/chat --port 8787

# Clippy and the tests share one profile, and the examples run on the binary that the tests built.
test: setup
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	cargo nextest run --workspace
	cargo nextest run -p holdfast-object --features sabotage planted
	cargo nextest run -p holdfast-sim --features sabotage planted
	$(MAKE) conformance/node_modules
	cd conformance && HOLDFAST_BIN=$(DEBUG) node run-examples.mjs --on both
	cd conformance && HOLDFAST_BIN=$(DEBUG) node compare.mjs
	cd conformance && HOLDFAST_BIN=$(DEBUG) node compare.mjs --project cases/node
	cd conformance && HOLDFAST_BIN=$(DEBUG) node compare.mjs --project cases/pair
	cd conformance && HOLDFAST_BIN=$(DEBUG) node compare.mjs --each npm
	cd conformance && HOLDFAST_BIN=$(DEBUG) node autobahn/run.mjs --quick
	cd conformance && HOLDFAST_BIN=$(DEBUG) node fuzz/fuzz.mjs --seed 3 --count 15

# The engine's tests with SpiderMonkey's own assertions, while the collector runs all the time.
test-zeal: setup
	scripts/test-zeal.sh

# A real browser on the examples; needs Chromium (CHROMIUM=/path/to/it, or Debian's package).
test-browser: release conformance/node_modules
	cd conformance && HOLDFAST_BIN=$(RELEASE) node run-examples.mjs --on holdfast --browser

# The whole Autobahn test suite against WebSockets of objects. It comes from PyPI.
autobahn: release conformance/node_modules
	cd conformance && HOLDFAST_BIN=$(RELEASE) node autobahn/run.mjs

# The same programs on Holdfast and on workerd, answers compared.
conformance: release conformance/node_modules
	cd conformance && HOLDFAST_BIN=$(RELEASE) node compare.mjs --report ../docs/compatibility.md
	cd conformance && HOLDFAST_BIN=$(RELEASE) node compare.mjs --project cases/modules
	cd conformance && HOLDFAST_BIN=$(RELEASE) node compare.mjs --project cases/older
	cd conformance && HOLDFAST_BIN=$(RELEASE) node compare.mjs --project cases/node
	cd conformance && HOLDFAST_BIN=$(RELEASE) node compare.mjs --project cases/node_older
	cd conformance && HOLDFAST_BIN=$(RELEASE) node compare.mjs --project cases/node_als
	cd conformance && HOLDFAST_BIN=$(RELEASE) node compare.mjs --project cases/pair
	cd conformance && HOLDFAST_BIN=$(RELEASE) node compare.mjs --each npm

bench: release conformance/node_modules
	cargo run --release -p holdfast-bench -- --holdfast $(RELEASE)

fmt:
	cargo fmt --all

lint:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	@if command -v cargo-deny >/dev/null; then cargo deny check; else \
		echo "not run: cargo deny (install it with: cargo install --locked cargo-deny)"; fi

setup:
	@scripts/setup.sh

release: setup
	cargo build --release -p holdfast-cli

conformance/node_modules: conformance/package-lock.json
	cd conformance && npm ci --no-audit --no-fund
	@touch $@
