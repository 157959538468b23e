"""The language that a person writes: English or Chinese, told only by words enough to be sure of it."""

import re

from bot.understanding import english

_HAN = re.compile(r"[\u3400-\u9fff]")
_LETTERS = re.compile(r"[A-Za-z]{2,}")
#: Chinese from so many characters on, English from so many words of which most stand in our table: 好的 and “ok”
#: are said in both, and pinyin is Chinese.
CHARACTERS, WORDS, SHARE = 3, 3, 0.6
#: A wish for a language, as a whole message.
_WISHES = {
    "en": re.compile(r"(?:can you |please )?(?:speak |use |in )?english(?: please)?|请?[说用讲]?英[文语]吧?"),
    "zh": re.compile(r"(?:in )?chinese(?: please)?|请?[说用讲]?(?:中文|汉语|普通话)吧?"),
}


def language_wished(text: str) -> str | None:
    """`zh` or `en` where the whole message asks to be spoken to in it."""
    whole = text.strip(" .。,，!！?？").lower()
    return next((lang for lang, wish in _WISHES.items() if wish.fullmatch(whole)), None)


def language_of(text: str, before: str) -> str:
    """`zh` or `en`; `before` where the text is too short, or too mixed, to tell."""
    if (wished := language_wished(text)) is not None:
        return wished
    characters = len(_HAN.findall(text))
    if characters >= CHARACTERS:
        return "zh"
    lower = text.lower()
    if not characters and len(_LETTERS.findall(text)) >= WORDS and english.known(lower) >= SHARE:
        return "en"
    return before
