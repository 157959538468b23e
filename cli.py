#!/usr/bin/env python3
"""The command line: one verb, one module. Each verb is imported only when it is asked for.

That is dispatch by a table of names, not an import inside a function: `up` must be on the screen at once, and
`understand` needs no database. This file keeps to old syntax so that an old Python can read the refusal below.
"""

import importlib
import sys

#: verb -> (module, function, what it does). The function takes the remaining arguments, returns an exit code.
VERBS = {
    "up": ("ops.up", "main", "run everything on this machine; --sandbox adds the phones"),
    "migrate": ("ops.database", "migrate", "bring the database's tables up to date"),
    "seed": ("ops.database", "seed", "plant the demo company in an empty sandbox database"),
    "staff": ("ops.staff", "main", "who may log in to the panel: add, password, list"),
    "menu": ("ops.menu", "main", "put our menu under the account's chat"),
    "worker": ("ops.queue", "work", "do the jobs (any number may run)"),
    "clock": ("ops.queue", "tick", "start the jobs that are due (one suffices, a second one is harmless)"),
    "backup": ("ops.backup", "main", "back up the database and the photos, and put old backups away"),
    "restore": ("ops.restore", "main", "put a backup back, or --rehearse whether it could be"),
    "doctor": ("ops.doctor", "main", "check this deployment and say in words what is wrong"),
    "understand": ("ops.understand", "main", "read JSON lines with a text each, print what was understood"),
    "replay": ("ops.replay", "main", "play conversations from a file through the running sandbox"),
    "shape": ("ops.shape", "main", "measure the code beside the targets of our style"),
}

TOO_OLD = "需要 Python 3.11 或更新版本，当前是 {0}。 / Python 3.11 or newer is needed, this is {0}."


def usage():
    """Return the list of verbs for people."""
    lines = ["python cli.py VERB …", ""]
    lines += [f"  {verb:<11} {says}" for verb, (_, _, says) in VERBS.items()]
    return "\n".join(lines)


def main(arguments):
    """Run one verb and return its exit code; an unknown one, or none, prints the list."""
    if sys.version_info < (3, 11):  # noqa: UP036 — somebody may start us with an older one all the same
        print(TOO_OLD.format(sys.version.split()[0]), file=sys.stderr)
        return 2
    if not arguments or arguments[0] not in VERBS:
        print(usage(), file=sys.stdout if arguments in ([], ["--help"], ["-h"]) else sys.stderr)
        return 0 if arguments in ([], ["--help"], ["-h"]) else 2
    module, function, _ = VERBS[arguments[0]]
    run = getattr(importlib.import_module(module), function)
    settings_error = importlib.import_module("settings").SettingsError
    try:
        return run(arguments[1:])
    except settings_error as refusal:
        print(refusal, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
