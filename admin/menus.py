"""The menu under the chat, edited with a preview within the platform's limits; and tags on followers."""

from typing import Any

from flask import redirect, request
from flask_admin import expose
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from admin import base, faces, place
from admin.tables import DeskView
from admin.tell import sentence
from admin.words import lazy, name_of, t
from models import Customer, Follower, MenuVersion, Tag, Tagging
from models.desk.account import menus, tags
from models.desk.trust import Deed
from models.errors import DomainError
from models.menus import KEYS, TAG_MOVES
from phones import clean_phone

#: Versions that the page lists.
MOST = 30


class MenusView(base.Guarded):
    """The editor, and every version with what became of it."""

    see = "menu.see"
    needs = dict.fromkeys(("save", "preview", "publish"), "menu.edit")

    @classmethod
    def build(cls, _sessions: Any) -> "MenusView":
        """The view, named by the catalogue."""
        return cls(name=lazy("nav.menus"), endpoint="menus", url="menus")

    @expose("/")
    def index_view(self) -> str:
        """The editor, filled with the version that was asked for, else the one on phones."""
        session = place.session()
        query = select(MenuVersion).options(joinedload(MenuVersion.staff)).order_by(MenuVersion.id.desc()).limit(MOST)
        versions = session.scalars(query).all()
        shown = session.get(MenuVersion, base.number("version", request.args) or 0) or menus.current(session)
        buttons = (shown or versions[0]).buttons if shown or versions else []
        return self.render(
            "admin/menus.html", versions=versions, rows=_rows(buttons), keys=KEYS, reads=_reads(buttons), shown=shown
        )

    @expose("/preview", methods=("POST",))
    def preview(self) -> Any:
        """How it would look on a phone, or why the platform or the bot would not take it."""
        buttons = _told()
        try:
            menus.check(buttons)
        except DomainError as refusal:
            return {"problem": sentence(refusal)}
        return {"words": _reads(buttons)}

    @expose("/save", methods=("POST",))
    def save(self) -> Any:
        """A draft; with `publish` it is wanted at once."""
        row = menus.draft(place.session(), _told(), staff=place.staff(), now=place.now())
        wanted = request.form.get("publish") == "1"
        if wanted:
            menus.publish(place.session(), row, now=place.now())
        deed = Deed("menu.publish" if wanted else "menu.save", "menus", str(row.id), after={"menu": str(row)})
        base.commit(deed, t("menu_page.wanted" if wanted else "menu_page.saved"))
        return redirect(self.get_url(".index_view", version=row.id))

    @expose("/<int:number>/publish", methods=("POST",))
    def publish(self, number: int) -> Any:
        """This version is to be the account's menu, whether it was before or not."""
        row = base.found(place.session().get(MenuVersion, number))
        menus.publish(place.session(), row, now=place.now())
        base.commit(Deed("menu.publish", "menus", str(number), after={"menu": str(row)}), t("menu_page.wanted"))
        return redirect(self.get_url(".index_view", version=number))


