"""`cli.py worker` and `cli.py clock`: the two processes of RQ, with our way of logging."""

import argparse

from jobs import schedule, worker
from jobs.world import settings
from ops import logs


def work(arguments: list[str]) -> int:
    """Do jobs until SIGTERM, which lets the present job end. Any number of workers may run."""
    argparse.ArgumentParser(prog="cli.py worker", description=work.__doc__).parse_args(arguments)
    logs.configure(settings().log_level)
    return worker.main()


def tick(arguments: list[str]) -> int:
    """Put due jobs on the queue until SIGTERM. One is enough; a second one stands by."""
    argparse.ArgumentParser(prog="cli.py clock", description=tick.__doc__).parse_args(arguments)
    logs.configure(settings().log_level)
    return schedule.main()
