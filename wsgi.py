"""`wsgi:app`: bot and panel behind one port, for hosts that give only one. Two processes are better: Procfile."""

from ops.doors import both

app = both()
