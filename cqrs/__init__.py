"""The kernel: entities are pure functions, everything else is here, and nothing here knows an entity."""
