"""Grade `bot.understanding.read` on a blind examination: `python -m tests.understanding.exam.grade FILE`.

Only totals, and confusions as class → class, are printed; texts appear with `--texts` alone, which is for whoever
checks a label, never for whoever tunes the understanding. README.md says how each question is marked.
"""

import argparse
import json
import re
from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path

from bot.understanding import Context, read

EXAM = Path(__file__).with_name("exam.jsonl")
#: A fixed hour, so that "tomorrow" reads the same on every run.
NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
NOTHING = "(nothing)"


class Tally:
    """Right and asked, by class."""

    def __init__(self):
        """Start with nothing asked."""
        self.right, self.asked = Counter(), Counter()

    def mark(self, name, right):
        """Count one answer under `name`."""
        self.asked[name] += 1
        self.right[name] += bool(right)

    def total(self):
        """Return (right, asked) over all classes."""
        return sum(self.right.values()), sum(self.asked.values())

    def rows(self):
        """Yield (name, right, asked), worst share first."""
        for name in sorted(self.asked, key=lambda name: (self.right[name] / self.asked[name], name)):
            yield name, self.right[name], self.asked[name]


class Sheet:
    """Everything that one run of the examination counts."""

    def __init__(self):
        """Open an empty sheet."""
        self.intent, self.style, self.also = Tally(), Tally(), Tally()
        self.category, self.target, self.sentiment = Tally(), Tally(), Tally()
        self.score, self.slots, self.urgent = Tally(), Tally(), Tally()
        self.confusion = defaultdict(Counter)
        self.failures = []

    def wrong(self, kind, question, expected, got):
        """Note a wrong answer of `kind`."""
        self.confusion[kind][f"{expected} → {got}"] += 1
        self.failures.append((kind, question["id"], expected, got, question["text"]))


def questions(path=EXAM):
    """Return the examination's questions in order."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def best(reading):
    """Return the name of the best intent, NOTHING when none was found."""
    return reading.top.name or NOTHING if reading.intents else NOTHING


def same(slot, expected, found):
    """Tell whether the slot's value is the expected one, spelling aside."""
    if found is None:
        return False
    if isinstance(expected, int | float):
        return float(found) == float(expected)
    left, right = (re.sub(r"[\s-]", "", str(value)) for value in (expected, found))
    if slot == "building":
        left, right = (value.rstrip("幢栋号楼座") for value in (left, right))
    if slot in ("place", "estate", "style"):
        return left in right or (len(right) > 1 and right in left)
    return left == right


def mark_intent(sheet, question, reading):
    """Mark the best intent: the expected one, or another one that the labeller would accept as first."""
    got, expected = best(reading), question["intent"]
    also = question.get("also", [])
    right = got == expected or got in also
    sheet.intent.mark(expected, right)
    sheet.style.mark(question["style"], right)
    if not right:
        sheet.wrong("intent", question, expected, got)
    if question["style"] == "multi":
        found = {intent.name for intent in reading.intents}
        for name in (expected, *also):
            sheet.also.mark("every intent of a message of several", name in found)


def mark_choice(sheet, kind, question, value):
    """Mark a category or a target: the expected one or one of those listed beside it."""
    expected = question.get(kind)
    if expected is None:
        return
    right = value in (expected, *question.get(f"{kind}_also", ()))
    getattr(sheet, kind).mark(expected, right)
    if not right:
        sheet.wrong(kind, question, expected, value or NOTHING)


def mark_urgency(sheet, question, reading):
    """Mark whether urgency was seen, and whether a calm repair or another matter altogether raised an alarm."""
    expected, got = question.get("urgent"), reading.slots.urgent
    repair = "repair" in (question["intent"], *question.get("also", []))
    if expected is None and repair:
        return  # readers would differ
    name = "urgent" if expected else "calm repair" if repair else "other matter"
    sheet.urgent.mark(name, got == bool(expected))
    if got != bool(expected):
        sheet.wrong("urgent", question, name, got)


