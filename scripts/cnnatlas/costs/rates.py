"""What was measured: seconds of the jobs of each rule, and how fast networks train (rates.yaml says where and when)."""

from collections import defaultdict
from functools import cache
from pathlib import Path

import yaml

FILE = Path(__file__).with_name("rates.yaml")


@cache
def measured() -> dict:
    """The content of rates.yaml."""
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


def seconds_by_rule(collection: str) -> dict[str, float]:
    """The mean seconds of a job, by rule, on a collection's data, else the embedded one's, else the assumed one."""
    known = measured()["seconds"]
    return defaultdict(lambda: known["other"], known["embedded"] | known[collection])
