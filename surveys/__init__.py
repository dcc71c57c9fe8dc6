"""Surveys: forms whose published versions never change, and the answers that were given to them."""
