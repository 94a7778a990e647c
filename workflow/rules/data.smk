# Archives: fetched or drawn; decoded and resized once; split.


rule fetch:
    input:
        sources=sources("scripts/fetch.py"),
    output:
        archive="resources/upstream/archives/{file}",
        provenance="resources/upstream/archives/{file}.provenance.json",
    params:
        spec=lambda w: fetch_spec(w.file),
        # A function of `output` is not compared between runs: where an archive came from must not refetch it
        mirror=lambda w, output: config["mirror"],
    log:
        "resources/upstream/logs/fetch/{file}.log",
    conda:
        "../envs/compute.yaml"
    localrule: True
    retries: 0
    script:
        "../../scripts/fetch.py"


rule draw:
    input:
        sources=sources("scripts/draw.py"),
    output:
        archive="resources/embedded/archives/{file}",
        provenance="resources/embedded/archives/{file}.provenance.json",
        masks="resources/embedded/archives/{file}.masks.npz",
    params:
        spec=lambda w: {"dataset": ARCHIVES[w.file], "seed": 0},
    log:
        "resources/embedded/logs/draw/{file}.log",
    conda:
        "../envs/compute.yaml"
    script:
        "../../scripts/draw.py"


rule prepare:
    input:
        archive=lambda w: f"resources/{w.collection}/archives/{DATASETS[w.dataset]['file']}",
        provenance=lambda w: f"resources/{w.collection}/archives/{DATASETS[w.dataset]['file']}.provenance.json",
        sources=sources("scripts/prepare.py"),
    output:
        images="resources/{collection}/{dataset}/images.npy",
        labels="resources/{collection}/{dataset}/labels.npy",
        items="resources/{collection}/{dataset}/items.csv",
        dataset="resources/{collection}/{dataset}/dataset.json",
    params:
        spec=lambda w: prepare_spec(w.dataset),
    log:
        "resources/{collection}/logs/prepare/{dataset}.log",
    conda:
        "../envs/compute.yaml"
    script:
        "../../scripts/prepare.py"


rule split:
    input:
        items="resources/{collection}/{dataset}/items.csv",
        sources=sources("scripts/split.py"),
    output:
        split="resources/{collection}/{dataset}/split.npz",
    params:
        spec=lambda w: DATASETS[w.dataset]["split"],
    log:
        "resources/{collection}/logs/split/{dataset}.log",
    conda:
        "../envs/compute.yaml"
    script:
        "../../scripts/split.py"
