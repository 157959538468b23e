"""How our processes log: one line each, to standard error, whatever a person typed into it."""

import logging
import re

#: Everything that a terminal or a log reader might take for a new line or a command.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class OneLine(logging.Formatter):
    """Formats a record so that no text inside it can look like another record."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line; a traceback follows on lines that begin with a bar."""
        first, *trace = super().format(record).split("\nTraceback ", 1)
        lines = [CONTROL.sub(lambda found: f"\\x{ord(found.group()):02x}", first)]
        if trace:
            lines += [CONTROL.sub(" ", line) for line in f"Traceback {trace[0]}".splitlines()]
        return "\n  | ".join(lines)


def configure(level: str) -> None:
    """Log from `level` on; calling it again replaces the handler instead of doubling the lines."""
    handler = logging.StreamHandler()
    handler.setFormatter(OneLine("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
