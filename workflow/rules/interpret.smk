# What the networks learned: one job for each network and method; sentences and figures are made from what it saves.


rule interpret:
    input:
        unpack(lambda w: PLAN.interpretation.interpret(w.network, w.method).inputs),
        sources=lambda w: sources(
            "scripts/interpret.py", *PLAN.interpretation.interpret(w.network, w.method).sources, env="compute"
        ),
    output:
        arrays="results/{run}/interpretation/{network}/{method}/arrays.npz",
        record="results/{run}/interpretation/{network}/{method}/record.json",
    log:
        "results/{run}/logs/interpret/{network}/{method}.log",
    benchmark:
        "results/{run}/benchmarks/interpret/{network}/{method}.tsv"
    conda:
        "../envs/compute.yaml"
    threads: lambda w: SPECS[w.network]["threads"] if w.network in SPECS else 1
    resources:
        mem_mb=4000,
        gpu_share=gpu_share,
    params:
        spec=lambda w: PLAN.interpretation.interpret(w.network, w.method).spec,
    script:
        "../../scripts/interpret.py"


rule summarise:
    input:
        unpack(lambda w: PLAN.interpretation.summarise(w.network, w.method).inputs),
        sources=lambda w: sources(
            "scripts/summarise.py", *PLAN.interpretation.summarise(w.network, w.method).sources, env="analysis"
        ),
    output:
        summary="results/{run}/interpretation/{network}/{method}/summary.json",
    log:
        "results/{run}/logs/summarise/{network}/{method}.log",
    benchmark:
        "results/{run}/benchmarks/summarise/{network}/{method}.tsv"
    conda:
        "../envs/analysis.yaml"
    params:
        spec=lambda w: PLAN.interpretation.summarise(w.network, w.method).spec,
    script:
        "../../scripts/summarise.py"


rule figure_interpretation:
    input:
        unpack(lambda w: PLAN.interpretation.figure(w.network, w.method, w.figure).inputs),
        sources=lambda w: sources(
            "scripts/figure_interpretation.py",
            *PLAN.interpretation.figure(w.network, w.method, w.figure).sources,
            env="analysis",
        ),
    output:
        figure=reported(
            "results/{run}/interpretation/{network}/{method}/{figure}",
            "Interpretation",
            "{network}",
            "interpretation",
            figure="{method}",
            of="{figure}",
        ),
    wildcard_constraints:
        figure=r"[^/]+\.(png|svg)",
    conda:
        "../envs/analysis.yaml"
    params:
        spec=lambda w: PLAN.interpretation.figure(w.network, w.method, w.figure).spec,
    script:
        "../../scripts/figure_interpretation.py"


rule reliability:
    input:
        unpack(lambda w: PLAN.interpretation.reliability(w.network).inputs),
        sources=lambda w: sources(
            "scripts/reliability.py", *PLAN.interpretation.reliability(w.network).sources, env="compute"
        ),
    output:
        assessments="results/{run}/interpretation/{network}/reliability/assessments.json",
    log:
        "results/{run}/logs/reliability/{network}.log",
    benchmark:
        "results/{run}/benchmarks/reliability/{network}.tsv"
    priority: 1  # the longest jobs here: one that starts last is waited for
    conda:
        "../envs/compute.yaml"
    threads: lambda w: SPECS[w.network]["threads"]
    resources:
        mem_mb=4000,
        gpu_share=gpu_share,
    params:
        spec=lambda w: PLAN.interpretation.reliability(w.network).spec,
    script:
        "../../scripts/reliability.py"


rule figure_reliability:
    input:
        unpack(lambda w: PLAN.interpretation.figure_reliability(w.network).inputs),
        sources=sources("scripts/figure_reliability.py", env="analysis"),
    output:
        figure=reported(
            "results/{run}/interpretation/{network}/reliability/reliability.svg",
            "Interpretation",
            "{network}",
            "reliability",
            figure="reliability of attribution",
            of="all",
        ),
        summary="results/{run}/interpretation/{network}/reliability/summary.json",
    log:
        "results/{run}/logs/figure_reliability/{network}.log",
    benchmark:
        "results/{run}/benchmarks/figure_reliability/{network}.tsv"
    conda:
        "../envs/analysis.yaml"
    params:
        spec=lambda w: PLAN.interpretation.figure_reliability(w.network).spec,
    script:
        "../../scripts/figure_reliability.py"
