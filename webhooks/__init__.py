"""Webhooks: a tenant's events, posted to endpoints of its own, signed as Standard Webhooks 1.0 says.

An endpoint's cursor goes along the journal and leaves a delivery for each event it asked for (`queue`). Deliveries are
posted in order per entity and tried again for days (`deliver`), to public addresses only (`targets`, `post`).
"""
