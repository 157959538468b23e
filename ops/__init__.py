"""Running the house on a machine: starting and stopping processes, checking a deployment, measuring the code.

The outermost layer: it may use everything, and nothing but cli.py and the tests imports it.
"""
