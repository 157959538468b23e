"""The short English replies that our English texts name, as the Chinese words that understanding knows.

Only whole messages are meant: anything longer is left as it was written.
"""

import re
from dataclasses import replace

from bot.heard import Heard
from bot.understanding import Context, acts, read

BOTH = (
    (r"(?:i (?:want|need) )?(?:an? )?(?:real )?(?:agent|human|person|operator)(?: please)?", "人工"),
    (r"yes|yep|right|correct", "是的"),
    (r"no|nope", "不"),
)
CUSTOMER = (
    *BOTH,
    (r"(?:change|edit)\s*(\d)", r"改 \1"),
    (r"keep(?: it)?", "留着"),
    (r"unsubscribe|stop", "退订"),
    (r"bind|link (?:my )?(?:home|house)", "绑定"),
    (r"(?:bind )?by contract", "用合同号绑定"),
    (r"unbind|unlink", "解绑"),
    (r"(?:a )?code for (?:my )?(?:family|wife|husband)", "给家人一个码"),
    (r"(?:any )?events?\\??", "有什么活动"),
    (r"sign (?:me )?up", "我要报名"),
    (r"sign (?:me )?up(?: for)? (\d+)(?: people)?", r"我要报名 \1人"),
    (r"cancel (?:my )?sign.?up", "取消报名"),
    (r"(?:my )?referral code|refer a friend", "推荐码"),
    (r"remove (?:my )?family(?: member)?", "移除家人"),
    (r"start|subscribe", "恢复"),
    (r"repair|(?:report|book) a repair", "报修"),
    (r"any\s?time", "随时"),
    (r"measuring|(?:book )?a? ?measuring(?: visit)?", "约量房"),
    (r"showroom visit|visit the showroom", "约到店"),
    (r"reschedule|move my visit", "改约"),
    (r"cancel my (?:visit|appointment)", "取消预约"),
    (r"(?:please )?cancel(?: it| that| this)?(?: please)?|never ?mind|forget it", "取消"),
    (r"skip", "跳过"),
    (r"not sure", "没想好"),
    (r"have the keys", "已经拿到钥匙"),
    (r"(today|tomorrow) (morning|afternoon|evening)", r"\1\2"),
    (r"progress|status|where (?:is|are) (?:he|she|they|the crew)\??", "到哪了"),
    (r"are you a (?:bot|robot|machine)\??", "你是机器人吗"),
)
CREW = (
    *BOTH,
    (r"accept\b\s*(.*)", r"接单 \1"),
    (r"(?:start|on my way)\b\s*(.*)", r"出发 \1"),
    (r"arrived?\b\s*(.*)", r"到场 \1"),
    (r"(?:finish(?:ed)?|done)\b\s*(.*)", r"完工 \1"),
    (r"hand back\b\s*(.*)", r"退单 \1"),
    (r"(?:my )?jobs", "我的单"),
    (r"quote\b\s*(.*)", r"报价 \1"),
)
DAYS = {"today": "今天", "tomorrow": "明天", "morning": "上午", "afternoon": "下午", "evening": "晚上"}


def heard_in_english(heard: Heard, context: Context) -> Heard:
    """The message as if its short reply had been written in Chinese; unchanged when it is none of ours."""
    words = heard.text.strip().rstrip(".! ")
    if not words.isascii() or not words[:1].isalpha():
        return heard
    for pattern, meaning in CREW if context.crew else CUSTOMER:
        if match := re.fullmatch(pattern, words, re.IGNORECASE):
            if context.crew and acts.says("not_now", words):
                return heard
            text = match.expand(meaning).strip()
            for english, chinese in DAYS.items():
                text = text.lower().replace(english, chinese) if not context.crew else text
            return replace(heard, text=text, reading=read(text, context, heard.at))
    return heard
