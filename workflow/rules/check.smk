# What is checked before anything trains, in seconds, instead of failing hours later. No training depends on a check, or
# one that runs again would retrain everything; Snakemake's `ancient` does not help, for where such an input is made anew
# it overlooks what else has changed for a job. Instead a check comes first, and takes all cores: until it has ended
# nothing else starts, and where it fails nothing will. Places in files are functions of `output`, which Snakemake does
# not compare: a comment moves them.


rule check_networks:
    input:
        sources=lambda w: sources("scripts/check_networks.py", *PLAN.checks.sources(), env="compute"),
    output:
        passed="results/{run}/checks/networks.json",
    log:
        "results/{run}/logs/check_networks/networks.log",
    benchmark:
        "results/{run}/benchmarks/check_networks/networks.tsv"
    priority: 100
    localrule: True
    conda:
        "../envs/compute.yaml"
    threads: workflow.resource_settings.cores or 1  # workflow.cores fails where none are given, as for --rulegraph
    params:
        spec=lambda w: PLAN.checks.networks(),
        places=lambda w, output: PLAN.checks.places(),
        # A cluster's nodes have other processors and memory than the host that submits to them, where this runs
        trains_here=lambda w, output: workflow.local_exec,
    script:
        "../../scripts/check_networks.py"


rule check_texts:
    input:
        sources=sources("scripts/check_texts.py", env="report"),
        notebooks=lambda w: [own(f"report/notebooks/{chapter}.ipynb") for chapter in CHAPTERS],
    output:
        passed="results/{run}/checks/texts.json",
    log:
        "results/{run}/logs/check_texts/texts.log",
    benchmark:
        "results/{run}/benchmarks/check_texts/texts.tsv"
    priority: 100
    localrule: True
    conda:
        "../envs/report.yaml"
    threads: workflow.resource_settings.cores or 1  # workflow.cores fails where none are given, as for --rulegraph
    params:
        spec=lambda w: {"texts": sorted(PLAN.checks.texts(CONFIGURED, ITEMS))},
        places=lambda w, output: PLAN.checks.texts(CONFIGURED, ITEMS),
    script:
        "../../scripts/check_texts.py"
