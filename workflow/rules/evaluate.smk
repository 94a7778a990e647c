# From saved scores to metrics, confusion matrices, galleries and a study's comparisons. No network runs here.


rule evaluate:
    input:
        scores="results/{run}/models/{variant}/seed{seed}/scores.npz",
        history="results/{run}/models/{variant}/seed{seed}/history.csv",
        split=lambda w: PLAN.training.data(w.variant)["split"],
        labels=lambda w: PLAN.training.data(w.variant)["labels"],
        table=lambda w: PLAN.training.data(w.variant)["table"],
        dataset=lambda w: PLAN.training.data(w.variant)["dataset"],
        sources=sources("scripts/evaluate.py", env="analysis"),
    output:
        metrics="results/{run}/evaluation/{variant}/seed{seed}/metrics.json",
        confusion="results/{run}/evaluation/{variant}/seed{seed}/confusion.npz",
        similarity="results/{run}/evaluation/{variant}/seed{seed}/similarity.json",
        extremes="results/{run}/evaluation/{variant}/seed{seed}/extremes.csv",
    log:
        "results/{run}/logs/evaluate/{variant}/seed{seed}.log",
    benchmark:
        "results/{run}/benchmarks/evaluate/{variant}/seed{seed}.tsv"
    conda:
        "../envs/analysis.yaml"
    script:
        "../../scripts/evaluate.py"


rule predictions:
    # On request: no other rule reads them
    input:
        scores="results/{run}/models/{variant}/seed{seed}/scores.npz",
        split=lambda w: PLAN.training.data(w.variant)["split"],
        labels=lambda w: PLAN.training.data(w.variant)["labels"],
        table=lambda w: PLAN.training.data(w.variant)["table"],
        dataset=lambda w: PLAN.training.data(w.variant)["dataset"],
        sources=sources("scripts/predictions.py", env="analysis"),
    output:
        table="results/{run}/evaluation/{variant}/seed{seed}/predictions.csv",
    log:
        "results/{run}/logs/predictions/{variant}/seed{seed}.log",
    benchmark:
        "results/{run}/benchmarks/predictions/{variant}/seed{seed}.tsv"
    conda:
        "../envs/analysis.yaml"
    script:
        "../../scripts/predictions.py"


rule tabulate:
    input:
        unpack(lambda w: PLAN.studies.results()),
        sources=sources("scripts/tabulate.py", env="analysis"),
    output:
        table="results/{run}/results.csv",
    log:
        "results/{run}/logs/tabulate/results.log",
    benchmark:
        "results/{run}/benchmarks/tabulate/results.tsv"
    conda:
        "../envs/analysis.yaml"
    params:
        spec=PLAN.studies.results_spec(),
    script:
        "../../scripts/tabulate.py"


rule compare:
    input:
        unpack(lambda w: PLAN.studies.comparison(w.study)),
        sources=sources("scripts/compare.py", env="analysis"),
    output:
        table="results/{run}/studies/{study}/comparison.csv",
        comparison="results/{run}/studies/{study}/comparison.json",
        gains="results/{run}/studies/{study}/gains.csv",
        confusions="results/{run}/studies/{study}/confusions.csv",
    log:
        "results/{run}/logs/compare/{study}.log",
    benchmark:
        "results/{run}/benchmarks/compare/{study}.tsv"
    conda:
        "../envs/analysis.yaml"
    params:
        spec=lambda w: PLAN.studies.comparison_spec(w.study),
    script:
        "../../scripts/compare.py"


rule figure_curves:
    input:
        unpack(lambda w: PLAN.studies.histories([w.variant])),
        sources=sources("scripts/figure_curves.py", env="analysis"),
    output:
        figure=reported(
            "results/{run}/evaluation/{variant}/curves.svg",
            "Variants",
            "{variant}",
            "curves",
            figure="learning curves",
            seed="all",
        ),
    log:
        "results/{run}/logs/figure_curves/{variant}.log",
    benchmark:
        "results/{run}/benchmarks/figure_curves/{variant}.tsv"
    conda:
        "../envs/analysis.yaml"
    script:
        "../../scripts/figure_curves.py"


rule figure_confusion:
    input:
        confusion="results/{run}/evaluation/{variant}/seed{seed}/confusion.npz",
        dataset=lambda w: PLAN.training.data(w.variant)["dataset"],
        sources=sources("scripts/figure_confusion.py", env="analysis"),
    output:
        figure=reported(
            "results/{run}/evaluation/{variant}/seed{seed}/confusion.svg",
            "Variants",
            "{variant}",
            "confusion",
            figure="confusion matrices",
            seed="{seed}",
        ),
        counts=reported(
            "results/{run}/evaluation/{variant}/seed{seed}/counts.svg",
            "Variants",
            "{variant}",
            "confusion",
            figure="confusion matrices in images",
            seed="{seed}",
        ),
    log:
        "results/{run}/logs/figure_confusion/{variant}/seed{seed}.log",
    benchmark:
        "results/{run}/benchmarks/figure_confusion/{variant}/seed{seed}.tsv"
    conda:
        "../envs/analysis.yaml"
    script:
        "../../scripts/figure_confusion.py"


