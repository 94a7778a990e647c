# The report: notebooks executed on saved results, to PDF, HTML and published notebooks.

REPORT_PLAN = chapters.Chapters(
    paths=PLAN.paths,
    config=config,
    interpretation=PLAN.interpretation,
    entries=CHAPTER_ENTRIES,
    items=ITEMS,
    placed=placed,
    photographs=PLAN.photographs,
)
CHAPTERS = REPORT_PLAN.names
ASSETS = ["style.css", "site.js", "explorer.js", "made.js", "minisearch.js"]
SITE = ["page.html", "index.html", "explorer.html", "made.html", "rules.json", "html.lua", *ASSETS]


wildcard_constraints:
    chapter="|".join(CHAPTERS),


rule execute:
    input:
        results=lambda w: REPORT_PLAN.files(w.chapter),
        notebook=own("report/notebooks/{chapter}.ipynb"),
        shown=lambda w: [own(file) for file in REPORT_PLAN.sources(w.chapter)],
        sources=lambda w: sources("scripts/execute.py", f"report/notebooks/{w.chapter}.ipynb", env="report"),
    output:
        notebook="results/{run}/report/build/{chapter}.ipynb",
    log:
        "results/{run}/logs/execute/{chapter}.log",
    benchmark:
        "results/{run}/benchmarks/execute/{chapter}.tsv"
    conda:
        "../envs/report.yaml"
    params:
        spec=lambda w: {"parameters": REPORT_PLAN.parameters(w.chapter)},
    script:
        "../../scripts/execute.py"


rule chapter:
    input:
        sources=sources("scripts/chapter.py", env="report"),
        filter=own("report/style/chapter.lua"),
        notebook=lambda w: REPORT_PLAN.executed(w.chapter),
    output:
        document="results/{run}/report/build/{chapter}.json",
        media=directory("results/{run}/report/media/{chapter}"),
    log:
        "results/{run}/logs/chapter/{chapter}.log",
    benchmark:
        "results/{run}/benchmarks/chapter/{chapter}.tsv"
    conda:
        "../envs/report.yaml"
    script:
        "../../scripts/chapter.py"


rule labels:
    input:
        sources=sources("scripts/labels.py", env="report"),
        documents=lambda w: REPORT_PLAN.documents(),
        bibliography=own("report/style/references.bib"),
    output:
        labels="results/{run}/report/build/labels.json",
    log:
        "results/{run}/logs/labels/report.log",
    benchmark:
        "results/{run}/benchmarks/labels/report.tsv"
    conda:
        "../envs/report.yaml"
    params:
        spec={"chapters": CHAPTERS, "items": {item["id"]: item["answered_by"] for item in ITEMS}},
    script:
        "../../scripts/labels.py"


rule publish:
    input:
        sources=sources("scripts/publish.py", env="report"),
        style=[own(f"report/style/{name}") for name in ("chapter.lua", "references.bib")],
        writer=own("report/style/jupyter.lua"),
        labels="results/{run}/report/build/labels.json",
        notebooks=lambda w: [REPORT_PLAN.executed(chapter) for chapter in CHAPTERS],
    output:
        notebooks=expand("results/{{run}}/report/{chapter}.ipynb", chapter=CHAPTERS),
    log:
        "results/{run}/logs/publish/report.log",
    benchmark:
        "results/{run}/benchmarks/publish/report.tsv"
    conda:
        "../envs/report.yaml"
    script:
        "../../scripts/publish.py"


rule pdf:
    input:
        sources=sources("scripts/pdf.py", env="report"),
        style=[own(f"report/style/{name}") for name in ("report.typ", "report.lua", "references.bib")],
        labels="results/{run}/report/build/labels.json",
        documents=lambda w: REPORT_PLAN.documents(),
        media=expand("results/{{run}}/report/media/{chapter}", chapter=CHAPTERS),
    output:
        report="results/{run}/report/report.pdf",
        sources=directory("results/{run}/report/build/typst"),
    log:
        "results/{run}/logs/pdf/report.log",
    benchmark:
        "results/{run}/benchmarks/pdf/report.tsv"
    conda:
        "../envs/report.yaml"
    params:
        spec={"chapters": CHAPTERS, "settings": REPORT},
    script:
        "../../scripts/pdf.py"


rule explorer:
    input:
        unpack(lambda w: PLAN.studies.explorer()),
        sources=sources("scripts/explorer.py", env="analysis"),
    output:
        data="results/{run}/report/explorer/explorer.json",
        variants="results/{run}/report/explorer/variants.csv",
        curves="results/{run}/report/explorer/curves.csv",
    log:
        "results/{run}/logs/explorer/report.log",
    benchmark:
        "results/{run}/benchmarks/explorer/report.tsv"
    conda:
        "../envs/analysis.yaml"
    params:
        spec=PLAN.studies.explorer_spec(),
    script:
        "../../scripts/explorer.py"


rule website:
    input:
        sources=sources("scripts/website.py", env="report"),
        site=[own(f"report/site/{name}") for name in SITE],
        bibliography=own("report/style/references.bib"),
        labels="results/{run}/report/build/labels.json",
        explorer_data="results/{run}/report/explorer/explorer.json",
        documents=lambda w: REPORT_PLAN.documents(),
        media=expand("results/{{run}}/report/media/{chapter}", chapter=CHAPTERS),
    output:
        index="results/{run}/report/index.html",
        own_pages=expand("results/{{run}}/report/{page}.html", page=["explorer", "made"]),
        pages=expand("results/{{run}}/report/{chapter}.html", chapter=CHAPTERS),
        assets=expand("results/{{run}}/report/assets/{name}", name=[*ASSETS, "search-data.js"]),
    log:
        "results/{run}/logs/website/report.log",
    benchmark:
        "results/{run}/benchmarks/website/report.tsv"
    conda:
        "../envs/report.yaml"
    params:
        spec={"chapters": CHAPTERS, "settings": REPORT},
    script:
        "../../scripts/website.py"
