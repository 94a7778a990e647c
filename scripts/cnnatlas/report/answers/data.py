"""The answers of the chapter on the data."""

from cnnatlas.files import read_json
from cnnatlas.report.answers.registry import Answers
from cnnatlas.report.audit import in_order
from cnnatlas.report.claims import Claims
from cnnatlas.wording import listing, percent

ANSWERS = Answers()

ANSWERS.says(
    "A6",
    "Look for copies before splitting; state origin, terms and consent; open: do rankings outlive label errors",
)


@ANSWERS.to("X4")
def _audit(claims: Claims) -> str:
    files = sorted(claims.results.folder.glob("audit/*/audit.json"))
    audits = {claims.datasets[path.parent.name]: read_json(path) for path in files}
    if not audits:
        return "No data set was audited"
    found = {title: audit["duplicates"] for title, audit in audits.items()}
    leaked = {title: list(in_order(each["leaked"]).values())[-1]["share"] for title, each in found.items()}
    copies = [f"{percent(share, 2)} in {title}" for title, share in leaked.items() if share]
    ratio, title = max((audit["composition"]["balance"]["ratio"], title) for title, audit in audits.items())
    return (
        f"Duplicate pairs found by search: {sum(each['exact'] + each['near'] for each in found.values()):,}; held-out "
        f"images with a copy in training: {listing(copies) if copies else 'none'}; the largest class has at most "
        f"{ratio:.3g} times the images of the smallest, in {title}"
    )
