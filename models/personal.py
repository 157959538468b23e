"""Every column of words and what becomes of it when a person's data is erased: gone, locked away, kept with a reason.

A new column of text or JSON that stands nowhere here fails a test: whoever adds it decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

#: Why something stays. Key -> what staff read; the panel has the same in both languages.
REASONS = {
    "coded": "只是单号、时间、类别，离开了人不再指向谁",
    "proof": "同意与拒绝的证据，只留时间和结果",
    "work": "同事和师傅的工作记录，不含客户",
    "law": "合同、报价：法律要求保存，封存后不再使用",
    "chain": "操作记录不可改，里面不写个人资料",
    "loose": "不与任何人相连，电话已去掉",
    "house": "公司自己的规则、文字和设置",
    "staff": "员工与师傅的资料，另按劳动关系保存",
}


@dataclass(frozen=True)
class Rule:
    """One table that holds people's data. Columns by name, separated by blanks."""

    #: Under which heading the preview counts it.
    group: str
    #: Emptied; numbers and days may stand here too.
    erase: str = ""
    #: Moved into the locked records.
    lock: str = ""
    #: Reason -> what stays.
    keep: Mapping[str, str] = field(default_factory=dict)
    #: The rows themselves go.
    drop: bool = False

    @property
    def erased(self) -> tuple[str, ...]:
        """The columns that are emptied or moved."""
        return (*self.erase.split(), *self.lock.split())

    @property
    def named(self) -> list[str]:
        """Every column that stands here."""
        return [*self.erased, *(name for names in self.keep.values() for name in names.split())]


#: Table -> what becomes of it. The order is that of the work: who somebody is goes first.
RULES: dict[str, Rule] = {
    "follower": Rule("person", erase="openid unionid scene unreachable", keep={"coded": "lang"}),
    "customer": Rule("person", erase="name form phone note birth_month birth_day", keep={"coded": "stage source"}),
    "customer_tag": Rule("person", erase="word", drop=True),
    "project_member": Rule("contracts", keep={"coded": "role"}, drop=True),
    "binding_code": Rule("person", erase="code label"),
    "qr_code": Rule("person", erase="title reason ticket url path", keep={"coded": "kind scene state"}),
    "tagging": Rule("person", keep={"coded": "state reason"}, drop=True),
    "dialog": Rule("talk", erase="script step state"),
    "conversation": Rule("talk", erase="last_text", keep={"coded": "owner reason"}),
    "message": Rule("talk", erase="text", keep={"coded": "direction author kind"}),
    "inbound": Rule("talk", erase="dedupe_key openid fields reply", keep={"coded": "kind event state"}),
    "attachment": Rule("media", erase="media_id path error size", keep={"coded": "kind stage state content_type"}),
    "outgoing": Rule(
        "sent", erase="dedupe_key facts body choices page sent_text error rid",
        keep={"coded": "purpose kind text_key state reason claim rung platform_id"},
    ),
    "survey": Rule("surveys", erase="label words", keep={"coded": "state sentiment"}),
    "answer": Rule("surveys", erase="words", keep={"coded": "question sentiment by"}),
    "ticket": Rule(
        "cases", erase="house_text contact_name contact_phone close_reason", keep={"coded": "number kind state"}
    ),
    "ticket_event": Rule(
        "cases", erase="actor_name reason data", keep={"coded": "name actor_kind from_state to_state"}
    ),
    "ticket_watcher": Rule("cases", erase="words"),
    "repair": Rule(
        "cases", erase="problem when_text finish_note late_reason", keep={"coded": "category place"},
    ),
    "repair_item": Rule("cases", erase="problem note", keep={"coded": "category place state"}),
    "repair_warranty": Rule(
        "cases", erase="reason evidence dispute",
        keep={"coded": "verdict rule rule_en exclusion", "work": "by_kind by_name"},
    ),
    "postponement": Rule("cases", erase="when_text words answer", keep={"coded": "state"}),
    "visit": Rule("cases", erase="lat lon note", keep={"work": "outcome materials"}),
    "review": Rule("cases", erase="words"),
    "complaint": Rule(
        "cases", erase="problem demand verdict explanation proposal cause prevention",
        keep={"coded": "target severity severe_by"},
    ),
    "suggestion": Rule("cases", erase="words answer"),
    "enquiry": Rule(
        "cases", erase="keys_text asked grade_cause area budget_low budget_high keys_on",
        keep={"coded": "layout style source grade rule_grade"},
    ),
    "appointment": Rule("cases", keep={"coded": "visit seat_key holder_key"}),
    "privacy_request": Rule(
        "cases", erase="words path", keep={"proof": "wish proof cause progress counts"},
    ),
    "callback": Rule("care", erase="phone words result", keep={"coded": "number key purpose state script"}),
    "callback_attempt": Rule("care", erase="words", keep={"coded": "outcome"}),
    "slip": Rule("care", erase="problem close_reason", keep={"coded": "number key state source"}),
    "slip_round": Rule("care", erase="problem measures result"),
    "enrolment": Rule("care", keep={"coded": "key state reason"}),
    "enrolment_event": Rule("care", erase="actor_name reason", keep={"coded": "name actor_kind from_state to_state"}),
    "touch": Rule("care", keep={"coded": "state reason"}),
    "care_event": Rule("care", erase="actor_name reason", keep={"coded": "name actor_kind from_state to_state"}),
    "escalation": Rule("care", erase="words resolution", keep={"coded": "kind cause_key state"}),
    "promise": Rule("care", erase="agreement", keep={"coded": "state"}),
    "house_event": Rule("contracts", erase="actor_name reason data", keep={"coded": "name actor_kind"}),
    "event_step": Rule("cases", erase="actor_name reason", keep={"coded": "name actor_kind from_state to_state"}),
    "signup": Rule("proof", keep={"coded": "state"}),
    "consent": Rule("proof", erase="words", keep={"proof": "purpose"}),
    "notice_consent": Rule("proof", keep={"proof": "template_id state scene"}),
    "recipient": Rule("proof", keep={"proof": "reason"}),
    "referral": Rule("proof"),
    "mass_quota": Rule("proof", keep={"coded": "month"}),
    "quote": Rule(
        "contracts", lock="note answer answered_by_name",
        keep={"law": "number state made_by made_by_name answered_by_way"},
    ),
    "quote_item": Rule("contracts", keep={"law": "name unit"}),
    "project": Rule("contracts", keep={"law": "number building room stage note"}),
    "gift_application": Rule(
        "care", erase="reason received_by", keep={"coded": "number occasion holds state month", "work": "what"},
    ),
    "gift_step": Rule("care", erase="actor_name reason", keep={"coded": "name actor_kind"}),
    "signing": Rule("contracts"),
    "phase": Rule("contracts", keep={"law": "name"}),
    "warranty_term": Rule("contracts", keep={"law": "category places rule rule_en"}),
    "locked_record": Rule("contracts", keep={"law": "kind number facts"}),
}  # fmt: skip

