"""`cli.py worker`: RQ's worker on our connection, with the intervals that let a peer notice a dead one.

At RQ's default worker ttl an idle worker blocks for 405 s between maintenance runs, and a job whose worker and
child were both killed waits that long. With 30 s it was seen to be retried after about 95 s. The sweep over the
records is the guarantee; this only makes it quicker.
"""

import argparse

from rq import Worker

from bot.nudge import QUEUE
from jobs import work as names
from jobs import world
from ops import logs

WORKER_TTL, MAINTENANCE, MONITORING = 30, 5, 5


def work(arguments: list[str]) -> int:
    """Do jobs until SIGTERM, which lets the present job end; a second one cuts it, and it will run again."""
    parser = argparse.ArgumentParser(prog="cli.py worker", description=work.__doc__)
    parser.add_argument("--burst", action="store_true", help="end when the queue is empty")
    options = parser.parse_args(arguments)
    settings = world.settings()
    logs.configure(settings.log_level)
    # Read once here, so that no forked job pays for importing its code and compiling the texts.
    assert names.deliver and world.texts()
    worker = Worker(
        [QUEUE],
        connection=world.connect(settings.redis_url),
        worker_ttl=WORKER_TTL,
        maintenance_interval=MAINTENANCE,
        job_monitoring_interval=MONITORING,
        log_job_description=False,
    )
    worker.work(burst=options.burst, with_scheduler=True, logging_level=settings.log_level)
    return 0
