"""Snakemake's logger plugin `jobs`: each job that is announced, as a line of JSON on stdout; warnings on stderr."""

import json
import logging
import sys

from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent

FIELDS = {
    **{"rule_name": "rule", "wildcards": "wildcards", "input": "inputs", "output": "outputs", "reason": "reason"},
    "benchmark": "benchmark",
}


class LogHandler(LogHandlerBase):
    """Takes the place of Snakemake's own output."""

    writes_to_stream = True
    writes_to_file = False
    has_filter = True
    has_formatter = True
    needs_rulegraph = False

    def emit(self, record: logging.LogRecord) -> None:
        """Print a job or a problem."""
        if getattr(record, "event", None) == LogEvent.JOB_INFO:
            print(json.dumps({name: getattr(record, field) for field, name in FIELDS.items()}), flush=True)
        elif record.levelno >= logging.WARNING:
            print(record.getMessage(), file=sys.stderr, flush=True)
