"""The faults of a repair one by one: kept apart from the report on, finished or left one by one by the crew."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from models.errors import Missing
from models.visits import RepairItem
from models.work import Repair

#: More faults than this in one report are one long story; the last one keeps the rest of the words.
MOST = 12


@dataclass(frozen=True)
class Fault:
    """One fault as it was reported."""

    problem: str
    category: str = "其他"
    place: str = ""
    urgent: bool = False


def name(repair: Repair, faults: Sequence[Fault]) -> None:
    """The repair consists of these faults, in this order; without any it has one, in the words of its problem.

    Faults that were named before and are named again keep what was done about them; those not named any more go,
    unless a crew has been at them.
    """
    told = list(faults) or [Fault(repair.problem, repair.category, repair.place, repair.urgent)]
    if len(told) > MOST:
        rest = "；".join(fault.problem for fault in told[MOST - 1 :])
        told = [*told[: MOST - 1], Fault(rest, told[MOST - 1].category)]
    touched = [item for item in repair.items if item.state != "open"]
    for position, fault in enumerate(told, 1):
        row = next((item for item in repair.items if item.position == position), None)
        if row is None:
            repair.items.append(_row(position, fault))
        elif row not in touched:
            row.problem, row.category, row.place = fault.problem, fault.category, fault.place[:40]
            row.urgent = fault.urgent
    for row in [item for item in repair.items if item.position > len(told) and item not in touched]:
        repair.items.remove(row)


def _row(position: int, fault: Fault) -> RepairItem:
    return RepairItem(
        position=position, category=fault.category[:10] or "其他", place=fault.place[:40], problem=fault.problem,
        urgent=fault.urgent, state="open", note="",
    )  # fmt: skip


def close(repair: Repair, left: Mapping[int, str]) -> list[RepairItem]:
    """Every fault is done but those of `left`, by position, each with its reason; returns those that were left.

    Refused for a position that is none of the repair's, and for one left without a reason.
    """
    known = {item.position: item for item in repair.items}
    if unknown := sorted(left.keys() - known.keys()):
        raise Missing("errors.no_such_item", n=unknown[0], most=len(known))
    if not all(reason.strip() for reason in left.values()):
        raise Missing(field="left_reason")
    for position, item in known.items():
        if position in left:
            item.state, item.note = "left", left[position].strip()
        elif item.state != "done":
            item.state, item.note = "done", ""
    return [known[position] for position in sorted(left)]


def open_again(repair: Repair, words: str) -> None:
    """What broke again is open; when the words name none of the faults, all of them are."""
    named = [item for item in repair.items if _meant(item, words)]
    for item in named or repair.items:
        item.state, item.note = "open", ""


def _meant(item: RepairItem, words: str) -> bool:
    return bool(item.place and item.place in words) or item.problem in words


def waiting(repair: Repair) -> list[RepairItem]:
    """What is still to be mended."""
    return [item for item in repair.items if item.state != "done"]


def lines(items: Iterable[RepairItem]) -> str:
    """厨房漏水；卧室门关不上: as one line."""
    return "；".join(item.problem for item in items)
