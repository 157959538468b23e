"""Every chat text a person reads, by key: `texts.render("repair.ask_house", facts)`.

The one rule: a fact that is missing never prints as empty or as {name}; it raises MissingFact. So a text
whose fact may be missing has a form without it (`{% if call %}…{% endif %}`: asking whether a fact is there
is allowed, printing it is not). Staff may edit texts in the panel (`override`), therefore templates run in
Jinja's sandbox, and what people typed is data.
"""

import datetime as dt
import functools
import logging
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, UndefinedError, meta, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment

from templates import faces, terms
from templates.faces import Link

__all__ = ["CHAT", "EXAMPLE_NOW", "Link", "MissingFact", "Texts", "UnknownText"]

log = logging.getLogger(__name__)
CHAT = Path(__file__).parent / "chat"
LANGS = ("zh", "en")
#: The moment at which all examples are shown: a Saturday morning in Shanghai.
EXAMPLE_NOW = dt.datetime(2026, 11, 21, 2, 0, tzinfo=dt.UTC)
#: A passive reply holds 2048 bytes (WeChat docs, "回复文本消息"); more would be cut on the phone.
LIMIT = 2048


class UnknownText(KeyError):
    """There is no text with this key in any language."""


class MissingFact(ValueError):
    """A text wanted to print a fact that is absent, None or empty."""


class _Absent(StrictUndefined):
    """A fact that was not given: may be asked for (`if call`), never printed or computed with."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return False


def _printed(value: Any) -> Any:
    """What stands on the phone for `value`; the gate through which every `{{ … }}` goes."""
    if value is None or value == "" or isinstance(value, StrictUndefined):
        raise MissingFact("a fact is missing")
    return faces.defuse(value) if isinstance(value, str) and not isinstance(value, Link) else value


def _printed_in_english(value: Any) -> Any:
    """The same gate for English texts: the house's own words, such as a state or a phase, in English."""
    shown = _printed(value)
    return terms.english(shown) if isinstance(shown, str) and not isinstance(shown, Link) else shown


def _face(shown: Callable[[Any, str], str], lang: str) -> Callable[[Any], str]:
    """A filter that shows its value in `lang`; one that is not there is a missing fact, whatever would become of it."""

    def show(value: Any) -> str:
        return shown(_printed(value), lang)

    return show


def _environment(lang: str) -> SandboxedEnvironment:
    env = SandboxedEnvironment(
        undefined=_Absent, finalize=_printed_in_english if lang == "en" else _printed, trim_blocks=True,
        lstrip_blocks=True, autoescape=False,
    )  # fmt: skip

    @pass_context
    def when(context: Context, value: Any) -> str:
        return faces.when(value, context["now"], lang)

    @pass_context
    def span(context: Context, start: Any, end: Any) -> str:
        return faces.span(start, end, context["now"], lang)

    @pass_context
    def by(context: Context, value: Any) -> str:
        return faces.when(faces.readable(value), context["now"], lang)

    @pass_context
    def before(context: Context, value: Any) -> str:
        return faces.when(faces.readable(value, up=False), context["now"], lang)

    @pass_context
    def date(context: Context, value: Any) -> str:
        return faces.date(value, context["now"], lang)

    env.tests["readable"] = lambda value: lang != "en" or terms.is_english(value)
    env.filters.update(
        by=by, before=before, when=when, span=span, phone=faces.phone, link=Link.to, date=date,
        **{face.__name__: _face(face, lang) for face in (faces.money, faces.month, faces.year, faces.wan)},
    )  # fmt: skip
    return env


class _Catalogue:
    """The texts under one folder: read and compiled, never changed after that."""

    def __init__(self, root: Path) -> None:
        self.envs = {lang: _environment(lang) for lang in LANGS}
        self.sources: dict[str, dict[str, str]] = {lang: {} for lang in LANGS}
        self.examples: dict[str, dict[str, Any]] = {}
        for lang in LANGS:
            for path in sorted((root / lang).glob("*.toml")):
                self._load(lang, path)
        self.compiled: dict[str, dict[str, Template]] = {
            lang: {key: self.envs[lang].from_string(source) for key, source in sources.items()}
            for lang, sources in self.sources.items()
        }

    def _load(self, lang: str, path: Path) -> None:
        for name, entry in tomllib.loads(path.read_text("utf-8")).items():
            key = f"{path.stem}.{name}"
            self.sources[lang][key] = entry["text"].strip()
            if "example" in entry:
                self.examples.setdefault(key, entry["example"])


