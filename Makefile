# The two commands of a newcomer: `make serve` and `make test`. `make help` lists the rest.
DATASET ?= data/shuangshan
ADDR ?= 127.0.0.1:8080
CARGO ?= cargo

.PHONY: help serve test lint test-rust test-cluster test-web test-browser bench demo-data format need-rust need-node need-test-tools need-peers

help:
	@echo "make serve      build and serve $(DATASET) at http://$(ADDR)  (DATASET=…, ADDR=…)"
	@echo "make test       everything that a change must pass; installs what the tests need"
	@echo "make bench      measure; figures are kept in benches/README.md"
	@echo "make demo-data  make data/shuangshan again from its generator"
	@echo "make format     format the code"

serve: need-rust need-node
	$(CARGO) run --release --locked -- serve $(DATASET) --addr $(ADDR)

test: need-rust need-node need-test-tools need-peers lint test-rust test-cluster test-web test-browser
	@echo "all passed"

lint: need-rust need-node web/node_modules
	$(CARGO) fmt --check
	$(CARGO) clippy --locked --all-targets -- -D warnings
	cd web && npm run --silent lint && npm run --silent typecheck

# Random cases are the same at each run, so that a change is judged by what it does and not by the
# dice. PROPTEST_CASES=1000 cargo nextest run looks for new ones.
test-rust: export PROPTEST_RNG_SEED ?= 2024116
# nextest runs the tests of all files side by side; cargo's own runner does as well.
test-rust: need-rust
	@if $(CARGO) nextest --version >/dev/null 2>&1; \
	then WANGGE_TOOLS=required $(CARGO) nextest run --locked --no-fail-fast; \
	else WANGGE_TOOLS=required $(CARGO) test --locked --no-fail-fast; fi
	$(CARGO) test --locked --doc

# The feature `cluster` in a profile of its own, without optimisation: its 320 further crates take
# long to build, and their speed is not what is tested. The linter runs as the compiler of this
# crate, so that nothing is compiled twice.
test-cluster: export RUSTC_WORKSPACE_WRAPPER = clippy-driver
test-cluster: export CLIPPY_ARGS = -Dwarnings
test-cluster: need-rust
	$(CARGO) test --locked --profile cluster --features cluster --test cluster
	$(CARGO) test --locked --profile cluster --features cluster --lib -- engine::

test-web: need-node web/node_modules
	cd web && npm run --silent test

test-browser: need-rust need-node web/node_modules
	$(CARGO) build --locked
	cd web && WANGGE_BIN="$(CURDIR)/target/debug/wangge" WANGGE_DATASET="$(CURDIR)/data/shuangshan" npm run --silent e2e

bench: need-rust need-peers
	$(CARGO) bench --locked

demo-data: need-rust
	$(CARGO) run --release --locked --example generate_shuangshan -- data/shuangshan

format: need-rust web/node_modules
	$(CARGO) fmt
	cd web && npm run --silent format

web/node_modules: web/package-lock.json
	cd web && npm ci --ignore-scripts --no-audit --no-fund
	@touch web/node_modules

need-rust:
	@scripts/need rust

need-node:
	@scripts/need node

need-test-tools:
	@scripts/need test-tools

need-peers:
	@scripts/need peers
