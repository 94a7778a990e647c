"""What a run says to people; and that Snakemake's own output is there when it is asked for."""

import io
import logging
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from snakemake.common import NOTHING_TO_BE_DONE_MSG
from snakemake.logging import DefaultFormatter
from snakemake_interface_logger_plugins.common import LogEvent

from cnnatlas.costs.machines import Duration
from cnnatlas.workflow import console
from project import Project, copy_project

RESULTS = Path("results/tiny")
PDF = "results/tiny/report/report.pdf"


class Job(SimpleNamespace):
    """What the console asks of a job of Snakemake's."""

    output, threads, benchmark, wildcards = ("a",), 1, None, {"run": "tiny", "variant": "d1", "seed": "0"}


@pytest.fixture
def changed():
    """The job whose parameters have changed since it ran, if any."""
    return {"job": None}


@pytest.fixture
def workflow(changed):
    """A run of three jobs on two cores."""
    manager = SimpleNamespace(logger=logging.Logger("a run"), get_logfile=lambda: [".snakemake/log/a.log"])
    own = logging.StreamHandler(io.StringIO())
    own.name = console.OWN
    own.setFormatter(DefaultFormatter(set(), False))
    manager.logger.addHandler(own)
    rules = [SimpleNamespace(name=name) for name in ("train", "evaluate", "pdf")]
    jobs = [Job(rule=rule, output=(PDF if rule.name == "pdf" else rule.name,)) for rule in rules]
    dag = SimpleNamespace(
        jobs=jobs, needrun_jobs=lambda: jobs, jobid=jobs.index, targetfiles=[],
        reason=lambda job: SimpleNamespace(params_changed=job is changed["job"]),
    )  # fmt: skip
    return SimpleNamespace(
        logger_manager=manager, dag=dag, dryrun=False, touch=False, local_exec=True,
        output_settings=SimpleNamespace(printshellcmds=False, verbose=False, dryrun=False),
        resource_settings=SimpleNamespace(cores=2),
    )  # fmt: skip


@pytest.fixture
def costs():
    """What is known of how long trainings take, by variant."""
    return {}


@pytest.fixture
def say(workflow, costs):
    """Lets Snakemake say something, and gives all that the console has shown so far, without the time of day."""
    stream = workflow.logger_manager.logger.handlers[0].stream
    console.install(workflow, RESULTS, "embedded", lambda: costs)

    def say(message="", event=None, level=logging.INFO, **fields) -> list[str]:
        workflow.logger_manager.logger.log(level, message, extra={"event": event, **fields})
        return re.sub(r"^\d\d:\d\d:\d\d  ", "", stream.getvalue(), flags=re.M).splitlines()

    return say


def begin(say) -> None:
    say("SNAKEMAKE", LogEvent.WORKFLOW_STARTED)
    say("Building DAG of jobs...")
    say("Job stats:\n...", LogEvent.RUN_INFO, stats={"train": 1, "total": 3})


def start(say, number: int = 0, rule: str = "train", **wildcards: str) -> list[str]:
    wildcards = {"run": "tiny", "variant": "d1", "seed": "0"} | wildcards
    return say("", LogEvent.JOB_INFO, jobid=number, rule_name=rule, output=["a"], wildcards=wildcards)


def fail(say, log: Path, **fields) -> list[str]:
    exception = {"exception": "RuleException", "level": logging.ERROR}
    say(fields.pop("status", "CalledProcessError in file x: exit status 1"), LogEvent.ERROR, **exception)
    failure = {"jobid": fields.get("jobid", 0), "rule_name": "train", "log": [str(log)], "indent": False}
    return say("Error in rule", LogEvent.JOB_ERROR, level=logging.ERROR, **failure)


def test_a_job_is_a_line_when_it_starts_and_one_when_it_ends(say):
    begin(say)
    assert start(say)[-1] == "started   train d1, seed 0"
    said = say("Finished jobid: 0", LogEvent.JOB_FINISHED, job_id=0)
    assert re.fullmatch(r"done      train d1, seed 0 \(0\.0 s\); 1 of 3 jobs, less than a minute left", said[-1])
    assert said[0] == "3 jobs, 1 of them trainings, on 2 cores" and len(said) == 3


def test_trainings_take_what_their_networks_cost_once_these_are_counted(say, costs):
    begin(say)
    start(say, 1, "check_networks")
    costs["d1"] = Duration(7200.0)
    said = say("Finished jobid: 1", LogEvent.JOB_FINISHED, job_id=1)
    assert said[0] == "3 jobs, 1 of them trainings, on 2 cores"
    assert said[-1].endswith("some 2 h 0 min left")


