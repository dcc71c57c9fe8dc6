"""Who may do what, and where: tenants, hosts, people, memberships and API keys, all in the public schema."""
