"""What a run says on the console, for people: a line when a job starts and when it ends, failures, and what is there.

It takes the place of Snakemake's own output from the moment that a real run begins to be planned; its log file keeps
all that Snakemake says. Dry runs, reports and the like stay Snakemake's, as do runs with --printshellcmds or --verbose.
"""

import logging
import os
import re
import textwrap
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from snakemake.common import NOTHING_TO_BE_DONE_MSG
from snakemake_interface_logger_plugins.common import LogEvent

from cnnatlas.costs import rates
from cnnatlas.costs.machines import Duration
from cnnatlas.wording import counted, part_of
from cnnatlas.workflow.durations import Expected, TimeLeft, lasting, measured, roughly

OWN = "DefaultStreamHandler"  # the name of Snakemake's handler
COUNTS = "check_networks"  # the rule of the job after which costs are known
WIDTH = 200  # characters of a line
BAR = 24
# What Snakemake says of itself while all goes well, or repeats after a failure
CHATTER = re.compile(
    r"Building DAG|Using shell|Provided (cores|resources|remote)|Rules claiming|Conda environments: ignored|host: "
    r"|Singularity containers: ignored|Group jobs: inactive|Select jobs|Execute \d+ jobs|Job \d+ has been submitted"
    r"|Activating (conda|singularity) environment|Trying to restart job|Shutting down|Exiting because a job execution"
    r"|Complete log|Elapsed time|SLURM run ID|Job rate limit|Removing temporary output|Cleaning up SLURM log"
)
KILLED = re.compile(r"died with <Signals\.SIG(KILL)|exit status (137)")


TRAIN = "train"
Costs = Callable[[], Mapping[str, Duration]]


def install(workflow, results: Path, collection: str, costs: Costs) -> None:
    """Put a console into the place of Snakemake's, unless the user has asked for that; `results` is results/{run}.

    `costs` gives how long a training takes by variant, as far as that is known when it is called.
    """
    manager, settings = workflow.logger_manager, workflow.output_settings
    for handler in manager.logger.handlers:
        if isinstance(handler, Console):  # another module of the same workflow
            handler.results.append(results)
            handler.costs[results.name] = costs
            return
        if handler.name == OWN and not (settings.printshellcmds or settings.verbose or settings.dryrun):
            manager.logger.removeHandler(handler)
            manager.logger.addHandler(Console(handler, workflow, results, collection, costs))
            return


