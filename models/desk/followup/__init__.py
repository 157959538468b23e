"""Plans of follow-up: their steps, who is on them, when each step is due, and what ends them."""
