# One command per target; every target sets up what it needs. `make help` lists them.

PYTHON ?= python3
VENV ?= .venv
JOBS ?= 2
ELF ?=
LOG ?=
WAVE ?= build/wave.fst
CONFIG ?= default
OUT ?= build/paddock_core.v
MAX_CYCLES ?= 100000000
SEED ?= 1
SEEDS ?= 1
N ?=
RISCV_TESTS ?=
RISCV_FORMAL ?=
COREMARK ?=
ONLY ?=
SCHEDULER ?=
BOARD ?=
PORT ?=
IMAGE ?=
ARGS ?=

PADDOCK := $(VENV)/bin/paddock
CAMPAIGN := PYTHONPATH=verif $(VENV)/bin/python -m
TOOLS := $(VENV)/.paddock-tools
SYNTH_TOOLS := $(VENV)/.paddock-synth-tools
FORMAL_TOOLS := $(VENV)/.paddock-formal-tools
OVERHEAD_TOOLS := $(VENV)/.paddock-overhead-tools
PEERS := $(VENV)/.paddock-peers
BOARD_TOOLS := $(VENV)/.paddock-board-tools
BOARDS := $(VENV)/bin/python -m boards

.DEFAULT_GOAL := help
.PHONY: help setup doctor demo bench shell faults image audit size test test-quick plants lint gen gen-check sim wave verilog \
    synth-check overhead formal riscv-tests riscv-formal coremark fuzz hostile mutate coverage verify results \
    setup-boards bitstream load board-test netlist-test clean

help: ## This list
	@echo "Targets:"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1|\2/p' $(firstword $(MAKEFILE_LIST)) | \
	    while IFS='|' read -r name text; do printf '  %-14s %s\n' "$$name" "$$text"; done
	@echo "Variables:"
	@printf '  %-14s %s\n' \
	    'ELF' 'program for sim, wave and load [$(ELF)]' \
	    'MAX_CYCLES' 'sim and wave give up after so many [$(MAX_CYCLES)]' \
	    'LOG' 'what the kernel has printed, for faults [$(LOG)]' \
	    'WAVE' 'file that wave writes [$(WAVE)]' \
	    'CONFIG' 'core for sim, wave, verilog, synth-check: default, minimal, plain, pmp4, pmp8 or pmp16 [$(CONFIG)]' \
	    'OUT' 'file that verilog writes [$(OUT)]' \
	    'SEED' 'first seed of synth-check, fuzz, hostile, mutate [$(SEED)]' \
	    'SEEDS' 'placements of each core by synth-check, and by overhead, there 8 if not set [$(SEEDS)]' \
	    'N' 'programs of fuzz and hostile, mutants of mutate [$(N)]' \
	    'ARGS' 'further options of the command behind the target; for test and plants, of pytest [$(ARGS)]' \
	    'BOARD' 'icebreaker, tang-nano-20k or ulx3s, for bitstream, load, board-test [$(BOARD)]' \
	    'PORT' 'serial line of the board, for load and board-test; board-test: or sim [$(PORT)]' \
	    'RISCV_TESTS' 'checkout of riscv-software-src/riscv-tests with its submodule env [$(RISCV_TESTS)]' \
	    'RISCV_FORMAL' 'checkout of YosysHQ/riscv-formal [$(RISCV_FORMAL)]' \
	    'COREMARK' 'checkout of eembc/coremark [$(COREMARK)]' \
	    'SCHEDULER' 'overhead: address of a Dask cluster to run on, tcp://host:port [$(SCHEDULER)]' \
	    'ONLY' 'formal, overhead, riscv-tests, riscv-formal: only what matches this regular expression [$(ONLY)]' \
	    'IMAGE' 'folder with image.toml, for image, audit and size; the last two take the demo without [$(IMAGE)]' \
	    'JOBS' 'tests, proofs, programs or placements at a time [$(JOBS)]' \
	    'VENV' 'where the tools are installed [$(VENV)]' \
	    'PYTHON' 'Python to install them with, 3.11 or later [$(PYTHON)]' \
	    'CROSS_COMPILE' 'prefix of a GNU toolchain to use instead of zig cc [$(CROSS_COMPILE)]'

# The tools

$(TOOLS): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "$(PYTHON) is missing or older than 3.11; set PYTHON=/path/to/python3" >&2; exit 1; }
	@test -x $(VENV)/bin/python || $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	    { echo "$(PYTHON) cannot make virtual environments; on Debian or Ubuntu: apt install python3-venv" >&2; exit 1; }
	@echo "Installing the tools into $(VENV)"
	@test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -e '.[test,lint,docs]'
	@touch $@

$(SYNTH_TOOLS): $(TOOLS)
	@echo "Installing place and route into $(VENV)"
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -e '.[synth]'
	@touch $@

