"""Every page and every action of the panel for every role: allowed and refused, from one table written by hand."""

import pytest

from tests.admin import matrix_care
from tests.admin.builders import Desk
from tests.admin.matrix_department import DEPARTMENT
from tests.admin.matrix_follow_up import FOLLOW_UP

pytestmark = pytest.mark.sqlite_only  # who may do what does not depend on the database

#: A admin, M manager, G agent, E engineer, K marketing, F finance, D designer.
LETTERS = {
    "A": "admin", "M": "manager", "G": "agent", "E": "engineer", "K": "marketing", "F": "finance", "D": "designer",
}  # fmt: skip
EVERYONE = "AMGEKFD"
#: view -> who may see, add, change, remove, export.
TABLES = {
    "outgoing": ("AMGE", "", "", "", "M"),
    "inbound": ("AM", "", "", "", ""),
    "promises": ("AMGE", "", "", "", "M"),
    "suggestions": ("MG", "", "", "", ""),
    "surveys": ("MGEK", "", "", "", "M"),
    "customers": ("MGEKF", "MG", "MG", "", "M"),
    "projects": ("AMGEF", "AME", "AME", "", "M"),
    "warranties": ("AMGE", "AM", "AM", "AM", ""),
    "quotes": ("MGEF", "", "", "", "M"),
    "phases": ("AMGEF", "AME", "AME", "AME", ""),
    "buildings": ("AMGEF", "AME", "AME", "", ""),
    "estates": ("AMGEF", "AME", "AME", "AME", ""),
    "crews": ("AMGE", "AME", "AME", "", "M"),
    "codes": ("AMGE", "", "", "", ""),
    "articles": ("AMGEK", "MGK", "MGK", "MGK", "M"),
    "unanswered": ("AMGEK", "", "", "", "M"),
    "words": ("AMGEK", "MGK", "MGK", "MGK", ""),
    "tags": ("MGK", "MGK", "", "", ""),
    "events": ("MGK", "MK", "MK", "", ""),
    "qrcodes": ("AMGK", "AMK", "", "", ""),
    "referrals": ("MGK", "", "", "", "M"),
    "packages": ("AMGKD", "AMK", "AMK", "AMK", ""),
    "showrooms": ("AMGKD", "AMK", "AMK", "AMK", ""),
    "visitplans": ("AMGKD", "AMK", "AMK", "AMK", ""),
    "policies": ("AMGE", "", "AM", "", ""),
    "gifts": ("MGKF", "MK", "MK", "", ""),
    "giftapplications": ("MGKF", "", "", "", "M"),
    "signings": ("MGEF", "", "", "", "M"),
    "phasekinds": ("AMGEF", "AM", "AM", "", ""),
    "carerules": ("AMGEF", "AM", "AM", "", ""),
    "retentions": ("AM", "", "AM", "", ""),
    "touches": ("AMGE", "", "AM", "", ""),
    "calendar": ("AMGE", "AM", "AM", "AM", ""),
    "shifts": (EVERYONE, "AM", "AM", "AM", ""),
    "staff": ("AM", "A", "A", "", ""),
    "roles": ("AM", "A", "A", "", ""),
    "audit": ("AM", "", "", "", "M"),
    "disclosures": ("AM", "", "", "", "M"),
}
#: endpoint -> (method, address, who may).
PAGES = {
    "home.index_view": ("GET", "/admin/", EVERYONE),
    "home.pulse": ("GET", "/admin/pulse", EVERYONE),
    "search.search": ("GET", "/admin/search?q=翡翠", EVERYONE),
    "asked.find": ("POST", "/admin/find", EVERYONE),
    "account.page": ("GET", "/admin/account/", EVERYONE),
    "repairs.index_view": ("GET", "/admin/repairs/", "MGE"),
    "repairs.case": ("GET", "/admin/repairs/{number}", "MGE"),
    "repairs.delay": ("POST", "/admin/repairs/{repair}/delay", "MGE"),
    "dispatch.index_view": ("GET", "/admin/dispatch/", "MGE"),
    "repairs.assign": ("POST", "/admin/repairs/{repair}/assign", "MGE"),
    "repairs.pause": ("POST", "/admin/repairs/{repair}/pause", "MGE"),
    "repairs.resume": ("POST", "/admin/repairs/{repair}/resume", "MGE"),
    "repairs.reopen": ("POST", "/admin/repairs/{repair}/reopen", "MGE"),
    "repairs.close": ("POST", "/admin/repairs/{repair}/close", "MGE"),
    "repairs.cancel": ("POST", "/admin/repairs/{repair}/cancel", "MGE"),
    "repairs.note": ("POST", "/admin/repairs/{repair}/note", "MGE"),
    "repairs.answer": ("POST", "/admin/repairs/{repair}/answer", "MG"),
    "warranties.decide": ("POST", "/admin/warranties/decide/{repair}", "ME"),
    "quotes.write": ("GET", "/admin/quotes/write/{number}", "MGE"),
    "quotes.save": ("POST", "/admin/quotes/write/{number}", "MGE"),
    "quotes.send": ("POST", "/admin/quotes/1/send", "MGE"),
    "quotes.answer": ("POST", "/admin/quotes/1/answer", "MGE"),
    "enquiries.index_view": ("GET", "/admin/enquiries/", "MGD"),
    "enquiries.case": ("GET", "/admin/enquiries/{lead}", "MGD"),
    "enquiries.contacted": ("POST", "/admin/enquiries/{enquiry}/contacted", "MGD"),
    "enquiries.grade": ("POST", "/admin/enquiries/{enquiry}/grade", "MGD"),
    "enquiries.won": ("POST", "/admin/enquiries/{enquiry}/won", "MGD"),
    "enquiries.lost": ("POST", "/admin/enquiries/{enquiry}/lost", "MGD"),
    "enquiries.note": ("POST", "/admin/enquiries/{enquiry}/note", "MGD"),
    "enquiries.book": ("POST", "/admin/enquiries/{enquiry}/book", "MGD"),
    "enquiries.give": ("POST", "/admin/enquiries/{enquiry}/give", "MG"),
    "enquiries.answer": ("POST", "/admin/enquiries/{enquiry}/answer", "MG"),
    "appointments.index_view": ("GET", "/admin/appointments/", "MGD"),
    "appointments.move": ("POST", "/admin/appointments/{visit}/move", "MGD"),
    "appointments.cancel": ("POST", "/admin/appointments/{visit}/cancel", "MGD"),
    "appointments.done": ("POST", "/admin/appointments/{visit}/done", "MGD"),
    "appointments.missed": ("POST", "/admin/appointments/{visit}/missed", "MGD"),
    "packages.picture": ("GET", "/admin/packages/{package}/picture", "AMGKD"),
    "packages.upload": ("POST", "/admin/packages/{package}/upload", "AMK"),
    "complaints.index_view": ("GET", "/admin/complaints/", "MGE"),
    "complaints.case": ("GET", "/admin/complaints/TS20261121-0001", "MGE"),
    "complaints.new": ("GET", "/admin/complaints/new?customer={customer}", "MGE"),
    "complaints.register": ("POST", "/admin/complaints/register", "MGE"),
    **{
        f"complaints.{step}": ("POST", f"/admin/complaints/1/{step.replace('_', '-')}", "MGE")
        for step in (
            "judge",
            "explain",
            "propose",
            "agree",
            "carry_out",
            "close",
            "withdraw",
            "contact",
            "note",
            "grave",
        )
    },
    **{f"complaints.{step}": ("POST", f"/admin/complaints/1/{step}", "M") for step in ("reopen", "give", "accused")},
    "complaints.answer": ("POST", "/admin/complaints/1/answer", "MG"),
    "privacy.index_view": ("GET", "/admin/privacy/", "AM"),
    "privacy.case": ("GET", "/admin/privacy/YS20261121-0001", "AM"),
    "privacy.register": ("POST", "/admin/privacy/register", "AM"),
    **{
        f"privacy.{step}": ("POST", f"/admin/privacy/1/{step.replace('_', '-')}", "AM")
        for step in ("check", "send_back", "approve", "export", "refuse", "hand_over")
    },
    "privacy.locked": ("GET", "/admin/privacy/locked", "M"),
    "privacy.open_locked": ("POST", "/admin/privacy/locked/1", "M"),
    "suggestions.reply": ("POST", "/admin/suggestions/1/reply", "MG"),
    "conversations.index_view": ("GET", "/admin/conversations/", "MG"),
    "conversations.thread": ("GET", "/admin/conversations/{talk}", "MG"),
    "conversations.read": ("POST", "/admin/conversations/{talk}/read", "MG"),
    "conversations.take": ("POST", "/admin/conversations/{talk}/take", "MG"),
    "conversations.give_back": ("POST", "/admin/conversations/{talk}/give-back", "MG"),
    "conversations.say": ("POST", "/admin/conversations/{talk}/say", "MG"),
    "conversations.note": ("POST", "/admin/conversations/{talk}/note", "MG"),
    "escalations.index_view": ("GET", "/admin/escalations/", "AMGE"),
    "escalations.take": ("POST", "/admin/escalations/1/take", "MGE"),
    "escalations.resolve": ("POST", "/admin/escalations/1/resolve", "MGE"),
    "callbacks.index_view": ("GET", "/admin/callbacks/", "MGE"),
    "callbacks.desk": ("GET", "/admin/callbacks/desk", "MG"),
    "callbacks.answered": ("POST", "/admin/callbacks/1/answered", "MG"),
    "callbacks.tried": ("POST", "/admin/callbacks/1/tried", "MG"),
    "callbacks.drop": ("POST", "/admin/callbacks/1/drop", "MG"),
    "slips.index_view": ("GET", "/admin/slips/", "MGE"),
    "slips.slip": ("GET", "/admin/slips/LX1", "MGE"),
    "slips.answer": ("POST", "/admin/slips/1/answer", "MGE"),
    "slips.called": ("POST", "/admin/slips/1/called", "MG"),
    "slips.assign": ("POST", "/admin/slips/1/assign", "MGE"),
    "slips.close": ("POST", "/admin/slips/1/close", "M"),
    "giftapplications.ask": ("GET", "/admin/giftapplications/ask?customer={customer}", "MGK"),
    "giftapplications.keep": ("POST", "/admin/giftapplications/keep", "MGK"),
    "giftapplications.approve": ("POST", "/admin/giftapplications/1/approve", "M"),
    "giftapplications.refuse": ("POST", "/admin/giftapplications/1/refuse", "M"),
    "giftapplications.give_up": ("POST", "/admin/giftapplications/1/give-up", "MGK"),
    "giftapplications.hand_over": ("POST", "/admin/giftapplications/1/hand-over", "MGK"),
    "signings.sign": ("GET", "/admin/signings/sign", "MF"),
    "signings.keep": ("POST", "/admin/signings/keep", "MF"),
    "forms.index_view": ("GET", "/admin/forms/", "MGEK"),
    "forms.edit": ("GET", "/admin/forms/control_point", "M"),
    "forms.save": ("POST", "/admin/forms/control_point/save", "M"),
    "projects.join": ("POST", "/admin/projects/{project}/join", "AME"),
    "projects.leave": ("POST", "/admin/projects/{project}/leave/1", "AME"),
    "projects.photos": ("POST", "/admin/projects/{project}/photos", "AME"),
    "customers.wish": ("POST", "/admin/customers/{customer}/wish", "MG"),
    "codes.issue": ("POST", "/admin/codes/issue", "AMGE"),
    "codes.ask": ("POST", "/admin/codes/1/ask", "AMGE"),
    "codes.drop": ("POST", "/admin/codes/1/drop", "AMGE"),
    "articles.report": ("GET", "/admin/articles/report", "AMGEK"),
    "articles.ask": ("POST", "/admin/articles/ask", "AMGEK"),
    "unanswered.attach": ("POST", "/admin/unanswered/1/attach", "MGK"),
    "unanswered.drop": ("POST", "/admin/unanswered/1/drop", "MGK"),
    "words.effect": ("POST", "/admin/words/effect", "MGK"),
    "menus.index_view": ("GET", "/admin/menus/", "AMK"),
    "menus.preview": ("POST", "/admin/menus/preview", "AMK"),
    "menus.save": ("POST", "/admin/menus/save", "AMK"),
    "menus.publish": ("POST", "/admin/menus/1/publish", "AMK"),
    "tags.put": ("POST", "/admin/tags/1/put", "MGK"),
    "tags.off": ("POST", "/admin/tags/1/off/1", "MGK"),
    "tags.again": ("POST", "/admin/tags/1/again", "MGK"),
    "events.step": ("POST", "/admin/events/1/step/open", "MK"),
    "events.call_off": ("POST", "/admin/events/1/call-off", "MK"),
    "events.code": ("POST", "/admin/events/1/code", "MK"),
    "events.came": ("POST", "/admin/events/1/came/1", "MK"),
    "qrcodes.again": ("POST", "/admin/qrcodes/1/again", "AMK"),
    "qrcodes.drop": ("POST", "/admin/qrcodes/1/drop", "AMK"),
    "texts.index_view": ("GET", "/admin/texts/", "AMGK"),
    "texts.text": ("GET", "/admin/texts/survey.ask", "AMGK"),
    "texts.preview": ("POST", "/admin/texts/survey.ask/preview", "AMK"),
    "texts.save": ("POST", "/admin/texts/survey.ask/save", "AMK"),
    "texts.restore": ("POST", "/admin/texts/survey.ask/restore", "AMK"),
    **matrix_care.PAGES,
    **DEPARTMENT,
    **FOLLOW_UP,
    "audit.verify": ("POST", "/admin/audit/verify", "AM"),
    "reveal.reveal": ("POST", "/admin/reveal/customer/{customer}/phone", "MGE"),
}
#: What needs no log-in, and what everybody may do with their own account (tested in test_auth.py).
OWN = {
    "auth.login", "auth.login_page", "auth.second_page", "auth.check_second", "auth.logout", "auth.language",
    "account.password", "account.set_up", "account.switch_off", "root", "healthz", "static",
    "media.show",  # tested in test_media.py: a file that is not for you is a 404
}  # fmt: skip
for _view, (_see, _add, _change, _remove, _export) in TABLES.items():
    PAGES |= {
        f"{_view}.index_view": ("GET", f"/admin/{_view}/", _see),
        f"{_view}.details_view": ("GET", f"/admin/{_view}/details/?id=1", _see),
        f"{_view}.create_view": ("GET", f"/admin/{_view}/new/", _add),
        f"{_view}.edit_view": ("GET", f"/admin/{_view}/edit/?id=1", _change),
        f"{_view}.delete_view": ("POST", f"/admin/{_view}/delete/", _remove),
        f"{_view}.export": ("POST", f"/admin/{_view}/export/csv/", _export),
        # Flask-Admin brings these; the panel does not use them.
        f"{_view}.action_view": ("POST", f"/admin/{_view}/action/", ""),
        f"{_view}.ajax_update": ("POST", f"/admin/{_view}/ajax/update/", ""),
        f"{_view}.ajax_lookup": ("GET", f"/admin/{_view}/ajax/lookup/", ""),
    }


