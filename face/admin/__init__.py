"""Staff's side of the kernel: journals, shards, what is parked; and the classes that every app's admin builds on."""

from face.admin.asking import ask
from face.admin.audit import AuditLineAdmin
from face.admin.reactions import CursorAdmin
from face.admin.reasons import ReasonForm, done, staff_id
from face.admin.stream import ParkedAdmin, ShardAdmin
from face.admin.tenant import JournalAdmin, ReadOnlyAdmin, TenantAdmin
from face.admin.work import JobAdmin

# fmt: off
__all__ = [
    "AuditLineAdmin", "CursorAdmin", "JobAdmin", "JournalAdmin", "ParkedAdmin", "ReadOnlyAdmin", "ReasonForm",
    "ShardAdmin", "TenantAdmin", "ask", "done", "staff_id",
]
# fmt: on
