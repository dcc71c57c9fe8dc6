"""Django's PostgreSQL backend, whose every wait ends with the request (`cqrs.deadlines`). django-tenants builds on it
(the setting ORIGINAL_BACKEND)."""
