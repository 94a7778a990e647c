# The user's own photographs (`photographs` in the configuration): one job shows one of them to all networks, so that
# another photograph reruns nothing of the others. It runs without a GPU: one image is too little for one.


rule photograph:
    input:
        photograph=lambda w: local(PLAN.photographs.file(w.photograph)),
        weights=lambda w: PLAN.photographs.weights(),
        sources=lambda w: sources("scripts/photograph.py", *PLAN.photographs.sources(), env="compute"),
    output:
        arrays="results/{run}/photographs/{photograph}/arrays.npz",
        record="results/{run}/photographs/{photograph}/record.json",
    log:
        "results/{run}/logs/photograph/{photograph}.log",
    benchmark:
        "results/{run}/benchmarks/photograph/{photograph}.tsv"
    conda:
        "../envs/compute.yaml"
    resources:
        mem_mb=4000,
    params:
        spec=lambda w: PLAN.photographs.spec(w.photograph),
    script:
        "../../scripts/photograph.py"


rule figure_photograph:
    input:
        arrays="results/{run}/photographs/{photograph}/arrays.npz",
        record="results/{run}/photographs/{photograph}/record.json",
        sources=sources("scripts/figure_photograph.py", env="analysis"),
    output:
        figure=reported(
            "results/{run}/photographs/{photograph}/photograph.png",
            "Photographs",
            "{photograph}",
            "photograph",
            figure="answers and maps",
        ),
    log:
        "results/{run}/logs/figure_photograph/{photograph}.log",
    benchmark:
        "results/{run}/benchmarks/figure_photograph/{photograph}.tsv"
    conda:
        "../envs/analysis.yaml"
    params:
        spec=lambda w: PLAN.photographs.figure_spec(),
    script:
        "../../scripts/figure_photograph.py"
