"""The language that a person writes: English or Chinese, told only by words enough to be sure of it."""

import re

from bot.understanding import english, pinyin

_HAN = re.compile(r"[\u3400-\u9fff]")
_LETTERS = re.compile(r"[A-Za-z]{2,}")
#: Chinese from so many characters on, English from so many words of which most stand in our table: 好的 and “ok”
#: are said in both, and pinyin is Chinese.
CHARACTERS, WORDS, SHARE = 3, 3, 0.6
#: A single English word tells from so many letters on: “events”, no plate and no code.
LONE = 5
#: English that people say in Chinese as well, and words that both have: alone they tell nothing.
_BOTH = frozenset({
    "hello", "hi", "hey", "ok", "okay", "thanks", "thank", "you", "thx", "bye", "goodbye", "see", "good", "morning",
    "afternoon", "evening", "night", "very", "nice", "great", "job", "well", "done", "yes", "yeah", "no", "not", "bad",
    "so", "sorry", "please", "wow", "oh", "my", "god", "perfect", "love", "cool", "problem", "happy", "new", "year",
    "wifi", "app", "vip", "led", "logo", "loft", "kpi", "ppt", "pdf", "start", "stop", "help", "english", "chinese",
})  # fmt: skip
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


def in_english(text: str) -> bool:
    """Whether a message is plainly English however short it is: “any events?”, “I have a suggestion”, “water leak”.

    Codes, plates, brands, pinyin and the English that everybody says in Chinese (“OK”, “thank you”) are not.
    """
    lower = text.lower()
    if _HAN.search(text) or english.known(lower) < SHARE or pinyin.read(re.sub(r"[^a-z ']", "", lower)) is not None:
        return False
    said = [word for word in english.words(lower) if word[0].isalpha()]
    telling = [word for word in said if word not in _BOTH and len(word) > 1 and english.known(word)]
    return bool(telling) and (len(said) > 1 or len(said[0]) >= LONE)


def goes_on(text: str) -> bool:
    """Whether the words fit either language: a number, “ok”, a plate. What was spoken before is spoken on."""
    return not _HAN.search(text)
