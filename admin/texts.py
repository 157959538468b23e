"""Texts of the chat: what is said now, an editor with the example as preview, every version, and the way back."""

from typing import Any

from flask import abort, redirect, request
from flask_admin import expose
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from admin import asked, base, place
from admin.words import LANGS, lang, lazy, t
from models import TextVersion
from models.desk.trust import Deed
from models.errors import DomainError
from templates import MissingFact

LIMIT = 1500


class TextsView(base.Guarded):
    """The list of texts by dialog, and the editor of one."""

    see = "text.see"
    needs = {"save": "text.edit", "restore": "text.edit", "preview": "text.edit"}

    @classmethod
    def build(cls, _sessions: Any) -> "TextsView":
        """The view, named by the catalogue."""
        return cls(name=lazy("nav.texts"), endpoint="texts", url="texts")

    @expose("/")
    def index_view(self) -> str:
        """All texts with their examples, grouped by dialog."""
        search = asked.words("search")
        lang = _lang()
        edited = _current(lang)
        groups: dict[str, list[tuple[str, str, bool]]] = {}
        for key in sorted(place.desk().texts.keys()):
            shown = _shown(key, lang, edited.get(key))
            if search and search not in key and search not in shown:
                continue
            groups.setdefault(key.partition(".")[0], []).append((key, shown, key in edited))
        return self.render("admin/texts.html", groups=groups, text_lang=lang, langs=LANGS, search=search)

    @expose("/<key>")
    def text(self, key: str) -> str:
        """One text: how it reads now, its source, and its history."""
        lang = _lang()
        return self._editor(key, lang, _source(key, lang))

    @expose("/<key>/save", methods=("POST",))
    def save(self, key: str) -> Any:
        """People read this wording from now on; one that cannot be rendered is refused with the reason."""
        lang, body = _lang(), base.words("body", limit=LIMIT)
        problem = place.desk().texts.refuse(_known(key), body, lang)
        if problem:
            return self._editor(key, lang, body, problem=problem), 422
        self._keep(key, lang, body, "text.save")
        return redirect(self.get_url(".text", key=key, lang=lang))

    @expose("/<key>/preview", methods=("POST",))
    def preview(self, key: str) -> Any:
        """How a wording would read with the example; nothing is kept."""
        lang, body = _lang(), base.words("body", limit=LIMIT)
        texts = place.desk().texts
        problem = texts.refuse(_known(key), body, lang)
        return {"problem": problem} if problem else {"words": texts.render(key, texts.example(key), lang, body)}

    @expose("/<key>/restore", methods=("POST",))
    def restore(self, key: str) -> Any:
        """An earlier wording, or the built-in one (version 0), is used again; the history stays."""
        lang, version = _lang(), base.number("version") or 0
        rows = _versions(_known(key), lang)
        if version == 0:
            for row in rows:
                row.active = False
            base.commit(Deed("text.restore", "texts", f"{key} {lang}"[:40], after={"version": 0}), t("texts.restored"))
            return redirect(self.get_url(".text", key=key, lang=lang))
        chosen = next((row for row in rows if row.version == version), None)
        self._keep(key, lang, base.found(chosen).body, "text.restore")
        return redirect(self.get_url(".text", key=key, lang=lang))

    def _editor(self, key: str, lang: str, body: str, *, problem: str = "") -> str:
        texts = place.desk().texts
        return self.render(
            "admin/text.html",
            key=_known(key),
            text_lang=lang,
            langs=LANGS,
            body=body,
            problem=problem,
            reads=_shown(key, lang, _current(lang).get(key)),
            example=texts.example(key),
            builtin=texts.source(key, lang),
            versions=_versions(key, lang),
        )

    def _keep(self, key: str, lang: str, body: str, action: str) -> None:
        session = place.session()
        highest = select(func.max(TextVersion.version)).where(TextVersion.key == key, TextVersion.lang == lang)
        expected = base.number("version_seen")
        last = session.scalar(highest) or 0
        if action == "text.save" and expected is not None and expected != last:
            raise DomainError("errors.text_stale")
        before = _source(key, lang)
        row = TextVersion(
            key=key,
            lang=lang,
            version=last + 1,
            body=body,
            active=True,
            staff_id=place.staff().id,
            created_at=place.now(),
        )
        session.add(row)
        deed = Deed(action, "texts", f"{key} {lang}"[:40], {"body": before}, {"body": body, "version": last + 1})
        base.commit(deed, t("texts.saved"))


def _lang() -> str:
    """The language of the texts that are looked at: as asked for, else the panel's own."""
    wanted = request.values.get("lang", lang())
    return wanted if wanted in LANGS else "zh"


def _known(key: str) -> str:
    if key not in set(place.desk().texts.keys()):
        abort(404)
    return key


def _versions(key: str, lang: str) -> list[TextVersion]:
    query = select(TextVersion).where(TextVersion.key == key, TextVersion.lang == lang)
    rows = place.session().scalars(query.options(joinedload(TextVersion.staff)).order_by(TextVersion.version.desc()))
    return list(rows)


def _current(lang: str) -> dict[str, str]:
    """Key -> the wording in use, for the keys whose newest active version is the staff's own."""
    query = select(TextVersion).where(TextVersion.lang == lang, TextVersion.active).order_by(TextVersion.version)
    return {row.key: row.body for row in place.session().scalars(query)}


def _source(key: str, lang: str) -> str:
    return _current(lang).get(_known(key)) or place.desk().texts.source(key, lang)


def _shown(key: str, lang: str, override: str | None) -> str:
    texts = place.desk().texts
    try:
        return texts.render(key, texts.example(key), lang, override)
    except MissingFact:
        return texts.source(key, lang)
