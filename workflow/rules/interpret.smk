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
    params:
        spec=look_spec,
    script:
        "../../scripts/interpret.py"