def address(pattern: str, desk: Desk) -> str:
    return pattern.format(
        number=desk.repair.number,
        repair=desk.repair.id,
        talk=desk.conversation.id,
        lost=desk.lost.id,
        project=desk.project.id,
        customer=desk.customer.id,
        lead=desk.enquiry.number,
        enquiry=desk.enquiry.id,
        visit=desk.visit.id,
        package=desk.package.id,
    )


def test_every_registered_page_stands_in_the_table(app):
    registered = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert registered == set(PAGES) | OWN


@pytest.mark.parametrize("letter", LETTERS)
def test_a_role_may_exactly_what_the_table_says(letter, as_role, desk):
    person = as_role(LETTERS[letter])
    wrong = []
    for endpoint, (method, pattern, who) in PAGES.items():
        path = address(pattern, desk)
        answer = person.get(path) if method == "GET" else person.post(path, body="您好")
        refused = answer.status_code == 403
        if refused == (letter in who) or answer.status_code >= 500:
            wrong.append(f"{endpoint}: {answer.status_code}")
    assert not wrong


#: Verbs of a campaign -> who may; marketing plans and stops, managers let go.
STEPS = {"approve": "M", "resume": "M", "schedule": "MK", "pause": "MK", "cancel": "MK", "nonsense": ""}


