"""A tenant as one file, and from such a file, or from another tenant's log, a new tenant."""

from tenants.archive.read import Corrupt, from_file
from tenants.archive.restore import IsThere, restore
from tenants.archive.source import Source, from_tenant, named
from tenants.archive.write import Made, export

__all__ = ["Corrupt", "IsThere", "Made", "Source", "export", "from_file", "from_tenant", "named", "restore"]
