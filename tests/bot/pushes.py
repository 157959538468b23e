"""Pushes as the platform sends them: something said, something that happened."""

import datetime as dt
import itertools

from bot.push import Push, push_of

numbers = itertools.count(1)


def a_push(now: dt.datetime, text: str = "", who: str = "o-new", **fields: str) -> Push:
    known = {
        "ToUserName": "gh_1", "FromUserName": who, "CreateTime": str(int(now.timestamp())), "MsgType": "text",
        "Content": text, "MsgId": str(10**9 + next(numbers)),
    }  # fmt: skip
    return push_of(known | fields, now)


def an_event(now: dt.datetime, name: str, who: str = "o-new", **fields: str) -> Push:
    known = {"ToUserName": "gh_1", "FromUserName": who, "CreateTime": str(int(now.timestamp()))}
    return push_of(known | {"MsgType": "event", "Event": name} | fields, now)
