"""Write report/site/rules.json, what each rule does and reads, or check that it agrees with the workflow.

    python workflow/rule_graph.py            write
    python workflow/rule_graph.py --check    exit 1 where it differs

The report shows it, in the same bytes for every run: those of drawn data, of downloaded ones and of photographs are put
together.
"""

import ast
import json
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "report" / "site" / "rules.json"
RUNS = tuple(["--configfile", f"config/{name}.yaml"] for name in ("embedded", "cpu"))  # few seeds
PNG = b"\x89PNG\r\n\x1a\n"  # how a photograph begins, which planning does not decode


def reads() -> dict[str, list[str]]:
    """By rule, those whose results it reads; a rule comes after them."""
    found = defaultdict(set)
    for arguments in RUNS:
        text = _graph(arguments)
        names = dict(re.findall(r'^\s*(\d+)\[label = "(\w+)"', text, re.M))
        for name in names.values():
            found[name] |= set()
        for before, after in re.findall(r"^\s*(\d+) -> (\d+)", text, re.M):
            found[names[after]].add(names[before])
    del found["all"]
    rules = {name: sorted(found[name] - {name}) for name in sorted(found)}
    return {name: rules[name] for name in TopologicalSorter(rules).static_order()}


def _graph(arguments: list[str]) -> str:
    """The graph of a run that has a photograph, in the language of Graphviz."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "photograph.png").write_bytes(PNG)
        command = [sys.executable, "-m", "snakemake", *arguments, "--config", f"photographs={folder}"]
        command += ["--rulegraph", "dot", "--quiet"]
        return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def does(rule: str) -> str:
    """The first sentence of a rule's script."""
    return ast.get_docstring(ast.parse((ROOT / "scripts" / f"{rule}.py").read_text())).partition("\n\n")[0].strip()


def main() -> None:
    """Write or check the file."""
    rules = {rule: {"does": does(rule), "reads": read} for rule, read in reads().items()}
    text = json.dumps(rules, indent=1, ensure_ascii=False) + "\n"
    if "--check" not in sys.argv:
        FILE.write_text(text, encoding="utf-8")
    elif not FILE.is_file() or FILE.read_text(encoding="utf-8") != text:
        sys.exit("error: report/site/rules.json is not what the rules are; run python workflow/rule_graph.py")


if __name__ == "__main__":
    main()