#: The house's own texts are compiled once in a process: a thousand of them take the better part of a second.
_house = functools.cache(lambda: _Catalogue(CHAT))


class Texts:
    """The catalogue: read and compiled once; rendering takes microseconds and never touches the disk."""

    def __init__(self, root: Path = CHAT) -> None:
        """Every file under root/<language>/ is compiled; a broken file is an error here, not in a talk."""
        catalogue = _house() if root == CHAT else _Catalogue(root)
        self._envs, self._sources = catalogue.envs, catalogue.sources
        self._examples, self._compiled = catalogue.examples, catalogue.compiled
        #: Every key there is, in any language.
        self.known = frozenset(key for sources in self._sources.values() for key in sources)
        self._edited = functools.lru_cache(maxsize=512)(lambda lang, source: self._envs[lang].from_string(source))

    def keys(self) -> list[str]:
        """All keys, sorted."""
        return sorted(self.known)

    def source(self, key: str, lang: str = "zh") -> str:
        """The text as written, for the staff's editor; UnknownText when there is none."""
        return self._sources[self._language(key, lang)][key]

    def example(self, key: str) -> dict[str, Any]:
        """Facts with which `key` can be shown to staff, `now` included."""
        self._language(key, "zh")
        return {"now": EXAMPLE_NOW} | self._examples.get(key, {})

    def _language(self, key: str, lang: str) -> str:
        for candidate in (lang, *LANGS):
            if key in self._sources.get(candidate, ()):
                return candidate
        raise UnknownText(key)

    def render(self, key: str, facts: Mapping[str, Any], lang: str = "zh", override: str | None = None) -> str:
        """The finished words. An `override` that cannot be rendered is logged and the built-in text used:
        a slip in the panel must not silence the bot. MissingFact, UnknownText are errors of ours and raised.
        """
        lang = self._language(key, lang)
        if override:
            try:
                return _rendered(self._edited(lang, override), facts)
            except (MissingFact, TemplateError, ArithmeticError, TypeError, ValueError) as error:
                log.warning("edited text %s fails (%s), built-in one used", key, type(error).__name__)
        try:
            return _rendered(self._compiled[lang][key], facts)
        except MissingFact as error:
            raise MissingFact(f"{key} ({lang}): {error}") from None

    def refuse(self, key: str, override: str, lang: str = "zh") -> str | None:
        """Why an edited text cannot be used (in words), or None when it renders with the example."""
        try:
            words = _rendered(self._edited(lang, override), self.example(key))
        except (MissingFact, TemplateError, ArithmeticError, TypeError, ValueError) as error:
            return f"{type(error).__name__}: {error}"
        return None if 0 < len(words.encode()) <= LIMIT else f"{len(words.encode())} bytes of {LIMIT}"

    def check(self) -> list[str]:
        """Everything wrong with the catalogue, one sentence each; empty when all can be shown."""
        wrong = []
        for key in self.keys():
            for lang in LANGS:
                if key not in self._sources[lang]:
                    wrong.append(f"{key} is missing in {lang}")
                    continue
                source = self._sources[lang][key]
                names = meta.find_undeclared_variables(self._envs[lang].parse(source)) - {"now"}
                if unknown := names - self.example(key).keys():
                    wrong.append(f"{key} ({lang}) uses {sorted(unknown)}, which its example does not show")
                if reason := self.refuse(key, source, lang):
                    wrong.append(f"{key} ({lang}): {reason}")
        return wrong


def _rendered(template: Template, facts: Mapping[str, Any]) -> str:
    try:
        words = template.render(facts).strip()
    except UndefinedError as error:
        raise MissingFact(str(error)) from None
    if not words:
        raise MissingFact("nothing at all would be said")
    return words