@pytest.mark.parametrize("letter", LETTERS)
def test_the_verbs_of_a_campaign_are_for_whom_the_table_says(letter, as_role, desk):
    person = as_role(LETTERS[letter])
    for verb, who in STEPS.items():
        answer = person.post(f"/admin/campaigns/1/do/{verb}", version="1")
        assert (answer.status_code == 403) == (letter not in who), verb
        assert answer.status_code < 500


@pytest.mark.parametrize("letter", LETTERS)
def test_forms_are_refused_like_their_pages(letter, as_role, desk):
    person = as_role(LETTERS[letter])
    for view, (_see, add, change, _remove, _export) in TABLES.items():
        assert (person.post(f"/admin/{view}/new/").status_code == 403) == (letter not in add)
        assert (person.post(f"/admin/{view}/edit/?id=1").status_code == 403) == (letter not in change)


def test_the_rail_shows_only_what_opens(as_role):
    rail = as_role("finance").get("/admin/").get_data(as_text=True)
    assert "/admin/customers/" in rail
    assert "/admin/repairs/" not in rail
    assert "/admin/staff/" not in rail


def test_without_a_log_in_everything_leads_to_the_log_in(stranger, desk):
    for method, pattern, _who in PAGES.values():
        path = address(pattern, desk)
        answer = stranger.get(path) if method == "GET" else stranger.post(path)
        assert answer.status_code == 302, path
        assert answer.location.startswith("/admin/login"), path


def test_a_person_who_left_is_out_at_once(as_role, session, desk):
    person = as_role("agent")
    desk.staff["agent"].active = False
    session.commit()
    assert person.get("/admin/repairs/").status_code == 302


def test_a_permission_taken_away_counts_at_once(as_role, session, desk):
    person = as_role("agent")
    role = desk.staff["agent"].role
    role.permissions = [name for name in role.permissions if name != "repair.see"]
    session.commit()
    assert person.get("/admin/repairs/").status_code == 403
