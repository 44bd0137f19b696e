# Everything a newcomer, a developer and CI run. Each target calls one script or cargo.
.DEFAULT_GOAL := help
.PHONY: help run build test check queries watch soak audit permissions docs

help: ## List the targets
	@sed -n 's/^\([a-z-]*\): ## /\1\t/p' Makefile | while IFS="$$(printf '\t')" read -r name what; do printf '  make %-11s %s\n' "$$name" "$$what"; done

run: ## Install what is missing, build, and serve http://127.0.0.1:3000 (PORT=3001 make run: another port)
	@scripts/run

build: ## Build the server and the browser's files for release, without starting them
	@scripts/setup && scripts/build

test: ## Install what is missing, then every check and test, the browser's included
	@scripts/test

check: ## Formatting and lints only: the quickest of the checks
	@scripts/check

queries: ## Describe the SQL queries anew, after changing one or a migration
	@scripts/setup && scripts/prepare-queries

watch: ## Serve and rebuild on every change (needs cargo-leptos: docs/DEVELOPMENT.md)
	@scripts/watch

soak: ## The long tests at their full counts
	@scripts/soak

audit: ## Licences, advisories and sources of all dependencies (needs cargo-deny and network)
	@scripts/audit

permissions: ## Write docs/permissions.md anew, after looking at what changed
	@HANDLED_WRITE_DOCS=1 cargo test -p server --test server permissions

docs: ## Write docs/imports.md anew, after changing a kind of file
	@HANDLED_WRITE_DOCS=1 cargo test -p server --test server imports_document