$(FORMAL_TOOLS): $(TOOLS)
	@echo "Installing the prover into $(VENV)"
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -e '.[formal]'
	@touch $@

$(OVERHEAD_TOOLS): $(TOOLS)
	@echo "Installing place and route for several FPGAs into $(VENV)"
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -e '.[overhead]'
	@touch $@

$(PEERS): $(TOOLS)
	@echo "Installing other people's cores into $(VENV)"
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -e '.[peers]'
	@touch $@

$(BOARD_TOOLS): $(TOOLS)
	@echo "Installing place and route, packers and programmer into $(VENV)"
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -e '.[boards]'
	@touch $@

setup: $(TOOLS) ## Install the tools, all of them into VENV

doctor: $(TOOLS) ## Try every tool, say what to do about a missing one
	@$(PADDOCK) doctor

# The project

demo: $(TOOLS) ## Run the kernel and its modules, a rogue one among them; judge the result
	@$(PADDOCK) demo $(ARGS)

bench: $(TOOLS) ## Cycles of calls, interrupts, faults, drivers at work: with bounds, without, with PMP, with checks by the compiler
	@$(PADDOCK) bench $(ARGS)

shell: $(TOOLS) ## A monitor on the simulated serial line, usable by hand; `exit` ends it
	@$(PADDOCK) shell $(ARGS)

faults: $(TOOLS) ## Add source lines to the faults in LOG (or stdin), printed by ELF
	@$(if $(ELF),,echo "make faults needs ELF=program.elf" >&2; exit 2;) $(PADDOCK) faults $(ELF) $(LOG)

image: $(TOOLS) ## Build the kernel and modules of IMAGE, and run them in the simulator
	@$(if $(IMAGE),,echo "make image needs IMAGE=folder with an image.toml, such as firmware/examples/01_hello" >&2; exit 2;) \
	    $(PADDOCK) image $(IMAGE) $(ARGS)

audit: $(TOOLS) ## Who may touch what, who may call whom, what is in each module: a page for IMAGE
	@$(PADDOCK) audit $(IMAGE) $(ARGS)

size: $(TOOLS) ## Code and RAM of the kernel by part, and of what else is in IMAGE
	@$(PADDOCK) size $(IMAGE) $(ARGS)

test: $(TOOLS) ## All tests; the result is also in build/results/junit.xml
	@$(VENV)/bin/python -m pytest -n $(JOBS) --ignore=verif/plants --junit-xml=build/results/junit.xml $(ARGS)

plants: $(TOOLS) ## The suites on cores with one planted bug each: do they notice? Five minutes
	@$(VENV)/bin/python -m pytest -n $(JOBS) --junit-xml=build/results/plants.xml verif/plants $(ARGS)

test-quick: $(TOOLS) ## The tests of single blocks and of the tools, under two minutes
	@$(VENV)/bin/python -m pytest -n $(JOBS) verif/unit $(ARGS)

lint: $(TOOLS) ## Check the Python code: rules and format
	@$(VENV)/bin/ruff check
	@$(VENV)/bin/ruff format --check

gen: $(TOOLS) ## Write headers and tables of the docs from rtl/paddock/isa
	@$(PADDOCK) gen

gen-check: $(TOOLS) ## Fail if a generated file is not up to date
	@$(PADDOCK) gen --check

sim: $(TOOLS) ## Run ELF in the fast simulator
	@$(if $(ELF),,echo "make sim needs ELF=program.elf" >&2; exit 2;) \
	    $(PADDOCK) sim $(ELF) --config $(CONFIG) --max-cycles $(MAX_CYCLES) $(ARGS)

wave: $(TOOLS) ## Run ELF and record all signals to WAVE
	@$(if $(ELF),,echo "make wave needs ELF=program.elf" >&2; exit 2;) \
	    $(PADDOCK) sim $(ELF) --config $(CONFIG) --max-cycles $(MAX_CYCLES) --wave $(WAVE) $(ARGS)

verilog: $(TOOLS) ## Emit the core as one Verilog file, OUT
	@$(PADDOCK) verilog --config $(CONFIG) -o $(OUT) $(ARGS)

synth-check: $(SYNTH_TOOLS) ## Size and frequency on ECP5, with and without the extension
	@$(PADDOCK) synth-check --config $(CONFIG) --seed $(SEED) --seeds $(SEEDS) --jobs $(JOBS) $(ARGS)

overhead: $(if $(findstring --cycles,$(ARGS)),$(TOOLS),$(OVERHEAD_TOOLS)) $(if $(findstring --peers,$(ARGS)),$(PEERS)) ## Measure what protection costs: every configuration on every FPGA; cycles
	@$(PADDOCK) overhead --only '$(ONLY)' --jobs $(JOBS) --scheduler '$(SCHEDULER)' \
	    $(if $(filter file,$(origin SEEDS)),,--seeds $(SEEDS)) $(ARGS)

