# What the networks learned: one job for each network and method; sentences and figures are made from what it saves.


rule interpret:
    input:
        unpack(lambda w: INTERPRETATION.interpret(w.network, w.method).inputs),
        sources=lambda w: sources(
            "scripts/interpret.py", *INTERPRETATION.interpret(w.network, w.method).sources, env="compute"
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
        spec=lambda w: INTERPRETATION.interpret(w.network, w.method).spec,
    script:
        "../../scripts/interpret.py"


rule summarise:
    input:
        unpack(lambda w: INTERPRETATION.summarise(w.network, w.method).inputs),
        sources=lambda w: sources(
            "scripts/summarise.py", *INTERPRETATION.summarise(w.network, w.method).sources, env="analysis"
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
        spec=lambda w: INTERPRETATION.summarise(w.network, w.method).spec,
    script:
        "../../scripts/summarise.py"


rule figure_interpretation:
    input:
        unpack(lambda w: INTERPRETATION.figure(w.network, w.method, w.figure).inputs),
        sources=lambda w: sources(
            "scripts/figure_interpretation.py",
            *INTERPRETATION.figure(w.network, w.method, w.figure).sources,
            env="analysis",
        ),
    output:
        figure=report(
            "results/{run}/interpretation/{network}/{method}/{figure}",
            category="Interpretation",
            subcategory="{network}",
            labels={"figure": "{method}", "of": "{figure}"},
            caption="../../report/captions/interpretation.rst",
        ),
    log:
        "results/{run}/logs/figure_interpretation/{network}/{method}/{figure}.log",
    benchmark:
        "results/{run}/benchmarks/figure_interpretation/{network}/{method}/{figure}.tsv"
    wildcard_constraints:
        figure=r"[^/]+\.(png|svg)",
    conda:
        "../envs/analysis.yaml"
    params:
        spec=lambda w: INTERPRETATION.figure(w.network, w.method, w.figure).spec,
    script:
        "../../scripts/figure_interpretation.py"


rule reliability:
    input:
        unpack(lambda w: INTERPRETATION.reliability(w.network).inputs),
        sources=lambda w: sources(
            "scripts/reliability.py", *INTERPRETATION.reliability(w.network).sources, env="compute"
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
        spec=lambda w: INTERPRETATION.reliability(w.network).spec,
    script:
        "../../scripts/reliability.py"


rule figure_reliability:
    input:
        unpack(lambda w: INTERPRETATION.figure_reliability(w.network).inputs),
        sources=sources("scripts/figure_reliability.py", env="analysis"),
    output:
        figure=report(
            "results/{run}/interpretation/{network}/reliability/reliability.svg",
            category="Interpretation",
            subcategory="{network}",
            labels={"figure": "reliability of attribution", "of": "all"},
            caption="../../report/captions/reliability.rst",
        ),
        summary="results/{run}/interpretation/{network}/reliability/summary.json",
    log:
        "results/{run}/logs/figure_reliability/{network}.log",
    benchmark:
        "results/{run}/benchmarks/figure_reliability/{network}.tsv"
    conda:
        "../envs/analysis.yaml"
    params:
        spec=lambda w: INTERPRETATION.figure_reliability(w.network).spec,
    script:
        "../../scripts/figure_reliability.py"
