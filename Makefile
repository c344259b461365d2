# The only entry point: `make run`, `make test`; the rest is for those who work on it.

export CARGO_TARGET_DIR ?= $(HOME)/.cache/diaba-target
export PATH := $(PATH):$(HOME)/.cargo/bin
RELEASE := $(CARGO_TARGET_DIR)/release/diaba
DEBUG := $(CARGO_TARGET_DIR)/debug/diaba
WEB_SOURCES := $(shell find web/src web/scripts tiles -type f) $(wildcard web/*.html) web/package.json web/vite.config.ts \
               web/tsconfig.json

.PHONY: run test lint queries bench clean help setup setup-tests

help:
	@echo "make run      build, load the demonstration commune, serve http://127.0.0.1:8080"
	@echo "make test     every test"
	@echo "make lint     formatting, warnings, stored queries"
	@echo "make queries  check all SQL against a database made from the migrations, and store what it says in .sqlx"
	@echo "make bench    measure against yardsticks (benches/README.md)"

setup:
	@.ci/setup

setup-tests:
	@.ci/setup --tests

web/node_modules/.package-lock.json: web/package-lock.json
	npm --prefix web ci --no-audit --no-fund
	@touch $@

tests/node_modules/.package-lock.json: tests/package-lock.json
	npm --prefix tests ci --no-audit --no-fund
	@touch $@

web/dist/index.html: web/node_modules/.package-lock.json $(WEB_SOURCES)
	npm --prefix web run build
	@touch $@

run: setup web/dist/index.html
	cargo build --release --locked
	@.ci/demo $(RELEASE)

test: setup-tests web/dist/index.html tests/node_modules/.package-lock.json
	cargo test --locked
	npm --prefix web run test:unit
	DIABA=$(DEBUG) npm --prefix tests test

lint: setup-tests web/dist/index.html
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	cd migrations && sha256sum *.sql | diff SHA256SUMS -
	.ci/queries --check
	npm --prefix web run lint
	web/node_modules/.bin/biome ci --config-path=web tests/acceptance

queries: setup
	.ci/queries

bench: web/dist/index.html
	@.ci/setup --bench
	cargo build --release --locked
	DIABA=$(RELEASE) benches/run
	DIABA=$(RELEASE) benches/cached
	DIABA=$(RELEASE) benches/fresh.mjs
	DIABA=$(RELEASE) benches/desk.mjs

clean:
	rm -rf web/dist web/node_modules tests/node_modules
	cargo clean
