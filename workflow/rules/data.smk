# Archives: fetched or drawn; these and folders of images: decoded and resized once; split; masks of the objects.


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
        mirror=lambda w, output: mirror(),
    script:
        "../../scripts/fetch.py"


rule draw:
    input:
        sources=lambda w: sources("scripts/draw.py", PLAN.data.drawing(w.file), env="compute"),
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
        spec=lambda w: PLAN.data.draw_spec(w.file),
    script:
        "../../scripts/draw.py"


rule prepare:
    input:
        unpack(prepare_inputs),
        sources=lambda w: sources("scripts/prepare.py", PLAN.data.reader(w.dataset), env="compute"),
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
        spec=lambda w: PLAN.data.prepare_spec(w.dataset),
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
        spec=lambda w: PLAN.data.split_spec(w.dataset),
    script:
        "../../scripts/split.py"


rule masks:
    input:
        unpack(lambda w: PLAN.data.mask_inputs(w.dataset)),
        sources=lambda w: sources("scripts/masks.py", *PLAN.data.mask_sources(w.dataset), env="compute"),
    output:
        masks="resources/{collection}/{dataset}/masks.npz",
    log:
        "resources/{collection}/logs/masks/{dataset}.log",
    benchmark:
        "resources/{collection}/benchmarks/masks/{dataset}.tsv"
    conda:
        "../envs/compute.yaml"
    params:
        spec=lambda w: PLAN.data.mask_spec(w.dataset),
    script:
        "../../scripts/masks.py"
