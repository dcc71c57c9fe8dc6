"""Lamps as an installed app, for a worker that reacts to them."""
