"""What the house knows: articles for bot and staff, questions without an answer, and the house's own words."""

from typing import Any

from flask import redirect, request
from flask_admin import expose
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from wtforms import DateField, SelectField, TextAreaField

from admin import base, faces, knowledge_report, place
from admin.fields import DAY, named
from admin.tables import DeskView
from admin.tell import sentence
from admin.words import name_of, t
from bot.understanding import Entry, Library, Words, read
from models import Article, DomainWord, Message, Unanswered
from models.desk.talk import knowledge
from models.desk.trust import Deed
from models.errors import DomainError

CATEGORIES = (
    "price", "design", "process", "material", "showroom", "warranty", "repair", "activity", "other",
)  # fmt: skip
#: Articles shown beside a question that is tried.
BEST = 4
#: What shares less than this with a question is not near it.
NEAR = 0.22
#: Messages of customers that a word is tried on, the latest ones.
TRIED = 300


class ArticlesView(DeskView):
    """知识库: one store; the bot says it and staff find it while they write."""

    record = Article
    see = "knowledge.see"
    add = change = remove = "knowledge.edit"
    needs = {"ask": "knowledge.see", "report": "knowledge.see"}
    may_export = True
    column_list = ("question", "category", "shown", "helped", "unhelpful", "valid_to", "active")
    column_details_list = ("question", "variants", "answer", "answer_en", "category", "valid_from", "valid_to",
                           "active", "shown", "helped", "unhelpful", "updated_at")  # fmt: skip
    form_columns = ("question", "variants", "answer", "answer_en", "category", "valid_from", "valid_to", "active")
    column_sortable_list = ("question", "category", "shown", "helped", "unhelpful", "valid_to")
    column_default_sort = ("shown", True)
    facets = {"category": ("article", CATEGORIES), "active": ("yesno", ("yes", "no"))}
    finds = (Article.question, Article.variants, Article.answer)
    form_args = {"category": {"choices": named("article", CATEGORIES)}, "valid_from": DAY, "valid_to": DAY}
    form_overrides = {"answer": TextAreaField, "answer_en": TextAreaField, "variants": TextAreaField,
                      "category": SelectField, "valid_from": DateField, "valid_to": DateField}  # fmt: skip
    column_formatters = column_formatters_detail = {
        "category": lambda _v, _c, row, _n: name_of("article", row.category),
        "answer": lambda _v, _c, row, _n: faces.lines(row.answer),
        "answer_en": lambda _v, _c, row, _n: faces.lines(row.answer_en) if row.answer_en else None,
        "variants": lambda _v, _c, row, _n: faces.lines(row.variants) if row.variants else None,
    }
    list_template = "admin/articles.html"
    edit_template = create_template = "admin/article_form.html"

    def create_form(self, obj: Any = None) -> Any:
        """A new article; opened from a question without an answer it begins with that question."""
        form = super().create_form(obj)
        asked = _asked(base.number("question", request.args))
        if asked is not None and request.method == "GET":
            form.question.data = asked.words[:120]
        return form

    def prepare(self, form: Any, model: Article, created: bool) -> None:
        """Refused when nobody could find it; the question it was written for is answered with it."""
        knowledge.check(model)
        model.updated_at = place.now()
        if created:
            model.shown = model.helped = model.unhelpful = 0
        asked = _asked(base.number("question", request.args)) if created else None
        if asked is not None:
            place.session().add(model)
            knowledge.answered_by(place.session(), asked, model, now=place.now())

    @expose("/report")
    def report(self) -> str:
        """Articles that do not help, and questions that nobody has answered."""
        return self.render("admin/knowledge_report.html", **knowledge_report.facts())

    @expose("/ask", methods=("POST",))
    def ask(self) -> Any:
        """What the bot would say to a question now, and which articles come near; for the page and the composer."""
        question = request.form.get("q", "").strip()[:120]
        if not question:
            return {"found": []}
        library, articles = _library()
        sure = library.answer(question).sure
        found = [
            {"id": one.entry.id, "question": one.entry.question, "answer": articles[one.entry.id].answer,
             "percent": round(one.score * 100), "said": sure is not None and sure.id == one.entry.id}
            for one in library.search(question, BEST)
            if one.score >= NEAR
        ]  # fmt: skip
        return {"found": found}


def _asked(number: int | None) -> Unanswered | None:
    return place.session().get(Unanswered, number) if number else None


def _library() -> tuple[Library, dict[int, Article]]:
    rows = knowledge.valid(place.session(), place.today())
    return Library(Entry(row.id, row.question, tuple(row.asked_as()), row.answer) for row in rows), {
        row.id: row for row in rows
    }


