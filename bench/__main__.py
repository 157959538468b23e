"""`make bench`: every measurement as a ratio to its baseline in the same run, as tables for the README.

`python -m bench turn` or `outbox`, `campaign 100000`, `calls 100000`, `knowledge`, `understanding`, `profile` measures
one of them.
"""

import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from statistics import median

from bench import calls, campaign, knowledge, outbox, profile, turn, understanding
from tests import servers


@contextmanager
def databases(folder: Path) -> Iterator[dict[str, str]]:
    """Both databases, durable as in production; PostgreSQL only where it is installed."""
    urls = {"SQLite": f"sqlite:///{folder}/bench.db"}
    if servers.find_postgres() is None:
        print("PostgreSQL is not installed: measured on SQLite only", file=sys.stderr)
        yield urls
        return
    with servers.postgres_server(durable=True) as url:
        yield urls | {"PostgreSQL": url.format(name="postgres")}


def measure_turn(urls: dict[str, str], redis_url: str, folder: Path) -> None:
    """Print the turn's share of the echo's rate, by mode and database."""
    print("| mode | database | best | median | wrong answers |\n|---|---|---|---|---|")
    for secure in (True, False):
        codes = turn.invented(secure)
        for name, url in urls.items():
            turn.fresh(url)
            told = turn.environment(codes, url, redis_url, folder)
            measured = turn.rounds({"echo": turn.ECHO, "turn": turn.WEB}, told, codes)
            best, middle, wrong = turn.ratio(measured, "turn")
            print(f"| {'secure' if secure else 'plain'} | {name} | {best:.2f} | {middle:.2f} | {wrong} |", flush=True)
            if secure:
                rate = max(run.rate for run in measured["turn"]) / 2
                tails = [median(turn.tail(told, codes, app, rate) for _ in range(3)) for app in (turn.ECHO, turn.WEB)]
                print(f"| p99 at half load | {name} | {tails[1] / tails[0]:.1f} × the echo's | | |", flush=True)


def measure_profile(urls: dict[str, str]) -> None:
    """Print where the time of a turn goes."""
    print("| part of a turn | database | share |\n|---|---|---|")
    for name, url in urls.items():
        for part, _, share in profile.profile(url):
            print(f"| {part} | {name} | {share:.0%} |")


def measure_outbox(urls: dict[str, str], redis_url: str, folder: Path) -> None:
    """Print the outbox's share of a bare HTTP loop's rate."""
    print("| platform answers in | database | share of a bare loop | sent | doubled |\n|---|---|---|---|---|")
    for name, url in urls.items():
        for delay in (0.0, 0.02):
            share, sent, doubled = outbox.compare(url, redis_url, folder, delay)
            print(f"| {delay * 1000:.0f} ms | {name} | {share:.2f} | {sent} | {doubled} |", flush=True)


def measure_campaign(urls: dict[str, str], redis_url: str, folder: Path, people: int) -> None:
    """Print a campaign's share of a bare HTTP loop's rate and what it takes of memory, each in a process of its own."""
    print(
        "| people | platform answers in | database | share of a bare loop | sent | memory |\n|---|---|---|---|---|---|"
    )
    for name, url in urls.items():
        # A platform that takes its time is measured on fewer people: the share is the same, the minutes are not.
        for delay, count in ((0.0, people), (0.02, min(people, campaign.SLOW_PEOPLE))):
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart:
                share, sent, grown = apart.submit(campaign.compare, url, redis_url, folder, count, delay).result()
            row = f"| {count} | {delay * 1000:.0f} ms | {name} | {share:.2f} | {sent} | +{grown:.0f} MB |"
            print(row, flush=True)


def measure_calls(urls: dict[str, str], folder: Path, people: int) -> None:
    """Print what the clock's calls cost in a house of so many customers, in a process of its own."""
    print("| customers | database | seconds for 1,000 calls | statements a call | calls | memory |")
    print("|---|---|---|---|---|---|")
    for name, url in urls.items():
        with ProcessPoolExecutor(1, mp_context=get_context("spawn"), max_tasks_per_child=1) as apart:
            apart.submit(calls.town, url, people).result()  # what building it takes of memory is not the clock's
            spent, each, made, grown = apart.submit(calls.measure, url, folder).result()
        print(f"| {people} | {name} | {spent:.1f} | {each:.1f} | {made} | +{grown:.0f} MB |", flush=True)


def measure_knowledge(urls: dict[str, str]) -> None:
    """Print how our search of the articles compares with a plain LIKE over them."""
    print("| articles | database | searches in the time of one LIKE | one search | found |\n|---|---|---|---|---|")
    for name, url in urls.items():
        share, milliseconds, right = knowledge.compare(url)
        print(f"| {knowledge.ARTICLES} | {name} | {share:.2f} | {milliseconds:.2f} ms | {right:.0%} |", flush=True)


def measure_understanding() -> None:
    """Print how many pushes could be taken apart while one message is understood."""
    print("| understanding a message | pushes taken apart in that time | milliseconds |\n|---|---|---|")
    middle, slow, milliseconds, slowest = understanding.compare()
    print(f"| median | {middle:.0f} | {milliseconds:.2f} |\n| 99 % below | {slow:.0f} | {slowest:.1f} |", flush=True)


PARTS = {"turn", "outbox", "campaign", "calls", "knowledge", "understanding", "profile"}
USAGE = "python -m bench [turn] [outbox] [campaign [PEOPLE]] [calls [PEOPLE]] [knowledge] [understanding] [profile]"


def main(wanted: list[str]) -> int:
    """Measure what was asked for, or everything; a number says how many people the campaign or the house has."""
    people = next((int(word) for word in wanted if word.isdigit()), campaign.PEOPLE)
    wanted = [word for word in wanted if not word.isdigit()]
    if set(wanted) - PARTS:
        print(USAGE, file=sys.stderr)
        return 2
    with servers.private_folder() as folder, servers.redis_server() as redis_url, databases(folder) as urls:
        if not wanted or "turn" in wanted:
            measure_turn(urls, redis_url, folder)
        if not wanted or "outbox" in wanted:
            measure_outbox(urls, redis_url, folder)
        if not wanted or "campaign" in wanted:
            measure_campaign(urls, redis_url, folder, people)
        if not wanted or "calls" in wanted:
            measure_calls(urls, folder, people)
        if not wanted or "knowledge" in wanted:
            measure_knowledge(urls)
        if not wanted or "understanding" in wanted:
            measure_understanding()
        if not wanted or "profile" in wanted:
            measure_profile(urls)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
