"""Who may what with care and campaigns: marketing writes, managers let go. Part of the table in test_matrix.py."""

#: endpoint -> (method, address, who may).
PAGES = {
    "planner.index_view": ("GET", "/admin/planner/?month=2027-02", "MK"),
    "planner.warning": ("GET", "/admin/planner/warning", "MK"),
    "planner.warn": ("POST", "/admin/planner/warn", "MK"),
    "greetingrules.index_view": ("GET", "/admin/greetingrules/", "MK"),
    "greetingrules.new": ("GET", "/admin/greetingrules/new", "MK"),
    "greetingrules.add": ("POST", "/admin/greetingrules/add", "MK"),
    "greetingrules.rule": ("GET", "/admin/greetingrules/1", "MK"),
    "greetingrules.save": ("POST", "/admin/greetingrules/1/save", "MK"),
    "greetingrules.step": ("POST", "/admin/greetingrules/1/do/submit", "MK"),
    "greetingrules.send_back": ("POST", "/admin/greetingrules/1/send-back", "M"),
    "campaigns.index_view": ("GET", "/admin/campaigns/", "MK"),
    "campaigns.new": ("GET", "/admin/campaigns/new", "MK"),
    "campaigns.compose": ("POST", "/admin/campaigns/compose", "MK"),
    "campaigns.save": ("POST", "/admin/campaigns/save", "MK"),
    "campaigns.one": ("GET", "/admin/campaigns/1", "MK"),
    "campaigns.edit": ("GET", "/admin/campaigns/1/edit", "MK"),
    "campaigns.check": ("POST", "/admin/campaigns/1/check", "MK"),
    "campaigns.test": ("POST", "/admin/campaigns/1/test", "MK"),
    "campaigns.step": ("POST", "/admin/campaigns/1/do/approve", "M"),
    "campaigns.send_back": ("POST", "/admin/campaigns/1/send-back", "M"),
    "campaigns.decide": ("POST", "/admin/campaigns/1/decide/1", "M"),
    "campaigns.export": ("POST", "/admin/campaigns/1/export/csv", "M"),
}
#: Verbs of a rule of care -> who may.
STEPS = {"submit": "MK", "on": "MK", "off": "MK", "approve": "M", "nonsense": ""}
