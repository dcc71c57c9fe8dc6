"""A small shop to break: articles with units, and purchases of them. An application like `todos`."""
