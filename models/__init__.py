"""What all doors share: tables and rules. No web, queue, network or WeChat import is allowed here, ever."""

from models.callbacks import Callback, CallbackAttempt, CareEvent, Slip, SlipRound
from models.campaigns import Campaign, CampaignEvent, MassQuota, MassSend, Recipient
from models.complaints import Complaint, Suggestion
from models.events import Event, EventStep, Signup
from models.gifts import Gift, GiftApplication, GiftStep
from models.greetings import Greeting, GreetingRule, GreetingRuleEvent
from models.household import BindTry, HouseEvent
from models.houses import Building, Crew, Estate, Phase, Project
from models.knowledge import Article, DomainWord, Misfit, NumberSeries, TextVersion, Unanswered
from models.menus import MenuVersion, Tag, Tagging
from models.outbound import Consent, DeliveryReport, NoticeConsent, Outgoing, TouchCap
from models.people import BindingCode, Customer, CustomerTag, Follower, ProjectMember
from models.privacy import LockedRecord, PrivacyRequest, Retention
from models.promises import Calendar, CalendarDay, Policy, Promise
from models.qrcodes import QrCode, Referral
from models.quotes import Quote, QuoteItem
from models.rhythm import CareRule, PhaseKind
from models.roster import Absence, RosterEntry, Shift
from models.sales import Appointment, Enquiry, Package, Showroom, VisitPlan
from models.sequences import Enrolment, EnrolmentEvent, Sequence, SequenceStep, Touch
from models.signing import Signing
from models.staff import Role, Staff
from models.surveys import Answer, Survey, SurveyForm
from models.talk import Attachment, Conversation, Dialog, Inbound, Message
from models.team import Announcement, Confirmation, HandoverNote, Review, ReviewDay
from models.trust import AuditAnchor, AuditEntry, Disclosure
from models.upkeep import Backup, CheckRun, Finding
from models.visits import Postponement, RepairItem, TicketWatcher, Visit
from models.warranty import RepairWarranty, WarrantyTerm
from models.work import Escalation, Repair, Ticket, TicketEvent

__all__ = [
    "Absence", "Announcement", "Answer", "Appointment", "Article", "Attachment", "AuditAnchor", "AuditEntry",
    "Backup", "BindTry",
    "BindingCode", "Building", "Calendar", "CalendarDay", "Callback", "CallbackAttempt", "Campaign", "CampaignEvent",
    "CareEvent", "CareRule", "CheckRun", "Complaint", "Confirmation", "Consent", "Conversation", "Crew", "Customer",
    "CustomerTag", "DeliveryReport", "Dialog", "Disclosure", "DomainWord", "Enquiry", "Enrolment", "EnrolmentEvent",
    "Escalation", "Estate", "Event", "EventStep", "Finding", "Follower", "Gift", "GiftApplication", "GiftStep",
    "Greeting", "GreetingRule", "GreetingRuleEvent", "HandoverNote", "HouseEvent", "Inbound", "LockedRecord",
    "MassQuota", "MassSend", "MenuVersion", "Message", "Misfit", "NoticeConsent", "NumberSeries", "Outgoing", "Package",
    "Phase", "PhaseKind", "Policy", "Postponement", "PrivacyRequest", "Project", "ProjectMember", "Promise", "QrCode",
    "Quote", "QuoteItem", "Recipient", "Referral", "Repair", "RepairItem", "RepairWarranty", "Retention", "Review",
    "ReviewDay", "Role", "RosterEntry", "Sequence", "SequenceStep", "Shift", "Showroom", "Signing", "Signup", "Slip",
    "SlipRound", "Staff", "Suggestion", "Survey", "SurveyForm", "Tag", "Tagging", "TextVersion", "Ticket",
    "TicketEvent", "TicketWatcher", "Touch", "TouchCap", "Unanswered", "Visit", "VisitPlan", "WarrantyTerm",
]  # fmt: skip
