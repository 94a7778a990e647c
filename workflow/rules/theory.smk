# The theoretical questions (B1, C0): answers computed twice, and pictures of them. No data set and no network is needed.


rule check_theory:
    input:
        sources=sources("scripts/check_theory.py", env="compute"),
    output:
        answers="results/{run}/foundations/theory/answers.json",
        arrays="results/{run}/foundations/theory/arrays.npz",
    log:
        "results/{run}/logs/check_theory/theory.log",
    benchmark:
        "results/{run}/benchmarks/check_theory/theory.tsv"
    conda:
        "../envs/compute.yaml"
    script:
        "../../scripts/check_theory.py"


rule figure_theory:
    input:
        answers="results/{run}/foundations/theory/answers.json",
        arrays="results/{run}/foundations/theory/arrays.npz",
        sources=sources("scripts/figure_theory.py", env="analysis"),
    output:
        figure=reported(
            "results/{run}/foundations/theory/{picture}.svg", "Foundations", "theory", "theory", figure="{picture}"
        ),
    log:
        "results/{run}/logs/figure_theory/{picture}.log",
    benchmark:
        "results/{run}/benchmarks/figure_theory/{picture}.tsv"
    wildcard_constraints:
        picture="[a-z_]+",
    conda:
        "../envs/analysis.yaml"
    script:
        "../../scripts/figure_theory.py"
