"""Complaints and suggestions: whom they are about, how grave they are, who may see them, what was decided."""
