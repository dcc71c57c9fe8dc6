"""A second entity, whole: rules, row, projection, resource. Neither the kernel nor the face knows of it."""

from dataclasses import dataclass, replace

from django.db.models import IntegerField, TextField

from cqrs.domain import Entity, Sequence
from cqrs.models import Row
from cqrs.projections import projects
from face.filters import RowFilter
from face.listing import Listing
from face.resource import urls


@dataclass(frozen=True)
class Note:
    text: str
    pins: int = 0


def write(*, text: str) -> Note:
    return Note(text)


def pin(note: Note, *, pins: int) -> Note:
    return replace(note, pins=note.pins + pins)


NOTE = Entity("NOTE", Note, create=write, change={"pinned": pin}, adds={pin}, code=Sequence("N-%%no#:0>3%%"))


class NoteRow(Row):
    text, pins = TextField(), IntegerField()

    class Meta:
        app_label, db_table = "notes", "note"


projects(NOTE, NoteRow)(lambda note: NoteRow(text=note.text, pins=note.pins))
urlpatterns = urls(Listing(NOTE, "notes", NoteRow._default_manager.all, RowFilter))
