"""Understanding begins at once: nothing of records or libraries is loaded before the first word is read."""

import subprocess
import sys

LOADS = (
    "import sys, bot.understanding;"
    "print(sorted({name.split('.')[0] for name in sys.modules} & {'models', 'sqlalchemy', 'flask', 'redis', 'jinja2'}))"
)


def test_it_loads_nothing_but_itself_and_what_finds_numbers():
    told = subprocess.run([sys.executable, "-c", LOADS], capture_output=True, text=True, check=True, timeout=60)
    assert told.stdout.strip() == "[]"
