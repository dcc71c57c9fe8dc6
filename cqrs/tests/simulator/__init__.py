"""A stream that does everything a stream may do, and followers that are paused, killed and woken: pure, seeded, in one
process."""
