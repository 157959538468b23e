"""The demo company, told by the desk's own verbs; `company` plants all of it."""
