"""Who may do what on the pages of the department: roster, hand-over, announcements, promises due, reviews."""

EVERYONE = "AMGEKFD"
#: endpoint -> (method, address, who may); part of the table in test_matrix.py.
DEPARTMENT = {
    "system.index_view": ("GET", "/admin/system/", "AM"),
    "system.retry": ("POST", "/admin/system/retry", "AM"),
    "system.check": ("POST", "/admin/system/check", "AM"),
    "calendar.preview": ("POST", "/admin/calendar/preview", "AM"),
    "warranties.preview": ("POST", "/admin/warranties/preview", "AM"),
    "calendar.save": ("POST", "/admin/calendar/hours", "AM"),
    "due.index_view": ("GET", "/admin/due/", "AMGE"),
    "reviews.index_view": ("GET", "/admin/reviews/", "MGE"),
    "reviews.hold": ("POST", "/admin/reviews/{repair}/hold", "ME"),
    "reviews.days": ("POST", "/admin/reviews/days", "ME"),
    "home.confirm": ("POST", "/admin/confirm/1", EVERYONE),
    "handovers.index_view": ("GET", "/admin/handovers/", EVERYONE),
    "handovers.write": ("POST", "/admin/handovers/write", "MGE"),
    "handovers.sign": ("POST", "/admin/handovers/1/sign", "MGE"),
    "announcements.index_view": ("GET", "/admin/announcements/", EVERYONE),
    "announcements.make": ("POST", "/admin/announcements/make", "AM"),
    "announcements.withdraw": ("POST", "/admin/announcements/1/withdraw", "AM"),
    "roster.index_view": ("GET", "/admin/roster/", EVERYONE),
    "roster.save": ("POST", "/admin/roster/save", "AM"),
    "roster.copy": ("POST", "/admin/roster/copy", "AM"),
    "absences.index_view": ("GET", "/admin/absences/", EVERYONE),
    "absences.add": ("POST", "/admin/absences/add", EVERYONE),
    "absences.end": ("POST", "/admin/absences/1/end", EVERYONE),
    "outgoing.retry": ("POST", "/admin/outgoing/{lost}/retry", "MGE"),
    "outgoing.arrived": ("POST", "/admin/outgoing/{lost}/arrived", "MGE"),
    "outgoing.cancel": ("POST", "/admin/outgoing/{lost}/cancel", "MGE"),
}