@pytest.mark.parametrize(("on_gpu", "words"), [(False, "some 1 h 0 min"), (True, "some 2 h 0 min")])
def test_several_cores_share_the_work_of_a_processor_but_not_of_a_gpu(say, costs, workflow, on_gpu, words):
    workflow.dag.jobs[0].threads = 2
    costs["d1"] = Duration(7200.0, on_gpu)
    begin(say)
    assert f"; {words}, by" in say()[-1]


def test_as_a_module_rules_have_a_prefix(say, costs, workflow):
    workflow.dag.jobs[0].rule = SimpleNamespace(name="atlas_train")
    say("SNAKEMAKE", LogEvent.WORKFLOW_STARTED)
    costs["d1"] = Duration(7200.0)
    stats = {"atlas_train": 1, "total": 3}
    said = say("Job stats:\n...", LogEvent.RUN_INFO, stats=stats)[-1]
    assert said == "3 jobs, 1 of them trainings, on 2 cores; some 2 h 0 min, by what such jobs took before"


def test_a_benchmark_of_another_spec_says_less_than_the_work_of_this_one(say, costs, workflow, changed, tmp_path):
    (tmp_path / "train.tsv").write_text("s\n60\n")
    workflow.dag.jobs[0].benchmark = tmp_path / "train.tsv"
    costs["d1"] = Duration(7200.0)
    begin(say)
    assert "; some 1 min, by" in say()[-1]
    changed["job"] = workflow.dag.jobs[0]
    say("Job stats:\n...", LogEvent.RUN_INFO, stats={"train": 1, "total": 3})
    assert "; some 2 h 0 min, by" in say()[-1]


