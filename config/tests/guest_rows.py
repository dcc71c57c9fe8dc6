"""The read model of the toy guests: it shows what is personal open, as read models do. Whoever has made its table
registers it for as long as they look."""

from django.db.models import IntegerField, TextField

from cqrs.models import Row
from cqrs.projections import Projection
from cqrs.tests.guests import GUEST, Guest


class GuestRow(Row):
    room, street, city = TextField(), TextField(), TextField()
    phone, nights = TextField(null=True), IntegerField()

    class Meta:
        app_label, db_table = "guests", "guest"


def row(guest: Guest) -> GuestRow:
    address = guest.address
    return GuestRow(room=guest.room, street=address.street, city=address.city, phone=guest.phone, nights=guest.nights)


GUESTS = Projection(GUEST, GuestRow, row)
