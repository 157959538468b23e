"""Mild rudeness, 搞什么鬼 or 你们怎么回事: it deserves one short apology, and says nothing of what is the matter."""

import re

MILD = re.compile(
    r"(?:你们?|公司)?(?:这|到底|都|是|这是|也)*(?:怎么回事|怎么(?:搞|弄|办事)的|咋(?:回事|搞的|弄的)|(?:搞|弄)(?:什么|啥)(?:鬼|飞机|名堂|东西)?)(?:啊|呀|呢|嘛)?"
    r"|(?:真|太|好|都)?烦(?:死人?|人)(?:了|啦)?|(?:真|太)烦(?:了|啊)?|(?:有没有|你们)搞错(?!了)|像话吗|(?:真|太)?(?:无语|离谱|坑爹|要命)(?:了)?|服了(?:你们)?"
    r"|\b(?:what the (?:hell|heck|f\w+)|wtf|for god['’]?s sake|are you kidding(?: me)?|(?:this is |so )?ridiculous"
    r"|(?:so |how )?annoying|damn(?: it)?)\b",
    re.IGNORECASE,
)
#: What is left of words that are rude and say no more.
_LITTLE = re.compile(r"[\W_]|[我你们真太了啊呀呢吧嘛哦诶喂唉哎啦的又也]|都|这|那|是", re.IGNORECASE)


def rude(text: str) -> bool:
    """Whether the words are short-tempered."""
    return bool(MILD.search(text))


def only_rude(text: str) -> bool:
    """Whether they say nothing else."""
    return rude(text) and not _LITTLE.sub("", MILD.sub("", text))