class TagsView(DeskView):
    """Tags of the platform, and who has them."""

    record = Tag
    see = "tag.see"
    add = "tag.edit"
    needs = dict.fromkeys(("put", "off", "again"), "tag.edit")
    column_list = column_details_list = ("name", "state", "qr_reason", "created_at")
    form_columns = ("name",)
    column_default_sort = "name"
    facets = {"state": ("tag", tuple(TAG_MOVES))}
    column_formatters = column_formatters_detail = {
        "state": lambda _v, _c, row, _n: faces.chip("tag", row.state),
        "qr_reason": lambda _v, _c, row, _n: row.reason or "—",
    }
    details_template = "admin/tag.html"

    def create_model(self, form: Any) -> Any:
        """The tag is wanted; a worker makes it on the platform."""
        try:
            row = tags.make(place.session(), form.name.data or "", now=place.now())
        except DomainError as refusal:
            place.session().rollback()
            base.flash(sentence(refusal), "error")
            return False
        base.keep(Deed("create", "tags", str(row.id), after={"name": row.name}))
        return row

    def more(self, model: Tag) -> dict[str, Any]:
        """Who has it, or is to have it."""
        query = (
            select(Tagging)
            .where(Tagging.tag_id == model.id, Tagging.state != "off")
            .options(
                joinedload(Tagging.follower).joinedload(Follower.customer),
                joinedload(Tagging.follower).joinedload(Follower.crew),
                joinedload(Tagging.follower).joinedload(Follower.staff),
            )
        )
        return {"taggings": place.session().scalars(query.order_by(Tagging.id.desc()).limit(200)).all()}

    @expose("/<int:number>/put", methods=("POST",))
    def put(self, number: int) -> Any:
        """Every WeChat of the customer with this phone is to have the tag; refused for what is no number."""
        tag = base.found(place.session().get(Tag, number))
        phone = clean_phone(base.words("phone", limit=20))
        if not phone:  # else it would be everybody whose phone nobody knows
            raise DomainError("errors.phone_wrong", field="phone")
        people = select(Follower).join(Follower.customer).where(Customer.phone == phone, Follower.subscribed)
        found = place.session().scalars(people).all()
        if not found:
            raise DomainError("errors.no_wechat")
        count = tags.put(place.session(), tag, found, now=place.now())
        base.commit(Deed("tag.put", "tags", str(number), after={"people": count}), t("tag_page.put", n=count))
        return redirect(self.get_url(".details_view", id=number))

    @expose("/<int:number>/off/<int:tagging_id>", methods=("POST",))
    def off(self, number: int, tagging_id: int) -> Any:
        """The tag is to come off this person."""
        tagging = place.session().get(Tagging, tagging_id)
        if tagging is None or tagging.tag_id != number:
            base.found(None)
        tags.take_off(place.session(), tagging, now=place.now())
        base.commit(Deed("tag.off", "tags", str(number)), t("tag_page.taken"))
        return redirect(self.get_url(".details_view", id=number))

    @expose("/<int:number>/again", methods=("POST",))
    def again(self, number: int) -> Any:
        """The platform is asked once more."""
        tag = base.found(place.session().get(Tag, number))
        if tag.state == "failed":
            tag.move("wanted", now=place.now())
        base.commit(Deed("tag.again", "tags", str(number)), t("qr_page.asked"))
        return redirect(self.get_url(".details_view", id=number))


def _told() -> list[dict[str, Any]]:
    """The buttons as the form has them; rows without a name and an action are left out."""
    buttons = []
    for above in range(menus.MOST_ABOVE):
        below = [one for row in range(menus.MOST_BELOW) if (one := _button(f"b{above}_{row}"))]
        if below:
            buttons.append({"name": _field(f"b{above}_name"), "sub_button": below})
        elif one := _button(f"b{above}"):
            buttons.append(one)
    return buttons


def _button(row: str) -> dict[str, Any] | None:
    name, does, url = _field(f"{row}_name"), _field(f"{row}_does"), _field(f"{row}_url")
    if not name and not does:
        return None
    return {"name": name, "type": "view", "url": url} if does == "url" else {"name": name, "type": "click", "key": does}


def _field(name: str) -> str:
    return request.form.get(name, "").replace("\x00", "").strip()[:1100]


def _rows(buttons: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Three rows with five below each, filled as far as the menu goes."""
    blank: dict[str, Any] = {}
    above = [*buttons, *[blank] * menus.MOST_ABOVE][: menus.MOST_ABOVE]
    return [
        {"top": one, "below": [*one.get("sub_button", []), *[blank] * menus.MOST_BELOW][: menus.MOST_BELOW]}
        for one in above
    ]


def _reads(buttons: list[dict[str, Any]]) -> str:
    """The menu as lines: a button, what it does, and what stands below it."""
    lines = []
    for button in buttons:
        lines.append(f"▍{button.get('name', '')}{_does(button)}")
        lines += [f"　· {one.get('name', '')}{_does(one)}" for one in button.get("sub_button", [])]
    return "\n".join(lines)


def _does(button: dict[str, Any]) -> str:
    if button.get("sub_button"):
        return ""
    return faces.aside(name_of("menu_key", button["key"]) if button.get("key") else button.get("url", ""))
