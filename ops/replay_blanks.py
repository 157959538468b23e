"""What <<…>> in a line of a replay stands for: numbers and codes that only the records know. Read only."""

import re
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from models.people import BindingCode, Follower
from models.qrcodes import QrCode
from models.work import Repair
from ops.replay_cast import Cast
from ops.replay_file import BadFile, Line

#: <<number>> is the latest repair of the file's people, <<family>> the latest code that an owner of them asked for,
#: <<code:NAME>> a binding code and <<contract:NUMBER>> a contract of the setup,
#: <<ref:W1>> the scene of that person's own code, <<event:NAME>> of an event of the setup.
_BLANK = re.compile(r"<<(number|family|(?:code|contract|ref|event):[^>]{1,40})>>")


def filled(sessions: sessionmaker[Session], cast: Cast, line: Line, text: str) -> str:
    """The text with its blanks filled from the records; BadFile where they know no such thing."""

    def fill(blank: "re.Match[str]") -> str:
        kind, _, name = blank[1].partition(":")
        return _FILLERS[kind](sessions, cast, line, name)

    return _BLANK.sub(fill, text)


def _own(cast: Cast) -> object:
    return select(Follower.id).where(Follower.openid.in_(list(cast.openids.values())))


def _number(sessions: sessionmaker[Session], cast: Cast, line: Line, _: str) -> str:
    query = select(Repair.number).where(Repair.follower_id.in_(_own(cast))).order_by(Repair.id.desc()).limit(1)
    with sessions() as session:
        found = session.scalar(query)
    return _known(found, line, "还没有报修，<<number>> 没有单号可填")


def _family(sessions: sessionmaker[Session], cast: Cast, line: Line, _: str) -> str:
    query = select(BindingCode.code).where(BindingCode.issued_by_id.in_(_own(cast)))
    with sessions() as session:
        found = session.scalar(query.order_by(BindingCode.id.desc()).limit(1))
    return _known(found, line, "还没有人要过家人的码，<<family>> 没有码可填")


def _code(_: sessionmaker[Session], cast: Cast, line: Line, name: str) -> str:
    return _known(cast.codes.get(name), line, f"没有叫 {name} 的绑定码，请写进 setup 的 codes")


def _contract(_: sessionmaker[Session], cast: Cast, line: Line, name: str) -> str:
    return _known(cast.contracts.get(name), line, f"没有合同 {name}，请写进 setup 的 projects")


def _ref(sessions: sessionmaker[Session], cast: Cast, line: Line, who: str) -> str:
    query = select(QrCode.scene).join(QrCode.follower).where(Follower.openid == cast.openid(who))
    with sessions() as session:
        found = session.scalar(query)
    return _known(found, line, f"{who} 还没有要过推荐码，<<ref:{who}>> 没有码可填")


def _event(_: sessionmaker[Session], cast: Cast, line: Line, name: str) -> str:
    number = cast.events.get(name)
    return _known(f"event_{number}" if number else None, line, f"没有叫 {name} 的活动，请写进 setup 的 events")


def _known(found: str | None, line: Line, trouble: str) -> str:
    if found is None:
        raise BadFile(line.number, trouble)
    return found


_FILLERS: dict[str, Callable[[sessionmaker[Session], Cast, Line, str], str]] = {
    "number": _number, "family": _family, "code": _code, "contract": _contract, "ref": _ref, "event": _event,
}  # fmt: skip
