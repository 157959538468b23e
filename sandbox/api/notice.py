"""Service notices: template messages and subscription notices. Errcode 0 means accepted; the event tells the rest."""

from __future__ import annotations

import re

from sandbox.api.call import OK, Call, Route
from sandbox.refusals import Refusal
from sandbox.world import Person

DEDUPE_SECONDS = 600
_KEYWORD = re.compile(r"([^\n:：{}]*)[:：]?\s*\{\{(\w+)\.DATA\}\}")
#: Longest value by the kind of keyword, characters; anything else gets the 20 of the 2023 rule [O-tplban].
_LONGEST = {"character_string": 32, "phrase": 5, "thing": 20, "time": 32, "date": 32, "name": 10, "phone_number": 17}
_EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f]")


def _template(call: Call, template_id: object) -> dict:
    found = call.platform.world.templates.get(str(template_id))
    if found is None:
        raise Refusal(40037)
    return found


def _value(name: str, told: object) -> str:
    """One field as the phone shows it: emoji gone, 47003 for missing, broken over lines or too long."""
    value = told.get("value") if isinstance(told, dict) else None
    if value is None or not str(value).strip():
        raise Refusal(47003, f"data.{name}.value is empty")
    text = _EMOJI.sub("", str(value))
    longest = _LONGEST.get(re.sub(r"\d+$", "", name), 20)
    if "\n" in text or len(text) > longest:
        raise Refusal(47003, f"data.{name}.value invalid")
    return text


def _rows(template: dict, data: object) -> list[dict]:
    """Label and value of each keyword of the template, in its order."""
    if not isinstance(data, dict):
        raise Refusal(47003, "data is empty")
    pairs = _KEYWORD.findall(template["content"])
    return [{"label": label.strip(), "value": _value(name, data.get(name))} for label, name in pairs]


def _card(told: dict, template: dict) -> dict:
    """The card on the phone; a mini-program wins over a url."""
    link = "" if told.get("miniprogram") else str(told.get("url") or told.get("page") or "")
    return {"title": template["title"], "rows": _rows(template, told.get("data")), "url": link}


def send_template(call: Call) -> dict:
    """Put a notice on a follower's phone; the same client_msg_id within ten minutes is sent once."""
    told = call.readable_json()
    person = call.follower(told.get("touser"))
    card = _card(told, _template(call, told.get("template_id")))
    if person.blacklisted:
        raise Refusal(43019)
    key = f"template:{person.openid}:{told['client_msg_id']}" if told.get("client_msg_id") else ""
    with call.platform.world.change() as world:
        before = world.once.get(key)
        if before and 0 <= call.now - before["at"] < DEDUPE_SECONDS:
            return {**OK, "msgid": before["id"]}
        number = world.job_id()
        if key:
            world.once[key] = {"id": number, "at": call.now}
    if person.accepts:
        call.platform.bubble(person.openid, "account", "template", ("template", card))
    status = "success" if person.accepts else "failed:user block"
    call.platform.event_later(person.openid, "TEMPLATESENDJOBFINISH", {"MsgID": number, "Status": status})
    return {**OK, "msgid": number}


def send_subscribed(call: Call) -> dict:
    """Use up one consent of the person for this template; 43101 when there is none."""
    told = call.readable_json()
    person: Person = call.person(told.get("touser"))
    template_id = str(told.get("template_id"))
    card = _card(told, _template(call, template_id))
    with call.platform.world.change() as world:
        if person.consents.get(template_id, 0) < 1:
            raise Refusal(43101)
        person.consents[template_id] -= 1
        number = world.job_id()
    call.platform.bubble(person.openid, "account", "subscribe", ("template", card))
    row = {"TemplateId": template_id, "MsgID": number, "ErrorCode": 0, "ErrorStatus": "success"}
    sent = {"SubscribeMsgSentEvent": {"List": [row]}}
    call.platform.event_later(person.openid, "subscribe_msg_sent_event", sent)
    return {**OK, "msgid": number}


def list_templates(call: Call) -> dict:
    """The account's templates."""
    known = call.platform.world.templates.items()
    rows = [{"template_id": key, "title": one["title"], "content": one["content"]} for key, one in known]
    return {"template_list": rows}


ROUTES = {
    "/cgi-bin/message/template/send": Route(send_template),
    "/cgi-bin/message/subscribe/bizsend": Route(send_subscribed),
    "/cgi-bin/template/get_all_private_template": Route(list_templates, "GET"),
}
