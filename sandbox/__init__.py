"""A WeChat for one machine: the platform's pushes, API and phones, for development and tests.

A peer, not a part: nothing here imports the product, and the product imports nothing of it. The two meet only over
HTTP on loopback, so that pointing the product at the real platform is a change of its settings and of nothing else.
"""
