"""How each tenant numbers: what it set up otherwise than its entities declare, kept in its own schema."""
