"""Snakemake's scheduler, kept from waiting when a run is over."""

import threading


def end_reschedules_with_the_run() -> None:
    """Once the main thread ends, cancel the timers with which Snakemake reschedules (profiles/default).

    Else Python waits for the last of them before the process ends, up to a minute. Unlike Snakemake's handlers for the
    end of a run, this works for a run that is interrupted, and in a module.
    """
    threading.Thread(target=_cancel_timers, daemon=True).start()


def _cancel_timers() -> None:
    threading.main_thread().join()
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.cancel()
