"""A person's address: claimed, and confirmed by a link that only its mailbox gets. An address nobody has confirmed
blocks nothing; its person is asked to until they have."""