riscv-tests: $(TOOLS) ## Run the public riscv-tests from the checkout RISCV_TESTS on the core: with the extension, without, with PMP
	@$(if $(RISCV_TESTS),,echo "make riscv-tests needs RISCV_TESTS=folder with a checkout of riscv-tests" >&2; exit 2;) \
	    $(PADDOCK) riscv-tests $(RISCV_TESTS) --only '$(ONLY)' --jobs $(JOBS) $(ARGS)

coremark: $(TOOLS) ## Run CoreMark from the checkout COREMARK: cycles without the extension, with it, inside a module's windows
	@$(if $(COREMARK),,echo "make coremark needs COREMARK=folder with a checkout of eembc/coremark" >&2; exit 2;) \
	    $(PADDOCK) coremark $(COREMARK) $(ARGS)

formal: $(FORMAL_TOOLS) ## Prove the isolation properties on the core, without a depth bound
	@$(PADDOCK) formal --only '$(ONLY)' --jobs $(JOBS) $(ARGS)

riscv-formal: $(FORMAL_TOOLS) ## Carry out the public riscv-formal from the checkout RISCV_FORMAL, with the extension in and out
	@$(if $(RISCV_FORMAL),,echo "make riscv-formal needs RISCV_FORMAL=folder with a checkout of riscv-formal" >&2; exit 2;) \
	    $(PADDOCK) riscv-formal $(RISCV_FORMAL) --only '$(ONLY)' --jobs $(JOBS) $(ARGS)

fuzz: $(TOOLS) ## Random programs on the core against Unicorn and our model, N of them or until interrupted
	@$(CAMPAIGN) fuzz --seed $(SEED) --jobs $(JOBS) $(if $(N),--n $(N)) $(ARGS)

hostile: $(TOOLS) ## Random and evolved machine code as a module on the whole SoC, N programs or until interrupted
	@$(CAMPAIGN) hostile --seed $(SEED) --jobs $(JOBS) $(if $(N),--n $(N)) $(ARGS)

mutate: $(FORMAL_TOOLS) ## Change the core in N places, one at a time: do the suites notice?
	@$(CAMPAIGN) mutate --seed $(SEED) --jobs $(JOBS) $(if $(N),--n $(N)) $(ARGS)

coverage: $(TOOLS) ## Which of (window, kind, size, edge, pipeline situation) the tests reach
	@$(CAMPAIGN) funcov --jobs $(JOBS) $(ARGS)

verify: $(FORMAL_TOOLS) ## All of the above, at the size of a night; a page with what failed and how to replay it
	@$(CAMPAIGN) nightly --jobs $(JOBS) --riscv-tests '$(RISCV_TESTS)' --riscv-formal '$(RISCV_FORMAL)' $(ARGS)

results: $(SYNTH_TOOLS) ## Measure everything that docs/gen/results.md shows, and write that page
	@$(PADDOCK) demo
	-@$(PADDOCK) size
	@$(PADDOCK) synth-check --seeds 5 --jobs $(JOBS)
	@cp build/results/demo.json build/results/size.json build/results/synth_check.json docs/results/
	@$(PADDOCK) gen

setup-boards: $(BOARD_TOOLS) ## Install what the four board targets below need, too

bitstream: $(BOARD_TOOLS) ## Bitstream for BOARD: what it takes, how fast it can be
	@$(if $(BOARD),,echo "make bitstream needs BOARD=icebreaker, tang-nano-20k or ulx3s" >&2; exit 2;) \
	    $(BOARDS) bitstream $(BOARD) $(ARGS)

load: $(BOARD_TOOLS) ## Program BOARD; with ELF send that to it over PORT and start it
	@$(if $(BOARD),,echo "make load needs BOARD=icebreaker, tang-nano-20k or ulx3s" >&2; exit 2;) \
	    $(BOARDS) load $(BOARD) $(if $(PORT),--port $(PORT)) $(if $(ELF),--elf $(ELF)) $(ARGS)

board-test: $(BOARD_TOOLS) ## The self-test on BOARD behind PORT, or in the simulator with PORT=sim
	@$(if $(BOARD),,echo "make board-test needs BOARD=icebreaker, tang-nano-20k or ulx3s" >&2; exit 2;) \
	    $(BOARDS) test $(BOARD) $(if $(PORT),--port $(PORT)) $(ARGS)

netlist-test: $(BOARD_TOOLS) ## The self-test on the placed and routed netlist of the iCEBreaker, in Verilator
	@$(BOARDS) netlist $(ARGS)

clean: ## Delete everything that was built; VENV stays
	rm -rf build