rule figure_gallery:
    input:
        extremes="results/{run}/evaluation/{variant}/seed{seed}/extremes.csv",
        confusion="results/{run}/evaluation/{variant}/seed{seed}/confusion.npz",
        images=lambda w: PLAN.training.data(w.variant)["images"],
        dataset=lambda w: PLAN.training.data(w.variant)["dataset"],
        sources=sources("scripts/figure_gallery.py", env="analysis"),
    output:
        right=reported(
            "results/{run}/evaluation/{variant}/seed{seed}/right.png",
            "Variants",
            "{variant}",
            "gallery",
            figure="most confident, correctly classified",
            seed="{seed}",
        ),
        wrong=reported(
            "results/{run}/evaluation/{variant}/seed{seed}/wrong.png",
            "Variants",
            "{variant}",
            "gallery",
            figure="most confident, misclassified",
            seed="{seed}",
        ),
    log:
        "results/{run}/logs/figure_gallery/{variant}/seed{seed}.log",
    benchmark:
        "results/{run}/benchmarks/figure_gallery/{variant}/seed{seed}.tsv"
    conda:
        "../envs/analysis.yaml"
    script:
        "../../scripts/figure_gallery.py"


rule figure_overlay:
    input:
        unpack(lambda w: PLAN.studies.histories(PLAN.studies.ungrouped(w.study))),
        sources=sources("scripts/figure_overlay.py", env="analysis"),
    output:
        figure=reported(
            "results/{run}/studies/{study}/curves.svg",
            "Studies",
            "{study}",
            "overlay",
            figure="learning curves",
            of="all variants",
        ),
    log:
        "results/{run}/logs/figure_overlay/{study}.log",
    benchmark:
        "results/{run}/benchmarks/figure_overlay/{study}.tsv"
    conda:
        "../envs/analysis.yaml"
    params:
        spec=lambda w: {"variants": PLAN.studies.titled(PLAN.studies.ungrouped(w.study))},
    script:
        "../../scripts/figure_overlay.py"


rule figure_accuracy:
    input:
        table="results/{run}/studies/{study}/comparison.csv",
        sources=sources("scripts/figure_accuracy.py", env="analysis"),
    output:
        figure=reported(
            "results/{run}/studies/{study}/accuracy.svg",
            "Studies",
            "{study}",
            "accuracy",
            figure="accuracies",
            of="all variants",
        ),
    log:
        "results/{run}/logs/figure_accuracy/{study}.log",
    benchmark:
        "results/{run}/benchmarks/figure_accuracy/{study}.tsv"
    conda:
        "../envs/analysis.yaml"
    params:
        spec=lambda w: {"variants": {v: ATLAS.titles[v] for v in sorted(PLAN.studies.ungrouped(w.study))}},
    script:
        "../../scripts/figure_accuracy.py"


rule figure_group:
    input:
        unpack(lambda w: PLAN.studies.histories(PLAN.studies.group(w.study, w.group))),
        sources=sources("scripts/figure_group.py", env="analysis"),
    output:
        figure=reported(
            "results/{run}/studies/{study}/groups/{group}.svg",
            "Studies",
            "{study}",
            "group",
            figure="losses",
            of="{group}",
        ),
    log:
        "results/{run}/logs/figure_group/{study}/{group}.log",
    benchmark:
        "results/{run}/benchmarks/figure_group/{study}/{group}.tsv"
    conda:
        "../envs/analysis.yaml"
    params:
        spec=lambda w: {"members": PLAN.studies.members(w.study, w.group)},
    script:
        "../../scripts/figure_group.py"


rule figure_factorial:
    input:
        comparison="results/{run}/studies/{study}/comparison.json",
        sources=sources("scripts/figure_factorial.py", env="analysis"),
    output:
        figure=reported(
            "results/{run}/studies/{study}/factorial.svg",
            "Studies",
            "{study}",
            "factorial",
            figure="interaction",
            of="both factors",
        ),
    log:
        "results/{run}/logs/figure_factorial/{study}.log",
    benchmark:
        "results/{run}/benchmarks/figure_factorial/{study}.tsv"
    conda:
        "../envs/analysis.yaml"
    params:
        spec=lambda w: PLAN.studies.factorial(w.study),
    script:
        "../../scripts/figure_factorial.py"


rule figure_gains:
    input:
        gains=lambda w: PLAN.studies.gains(w.study, w.baseline, w.variant),
        confusions="results/{run}/studies/{study}/confusions.csv",
        sources=sources("scripts/figure_gains.py", env="analysis"),
    output:
        figure=reported(
            "results/{run}/studies/{study}/gains/{baseline}/{variant}.svg",
            "Studies",
            "{study}",
            "gains",
            figure="gains by class",
            of="{variant} over {baseline}",
        ),
    log:
        "results/{run}/logs/figure_gains/{study}/{baseline}/{variant}.log",
    benchmark:
        "results/{run}/benchmarks/figure_gains/{study}/{baseline}/{variant}.tsv"
    wildcard_constraints:
        baseline=VARIANT,
    conda:
        "../envs/analysis.yaml"
    params:
        spec=lambda w: {"places": [PLAN.studies.place(w.study, v) for v in (w.baseline, w.variant)]},
    script:
        "../../scripts/figure_gains.py"
