"""Repairs from the first word to the last visit: faults, crews, warranty, quotes, and what is told about them."""
