"""The way in: whose word on a request is believed, and what follows from how a client came here."""