#: Tables in which nobody of our customers stands: reason, columns.
NOBODY: dict[str, tuple[str, str]] = {
    "audit_entry": ("chain", "actor_name action record_type record_id before after origin previous digest"),
    "audit_anchor": ("chain", "digest"),
    "disclosure": ("chain", "record_type field origin"),
    "unanswered": ("loose", "key words state"),
    "misfit": ("loose", "key words"),
    "bind_try": ("loose", "digest"),
    "delivery_report": ("loose", "rung platform_id status counts"),
    "staff": ("staff", "username name phone password_hash totp_secret lang session_salt"),
    "crew": ("staff", "name phone trades"),
    "absence": ("staff", "reason lent"),
    "roster_entry": ("staff", ""),
    "confirmation": ("staff", ""),
    "review_day": ("staff", ""),
    "handover_note": ("staff", "words"),
    "announcement": ("staff", "words"),
    "role": ("house", "name title permissions"),
    "shift": ("house", "name"),
    "article": ("house", "category question variants answer answer_en"),
    "domain_word": ("house", "word means note"),
    "text_version": ("house", "key lang body"),
    "number_series": ("house", "prefix"),
    "calendar": ("house", "name hours"),
    "calendar_day": ("house", "note"),
    "policy": ("house", "name title"),
    "retention": ("house", "name"),
    "touch_cap": ("house", ""),
    "finding": ("house", "rule record_type"),
    "check_run": ("house", "rule"),
    "backup": ("house", "kind state place words audit_digest"),
    "gift": ("house", "name"),
    "phase_kind": ("house", "name"),
    "care_rule": ("house", "kind label"),
    "estate": ("house", "name aliases address"),
    "building": ("house", "name"),
    "sequence": ("house", "series name trigger stops"),
    "sequence_step": ("house", "channel text_key words words_en condition"),
    "event": ("house", "title place text state"),
    "package": ("house", "name style summary picture link"),
    "showroom": ("house", "name address phone weekdays route parking"),
    "visit_plan": ("house", "visit"),
    "tag": ("house", "name state reason"),
    "menu_version": ("house", "buttons state reason"),
    "survey_form": ("house", "name questions"),
    "campaign": ("house", "name kind state reason body body_en link_title link_url audience"),
    "greeting_rule": ("house", "key kind occasion title state body body_en stages send_at"),
    "greeting_rule_event": ("house", "name actor_kind actor_name from_state to_state reason"),
    "greeting": ("house", "key kind occasion"),
    "campaign_event": ("house", "name actor_kind actor_name from_state to_state reason"),
    "mass_send": ("house", "lang key state reason claim msg_id counts error rid"),
}
