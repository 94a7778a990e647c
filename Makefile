# What README tells people to type. Everything runs in .venv, made from requirements.lock. Recipes take names and files, which
# are given on the command line, from the environment, as "$$NAME", where no quote, bracket or blank of them can do harm.

CORES ?= $(shell nproc 2>/dev/null || echo 2)
PYTHON ?= python3
BIN := .venv/bin
SNAKEMAKE := $(BIN)/snakemake --cores $(CORES)
PYTEST := $(BIN)/python -m pytest -q -n $(CORES) --dist loadgroup
EMBEDDED := --configfile config/embedded.yaml
# Of a configuration that it cannot read, Snakemake does not name the file
READABLE := PYTHONPATH=scripts $(BIN)/python -m cnnatlas.configuration.readable config/config.yaml
UV_VERSION := 0.13.8
# Titles can be printed in every locale
export PYTHONUTF8 := 1
# Where a container forbids bytecode files, every job and every test compiles all its modules again
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help report test test-fast test-deep lint format check bench gpu-check scale plan progress show why verify compare \
  clean-orphans predict export lock clean

help:  ## list these targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

.venv/.complete: requirements.lock
	@$(PYTHON) -c 'import sys; own = sys.version_info[:2]; sys.exit(not (3, 11) <= own < (3, 14) and \
	  "Python 3.11, 3.12 or 3.13 is needed, and this is %d.%d: make PYTHON=/path/to/python3.13" % own)'
	@PYTHONPATH=scripts $(PYTHON) -m cnnatlas.workflow.places
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock
	touch $@

report: .venv/.complete  ## the whole study on drawn data: results/embedded/report/report.pdf
	@$(READABLE) config/embedded.yaml
	$(SNAKEMAKE) $(EMBEDDED)

test: .venv/.complete  ## what guards each promise once, in some ten minutes
	$(PYTEST) -m 'not deep'

test-fast: .venv/.complete  ## those of them that start no run, no browser and no training
	$(PYTEST) -m 'not slow and not deep'

test-deep: .venv/.complete  ## the long ones: the whole run shrunk, all its reruns, SLURM, conda, kills
	$(PYTEST) -m deep

lint: .venv/.complete  ## formatting, linters, and env yamls against the lock
	$(BIN)/ruff check scripts tests benchmarks workflow report
	$(BIN)/ruff format --check scripts tests benchmarks workflow
	$(BIN)/snakefmt --check Snakefile workflow
	$(BIN)/snakemake --lint $(EMBEDDED)
	$(BIN)/python workflow/envs/pin.py --check

format: .venv/.complete  ## let ruff and snakefmt rewrite what they can
	$(BIN)/ruff check --fix scripts tests benchmarks workflow report
	$(BIN)/ruff format scripts tests benchmarks workflow
	$(BIN)/snakefmt Snakefile workflow

check: .venv/.complete  ## [CONFIG=config/cpu.yaml]: whether all networks can be trained and all texts shown, in seconds
	@$(READABLE) "$${CONFIG:-config/embedded.yaml}"
	@$(BIN)/snakemake --configfile "$${CONFIG:-config/embedded.yaml}" --cores $(CORES) --forcerun check_networks check_texts -- check

bench: .venv/.complete  ## speed of training against a plain loop and the hardware, of MyTorch and occlusion against others
	$(BIN)/python benchmarks/training.py
	$(BIN)/python benchmarks/throughput.py
	$(BIN)/python benchmarks/mytorch.py
	$(BIN)/python benchmarks/occlusion.py

gpu-check: .venv/.complete  ## checks of a GPU and its speed, within minutes; docs/gpu.md also tells how on a machine without this project
	$(BIN)/python benchmarks/gpu.py prepare results/gpu_check $(if $(wildcard resources/upstream/cifar10/split.npz),--cifar10 resources/upstream/cifar10)
	$(BIN)/python benchmarks/gpu.py check results/gpu_check

scale: .venv/.complete  ## time and memory to plan up to 10,000 more variants; what all trainings of the full study take
	$(BIN)/python benchmarks/scale.py
	$(BIN)/python benchmarks/study_cost.py

plan: .venv/.complete  ## [CONFIG=config/cpu.yaml]: what a run costs, before it runs: jobs by rule, processor and GPU hours, disk
	@$(BIN)/python scripts/plan.py "$${CONFIG:-config/embedded.yaml}" '$(CORES)'

progress: .venv/.complete  ## [RUN=results/cpu] [WATCH=10]: trainings under way, with epoch, accuracy, images/s, time left
	@$(BIN)/python scripts/progress.py "$${RUN:-results/embedded}" $${WATCH:+"$$WATCH"}

show: .venv/.complete  ## make show VARIANT=d1_shallow [CONFIG=config/cpu.yaml]: its spec in that run, size and targets
	@$(if $(VARIANT),,$(error name one: make show VARIANT=d1_shallow))$(BIN)/python scripts/show.py "$$VARIANT" "$${CONFIG:-config/embedded.yaml}"

why: .venv/.complete  ## make why TARGET=results/... [CONFIG=config/cpu.yaml]: why it would be rebuilt, in words
	@$(if $(TARGET),,$(error name one: make why TARGET=results/embedded/report/report.pdf))$(BIN)/python scripts/why.py \
	  "$$TARGET" $${CONFIG:+"$$CONFIG"}

verify: .venv/.complete  ## make verify A=results/embedded B=../again/results/embedded: are two runs the same bytes, and if not, why
	@$(if $(A),,$(error name two runs: make verify A=results/embedded B=../again/results/embedded))\
	  $(if $(B),,$(error name a second run: B=../again/results/embedded))$(BIN)/python scripts/verify.py "$$A" "$$B"

compare: .venv/.complete  ## make compare A=results/embedded B=results/cpu: two runs' accuracies side by side, and what differs
	@$(if $(A),,$(error name two runs: make compare A=results/embedded B=results/cpu))\
	  $(if $(B),,$(error name a second run: B=results/cpu))$(BIN)/python scripts/compare_runs.py "$$A" "$$B"

clean-orphans: .venv/.complete  ## make clean-orphans RUN=results/embedded [REMOVE=yes]: what a run no longer makes
	@$(if $(RUN),,$(error name a run: make clean-orphans RUN=results/embedded))$(BIN)/python scripts/orphans.py \
	  "$$RUN" $${REMOVE:+"$$REMOVE"}

predict: .venv/.complete  ## make predict IMAGE=cat.jpg [VARIANT=d2_own] [RUN=results/embedded] [SEED=0] [METHOD=cam]: what a network says, and where it looks
	@$(if $(IMAGE),,$(error name one: make predict IMAGE=cat.jpg))$(BIN)/python scripts/predict.py "$$IMAGE" \
	  "$${RUN:-results/embedded}" "$${VARIANT:-d2_own}" "$${SEED:-0}" $${METHOD:+"$$METHOD"}

export: .venv/.complete  ## make export VARIANT=d2_own [RUN=results/embedded] [SEED=0]: its network as files for other programs, ONNX among them
	@$(if $(VARIANT),,$(error name one: make export VARIANT=d2_own))$(BIN)/python scripts/export.py \
	  "$${RUN:-results/embedded}" "$$VARIANT" "$${SEED:-0}"

lock: .venv/.complete  ## pin dependencies, write env yamls, after an edit of pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --group develop pyproject.toml -o requirements.lock
	PATH=$(abspath $(BIN)):$$PATH $(BIN)/python workflow/envs/pin.py

clean:  ## remove the embedded run's results and data
	rm -rf results/embedded resources/embedded