class Console(logging.Handler):
    """Snakemake's handler until a run begins, and wherever this one fails."""

    def __init__(self, own: logging.StreamHandler, workflow, results: Path, collection: str, costs: Costs):
        super().__init__()
        self.own, self.workflow, self.stream = own, workflow, own.stream
        self.results, self.collection = [results], collection
        self.costs = {results.name: costs}  # by run
        self.filters = own.filters
        self.header: logging.LogRecord | None = None
        self.begun: float | None = None  # of the run, once it is a real one
        self.jobs: dict[int, str] = {}  # those under way, in words
        self.left: TimeLeft | None = None
        self.counting: set[int] = set()  # jobs after which costs are known
        self.resumed: set[int] = set()  # trainings that go on from a checkpoint
        self.last = ""  # what Snakemake said last of its own accord
        self.done = self.total = 0
        self.failed: set[int] = set()  # jobs, without those that Snakemake tries again
        self.status = ""
        self.bar = own.stream.isatty() and os.environ.get("TERM") != "dumb"
        self.events = {
            LogEvent.RUN_INFO: self._planned,
            LogEvent.JOB_INFO: self._job_starts,
            LogEvent.JOB_FINISHED: self._job_ended,
            LogEvent.PROGRESS: self._progress,
            LogEvent.JOB_ERROR: self._job_failed,
            LogEvent.GROUP_ERROR: self._group_failed,
            LogEvent.ERROR: self._error,
        }

    def emit(self, record: logging.LogRecord) -> None:
        """Say what a record means to a person."""
        event = getattr(record, "event", None)
        if event == LogEvent.WORKFLOW_STARTED:
            self.header = record  # Snakemake chooses its executor after this record, and before the next
            return
        if self.header:
            self._begin(self.header)
        if self.begun is None:
            self.own.emit(record)
            return
        try:
            self.events.get(event, self._other)(record)
        except BrokenPipeError:
            raise
        except Exception as error:  # of another version of Snakemake, say: the run goes on
            self.begun = None
            self._write(f"the project's console failed ({type(error).__name__}: {error}); Snakemake's own follows")
            self.own.emit(record)

    def _begin(self, header: logging.LogRecord) -> None:
        self.header = None
        if self.workflow.dryrun or self.workflow.touch:
            self.own.emit(header)
        else:
            self.begun = time.monotonic()

    def _planned(self, record: logging.LogRecord) -> None:
        self.total = record.stats["total"]
        trainings = sum(number for rule, number in record.stats.items() if _is(rule, TRAIN))
        jobs = counted(self.total, "job") + (f", {trainings:,} of them trainings" if trainings else "")
        if self.workflow.local_exec:
            cores = self.workflow.resource_settings.cores
            typical = rates.seconds_by_rule(self.collection)
            self.left = TimeLeft(dict(self._expected(cores)), cores, typical, {TRAIN})
            seconds = self.left.seconds()
            known = "" if seconds is None else f"; {roughly(seconds)}, by what such jobs took before"
            jobs += f", on {counted(cores, 'core')}{known}"
        self._say(jobs)

    def _expected(self, cores: int) -> Iterable[tuple[int, Expected]]:
        dag, work = self.workflow.dag, self._work()
        for job in dag.needrun_jobs():
            if job.output:
                number, rule = dag.jobid(job), TRAIN if _is(job.rule.name, TRAIN) else job.rule.name
                # A benchmark of another spec says less than the work of this one
                stale = number in work and dag.reason(job).params_changed
                seconds = measured(job.benchmark) if job.benchmark and not stale else None
                yield number, Expected(rule, min(job.threads, cores), seconds, work.get(number))

    def _work(self) -> dict[int, float]:
        """The seconds of trainings by job, as far as costs are known."""
        dag, costs = self.workflow.dag, {run: costs() for run, costs in self.costs.items()}
        found = {}
        for job in dag.needrun_jobs():
            if _is(job.rule.name, TRAIN):
                duration = costs.get(job.wildcards.get("run"), {}).get(job.wildcards.get("variant"))
                if duration:
                    found[dag.jobid(job)] = duration.on(job.threads)
        return found

    def _job_starts(self, record: logging.LogRecord) -> None:
        if not record.output:  # a target, which only collects files
            return
        self.failed.discard(record.jobid)
        self.jobs[record.jobid] = in_words(record.rule_name, record.wildcards)
        if _is(record.rule_name, COUNTS):
            self.counting.add(record.jobid)
        if _is(record.rule_name, TRAIN) and self._has_begun(record.wildcards):
            self.resumed.add(record.jobid)
        if self.left:
            self.left.start(record.jobid)
        self._say(f"{'started' if self.workflow.local_exec else 'submitted':9} {self.jobs[record.jobid]}")

    def _has_begun(self, wildcards: Mapping[str, str]) -> bool:
        """Whether a training has a checkpoint of an earlier attempt."""
        own = dict(wildcards)
        folders = [results for results in self.results if results.name == own.get("run")]
        return any(any(each.glob(f"checkpoints/{own['variant']}/seed{own['seed']}/*.checkpoint")) for each in folders)

    def _job_ended(self, record: logging.LogRecord) -> None:
        if record.job_id not in self.jobs:
            return
        took = ""
        if self.left:
            took = f" ({lasting(self.left.finish(record.job_id, record.job_id not in self.resumed))})"
        if self.left and record.job_id in self.counting:
            self.left.weigh(self._work())
        count = "" if self.bar else f"; {self.done + 1:,} of {self.total:,} jobs{self._time_left()}"
        self._say(f"{'done':9} {self.jobs.pop(record.job_id)}{took}{count}")

    def _progress(self, record: logging.LogRecord) -> None:
        self.done, self.total = record.done, record.total
        self._redraw()
        if self.done == self.total:
            self._say_all(
                ["", f"{part_of(self.total, self.total, 'job')} done in {self._spent()}", *self._what_is_there()]
            )

    def _job_failed(self, record: logging.LogRecord) -> None:
        if not record.indent:  # else of a group, which is told of as one
            self._fail(record.jobid, record.rule_name, record.log)

    def _group_failed(self, record: logging.LogRecord) -> None:
        members = record.job_error_info
        for job in [job for job in members if last_error(job["log"])] or members[:1]:
            self._fail(job["jobid"], job["rule_name"], [*job["log"], *record.aux_logs])
        for job in members:
            self.jobs.pop(job["jobid"], None)

    def _fail(self, job: int, rule: str, logs: Iterable[str]) -> None:
        """A failure with its log and its reason, which a job on this machine has just said itself, if it could."""
        self.failed.add(job)
        words, reason = self.jobs.pop(job, rule), last_error(logs)
        if self.left:
            self.left.finish(job, whole=False)
        if not reason:
            killed = KILLED.search(self.status)
            reason = "killed from outside; often memory ran out" if killed else "its log may say why"
        elif self.workflow.local_exec:
            reason = "as said above"
        self.status = ""
        self._say(f"{'failed':9} {words}: {reason}; log: {', '.join(logs) or 'none'}")

    def _error(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if record.exception == "RuleException" and "CalledProcessError" in message:
            self.status = message  # the job's failure follows
        elif record.exception == "WorkflowError" and self.failed:
            self._say_all(["", f"{len(self.failed):,} of {self.total:,} jobs failed, {self.done:,} are done, after "
                           f"{self._spent()}; once the cause is gone, the same command goes on from here",
                           f"{'full log':9} {self._full_log()}"])  # fmt: skip
        else:
            self._other(record)

    def _other(self, record: logging.LogRecord) -> None:
        message = str(record.msg or "")
        if message and message == self.last:  # of the scheduler, at each of its passes
            return
        self.last = message
        if message == NOTHING_TO_BE_DONE_MSG:
            self._say_all(["nothing to do: all that was asked for is there and up to date", *self._what_is_there()])
        elif record.levelno >= logging.ERROR or (record.levelno == logging.WARNING and not CHATTER.match(message)):
            if not CHATTER.match(message):
                self._write(self.own.format(record))
        elif getattr(record, "event", None) is None and message and not CHATTER.match(message):
            self._say(message)

    def _what_is_there(self) -> list[str]:
        """Lines that say where the results of what was asked for are, and what could be next."""
        outputs = {str(file) for job in self.workflow.dag.jobs for file in job.output}
        lines = []
        for results in self.results:
            places = {"report": results / "report" / "report.pdf", "web pages": results / "report" / "index.html"}
            lines += [f"{name:9} {path}" for name, path in places.items() if str(path) in outputs]
        asked = sorted(str(file) for file in self.workflow.dag.targetfiles)
        if not lines and asked:
            lines = [f"{'made':9} {path}" for path in asked[:3]]
            lines += [f"{'':9} and {len(asked) - 3:,} more"] if len(asked) > 3 else []
        return [*lines, f"{'full log':9} {self._full_log()}", f"{'next':9} {self._next()}"]

    def _next(self) -> str:
        run = self.results[0].name
        if run == "embedded":
            return "`make plan CONFIG=config/cpu.yaml`: what the same costs on the real data"
        return f"`make why TARGET={self.results[0]}/report/report.pdf` after an edit: what would run again, and why"

    def _full_log(self) -> str:
        return ", ".join(os.path.relpath(path) for path in self.workflow.logger_manager.get_logfile()) or "none"

    def _spent(self) -> str:
        return lasting(time.monotonic() - self.begun)

    def _time_left(self) -> str:
        seconds = self.left.seconds() if self.left and self.done + 1 < self.total else None
        return "" if seconds is None else f", {roughly(seconds)} left"

    def _say_all(self, lines: Iterable[str]) -> None:
        self.bar = False  # the run is over
        self.stream.write("\r\033[K" if self.own.stream.isatty() else "")
        for line in lines:
            self._say(line)

    def _say(self, line: str) -> None:
        """A line of the console's own, broken where it is longer than WIDTH."""
        clock = time.strftime("%H:%M:%S")
        shown = line and f"{clock}  {line}"
        self._write("\n".join(textwrap.wrap(shown, WIDTH, subsequent_indent=" " * 20, break_on_hyphens=False)))

    def _write(self, text: str) -> None:
        self.stream.write(("\r\033[K" if self.bar else "") + text + "\n")
        self._redraw()

    def _redraw(self) -> None:
        """The bar, below all lines; the cursor goes back to its beginning, where a job's own message will start."""
        if self.bar and self.total:
            share = self.done / self.total
            drawn = "#" * round(BAR * share)
            text = f"[{drawn:{BAR}}] {self.done:,} of {self.total:,} jobs{self._time_left()}"
            self.stream.write(f"\r\033[K{text[: os.get_terminal_size(self.stream.fileno()).columns - 1]}\r")
        self.stream.flush()


def _is(name: str, rule: str) -> bool:
    """Whether a rule is `rule`, maybe with the prefix of a workflow that uses this one as a module."""
    return name == rule or name.endswith(f"_{rule}")


def in_words(rule: str, wildcards: Mapping[str, str]) -> str:
    """A job as a person would call it: `train b2_sgd, seed 0`."""
    named = [f"seed {value}" if name == "seed" else value for name, value in dict(wildcards).items()
             if name not in ("run", "collection")]  # fmt: skip
    return " ".join([rule.replace("_", " "), ", ".join(named)]).rstrip()


def last_error(logs: Iterable[str]) -> str | None:
    """The reason that a job gave at the end of its log, if it did (cnnatlas.workflow.jobs)."""
    for log in logs:
        try:
            lines = Path(log).read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            continue
        if lines and lines[-1].startswith("error: "):
            return lines[-1].removeprefix("error: ")
    return None
