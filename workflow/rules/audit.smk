# The audit of the data sets: composition, duplicates, suspected label errors. config/datasets.yaml names the networks
# whose scores (`network`) and `features` it uses.


rule features:
    input:
        unpack(lambda w: PLAN.audits.features_inputs(w.dataset)),
        sources=lambda w: sources("scripts/features.py", *PLAN.audits.features_sources(w.dataset), env="compute"),
    output:
        features="results/{run}/audit/{dataset}/features.npy",
    log:
        "results/{run}/logs/features/{dataset}.log",
    benchmark:
        "results/{run}/benchmarks/features/{dataset}.tsv"
    conda:
        "../envs/compute.yaml"
    threads: lambda w: PLAN.audits.features_spec(w.dataset)["threads"]
    resources:
        mem_mb=4000,
        gpu_share=gpu_share,
    params:
        spec=lambda w: PLAN.audits.features_spec(w.dataset),
    script:
        "../../scripts/features.py"


rule audit:
    input:
        unpack(lambda w: PLAN.audits.inputs(w.dataset)),
        sources=sources("scripts/audit.py", env="analysis"),
    output:
        audit="results/{run}/audit/{dataset}/audit.json",
        pairs="results/{run}/audit/{dataset}/pairs.csv",
        label_errors="results/{run}/audit/{dataset}/label_errors.csv",
    log:
        "results/{run}/logs/audit/{dataset}.log",
    benchmark:
        "results/{run}/benchmarks/audit/{dataset}.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=2000,
    params:
        spec=lambda w: PLAN.audits.spec(w.dataset),
    script:
        "../../scripts/audit.py"


rule figure_samples:
    input:
        images=lambda w: PLAN.paths.prepared(w.dataset)["images"],
        labels=lambda w: PLAN.paths.prepared(w.dataset)["labels"],
        dataset=lambda w: PLAN.paths.prepared(w.dataset)["dataset"],
        sources=sources("scripts/figure_samples.py", env="analysis"),
    output:
        figure=reported(
            "results/{run}/audit/{dataset}/samples.png", "Data", "{dataset}", "samples", figure="random images"
        ),
    log:
        "results/{run}/logs/figure_samples/{dataset}.log",
    benchmark:
        "results/{run}/benchmarks/figure_samples/{dataset}.tsv"
    conda:
        "../envs/analysis.yaml"
    script:
        "../../scripts/figure_samples.py"


rule figure_duplicates:
    input:
        audit="results/{run}/audit/{dataset}/audit.json",
        pairs="results/{run}/audit/{dataset}/pairs.csv",
        images=lambda w: PLAN.paths.prepared(w.dataset)["images"],
        sources=sources("scripts/figure_duplicates.py", env="analysis"),
    output:
        pairs=reported(
            "results/{run}/audit/{dataset}/duplicates.png", "Data", "{dataset}", "duplicates", figure="duplicates"
        ),
        similarity=reported(
            "results/{run}/audit/{dataset}/similarity.svg", "Data", "{dataset}", "similarity", figure="similarities"
        ),
    log:
        "results/{run}/logs/figure_duplicates/{dataset}.log",
    benchmark:
        "results/{run}/benchmarks/figure_duplicates/{dataset}.tsv"
    conda:
        "../envs/analysis.yaml"
    script:
        "../../scripts/figure_duplicates.py"


rule figure_label_errors:
    input:
        label_errors="results/{run}/audit/{dataset}/label_errors.csv",
        images=lambda w: PLAN.paths.prepared(w.dataset)["images"],
        sources=sources("scripts/figure_label_errors.py", env="analysis"),
    output:
        figure=reported(
            "results/{run}/audit/{dataset}/label_errors.png",
            "Data",
            "{dataset}",
            "label_errors",
            figure="suspected label errors",
        ),
    log:
        "results/{run}/logs/figure_label_errors/{dataset}.log",
    benchmark:
        "results/{run}/benchmarks/figure_label_errors/{dataset}.tsv"
    conda:
        "../envs/analysis.yaml"
    script:
        "../../scripts/figure_label_errors.py"
