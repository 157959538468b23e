"""The inbox: who waits, one thread, and the composer in which an answer and an internal note cannot be mixed up."""

from collections.abc import Sequence
from typing import Any

from flask import redirect, request
from flask_admin import expose
from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import joinedload, selectinload

from admin import base, hidden, place, story
from admin.words import lazy, t
from models import Conversation, Follower, Message, Repair
from models.desk.account import people
from models.desk.delivery import ladder
from models.desk.talk import conversations, replies
from models.desk.trust import Deed
from models.work import OPEN_STATES

SIZE = 40
VIEWS = ("waiting", "mine", "staff", "unread", "all")


class ConversationsView(base.Guarded):
    """Three panes: the list, the thread, the person."""

    see = "conversation.see"
    needs = dict.fromkeys(("take", "give_back", "say", "note"), "conversation.reply") | {"read": "conversation.see"}

    @classmethod
    def build(cls, _sessions: Any) -> "ConversationsView":
        """The view, named by the catalogue."""
        return cls(name=lazy("nav.conversations"), endpoint="conversations", url="conversations")

    @expose("/")
    def index_view(self) -> str:
        """The list; on a wide screen the first thread is one click away."""
        return self._panes(None)

    @expose("/<int:number>")
    def thread(self, number: int) -> str:
        """One thread beside the list."""
        return self._panes(self._found(number))

    def _panes(self, chosen: Conversation | None) -> str:
        view = request.args.get("view", "")
        view = view if view in VIEWS else ("all" if chosen else "waiting")
        rows, more = _list(view, request.args.get("after", ""))
        if view == "waiting" and not rows and not request.args.get("view"):
            view = "all"
            rows, more = _list(view, "")
        found: dict[str, Any] = {}
        if chosen:
            messages, earlier = _thread(chosen, base.number("before", request.args))
            found = {
                "messages": messages,
                "earlier": earlier,
                "mail": story.mail(place.session(), messages),
                "window": ladder.window(chosen.follower, place.now()),
                "houses": people.houses_of(place.session(), chosen.follower.customer),
                "repairs": _repairs(chosen.follower),
                "first_reply": replies.owed(place.session(), chosen),
            }
        return self.render(
            "admin/conversations.html", rows=rows, more=more, view=view, views=VIEWS, chosen=chosen, **found
        )

    @expose("/<int:number>/take", methods=("POST",))
    def take(self, number: int) -> Any:
        """The person talks with the customer, the bot is silent."""
        row = self._found(number)
        conversations.take(place.session(), row, place.staff(), now=place.now(), seen=base.number("seen"))
        return self._done(row, "take", t("talk.done.take"))

    @expose("/<int:number>/give-back", methods=("POST",))
    def give_back(self, number: int) -> Any:
        """The bot answers again."""
        row = self._found(number)
        conversations.give_back(place.session(), row, by=place.by(), now=place.now())
        return self._done(row, "give_back", t("talk.done.give_back"))

    @expose("/<int:number>/say", methods=("POST",))
    def say(self, number: int) -> Any:
        """Words to the customer, from whoever has the conversation or takes it with them."""
        row = self._found(number)
        said = base.words("words", limit=600)
        conversations.take(place.session(), row, place.staff(), now=place.now(), seen=base.number("seen"))
        conversations.say(place.session(), row, place.staff(), said, now=place.now())
        return self._done(row, "say", "", sends=True)

    @expose("/<int:number>/note", methods=("POST",))
    def note(self, number: int) -> Any:
        """Words for colleagues only."""
        row = self._found(number)
        conversations.note(place.session(), row, place.staff(), base.words("words"), now=place.now())
        return self._done(row, "note", t("talk.done.note"))

    @expose("/<int:number>/read", methods=("POST",))
    def read(self, number: int) -> Any:
        """What the person has open counts as read; our script says so when the thread is on screen."""
        row = self._found(number)
        if row.unread:
            conversations.read(place.session(), row)
            place.session().commit()
        return {"unread": 0}

    def _found(self, number: int) -> Conversation:
        query = select(Conversation).where(Conversation.id == number, hidden.people(Conversation.follower_id))
        return base.found(place.session().scalar(query.options(*_LOADS)))

    def _done(self, row: Conversation, step: str, said: str, *, sends: bool = False) -> Any:
        base.commit(Deed(f"conversation.{step}", "conversation", str(row.id)), said, sends=sends)
        return redirect(self.get_url(".thread", number=row.id))


_LOADS = (
    joinedload(Conversation.follower).joinedload(Follower.customer),
    joinedload(Conversation.follower).joinedload(Follower.crew),
    joinedload(Conversation.follower).joinedload(Follower.staff),
    joinedload(Conversation.staff),
)


def _list(view: str, after: str) -> tuple[list[Conversation], str]:
    """One page of the list and the key of the next: who waits longest first, otherwise the latest first."""
    query = select(Conversation).where(hidden.people(Conversation.follower_id)).options(*_LOADS)
    if view == "waiting":
        query = query.where(Conversation.owner == "queue").order_by(Conversation.waiting_since, Conversation.id)
        return list(place.session().scalars(query.limit(200))), ""
    query = _narrowed(query, view).where(Conversation.last_message_at.is_not(None))
    if key := base.key(after):
        query = query.where(tuple_(Conversation.last_message_at, Conversation.id) < key)
    query = query.order_by(Conversation.last_message_at.desc(), Conversation.id.desc()).limit(SIZE + 1)
    rows, more = base.pages(place.session().scalars(query), SIZE)
    return rows, base.key_of(rows[-1].last_message_at, rows[-1].id) if more else ""


def _narrowed(query: Select[tuple[Conversation]], view: str) -> Select[tuple[Conversation]]:
    if view == "mine":
        return query.where(Conversation.staff_id == place.staff().id)
    if view == "staff":
        return query.where(Conversation.owner == "agent")
    if view == "unread":
        return query.where(Conversation.unread > 0)
    return query


def _thread(row: Conversation, before: int | None) -> tuple[list[Message], int]:
    """The latest messages, oldest first, and the key of earlier ones (0 when there are none)."""
    query = select(Message).where(Message.conversation_id == row.id)
    if before:
        query = query.where(Message.id < before)
    query = query.options(joinedload(Message.staff), selectinload(Message.attachments))
    rows, more = base.pages(place.session().scalars(query.order_by(Message.id.desc()).limit(SIZE + 1)), SIZE)
    return rows[::-1], rows[-1].id if more else 0


def _repairs(follower: Follower) -> Sequence[Repair]:
    query = select(Repair).where(Repair.follower_id == follower.id).options(joinedload(Repair.project))
    rows = place.session().scalars(query.order_by(Repair.id.desc()).limit(8)).all()
    return sorted(rows, key=lambda repair: repair.state not in OPEN_STATES)
