"""What the company says unasked: greetings, campaigns, mass sends, events and gifts."""
