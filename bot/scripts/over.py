"""Whether a fault is over, as people say it: nobody needs to come, it stopped, it goes on all the same."""

import re

from bot.scripts.turn import Turn

#: Nobody needs to come any more.
CALLED_OFF = re.compile(
    r"(?:不用|不要|别|不必|不需要)(?:再|麻烦|师傅)*(?:来|修|上门|过来|派|跑)(?:人)?了?(?!这么|那么|太|得|早|晚)|不修了"
    r"|(?:自己|又|已经|突然)(?:修|弄)?好了|取消(?:吧|了|掉|这个|这张|我的|那个)*(?:报修|维修|上门|订单|工单|单子?$|$)|取消[吧了掉]"
    r"|误报|虚惊一场|(?:搞|弄|看|报)错了(?=$|[，,。 ]*(?:不是|没有?|其实没))|(?:找|请)[^，。]{0,6}(?:修|弄)好?过?了"
    r"|\bcancel (?:the |my |this |that )*(?:repair|order|job|request|ticket|crew|plumber)"
    r"|\bno need (?:to|for)\b|false alarm|(?:do not|don['’]?t|needn['’]?t)(?: need)?(?: you)?(?: to)? (?:come|send)\b"
    r"|fixed (?:it |this |that )?(?:by )?(?:it )?(?:my|our)sel"
    r"|(?:it['’]?s|is|already|been) (?:now |already |been )*fixed",
    re.IGNORECASE,
)
#: A fault that is only named to say that there is none.
DENIED = re.compile(r"(?:其实|并)?(?:不是|没有?)")
#: It goes on all the same.
STILL = re.compile(r"还在|还是(?:漏|滴|有|没)|但是?(?:还|又)|又(?!好)|\bbut\b|still", re.IGNORECASE)
#: What was broken is so no more; that alone calls nobody off outside the question that an urgent case asks.
GONE = re.compile(
    r"(?:不漏|不滴|不堵|没味(?:道|儿)?|没(?:有)?(?:煤?气)?味|没事|来电|有电|不冒|不流|关上|止住|停)了|\bstopped\b|\bgone\b",
    re.IGNORECASE,
)
#: What shuts it off will not, or cannot be found.
STUCK = re.compile(
    r"(?:阀门?|闸|总开关|开关)(?:门)?[^，。]{0,6}(?:关不|拧不|拉不|转不|扳不|找不|没找|锈|在哪|在什么地方)|(?:关|拧|找)不(?:上|动|紧|到|着)[^，。]{0,3}(?:总|水|气)?(?:阀|闸)"
    r"|(?:哪里|哪儿|怎么)[^，。]{0,4}(?:总阀|水阀|阀门|电闸|总闸)"
    r"|(?:valve|breaker|stopcock)[^.]{0,20}(?:stuck|won['’]?t|can['’]?t|cannot|where)|(?:where|find)[^.]{0,20}(?:valve|breaker|stopcock)",
    re.IGNORECASE,
)
#: The fault is gone or somebody else sees to it: a reason, whatever else it sounds like.
MENDED = re.compile(r"好了|修过|自己.{0,4}(?:修|弄|拧|搞|换|通|关)|找(?:了|到)?(?:别人|人)|物业")


def goes_on(turn: Turn) -> bool:
    """Whether something is still, or newly, wrong: “诶 插座还是有点烫” is no reason to stay away."""
    text = turn.text
    if MENDED.search(text) or CALLED_OFF.search(text) or GONE.search(text):
        return bool(re.search(r"但是?(?:还|又)|\bbut\b", text, re.IGNORECASE))
    return turn.intent == "repair" or bool(STILL.search(text))
