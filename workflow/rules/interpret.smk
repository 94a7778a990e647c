# What the networks learned: one job for each network and method; figures are drawn from what it saves.


rule interpret:
    input:
        unpack(look_inputs),
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
        spec=look_spec,
    script:
        "../../scripts/interpret.py"


rule summarise:
    input:
        unpack(summary_inputs),
    output:
        summary="results/{run}/interpretation/{network}/{method}/summary.json",
    log:
        "results/{run}/logs/summarise/{network}/{method}.log",
    benchmark:
        "results/{run}/benchmarks/summarise/{network}/{method}.tsv"
    conda:
        "../envs/analysis.yaml"
    params:
        spec=lambda w: {"summary": SUMMARIES[w.method]},
    script:
        "../../scripts/summarise.py"


rule figure_attribution:
    input:
        arrays="results/{run}/interpretation/{network}/{attribution}/arrays.npz",
        record="results/{run}/interpretation/{network}/{attribution}/record.json",
        sources=sources("scripts/figure_attribution.py", env="analysis"),
    output:
        figure=report(
            "results/{run}/interpretation/{network}/{attribution}/{shown}.png",
            category="Interpretation",
            subcategory="{network}",
            labels={"figure": "{attribution}", "of": "{shown}"},
            caption="../../report/captions/attribution.rst",
        ),
    log:
        "results/{run}/logs/figure_attribution/{network}/{attribution}/{shown}.log",
    benchmark:
        "results/{run}/benchmarks/figure_attribution/{network}/{attribution}/{shown}.tsv"
    conda:
        "../envs/analysis.yaml"
    script:
        "../../scripts/figure_attribution.py"


rule figure_layer:
    input:
        arrays="results/{run}/interpretation/{network}/{layered}/arrays.npz",
        record="results/{run}/interpretation/{network}/{layered}/record.json",
        sources=lambda w: sources("scripts/figure_layer.py", f"scripts/cnnatlas/interpretation/figures/{w.layered}.py", env="analysis"),
    output:
        figure=report(
            "results/{run}/interpretation/{network}/{layered}/layer{layer}.png",
            category="Interpretation",
            subcategory="{network}",
            labels={"figure": "{layered}", "of": "layer {layer}"},
            caption="../../report/captions/layer.rst",
        ),
    log:
        "results/{run}/logs/figure_layer/{network}/{layered}/layer{layer}.log",
    benchmark:
        "results/{run}/benchmarks/figure_layer/{network}/{layered}/layer{layer}.tsv"
    conda:
        "../envs/analysis.yaml"
    script:
        "../../scripts/figure_layer.py"


rule figure_gabor:
    input:
        summary="results/{run}/interpretation/{network}/filters/summary.json",
        sources=sources("scripts/figure_gabor.py", env="analysis"),
    output:
        figure=report(
            "results/{run}/interpretation/{network}/filters/gabor.svg",
            category="Interpretation",
            subcategory="{network}",
            labels={"figure": "Gabor fits", "of": "first layer"},
            caption="../../report/captions/gabor.rst",
        ),
    log:
        "results/{run}/logs/figure_gabor/{network}.log",
    benchmark:
        "results/{run}/benchmarks/figure_gabor/{network}.tsv"
    conda:
        "../envs/analysis.yaml"
    script:
        "../../scripts/figure_gabor.py"


rule figure_synthesis:
    input:
        arrays="results/{run}/interpretation/{network}/{synthesis}/arrays.npz",
        record="results/{run}/interpretation/{network}/{synthesis}/record.json",
        sources=lambda w: sources(
            "scripts/figure_synthesis.py", f"scripts/cnnatlas/interpretation/figures/{SYNTHESES[w.synthesis]}.py", env="analysis"
        ),
    output:
        figure=report(
            "results/{run}/interpretation/{network}/{synthesis}/{synthesis}.png",
            category="Interpretation",
            subcategory="{network}",
            labels={"figure": "{synthesis}", "of": "all"},
            caption="../../report/captions/synthesis.rst",
        ),
    log:
        "results/{run}/logs/figure_synthesis/{network}/{synthesis}.log",
    benchmark:
        "results/{run}/benchmarks/figure_synthesis/{network}/{synthesis}.tsv"
    conda:
        "../envs/analysis.yaml"
    params:
        spec=lambda w: {"figure": SYNTHESES[w.synthesis]},
    script:
        "../../scripts/figure_synthesis.py"


rule audit_attribution:
    input:
        weights=lambda w: first_weights(w.network),
        images=lambda w: prepared(SPECS[w.network]["dataset"])["images"],
        labels=lambda w: prepared(SPECS[w.network]["dataset"])["labels"],
        split=lambda w: prepared(SPECS[w.network]["dataset"])["split"],
        classes=lambda w: network_data(w.network),
        masks=lambda w: f"resources/{COLLECTION}/{SPECS[w.network]['dataset']}/masks.npz",
        sources=audit_sources,
    output:
        audits="results/{run}/interpretation/{network}/audits.json",
    log:
        "results/{run}/logs/audit_attribution/{network}.log",
    benchmark:
        "results/{run}/benchmarks/audit_attribution/{network}.tsv"
    priority: 1  # the longest jobs here: one that starts last is waited for
    conda:
        "../envs/compute.yaml"
    threads: lambda w: SPECS[w.network]["threads"]
    resources:
        mem_mb=4000,
        gpu_share=gpu_share,
    params:
        spec=audited_spec,
    script:
        "../../scripts/audit_attribution.py"


rule figure_audit:
    input:
        audits="results/{run}/interpretation/{network}/audits.json",
        sources=sources("scripts/figure_audit.py", env="analysis"),
    output:
        figure=report(
            "results/{run}/interpretation/{network}/audit.svg",
            category="Interpretation",
            subcategory="{network}",
            labels={"figure": "audit of attribution methods", "of": "all"},
            caption="../../report/captions/audit.rst",
        ),
        summary="results/{run}/interpretation/{network}/audit.json",
    log:
        "results/{run}/logs/figure_audit/{network}.log",
    benchmark:
        "results/{run}/benchmarks/figure_audit/{network}.tsv"
    conda:
        "../envs/analysis.yaml"
    params:
        spec=lambda w: {"methods": list(LOOKS.audit[w.network]["methods"])},
    script:
        "../../scripts/figure_audit.py"
