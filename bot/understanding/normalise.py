"""One spelling for what people write in many: width, script, homophones, dialect, pinyin, filler.

Nothing here knows an intent. Every step keeps the order of what was said and is bounded by the length kept.
"""

import re
import unicodedata

from bot.understanding import english, pinyin
from bot.understanding.words import DATA, Words, table

#: What is looked at of a longer text: its beginning and its end, because people say what they want there.
HEAD, TAIL = 300, 120


def _traditional() -> dict[int, str]:
    lines = (DATA / "traditional.txt").read_text("utf-8").splitlines()
    pairs = [pair for line in lines if not line.startswith("#") for pair in line.split()]
    return {ord(pair[0]): pair[1] for pair in pairs}


_SIMPLIFIED = _traditional()
_spelling = table("spelling.toml")
_WORDS = Words(_spelling["words"].items())
_GUARDED = [(re.compile(pattern), right) for pattern, right in _spelling["guarded"].items()]
#: Words that are answers or commands as they stand (menu, human) are no pinyin.
_REPLIES = frozenset(
    word
    for group in table("replies.toml").values()
    for part in (group, *group.values())
    if isinstance(part, dict)
    for word in part.get("words", ())
    if word.isascii()
)
#: One letter is an option (a), no word.
SHORTEST = 2
#: Beside Chinese characters a run of letters shorter than this is a sign (a座, app), no pinyin.
_BESIDE = 5

#: NFKC would turn these into something else (① into 1 loses that it was an option).
_CIRCLED = {ord(char): f" {n} " for n, char in enumerate("①②③④⑤⑥⑦⑧⑨⑩", 1)}
_EMOJI = {
    "👌": "好的", "🆗": "好的", "✅": "是的", "💯": "很满意", "❤": "赞", "🌹": "赞", "👏": "赞", "💪": "赞",
    "🙏": "谢谢", "😡": "生气", "🤬": "生气", "😠": "生气", "💩": "垃圾", "👎": "差评", "🆘": "救命",
    "👍": "赞", "😭": "难过", "😤": "生气", "🙂": "呵呵",
}  # fmt: skip
_STICKERS = {
    "[强]": "赞", "[赞]": "赞", "[ok]": "好的", "[好的]": "好的", "[抱拳]": "谢谢", "[合十]": "谢谢", "[玫瑰]": "赞",
    "[发怒]": "生气", "[怒]": "生气", "[弱]": "差评", "[再见]": "再见", "[爱心]": "赞",
    "[鼓掌]": "赞", "[握手]": "谢谢",
    "[微笑]": "呵呵", "[流泪]": "难过", "[大哭]": "难过", "[右哼哼]": "生气", "[炸弹]": "生气", "[菜刀]": "生气",
    "[胜利]": "赞", "[愉快]": "", "[呲牙]": "", "[偷笑]": "", "[捂脸]": "", "[色]": "", "[咖啡]": "",
}  # fmt: skip
_SIGNS = Words([*_EMOJI.items(), *_STICKERS.items()])
_INVISIBLE = re.compile(
    r"[\u0000-\u0008\u000b-\u001f\u007f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe0e\ufe0f\ufeff]"
)
#: Stars are counted before anything shortens their row.
_STARS = re.compile("[⭐★🌟☆]+")
_SKIN = re.compile("[\U0001f3fb-\U0001f3ff]")
_BLANKS = re.compile(r"\s+")
_MARKS = str.maketrans(
    dict.fromkeys("、,;；", "，")
    | dict.fromkeys("~～…·\u3000", " ")
    | dict.fromkeys("—–－‐―﹣−", "-")
    | {"?": "？", "!": "！"}
)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_LETTERS = re.compile(r"[a-z]+(?:[ '][a-z]+)*")
# 哈哈哈哈 says no more than 哈哈; figures and spelled figures keep their count.
_REPEATED = re.compile(r"([^\d\W零〇一二三四五六七八九幺]|[！？，。])\1{2,}")
_FILLER = re.compile(
    r"(?:^|(?<=[，。 ]))(?:嗯+|呃+|额+|那个|就是说|就是|然后|这个|哎呀?|唉|诶|喂|欸|啊)[，。 ]+(?=\S{3})"
)
_GAP = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")


def clean(text: str) -> str:
    """Return the text without control and invisible characters, trimmed, cut to what is looked at."""
    text = _INVISIBLE.sub("", text)
    if len(text) > HEAD + TAIL:
        text = f"{text[:HEAD]}\n{text[-TAIL:]}"
    return text.strip()


def flat(text: str, *, mixed: bool = True) -> str:
    """Return the one spelling of the text, lower-case, with Chinese commas, single blanks and plain digits.

    English words among Chinese ones are turned into Chinese as well, unless not `mixed`.
    """
    text = _SKIN.sub("", clean(text).translate(_CIRCLED))
    text = _STARS.sub(lambda row: f" {len(row.group())}星 ", text)
    text = unicodedata.normalize("NFKC", text).lower()
    text = _SIGNS.replace(text.translate(_SIMPLIFIED))
    text = _BLANKS.sub(" ", text.translate(_MARKS))
    text = _REPEATED.sub(r"\1\1", text)
    if _LETTERS.search(text):
        text = _chinese(text, mixed)
    text = _WORDS.replace(text)
    for pattern, right in _GUARDED:
        text = pattern.sub(right, text)
    return _FILLER.sub("", text).strip(" ，")


def dense(text: str) -> str:
    """Return the flat text without the blanks between Chinese words (漏 水 了 is 漏水了)."""
    return _GAP.sub("", text)


def _chinese(text: str, mixed: bool) -> str:
    """Return the text with English glossed, or pinyin turned, where it is one of them as a whole."""
    whole = text.strip(" ，。！？")
    if whole in _REPLIES or len(whole) < SHORTEST:
        return text
    beside = bool(_HAN.search(text))
    if not beside:
        rest, text = english.CLOCK.sub(" ", text), english.CLOCK.sub(english.clock, text)
        if english.known(rest) > 0.5 or (text != rest and not rest.strip(" ，。！？")):
            return english.gloss(text) or text
    if beside and mixed:
        text = _LETTERS.sub(lambda hit: _glossed(hit.group()), text)
    return _LETTERS.sub(lambda hit: _turned(hit.group(), _BESIDE if beside else 2), text)


def _glossed(run: str) -> str:
    """Return English words that stand among Chinese ones in Chinese, other runs of letters as they are."""
    return english.gloss(run) or run if len(run) > SHORTEST and english.known(run) > 0.5 else run


def _turned(run: str, shortest: int) -> str:
    """Return the run of letters in characters; one brand or English word in it must not spoil the rest."""
    whole = pinyin.read(run) if len(run) >= shortest else None
    if whole or " " not in run:
        return whole or run
    parts = []
    for part in run.split(" "):
        if parts and parts[-1][1] and pinyin.read(part):
            parts[-1] = (f"{parts[-1][0]} {part}", True)
        else:
            parts.append((part, len(part) > 1 and bool(pinyin.read(part))))
    return " ".join((pinyin.read(part) or part) if good and len(part) >= shortest else part for part, good in parts)
