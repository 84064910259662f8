# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the Kinship authors

SWIFT ?= swift
# More options for every build of a debug product, such as -Xswiftc -warnings-as-errors: the same for build and test, so
# that one does not undo the other's work.
SWIFTFLAGS ?=
SOURCES = Package.swift Sources Tests Examples Plugins

.PHONY: help demo build install test chaos writes migrations requests test-foreign test-container fuzz bench pictures format lint install-deps type-check-times clean

help:
	@echo 'make demo            a tree of related records out of a real PostgreSQL'
	@echo 'make install         the program, completions and a man page, into PREFIX=/usr/local'
	@echo 'make test            all tests, on an embedded server'
	@echo 'make chaos           faults of every kind for MINUTES=5, with SANITIZE=thread or address and SEED=7 if you like'
	@echo 'make writes          random writes against a naive model: COUNT=2000 worlds from SEED=1 on'
	@echo 'make migrations      random changes of models, and their tables after each: COUNT=500 of each of two walks from SEED=1 on'
	@echo 'make requests        random HTTP requests: COUNT=10000 from SEED=1 on'
	@echo 'make test-foreign    random trees and every type, on a database in another language and with odd settings'
	@echo 'make test-container  all tests, on the server of docker-compose.yml'
	@echo 'make fuzz            random input of all kinds: make fuzz TARGET=filter MINUTES=60; without a target, their names'
	@echo 'make bench           the benchmark, against the C floor'
	@echo 'make pictures        the plans in Documentation/images, drawn anew'
	@echo 'make format          formats the sources'
	@echo 'make lint            checks formatting and licence headers'
	@echo 'make type-check-times  the expressions of the typed tests that take the compiler the longest'
	@echo 'make install-deps    installs the system packages that are missing'
	@echo
	@echo 'With KINSHIP_DATABASE_URL set, demo, test and bench use that server.'

demo: install-deps
	@$(SWIFT) run $(SWIFTFLAGS) kinship demo $(ARGS)

build: install-deps
	@$(SWIFT) build --build-tests $(SWIFTFLAGS)

# Where the program and what belongs to it go; DESTDIR is put before all of it, for packages. BINARY names a program that was built already.
PREFIX ?= /usr/local
BINARY ?=

install:
	@SWIFT='$(SWIFT)' ./Scripts/install '$(DESTDIR)$(PREFIX)' '$(BINARY)'

test: install-deps
	@SWIFT='$(SWIFT)' SWIFTFLAGS='$(SWIFTFLAGS)' ./Scripts/run-tests $(ARGS)

chaos: install-deps
	@SWIFT='$(SWIFT)' SWIFTFLAGS='$(SWIFTFLAGS)' ./Scripts/run-chaos '$(or $(MINUTES),5)' '$(SANITIZE)' '$(SEED)'

writes: install-deps
	@KINSHIP_WRITE_SEED='$(or $(SEED),1)' KINSHIP_WRITE_COUNT='$(or $(COUNT),2000)' $(SWIFT) test $(SWIFTFLAGS) \
		--disable-xctest --filter WriteDifferentialTests

migrations: install-deps
	@KINSHIP_MIGRATION_SEED='$(or $(SEED),1)' KINSHIP_MIGRATION_COUNT='$(or $(COUNT),500)' $(SWIFT) test $(SWIFTFLAGS) \
		--disable-xctest --filter MigrationWalkTests

requests: install-deps
	@KINSHIP_REQUEST_SEED='$(or $(SEED),1)' KINSHIP_REQUEST_COUNT='$(or $(COUNT),10000)' $(SWIFT) test $(SWIFTFLAGS) \
		--disable-xctest --filter RequestFuzzTests

# Databases whose texts are ordered as a language has it, whose columns are of domains, and that write dates and numbers oddly.
FOREIGN = ^DifferentialTests[.]|WalkTests|CursorTests|JSONOptionsTests

test-foreign: install-deps
	@KINSHIP_TEST_CLUSTER=foreign SWIFT='$(SWIFT)' SWIFTFLAGS='$(SWIFTFLAGS)' \
		./Scripts/run-tests --filter '$(or $(ARGS),$(FOREIGN))'

test-container: install-deps
	@SWIFT='$(SWIFT)' SWIFTFLAGS='$(SWIFTFLAGS)' ./Scripts/test-container $(ARGS)

fuzz: install-deps
	@SWIFT='$(SWIFT)' ./Scripts/fuzz $(TARGET) $(if $(TARGET),$(MINUTES))

bench: install-deps
	@$(SWIFT) run -c release kinship-bench $(ARGS)

pictures: install-deps
	@SWIFT='$(SWIFT)' SWIFTFLAGS='$(SWIFTFLAGS)' ./Scripts/make-pictures

format:
	@$(SWIFT) format -i -r $(SOURCES)

lint:
	@$(SWIFT) format lint --strict -r $(SOURCES)
	@./Scripts/check-headers

# With LIMIT=100 it fails where an expression takes longer, in milliseconds.
type-check-times: install-deps
	@KINSHIP_TEST_TARGETS=KinshipTests $(SWIFT) build --build-tests $(SWIFTFLAGS)
	@./Scripts/type-check-times $(if $(LIMIT),--limit $(LIMIT))

install-deps:
	@./Scripts/install-deps

clean:
	@$(SWIFT) package clean
