# The targets that matter are printed by `make` alone.
.DEFAULT_GOAL := help
.PHONY: help build setup demo test test-short test-flips test-drivers test-cgroup2 check lint fmt generate generate-check bench bench-box bench-control simulate chaos clean

SHELL       := /bin/bash
VERSION     ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LDFLAGS     := -s -w -X main.version=$(VERSION)
PROTOS      := $(patsubst proto/%,%,$(wildcard proto/assay/v1/*.proto))
HAND_WRITTEN = $(shell git ls-files '*.go' ':!:*.pb.go')
TOOL         = go -C tools tool

help: ## print this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{printf "  %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## build bin/assay
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o bin/assay ./cmd/assay

setup: ## install what the tests need beyond Go and gcc (Debian packages, as root)
	./scripts/setup

demo: build ## judge real programs with 20 tests each through `assay dev`
	go run ./scripts/demo -assay bin/assay

test: setup ## every test: race detector, real compilers in real boxes, kill -9
	go test -race -shuffle=on -timeout 9m ./...

test-short: ## the tests that need neither root nor compilers
	go test -race -shuffle=on -short ./...

test-flips: ## no verdict flips beside hostile programs: minutes, on a machine with nothing else to do
	ASSAY_TEST_FLIPS=200 go test -count=1 -v -timeout 30m -run TestNoVerdictFlips ./agent/box/native

test-drivers: ## every hostile program in isolate's and docker's boxes too, where these are installed: minutes
	ASSAY_TEST_HOSTILE=all go test -count=1 -v -timeout 30m ./agent/box/isolate ./agent/box/docker

test-cgroup2: ## boxes against their promises and hostile programs on cgroup v2, in an emulated machine: half an hour (PARTS=root_at_the_top: less)
	scripts/cgroup2/suite $(PARTS)

check: lint generate-check test ## what a change must pass

lint: ## format, module files, vet, staticcheck
	@out=$$($(TOOL) gofumpt -l $(addprefix ../,$(HAND_WRITTEN))); if [ -n "$$out" ]; then echo "not formatted (make fmt):"; echo "$$out"; exit 1; fi
	go mod tidy -diff
	go -C tools mod tidy -diff
	go vet ./...
	go build -o bin/staticcheck -modfile=tools/go.mod honnef.co/go/tools/cmd/staticcheck
	bin/staticcheck -checks 'all,-ST1005' ./...

fmt: ## format the Go files
	@$(TOOL) gofumpt -w $(addprefix ../,$(HAND_WRITTEN))

generate: ## regenerate the protocol's Go code
	go -C tools run ./protogen -root ../proto -out ../proto $(PROTOS)

generate-check: generate ## the checked-in code is what the protocol generates
	git diff --exit-code -- proto

bench: build ## benchmarks of the packages, then loads on the whole in one process
	go test -run '^$$' -bench . -benchtime 1s ./judge ./controlplane/... ./agent/...
	for language in c cpp python3 java; do bin/assay bench --requests 100 --tests 20 --language $$language --distinct; done

bench-box: ## a run in a native box against a bare process start, taking turns (root, gcc); JSON=-json for JSON
	CGO_ENABLED=0 go build -o bin/benchbox ./scripts/benchbox
	bin/benchbox $(JSON)

bench-control: build ## three servers, nodes that report at once: bursts, ratios, overload, a long queue; minutes; JSON=-json for JSON
	go build -o bin/benchcontrol ./scripts/benchcontrol
	bin/benchcontrol -assay bin/assay -overload -queued 200000 $(JSON)

chaos: build ## real servers and nodes killed, frozen, cut off, on bad disks (root for all of it); SEED=, MINUTES=, ROUNDS=, DEEDS=
	CGO_ENABLED=0 go build -o bin/chaos ./scripts/chaos
	bin/chaos -assay bin/assay $(if $(SEED),-seed $(SEED)) $(if $(ROUNDS),-rounds $(ROUNDS) -minutes 0) $(if $(MINUTES),-minutes $(MINUTES)) $(if $(DEEDS),-deeds $(DEEDS))

simulate: ## the scheduler with 100 nodes and 1,000,000 submissions in simulated time: minutes; JSON=-json for JSON
	go run ./scripts/simulate $(JSON)

clean: ## remove what was built
	rm -rf bin
