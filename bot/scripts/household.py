"""Who is bound to a house: by contract instead of a code, a code for the family, leaving, taking somebody out.

Leaving and taking out are asked once, with what follows from them; everything else is done at once.
"""

import re
from typing import Any

from bot.heard import Do, Outcome
from bot.scripts import houses, readers
from bot.scripts.script import Answers, Ask, Script
from bot.scripts.turn import Turn
from bot.understanding import acts

#: A contract's number: letters, digits and dashes, with a digit in it; a phone is none.
CONTRACT = re.compile(
    r"(?<![0-9A-Za-z])(?=[A-Za-z0-9-]*\d)(?!1[3-9]\d{9}(?!\d))[A-Za-z]{0,6}[- ]?\d[0-9A-Za-z-]{3,28}", re.IGNORECASE
)


def label_of(text: str) -> str:
    """The owner's word for the person, 老婆; empty when none stands in the text."""
    found = acts.pattern("kin").search(text)
    return found[0] if found else ""


def _without_phone(turn: Turn) -> str:
    phone = turn.slots.phone
    text = turn.text.translate({code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)})
    return re.sub(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)", " ", text) if phone else text


def read_contract(turn: Turn) -> Answers | None:
    """A contract's number, beside a phone or alone."""
    found = CONTRACT.search(_without_phone(turn))
    return {"contract": found[0].strip()} if found else None


def spot_phone(turn: Turn) -> Answers | None:
    """A phone number from any message."""
    return {"phone": turn.slots.phone} if turn.slots.phone else None


def bound(turn: Turn) -> Outcome:
    """The pair is tried; the text says what came of it."""
    args = {name: turn.state.answers[name] for name in ("contract", "phone")}
    return turn.leave(turn.say("bind.pair_result"), dos=(Do("person.bind_contract", args),))


def read_sure(turn: Turn) -> Answers | None:
    """A plain yes or no; nothing else moves anything. “不对，是翡翠城那套” means another house."""
    if turn.slots.correction and houses.meant(turn):
        return None
    if readers.keeps(turn) or turn.means("stays_bound") or turn.slots.command == "cancel":
        return {"sure": False}
    return {"sure": True} if readers.agrees_plainly(turn, "绑", "移", "删", "退出", "remove", "leave", "bind") else None


def invited(turn: Turn) -> Outcome:
    """A code for one more person of the household."""
    project_id, house = houses.of(turn)
    label = turn.state.answers.get("label") or ""
    do = Do("household.invite", {"project_id": project_id, "label": label})
    return turn.leave(turn.say("household.code", house=house, label=label or None), dos=(do,))


def unbound(turn: Turn) -> Outcome:
    """The WeChat leaves the house, or stays."""
    project_id, house = houses.of(turn)
    if not turn.state.answers["sure"]:
        return turn.leave(turn.say("household.stayed", house=house))
    return turn.leave(turn.say("household.gone", house=house), dos=(Do("household.leave", {"project_id": project_id}),))


def _members(turn: Turn) -> list[list[Any]]:
    kept = turn.state.answers.get("members")
    return [one for one in kept if isinstance(one, list | tuple) and len(one) == 2] if isinstance(kept, list) else []


def read_who(turn: Turn) -> Answers | None:
    """One of the listed people, by number or by the word for them; nobody, when the list was all that was wanted."""
    if readers.refuses(turn) or turn.slots.command == "cancel":
        return {"member_id": 0, "who": "", "sure": False}
    listed, option = _members(turn), turn.slots.option
    if option and option <= len(listed):
        return {"member_id": listed[option - 1][0], "who": listed[option - 1][1]}
    fit = [one for one in listed if len(turn.text) > 1 and turn.text in one[1]]
    return {"member_id": fit[0][0], "who": fit[0][1]} if len(fit) == 1 else None


def listed(_: Turn, after: Turn) -> tuple[Do, ...]:
    """Once the house is known its people are looked up."""
    return look(after) if "members" not in after.state.answers else ()


def look(turn: Turn) -> tuple[Do, ...]:
    """Look up who belongs to the house, for the question that follows."""
    if len(turn.facts.houses) > 1 and "project_id" not in turn.state.answers:
        return ()
    return (Do("household.list", {"project_id": houses.of(turn)[0]}, keep=("members",)),)


def taken_out(turn: Turn) -> Outcome:
    """The person is taken out, or stays."""
    project_id, house = houses.of(turn)
    answers = turn.state.answers
    if not answers.get("sure") or "member_id" not in answers:
        return turn.leave(turn.say("household.kept"))
    do = Do("household.remove", {"project_id": project_id, "member_id": answers["member_id"]})
    return turn.leave(turn.say("household.removed", house=house, who=answers["who"]), dos=(do,))


def _sure_facts(turn: Turn) -> dict[str, Any]:
    return {"house": houses.of(turn)[1], "who": turn.state.answers.get("who"), "tickets": len(turn.facts.tickets)}


BY_CONTRACT = Script(
    "bind_contract",
    start="contract",
    steps={
        "contract": Ask(
            "bind.ask_contract",
            read_contract,
            "phone",
            ("contract",),
            spot=read_contract,
            why="bind.why_contract",
        ),
        "phone": Ask("bind.ask_phone", readers.phone, None, ("phone",), spot=spot_phone, asking="phone"),
    },
    finish=bound,
    takes_media=False,
    light=True,
)
INVITE = Script(
    "invite", start="house", steps={"house": houses.ask("household.ask_which", None)}, finish=invited,
    takes_media=False, light=True,
)  # fmt: skip
UNBIND = Script(
    "unbind",
    start="house",
    steps={
        "house": houses.ask("household.ask_which", "sure"),
        "sure": Ask("household.ask_leave", read_sure, None, ("sure",), facts=_sure_facts),
    },
    finish=unbound,
    takes_media=False,
    light=True,
)
REMOVE = Script(
    "remove",
    start="house",
    steps={
        "house": houses.ask("household.ask_which", "who"),
        "who": Ask(
            "household.ask_who", read_who, "sure", ("member_id",), numbered=True,
            facts=lambda turn: {"house": houses.of(turn)[1]} | ({"members": _members(turn)} if _members(turn) else {}),
        ),
        "sure": Ask("household.ask_remove", read_sure, None, ("sure",), facts=_sure_facts),
    },
    finish=taken_out,
    effects=listed,
    takes_media=False,
    light=True,
)  # fmt: skip
