"""Log lines: what a person typed stays inside its own line."""

import logging
import sys

from ops.logs import OneLine

FORMAT = OneLine("%(levelname)s %(message)s")


def record(message, *values, error=None):
    return logging.LogRecord("bot", logging.WARNING, __file__, 1, message, values, error)


def test_a_line_break_in_a_text_starts_no_new_line():
    said = FORMAT.format(record("told: %s", "hello\nERROR all is lost\r\x1b[2Jdone\u2028"))
    assert said == "WARNING told: hello\\x0aERROR all is lost\\x0d\\x1b[2Jdone\\x2028"


def test_chinese_stays_readable():
    assert FORMAT.format(record("%s 已接单", "小林")) == "WARNING 小林 已接单"


def test_a_traceback_is_kept_but_cannot_pose_as_a_record():
    try:
        raise ValueError("first\nERROR forged")
    except ValueError:
        lines = FORMAT.format(record("failed", error=sys.exc_info())).splitlines()
    assert lines[0] == "WARNING failed" and len(lines) > 3
    assert all(line.startswith("  | ") for line in lines[1:]) and lines[-1] == "  | ERROR forged"