class UnansweredView(DeskView):
    """没答上来的问题: what people ask and no article answers, the most frequent first."""

    record = Unanswered
    see = "knowledge.see"
    needs = dict.fromkeys(("attach", "drop"), "knowledge.edit")
    may_export = True
    column_list = ("words", "times", "last_at", "state", "article")
    column_details_list = ("words", "times", "first_at", "last_at", "state", "article")
    column_default_sort = ("times", True)
    column_sortable_list = ("times", "last_at")
    facets = {"state": ("unanswered", ("open", "answered", "dropped"))}
    finds = (Unanswered.words,)
    loads = (joinedload(Unanswered.article),)
    column_formatters = column_formatters_detail = {
        "state": lambda _v, _c, row, _n: faces.chip("unanswered", row.state)
    }
    details_template = "admin/unanswered.html"
    list_template = "admin/unanswered_list.html"

    def more(self, model: Unanswered) -> dict[str, Any]:
        """The articles that come nearest: one of them may only lack this way of asking."""
        library, articles = _library()
        return {"near": [articles[one.entry.id] for one in library.search(model.words, BEST) if one.score >= NEAR]}

    @expose("/<int:number>/attach", methods=("POST",))
    def attach(self, number: int) -> Any:
        """An article that is there already knows this question from now on."""
        row = base.found(_asked(number))
        article = base.found(place.session().get(Article, base.number("article") or 0))
        knowledge.answered_by(place.session(), row, article, now=place.now())
        return self._done(row, "attach", {"article": article.question})

    @expose("/<int:number>/drop", methods=("POST",))
    def drop(self, number: int) -> Any:
        """No article is needed."""
        row = base.found(_asked(number))
        knowledge.drop(row)
        return self._done(row, "drop", {"state": row.state})

    def _done(self, row: Unanswered, step: str, after: dict[str, Any]) -> Any:
        base.commit(Deed(f"unanswered.{step}", "unanswered", str(row.id), after=after), t(f"unanswered_done.{step}"))
        return redirect(self.get_url(".index_view", state="open"))


class WordsView(DeskView):
    """行话与叫法: words of our customers, heard as words that the bot knows; the effect is seen before saving."""

    record = DomainWord
    see = "knowledge.see"
    add = change = remove = "knowledge.edit"
    needs = {"effect": "knowledge.edit"}
    column_list = ("word", "means", "note", "active", "updated_at")
    column_details_list = column_list
    form_columns = ("word", "means", "note", "active")
    column_default_sort = "word"
    column_sortable_list = ("word", "means", "updated_at")
    facets = {"active": ("yesno", ("yes", "no"))}
    finds = (DomainWord.word, DomainWord.means)
    edit_template = create_template = "admin/word_form.html"

    def prepare(self, form: Any, model: DomainWord, created: bool) -> None:
        """Refused when it would do harm: one letter, or a word inside its own meaning."""
        knowledge.check_word(model)
        model.updated_at = place.now()

    @expose("/effect", methods=("POST",))
    def effect(self) -> Any:
        """How a sentence, and the latest messages of customers, would be heard with this word; nothing is kept."""
        word = DomainWord(word=base.words("word", limit=20), means=base.words("means", limit=40))
        try:
            knowledge.check_word(word)
        except DomainError as refusal:
            return {"problem": sentence(refusal)}
        known = [(row.word.lower(), row.means) for row in knowledge.words(place.session()) if row.word != word.word]
        before, after = Words(known) if known else None, Words([*known, (word.word.lower(), word.means)])
        tried = base.words("try", limit=200, needed=False) or word.word
        lines = [t("word_effect.sentence", text=tried, before=_heard(tried, before), after=_heard(tried, after))]
        return {"words": "\n".join([*lines, *_changes(before, after, word.word)])}


def _heard(text: str, own: Words | None) -> str:
    reading = read(text, own=own)
    slots = reading.slots
    parts = [name_of("intent", reading.top.name) if reading.top.name else t("word_effect.nothing")]
    parts += [part for part in (slots.category, slots.place, t("word_effect.urgent") if slots.urgent else "") if part]
    return " · ".join(parts)


def _changes(before: Words | None, after: Words, word: str) -> list[str]:
    query = select(Message.text).where(Message.direction == "in", Message.author == "customer")
    texts = [text for text in place.session().scalars(query.order_by(Message.id.desc()).limit(TRIED)) if text]
    holding = [text for text in texts if word.lower() in text.lower()]
    changed = [text for text in holding if _heard(text, before) != _heard(text, after)]
    said = [t("word_effect.counts", all=len(texts), n=len(holding), changed=len(changed))]
    return said + [
        faces.named_as(f"“{faces.masked(text)[:40]}”", f"{_heard(text, before)} → {_heard(text, after)}")
        for text in changed[:5]
    ]
