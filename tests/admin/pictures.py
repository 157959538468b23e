"""Pictures of pages, for somebody who wants to look at them while the tests go by."""

import os
from pathlib import Path

from playwright.sync_api import Page

#: The folder they are put in; without it none is taken.
PICTURES = os.environ.get("PICTURES", "")


def picture(page: Page, name: str) -> None:
    """The whole page is in the folder as `name`.png, if somebody named a folder."""
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"{name}.png"), full_page=True)
