"""A blind examination of the text understanding, written by somebody who has not read its code or its labels."""
