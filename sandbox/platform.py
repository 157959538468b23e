"""The one object that holds a running platform together, and how it shows and pushes things."""

from __future__ import annotations

import secrets
import threading

from .clock import Clock
from .config import Config
from .faults import Faults
from .journal import Journal
from .parcel import Delivery, Parcel
from .postman import Postman
from .replies import EXCUSE, read_reply
from .seal import BadReply
from .tokens import Tokens
from .world import Bubble, Person, World


class Unknown(LookupError):
    """No such person, file or picture here."""


class Platform:
    """Config, clock, memory, postman: everything a handler may use."""

    def __init__(self, config: Config, world: World | None = None):
        """A platform with the given memory, or an empty one; its background thread runs until `close`."""
        self.config = config
        self.clock = Clock(config.clock_file)
        self.world = world or World()
        self.journal = Journal(self.world, self.clock)
        self.postman = Postman(config, self.clock, self.journal)
        self.tokens = Tokens(config)
        self.faults = Faults()
        self.last: dict[str, Parcel] = {}
        self._ids = threading.Lock()

    def close(self) -> None:
        """Stop what runs in the background."""
        self.postman.close()

    def person(self, openid: object) -> Person:
        """The person with this openid, or Unknown."""
        found = self.world.people.get(str(openid or ""))
        if found is None:
            raise Unknown(f"没有这个人：{openid}")
        return found

    def bubble(self, openid: str, side: str, via: str, content: tuple[str, dict], at: float | None = None) -> Bubble:
        """Put something on a phone; content = (type, body)."""
        kind, body = content
        moment = self.clock.now() if at is None else at
        # Number and place are taken together: a poll between them would ask for later numbers only and miss this one.
        with self.world.change() as world:
            bubble = Bubble(world.next(), openid, side, via, kind, moment, body)
            world.bubbles.append(bubble)
        return bubble

    def parcel(self, openid: str, sender: str, kind: str, fields: dict, at: float) -> Parcel:
        """A push with the common fields; messages get a MsgId, events have none."""
        common = {
            "ToUserName": self.config.original_id,
            "FromUserName": sender,
            "CreateTime": int(at),
            "MsgType": kind,
        }
        number = {} if kind == "event" else {"MsgId": 23_000_000_000_000_000 + secrets.randbelow(10**15)}
        return Parcel(openid, {**common, **fields, **number})

    def send(self, parcel: Parcel) -> tuple[Delivery, list[Bubble]]:
        """Push in the person's turn and show what came back. Nothing is shown twice for one parcel."""
        with self.postman.turn(parcel.openid):
            return self.send_now(parcel)

    def send_now(self, parcel: Parcel) -> tuple[Delivery, list[Bubble]]:
        """Like `send`, for a caller that holds the turn or wants tries to overlap."""
        delivery = self.postman.deliver(parcel)
        person = self.world.people.get(parcel.openid)
        if person is None or parcel.fields.get("Event", "").lower() == "unsubscribe":
            return delivery, []
        return delivery, self._show(parcel, delivery, person)

    def _show(self, parcel: Parcel, delivery: Delivery, person: Person) -> list[Bubble]:
        content = ("excuse", {"text": EXCUSE, "reason": delivery.reason})
        via = "system"
        if delivery.status == "ok":
            if delivery.reply is None:
                return []
            try:
                content, via = read_reply(delivery.reply, parcel.fields), "passive"
            except BadReply as error:
                delivery.status, delivery.reason = "invalid", str(error)
                content = ("excuse", {"text": EXCUSE, "reason": delivery.reason})
        with self.world.lock:
            if parcel.shown:
                return []
            parcel.shown = True
        if content[0] == "transfer_customer_service":
            person.kf_until = self.clock.now() + 1800
            content, via = ("notice", {"text": "已转接微信客服，30分钟内的消息由客服台接收"}), "system"
        side = "system" if via == "system" else "account"
        return [self.bubble(person.openid, side, via, content)]

    def event_later(self, openid: str, name: str, fields: dict, sender: str | None = None) -> None:
        """Push a result event in a moment, in order, as the platform does after a send."""

        def push() -> None:
            at = self.clock.now()
            told = {"Event": name, **fields}
            parcel = self.parcel(openid if sender is None else "", sender or openid, "event", told, at)
            self.postman.deliver(parcel)

        self.postman.later(push)
