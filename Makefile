# What the project does, by name; `make help` lists it.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# Tools that set-up keeps outside of the repository are found through this.
ENV := . scripts/env.sh;
TARBALL = target/deepstream-wasm-*.tgz
WASM_TARGET := --target wasm32-unknown-unknown
# Flags for the machine's own processor and linker, in RUSTFLAGS or in Cargo's configuration, stay out.
FOR_WASM := CARGO_ENCODED_RUSTFLAGS=
# To check the fuzz target without a C++ compiler: libFuzzer is taken for built, and never linked.
FUZZ_UNLINKED := CUSTOM_LIBFUZZER_PATH="$$PWD/fuzz/libFuzzer.a"

.PHONY: help setup build pack consumers test test-lint test-native test-oracle test-size \
	test-consumers test-wasm test-e2e size bench bench-server demo clean

help: ## List the targets
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/\1\t\2/p' Makefile | expand -t 16

setup: ## Install what the machine lacks
	@scripts/setup.sh

# The part of it that a target needs.
setup-%:
	@scripts/setup.sh $*

build: setup-rust setup-tools setup-node ## Leave in pkg/ what `npm publish` would send
	@$(ENV) node scripts/build-package.mjs

pack: build ## Pack pkg/ into a tarball in target/
	@rm -f $(TARBALL)
	@npm pack ./pkg --pack-destination target --silent

consumers: pack ## Install the tarball into an empty project in target/
	@rm -rf target/consumers && mkdir -p target/consumers
	@echo '{ "private": true }' >target/consumers/package.json
	@cd target/consumers && npm install --silent --offline --no-audit --no-fund ../deepstream-wasm-*.tgz

# Quick ones first, so that a mistake shows early.
test: setup test-lint test-native test-oracle test-size test-consumers test-wasm test-e2e ## Run all tests

test-lint: setup-rust setup-node ## Check formatting, clippy, the fuzz target, and the table of tests
	@$(ENV) node --test tests/readme.test.mjs
	@$(ENV) cargo fmt --check
	@$(ENV) cargo clippy --quiet --all-targets -- $$(denied_lints)
	@$(ENV) $(FOR_WASM) cargo clippy --quiet --all-targets $(WASM_TARGET) -- $$(denied_lints)
	@$(ENV) $(FUZZ_UNLINKED) cargo check --quiet --manifest-path fuzz/Cargo.toml --target-dir target/fuzz

test-native: setup-rust ## Test the core, without a browser
	@$(ENV) cargo test --quiet

test-oracle: setup-rust setup-node ## Compare with @deepstream/protobuf
	@$(ENV) node --test tests/oracle/*.test.mjs

# The runner by its name alone: Cargo would split its path at blanks.
test-wasm: setup-rust setup-tools setup-node setup-browser ## Test the shell in headless Chrome
	@mkdir -p target
	@$(ENV) node scripts/webdriver-config.mjs >target/webdriver.json
	@$(ENV) $(FOR_WASM) CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER=wasm-bindgen-test-runner \
		WASM_BINDGEN_TEST_ONLY_WEB=1 WASM_BINDGEN_TEST_WEBDRIVER_JSON="$$PWD/target/webdriver.json" \
		cargo test --tests $(WASM_TARGET)

test-size: build ## Check that the file for a script tag is within its budget
	@$(ENV) node scripts/size-report.mjs --check || ! is_judging_rust

test-consumers: setup-browser consumers ## Load the packed tarball in each way there is, and check its types
	@$(ENV) node --test tests/consumers/*.test.mjs

test-e2e: setup-browser build ## Test in Chromium against a real and a scripted server
	@$(ENV) node --test tests/e2e/*.test.mjs

size: build ## Print the sizes next to those of @deepstream/client
	@$(ENV) node scripts/size-report.mjs

# Options of it go in BENCH: make bench BENCH="--only 'event in' --rounds 3"
bench: setup-browser bench-server build ## Compare speed and size with @deepstream/client; options in BENCH
	@$(ENV) node bench/run.mjs $(BENCH)

bench-server: setup-rust
	@$(ENV) cargo build --quiet --locked --release --manifest-path bench/server/Cargo.toml --target-dir target/bench

demo: build ## Serve the demo with a real server
	@$(ENV) node scripts/demo.mjs

clean: ## Remove what was built
	rm -rf target pkg
