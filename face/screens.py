"""An entity's pages: a list, one with its history, a form for each rule. Whole, or only the part that htmx asks for.

    urlpatterns = Screens(TODOS, one="todo").urls()

The templates are `<path>/list.html` with the partial `rows`, `<path>/detail.html` with the partial `<one>`, and
`<path>/edit.html` with the partial `newer`; the path is the listing's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme

from cqrs.domain import Entity, Refused
from cqrs.models import Row
from cqrs.projections import projection_of
from face.forms import asked, edited, number, refused_at, status_of, typed
from face.histories import moments
from face.listing import Listing
from face.lists import listed
from face.notices import said, said_why
from face.refusals import InvalidParameter
from face.web import caught_up, log_of, signed_in, writer, wrote


def show(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, part: str, status: int = 200
) -> HttpResponse:
    """A page, or only its live part where that is what htmx asks for. `may_write` is about the template's folder."""
    wanted = request.headers.get("HX-Target", "").partition("#")[2]
    may_write = request.principal.may(f"{template.partition('/')[0]}:write")  # type: ignore[attr-defined]
    may_write &= request.tenant.state == "active"  # type: ignore[attr-defined]  # set by the tenant middleware
    name = f"{template}#{part}" if wanted == part else template
    return render(request, name, {"may_write": may_write, **context}, status=status)


@dataclass(frozen=True)
class Screens[R: Row]:
    """The pages of one entity. `one` names what the templates show one of, and its URLs."""

    listing: Listing[R]
    one: str

    @property
    def entity(self) -> Entity[Any, ...]:
        return self.listing.entity

    @property
    def many(self) -> str:
        return self.listing.path

    def urls(self) -> list[URLPattern]:
        """`todos`, `todo-create`, `todo`, `todo-edit` and `todo-rule`; a rule is sent by POST."""
        reads, writes = signed_in(f"{self.many}:read"), signed_in(f"{self.many}:write")
        return [
            path("", reads(self.list), name=self.many),
            path("new/", writes(self.create), name=f"{self.one}-create"),
            path("<str:code>/", reads(self.detail), name=self.one),
            path("<str:code>/edit/", writes(self.edit), name=f"{self.one}-edit"),
            path("<str:code>/<str:rule>/", writes(self.ask), name=f"{self.one}-rule"),
        ]

    def list(self, request: HttpRequest, /, *, status: int = 200, **context: Any) -> HttpResponse:
        """The rows, filtered, a page at a time, with what this browser has just written."""
        context["behind"] = not caught_up(request)
        try:
            context["page"] = listed(request, self.listing)
        except InvalidParameter as refused:
            context["problem"], status = " ".join(refused_at(refused).values()), 400
        return show(request, f"{self.many}/list.html", context, part="rows", status=status)

    def create(self, request: HttpRequest) -> HttpResponse:
        """A new one, from the form on the list."""
        if request.method != "POST":
            return redirect(self.many)
        try:
            answer = writer(request).send(asked(request, self.entity, self.entity.creation))
        except Refused as refused:
            return self.list(request, status=422, errors=refused_at(refused), typed=typed(request))
        said(request, answer)
        return wrote(request, _back(request, reverse(self.many)), answer.version)

    def detail(self, request: HttpRequest, code: str) -> HttpResponse:
        """One from the log, as it is or as of `?version=`, with its history."""
        log, sk = log_of(request), self.entity.sk_of(code)
        head = log.get(self.entity, sk)
        version = log.get(self.entity, sk, version=number(request.GET.get("version", str(head.version))))
        context = {
            self.one: projection_of(self.entity.type).shown(version),
            "version": version,
            "current": head.version,
        }
        context["moments"] = moments(log, self.entity, sk, until=version.version)
        return show(request, f"{self.many}/detail.html", context, part=self.one)

    def edit(self, request: HttpRequest, code: str) -> HttpResponse:
        """The form of the rule `edit`."""
        refused, sk = None, self.entity.sk_of(code)
        if request.method == "POST":
            try:
                answer = writer(request).send(asked(request, self.entity, self.entity.rule("edit"), sk=sk))
            except Refused as error:
                refused = error
            else:
                said(request, answer)
                return wrote(request, redirect(self.one, code), answer.version)
        context = edited(log_of(request), self.entity, sk, typed(request), refused)
        return show(request, f"{self.many}/edit.html", context, part="newer", status=status_of(refused))

    def ask(self, request: HttpRequest, code: str, rule: str) -> HttpResponse:
        """Any other rule: do it, say so, go back."""
        known, onward = self.entity.rules.get(rule), _back(request, reverse(self.one, args=[code]))
        if known is None or known.creates:
            raise Http404
        if request.method != "POST":
            return onward
        try:
            answer = writer(request).send(asked(request, self.entity, known, sk=self.entity.sk_of(code)))
        except Refused as refused:
            said_why(request, refused)
            return onward
        said(request, answer, undo=reverse(f"{self.one}-rule", args=[code, "restore"]) if known.removes else "")
        return wrote(request, onward, answer.version)


def _back(request: HttpRequest, default: str) -> HttpResponse:
    """On to where the form was, if that is a path of this host."""
    onward = request.POST.get("next", "")
    return redirect(onward if url_has_allowed_host_and_scheme(onward, allowed_hosts=None) else default)
