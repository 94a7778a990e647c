# Archives: fetched or drawn; decoded and resized once; split; masks of the objects.


rule fetch:
    input:
        sources=sources("scripts/fetch.py", env="compute"),
    output:
        archive="resources/upstream/archives/{file}",
        provenance="resources/upstream/archives/{file}.provenance.json",
    log:
        "resources/upstream/logs/fetch/{file}.log",
    benchmark:
        "resources/upstream/benchmarks/fetch/{file}.tsv"
    localrule: True
    conda:
        "../envs/compute.yaml"
    params:
        spec=lambda w: PLAN.downloads.specs[w.file],
        # A function of `output` is not compared between runs: where an archive came from must not refetch it
        mirror=lambda w, output: config["mirror"],
    script:
        "../../scripts/fetch.py"


rule draw:
    input:
        sources=sources("scripts/draw.py", env="compute"),
    output:
        archive="resources/embedded/archives/{file}",
        provenance="resources/embedded/archives/{file}.provenance.json",
        masks="resources/embedded/archives/{file}.masks.npz",
    log:
        "resources/embedded/logs/draw/{file}.log",
    benchmark:
        "resources/embedded/benchmarks/draw/{file}.tsv"
    conda:
        "../envs/compute.yaml"
    params:
        spec=lambda w: {"dataset": ARCHIVES[w.file], "seed": 0},
    script:
        "../../scripts/draw.py"


rule prepare:
    input:
        archive=lambda w: archive(w.dataset),
        provenance=lambda w: f"{archive(w.dataset)}.provenance.json",
        sources=lambda w: sources("scripts/prepare.py", f"scripts/cnnatlas/data/{w.dataset}.py", env="compute"),
    output:
        images="resources/{collection}/{dataset}/images.npy",
        labels="resources/{collection}/{dataset}/labels.npy",
        table="resources/{collection}/{dataset}/items.csv",
        dataset="resources/{collection}/{dataset}/dataset.json",
    log:
        "resources/{collection}/logs/prepare/{dataset}.log",
    benchmark:
        "resources/{collection}/benchmarks/prepare/{dataset}.tsv"
    conda:
        "../envs/compute.yaml"
    params:
        spec=lambda w: {
            "dataset": w.dataset,
            **part(w.dataset, "classes", "limits", "per_class", "size", "subset_seed"),
        },
    script:
        "../../scripts/prepare.py"


rule split:
    input:
        table="resources/{collection}/{dataset}/items.csv",
        sources=sources("scripts/split.py", env="compute"),
    output:
        split="resources/{collection}/{dataset}/split.npz",
    log:
        "resources/{collection}/logs/split/{dataset}.log",
    benchmark:
        "resources/{collection}/benchmarks/split/{dataset}.tsv"
    conda:
        "../envs/compute.yaml"
    params:
        spec=lambda w: DATASETS[w.dataset]["split"],
    script:
        "../../scripts/split.py"


rule masks:
    input:
        unpack(mask_inputs),
        sources=sources("scripts/masks.py", env="compute"),
    output:
        masks="resources/{collection}/{dataset}/masks.npz",
    log:
        "resources/{collection}/logs/masks/{dataset}.log",
    benchmark:
        "resources/{collection}/benchmarks/masks/{dataset}.tsv"
    conda:
        "../envs/compute.yaml"
    params:
        spec=lambda w: {"dataset": w.dataset, **part(w.dataset, "limits", "size")},
    script:
        "../../scripts/masks.py"
