"""The account's people and doors: who a WeChat is, households, codes, tags, the menu."""
