# MyTorch (A1): its checks, and the network that it trains.


rule check_mytorch:
    input:
        sources=sources("scripts/check_mytorch.py", env="compute"),
    output:
        agreement="results/{run}/foundations/mytorch/agreement.csv",
        errors="results/{run}/foundations/mytorch/errors.json",
        digits="results/{run}/foundations/mytorch/digits.json",
        history="results/{run}/foundations/mytorch/history.csv",
    log:
        "results/{run}/logs/check_mytorch/mytorch.log",
    benchmark:
        "results/{run}/benchmarks/check_mytorch/mytorch.tsv"
    conda:
        "../envs/compute.yaml"
    params:
        spec={"least_accuracy": 0.97, "seed": 0},
    script:
        "../../scripts/check_mytorch.py"


rule figure_digits:
    input:
        history="results/{run}/foundations/mytorch/history.csv",
        digits="results/{run}/foundations/mytorch/digits.json",
        sources=sources("scripts/figure_digits.py", env="analysis"),
    output:
        figure=reported(
            "results/{run}/foundations/mytorch/digits.svg",
            "Foundations",
            "MyTorch",
            "digits",
            figure="learning curves",
            of="digits",
        ),
    log:
        "results/{run}/logs/figure_digits/mytorch.log",
    benchmark:
        "results/{run}/benchmarks/figure_digits/mytorch.tsv"
    conda:
        "../envs/analysis.yaml"
    script:
        "../../scripts/figure_digits.py"
