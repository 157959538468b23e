"""The customer's door: webhook, phone pages, health. It never imports admin or jobs."""
