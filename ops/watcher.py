"""The last one out: ends its whole process group as soon as the process that started it is gone.

Run as a script by `ops.family`, which holds the other end of this process's standard input. However that
process ends, kill -9 included, the pipe closes and everything in the group is stopped. It imports nothing of
ours, so that it starts at once and cannot be broken by a half-edited module.
"""

import os
import signal
import sys
import time

#: Seconds between asking and killing: Redis writes its file in less, and jobs may be cut, they run again.
GRACE = 3.0


def main() -> None:
    """Wait for the pipe to close, then stop the group: first asked, then killed, this process included."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.buffer.read()
    os.killpg(0, signal.SIGTERM)
    time.sleep(GRACE)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
