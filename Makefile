# Needs Go, git and make; "conformance" and "clients" also need npm. Targets download and build everything else.

GO       ?= go
PACKAGES ?= ./...
TESTARGS ?=
ARGS     ?=

# Printed by --version. Without tags the version is the commit, and outside of git it is unknown. The date is the commit's, so that
# the same source gives the same binary.
VERSION    ?= $(patsubst v%,%,$(shell git describe --tags --always --dirty 2>/dev/null || echo unknown))
REVISION   ?= $(shell git rev-parse HEAD 2>/dev/null || echo unknown)
BRANCH     ?= $(shell git rev-parse --abbrev-ref HEAD 2>/dev/null || echo unknown)
BUILD_DATE ?= $(shell TZ=UTC git log -1 --format=%cd --date=format-local:%Y-%m-%dT%H:%M:%SZ 2>/dev/null || echo unknown)

VERSION_PACKAGE := github.com/prometheus/common/version
LDFLAGS = -s -w \
	-X $(VERSION_PACKAGE).Version=$(VERSION) \
	-X $(VERSION_PACKAGE).Revision=$(REVISION) \
	-X $(VERSION_PACKAGE).Branch=$(BRANCH) \
	-X $(VERSION_PACKAGE).BuildDate=$(BUILD_DATE)

# The linter has its own go.mod, to keep its dependencies out of the server's.
LINTER = $(GO) tool -modfile=.ci/lint/go.mod golangci-lint

.DEFAULT_GOAL := help

.PHONY: help
help: ## List the targets.
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1	\2/p' Makefile | expand -t 16

.PHONY: build
build: ## Build bin/mcp-server.
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/mcp-server .

.PHONY: demo
demo: build ## Show the server with a real Perses, and keep both running; not with make demo ARGS=--once.
	$(GO) build -o bin/demo ./pkg/cmd/demo
	@bin/demo $(ARGS)

.PHONY: prepare
prepare: ## Build the Perses and Prometheus of the tests: five minutes the first time, then they are cached.
	$(GO) run ./pkg/cmd/prepare

.PHONY: test
test: prepare ## Run the tests; PACKAGES and TESTARGS narrow them: make test PACKAGES=./tools TESTARGS='-run Conversations -v'
	$(GO) test $(TESTARGS) $(PACKAGES)

.PHONY: conformance
conformance: clientrun ## Run the MCP conformance suite against the server.
	bin/clients/run conformance

.PHONY: clients
clients: clientrun ## Run the same conversation with four MCP clients, over stdio and HTTP.
	bin/clients/run talk

.PHONY: clientrun
clientrun: build
	$(GO) build -o bin/clients/run ./pkg/cmd/clients
	$(GO) -C pkg/cmd/clients/gosdk build -o $(CURDIR)/bin/clients/gosdk .

.PHONY: bench
bench: prepare ## Measure the server against Perses and a minimal server, in ten minutes: make bench ARGS=-check
	$(GO) run ./pkg/cmd/bench $(ARGS)

.PHONY: lint
lint: ## Check formatting, go vet and the linters of .golangci.yml.
	@unformatted="$$($$($(GO) env GOROOT)/bin/gofmt -l .)"; \
		test -z "$$unformatted" || { echo "not formatted (make fmt does it):"; echo "$$unformatted"; exit 1; }
	$(GO) vet ./...
	$(GO) -C pkg/cmd/clients/gosdk vet .
	$(LINTER) run ./...

.PHONY: fmt
fmt: ## Format the Go files and sort their imports.
	$(LINTER) fmt ./...

.PHONY: docs
docs: ## Generate the tables of the documentation.
	$(GO) test ./docs -run TestGenerated -update

.PHONY: clean
clean: ## Remove what was built here, except the cached test servers.
	rm -rf bin
