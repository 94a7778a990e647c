# One training per variant and seed, and what its network looks like.


rule train:
    input:
        unpack(lambda w: prepared(SPECS[w.variant]["dataset"])),
        sources=lambda w: sources("scripts/train.py", architecture_file(w.variant)),
    output:
        weights="results/{run}/models/{variant}/seed{seed}/weights.safetensors",
        history="results/{run}/models/{variant}/seed{seed}/history.csv",
        scores="results/{run}/models/{variant}/seed{seed}/scores.npz",
        training="results/{run}/models/{variant}/seed{seed}/training.json",
    params:
        spec=lambda w: ATLAS.training_spec(w.variant),
    threads: lambda w: SPECS[w.variant]["threads"]
    resources:
        mem_mb=4000,
    log:
        "results/{run}/logs/train/{variant}/seed{seed}.log",
    benchmark:
        "results/{run}/benchmarks/train/{variant}/seed{seed}.tsv"
    conda:
        "../envs/compute.yaml"
    script:
        "../../scripts/train.py"


rule describe:
    input:
        sources=lambda w: sources("scripts/describe.py", architecture_file(w.variant)),
    output:
        description="results/{run}/models/{variant}/architecture.json",
    params:
        spec=lambda w: describe_spec(w.variant),
    log:
        "results/{run}/logs/describe/{variant}.log",
    benchmark:
        "results/{run}/benchmarks/describe/{variant}.tsv"
    conda:
        "../envs/compute.yaml"
    script:
        "../../scripts/describe.py"
