# From saved scores to metrics, confusion matrices, galleries and a study's comparisons. No network runs here.


rule evaluate:
    input:
        scores="results/{run}/models/{variant}/seed{seed}/scores.npz",
        split=lambda w: prepared_for(w)["split"],
        labels=lambda w: prepared_for(w)["labels"],
        table=lambda w: prepared_for(w)["table"],
        dataset=lambda w: prepared_for(w)["dataset"],
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


rule compare:
    input:
        unpack(compare_inputs),
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
        spec=lambda w: {
            "factorial": STUDIES[w.study].factorial,
            "groups": {name: list(members) for name, members in STUDIES[w.study].groups.items()},
            "must_fit": list(STUDIES[w.study].must_fit),
            "pairs": [list(pair) for pair in STUDIES[w.study].compare],
            "study": w.study,
            "title": STUDIES[w.study].title,
            "variants": shown_variants(w.study),
        },
    script:
        "../../scripts/compare.py"


rule figure_curves:
    input:
        history=lambda w: trained([w.variant], "models/{variant}/seed{seed}/history.csv"),
        training=lambda w: trained([w.variant], "models/{variant}/seed{seed}/training.json"),
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
        dataset=lambda w: prepared_for(w)["dataset"],
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
        images=lambda w: prepared_for(w)["images"],
        dataset=lambda w: prepared_for(w)["dataset"],
        sources=sources("scripts/figure_gallery.py", env="analysis"),
    output:
        right=reported(
            "results/{run}/evaluation/{variant}/seed{seed}/right.png",
            "Variants",
            "{variant}",
            "gallery",
            figure="surest, right",
            seed="{seed}",
        ),
        wrong=reported(
            "results/{run}/evaluation/{variant}/seed{seed}/wrong.png",
            "Variants",
            "{variant}",
            "gallery",
            figure="surest, wrong",
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
        history=lambda w: trained(alone(w.study), "models/{variant}/seed{seed}/history.csv"),
        training=lambda w: trained(alone(w.study), "models/{variant}/seed{seed}/training.json"),
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
        spec=lambda w: {"variants": [v for v in shown_variants(w.study) if v["name"] in alone(w.study)]},
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
        spec=lambda w: {"variants": alone(w.study)},
    script:
        "../../scripts/figure_accuracy.py"


rule figure_group:
    input:
        history=lambda w: trained(STUDIES[w.study].groups[w.group], "models/{variant}/seed{seed}/history.csv"),
        training=lambda w: trained(STUDIES[w.study].groups[w.group], "models/{variant}/seed{seed}/training.json"),
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
        spec=lambda w: {"members": group_members(w)},
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
    script:
        "../../scripts/figure_factorial.py"


rule figure_gains:
    input:
        gains=gains_input,
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
    script:
        "../../scripts/figure_gains.py"
