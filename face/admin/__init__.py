"""Staff's side of the kernel: journals, shards, what is parked; and the classes that every app's admin builds on."""

from face.admin.asking import ask
from face.admin.audit import AuditLineAdmin
from face.admin.buttons import button
from face.admin.guard import Guarded, ReadOnlyAdmin, StaffAdmin, may_view
from face.admin.reactions import CursorAdmin
from face.admin.reasons import ReasonForm, done, staff_id, tenant_of
from face.admin.stream import ParkedAdmin, ShardAdmin
from face.admin.tenant import JournalAdmin, TenantAdmin
from face.admin.work import JobAdmin

# fmt: off
__all__ = [
    "AuditLineAdmin", "CursorAdmin", "Guarded", "JobAdmin", "JournalAdmin", "ParkedAdmin", "ReadOnlyAdmin",
    "ReasonForm", "ShardAdmin", "StaffAdmin", "TenantAdmin", "ask", "button", "done", "may_view", "staff_id",
    "tenant_of",
]
# fmt: on
