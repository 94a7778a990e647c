# One training per variant and seed. It saves the scores of all splits, so that no evaluation runs a network again.


rule train:
    input:
        unpack(lambda w: PLAN.training.data(w.variant)),
        unpack(lambda w: PLAN.training.initial_weights(w.variant, w.seed)),
        sources=lambda w: sources("scripts/train.py", *PLAN.training.sources(w.variant), env="compute"),
    output:
        weights="results/{run}/models/{variant}/seed{seed}/weights.safetensors",
        history="results/{run}/models/{variant}/seed{seed}/history.csv",
        scores="results/{run}/models/{variant}/seed{seed}/scores.npz",
        architecture="results/{run}/models/{variant}/seed{seed}/architecture.json",
        training="results/{run}/models/{variant}/seed{seed}/training.json",
        timing="results/{run}/models/{variant}/seed{seed}/timing.json",
    log:
        "results/{run}/logs/train/{variant}/seed{seed}.log",
    benchmark:
        "results/{run}/benchmarks/train/{variant}/seed{seed}.tsv"
    conda:
        "../envs/compute.yaml"
    threads: lambda w: SPECS[w.variant]["threads"]
    resources:
        mem_mb=4000,
        gpu_share=gpu_share,
    params:
        spec=lambda w: PLAN.training.spec(w.variant),
        # No output, for Snakemake removes the outputs of a job that fails; and, as a function of `output`, not compared
        checkpoints=lambda w, output: placed(f"results/{w.run}/checkpoints/{w.variant}/seed{w.seed}"),
    script:
        "../../scripts/train.py"
