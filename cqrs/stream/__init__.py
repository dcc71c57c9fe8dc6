"""Following the log: shards leased in Postgres, read in slices, shown by the projector."""
