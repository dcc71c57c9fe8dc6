"""Making tenants: a pool of ready schemas, claiming one of them, and the tenants that are ours."""

from tenants.provisioning.claims import Wanted, claim, host_for
from tenants.provisioning.staff import invite_staff, staff_in_charge, staff_invited
from tenants.provisioning.tenants import add_member, create_public, create_system, provision

# fmt: off
__all__ = [
    "Wanted", "add_member", "claim", "create_public", "create_system", "host_for", "invite_staff", "provision",
    "staff_in_charge", "staff_invited",
]
# fmt: on
