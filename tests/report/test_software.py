import re

from cnnatlas.report.software import BUILT_ON, LOCK, PROJECT, pinned


def test_versions_are_those_of_the_lock(tmp_path):
    lock = tmp_path / "requirements.lock"
    lock.write_text(
        "numpy==2.4.6 ; python_version > '3'  \\\n    --hash=sha256:1\n    # via torch==1\nsnakemake==9.1 \\\nx==3\n"
    )
    assert pinned(lock) == "Snakemake 9.1 and NumPy 2.4.6"


def test_the_lock_pins_all_that_the_study_is_built_on():
    said = pinned()
    assert all(re.search(rf"{title} \d", said) for title in BUILT_ON.values()) and (PROJECT / LOCK).is_file()
