"""Who may do what with plans of follow-up; a part of the matrix."""

FOLLOW_UP = {
    "sequences.index_view": ("GET", "/admin/sequences/", "MGK"),
    "sequences.one": ("GET", "/admin/sequences/visit", "MGK"),
    "sequences.new": ("GET", "/admin/sequences/new", "MK"),
    "sequences.edit": ("GET", "/admin/sequences/visit/edit", "MK"),
    "sequences.save": ("POST", "/admin/sequences/save", "MK"),
    "sequences.switch": ("POST", "/admin/sequences/visit/switch/off", "MK"),
    "customers.follow": ("POST", "/admin/customers/{customer}/follow/1/stop", "MG"),
    "enquiries.follow": ("POST", "/admin/enquiries/{enquiry}/follow/1/stop", "MGD"),
}
