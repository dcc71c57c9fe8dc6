"""Where commands and rows meet HTTP: the REST conventions and the parts every page shares, for any entity."""
