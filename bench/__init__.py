"""Measurements as ratios to a baseline in the same run: noisy machines make seconds meaningless."""