def mark_score(sheet, question, slots):
    """Mark the score, exact or within the listed range (no number then also passes), and the sentiment."""
    if question.get("score") is not None:
        right = slots.score == question["score"]
        sheet.score.mark("exact", right)
        if not right:
            sheet.wrong("score", question, question["score"], slots.score)
    elif "score_in" in question:
        right = slots.score is None or slots.score in question["score_in"]
        sheet.score.mark("in words, no contradiction", right)
        sheet.score.mark("in words, a number given", slots.score in question["score_in"])
        if not right:
            sheet.wrong("score", question, "/".join(map(str, question["score_in"])), slots.score)
    if "sentiment" in question:
        right = slots.sentiment == question["sentiment"]
        sheet.sentiment.mark(question["sentiment"], right)
        if not right:
            sheet.wrong("sentiment", question, question["sentiment"], slots.sentiment)


def mark_slots(sheet, question, slots):
    """Mark the slots that the labeller wrote down; `place` is met by the place or by its room."""
    for slot, expected in question.get("slots", {}).items():
        found = [getattr(slots, slot)] + ([slots.place_room] if slot == "place" else [])
        right = any(same(slot, expected, value) for value in found)
        sheet.slots.mark(slot, right)
        if not right:
            missing = all(value is None for value in found)
            sheet.wrong("slots", question, slot, "missing" if missing else "other value")


def grade(asked):
    """Return the sheet of one run over the questions."""
    sheet = Sheet()
    for question in asked:
        reading = read(question["text"], Context(**question.get("context", {})), NOW)
        mark_intent(sheet, question, reading)
        mark_choice(sheet, "category", question, reading.slots.category)
        mark_choice(sheet, "target", question, reading.slots.target)
        mark_urgency(sheet, question, reading)
        mark_score(sheet, question, reading.slots)
        mark_slots(sheet, question, reading.slots)
    return sheet


def share(right, asked):
    """Return "right/asked percent"."""
    return f"{right:4d}/{asked:<4d} {100 * right / asked:5.1f}%" if asked else "   0/0"


def tables(sheet):
    """Yield the report's lines: each table with its total, then its classes from the worst up."""
    names = ("intent", "style", "also", "category", "target", "score", "sentiment", "slots")
    for name in names:
        tally = getattr(sheet, name)
        # A score in words is marked twice, so only its rows mean something.
        yield f"{name:<42}" + ("" if name == "score" else share(*tally.total()))
        for row, right, asked in tally.rows():
            yield f"  {row:<40}{share(right, asked)}"
    yield f"{'urgency recall':<42}{share(sheet.urgent.right['urgent'], sheet.urgent.asked['urgent'])}"
    for what, counted in (
        ("all that is calm", ("calm repair", "other matter")),
        ("calm repairs alone", ("calm repair",)),
    ):
        alarms = sum(sheet.urgent.asked[name] - sheet.urgent.right[name] for name in counted)
        yield f"{'false alarms, of ' + what:<42}{share(alarms, sum(sheet.urgent.asked[name] for name in counted))}"


def confusions(sheet):
    """Yield the wrong answers as class → class with counts, most frequent first."""
    for kind, counts in sheet.confusion.items():
        yield f"confusions: {kind} ({sum(counts.values())})"
        for pair, count in counts.most_common():
            yield f"  {count:4d}  {pair}"


def main(argv=None):
    """Print the report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", nargs="?", type=Path, default=EXAM, help="questions, one JSON object a line")
    parser.add_argument("--texts", action="store_true", help="also print what failed; not for tuning")
    options = parser.parse_args(argv)
    sheet = grade(questions(options.file))
    for line in (*tables(sheet), *confusions(sheet)):
        print(line)
    for failure in sheet.failures if options.texts else ():
        print(*failure, sep="\t")


if __name__ == "__main__":
    main()