def test_of_a_training_that_goes_on_from_a_checkpoint_nothing_is_learned(say, costs, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / RESULTS / "checkpoints/d1/seed0"
    folder.mkdir(parents=True)
    learned = []
    monkeypatch.setattr(console.TimeLeft, "finish", lambda self, job, whole=True: learned.append(whole) or 0.0)
    begin(say)
    for _ in range(2):
        start(say)
        say("Finished jobid: 0", LogEvent.JOB_FINISHED, job_id=0)
        (folder / "a-000000010.checkpoint").touch()
    assert learned == [True, False]


def test_what_the_scheduler_says_at_each_of_its_passes_is_said_once(say):
    begin(say)
    for _ in range(3):
        said = say("Will exit after finishing currently running jobs (scheduler).")
    assert sum("Will exit" in line for line in said) == 1


def test_the_end_says_where_the_report_is(say):
    begin(say)
    said = say("3 of 3 steps (100%) done", LogEvent.PROGRESS, done=3, total=3)
    assert re.match("all 3 jobs done in ", said[2]) and said[3] == f"report    {PDF}"
    assert "full log  .snakemake/log/a.log" in said


def test_a_finished_run_says_it_too(say):
    say("SNAKEMAKE", LogEvent.WORKFLOW_STARTED)
    assert say(NOTHING_TO_BE_DONE_MSG)[1] == f"report    {PDF}"


def test_a_report_that_was_not_asked_for_is_not_named(say, workflow):
    workflow.dag.jobs.pop()
    workflow.dag.targetfiles = ["e", "a", "d", "c"]
    say("SNAKEMAKE", LogEvent.WORKFLOW_STARTED)
    said = say(NOTHING_TO_BE_DONE_MSG)
    assert said[1:4] == ["made      a", "made      c", "made      d"] and said[4].endswith("and 1 more")
    assert not any("report.pdf" in line for line in said[:-1])


def test_a_failure_has_its_log_and_does_not_repeat_what_the_job_has_said(say, tmp_path):
    (tmp_path / "log").write_text("Traceback\nerror: the disk is full\n")
    begin(say)
    start(say)
    assert fail(say, tmp_path / "log")[-1] == f"failed    train d1, seed 0: as said above; log: {tmp_path}/log"
    said = say("At least one job did not", LogEvent.ERROR, level=logging.ERROR, exception="WorkflowError")
    assert said[-2].startswith("1 of 3 jobs failed, 0 are done, after ")


def test_a_job_that_is_tried_again_is_one_job(say, tmp_path):
    begin(say)
    for _ in range(4):  # of three jobs
        start(say)
        fail(say, tmp_path / "log")
    start(say)
    say("Finished jobid: 0", LogEvent.JOB_FINISHED, job_id=0)
    start(say, 1)
    fail(say, tmp_path / "log", jobid=1)
    said = say("At least one job did not", LogEvent.ERROR, level=logging.ERROR, exception="WorkflowError")
    assert said[-2].startswith("1 of 3 jobs failed, ")


def test_a_job_elsewhere_could_not_say_why_it_failed(say, tmp_path, workflow):
    (tmp_path / "log").write_text("error: the disk is full\n")
    workflow.local_exec = False
    begin(say)
    assert start(say)[-1] == "submitted train d1, seed 0"
    assert f"train d1, seed 0: the disk is full; log: {tmp_path}/log" in fail(say, tmp_path / "log")[-1]


def test_of_a_group_only_those_that_failed_are_named(say, tmp_path, workflow):
    (tmp_path / "guilty").write_text("error: the disk is full\n")
    workflow.local_exec = False
    begin(say)
    for number in (0, 1):
        start(say, number, variant=f"d{number}")
    members = [{"rule_name": "train", "jobid": n, "log": [str(tmp_path / f)]} for n, f in enumerate(("none", "guilty"))]
    said = say("Error in group", LogEvent.GROUP_ERROR, level=logging.ERROR, job_error_info=members, aux_logs=["s.log"])
    assert [line for line in said if "failed" in line] == [
        f"failed    train d1, seed 0: the disk is full; log: {tmp_path}/guilty, s.log"
    ]


@pytest.mark.parametrize("status", ["died with <Signals.SIGKILL: 9>.", "returned non-zero exit status 137."])
def test_a_job_that_was_killed_is_said_to_be(say, tmp_path, status):
    begin(say)
    start(say)
    said = fail(say, tmp_path / "none", status=f"CalledProcessError in file x: Command {status}")[-1]
    assert "train d1, seed 0: killed from outside; often memory ran out" in said


def test_no_line_is_longer_than_two_hundred_characters(say):
    begin(say)
    assert max(map(len, start(say, variant=" ".join(["name"] * 100)))) <= console.WIDTH


def test_warnings_and_errors_of_snakemake_are_shown_whole(say):
    begin(say)
    assert "beware" in say("beware", level=logging.WARNING)
    assert "no such rule" in say("no such rule", LogEvent.ERROR, level=logging.ERROR, exception="MissingRuleException")


@pytest.mark.parametrize("kind", ["dryrun", "touch"])
def test_what_is_no_run_is_snakemakes(say, workflow, kind):
    setattr(workflow, kind, True)
    say("SNAKEMAKE", LogEvent.WORKFLOW_STARTED, **dict.fromkeys(HEADER, ""))
    said = say("Building DAG of jobs...")
    assert "SNAKEMAKE" in said and "Building DAG of jobs..." in said


HEADER = (
    *("datetime", "workflow_id", "platform", "host", "user", "snakemake_version", "python_version", "cmd"),
    *("snakefile_main", "basedir", "rundir", "cwd", "configfiles", "config_md5"),
)


@pytest.mark.parametrize("asked", ["printshellcmds", "verbose", "dryrun"])
def test_who_asks_for_snakemakes_output_gets_it(workflow, asked):
    setattr(workflow.output_settings, asked, True)
    own = workflow.logger_manager.logger.handlers[0]
    console.install(workflow, RESULTS, "embedded", dict)
    assert workflow.logger_manager.logger.handlers == [own]


def test_a_snakemake_that_speaks_otherwise_is_heard_all_the_same(say):
    begin(say)
    said = say("a job", LogEvent.PROGRESS)  # without done and total
    assert any("the project's console failed (AttributeError" in line for line in said)
    assert say("more")[-1] == "more"


# --- with Snakemake

QUICK = "from pathlib import Path\nfor path in snakemake.output:\n    Path(path).write_text('drawn')\n"
DRAWN = "resources/embedded/archives/cifar-10-python.tar.gz"


@pytest.fixture(scope="module")
def drawing(tmp_path_factory) -> Project:
    """A project that draws at once; it has done so for one data set."""
    project = copy_project(tmp_path_factory.mktemp("project"))
    (project.folder / "scripts" / "draw.py").write_text(QUICK)
    return project


@pytest.mark.slow
def test_a_run_is_a_few_lines_and_its_log_has_all(drawing):
    done = drawing.snakemake(DRAWN)
    said = re.sub(r"^\d\d:\d\d:\d\d  ", "", done.stderr, flags=re.M)
    assert done.returncode == 0
    assert "started   draw cifar-10-python.tar.gz\ndone      draw cifar-10-python.tar.gz (" in said
    assert f"made      {DRAWN}\n" in said and "rule draw" not in said and said.count("\n") < 12
    (log,) = re.findall(r"full log  (\S+)", said)
    assert "localrule draw:" in (drawing.folder / log).read_text()
    again = drawing.snakemake(DRAWN)
    assert "nothing to do" in again.stderr and f"made      {DRAWN}" in again.stderr


@pytest.mark.slow
def test_with_printshellcmds_snakemake_speaks_for_itself(drawing):
    done = drawing.snakemake("--printshellcmds", "--forcerun", "draw", "--", DRAWN)
    assert "localrule draw:" in done.stderr and "1 of 1 steps (100%) done" in done.stderr
