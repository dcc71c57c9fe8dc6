"""An entity's pages: a list, one with its history, a form for each rule. Whole, or only the part that htmx asks for.

    urlpatterns = Screens(TODOS, one="todo").urls()

The templates are `<path>/list.html` with the partial `rows`, `<path>/detail.html` with the partial `<one>`, and
`<path>/edit.html` with the partial `newer`; the path is the listing's. An entity whose pages show more, or ask
otherwise, has a class of its own that overrides `new`, `about`, `form` or `declined`.

A little past the usual length: the pages share how they are asked and how they answer.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme

from cqrs.domain import Counter, Entity, Refused, Rule, Version
from cqrs.models import Row
from cqrs.projections import projection_of
from cqrs.writer import Answer
from face.fields import texts
from face.forms import asked, edited, number, once, refused_at, status_of, typed
from face.histories import Moment, moments
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
    """The pages of one entity. `one` names what the templates show one of, and its URLs; `but` are rules that nobody
    asks from outside; `counter` is what its history tells the moves of."""

    listing: Listing[R]
    one: str
    but: Collection[str] = ()
    counter: Counter | None = None

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
        """A new one, from the form on the list, or on a page of its own."""
        if request.method != "POST":
            return self.new(request)
        try:
            answer = self.send(request, self.entity.creation)
        except Refused as refused:
            return self.new(request, refused)
        said(request, answer)
        return wrote(request, self.made(request, answer), answer.version)

    def new(self, request: HttpRequest, refused: Refused | None = None) -> HttpResponse:
        """Where a new one is asked for: empty, or with what was refused."""
        if refused is None:
            return redirect(self.many)
        return self.list(request, status=status_of(refused), errors=refused_at(refused), typed=typed(request))

    def made(self, request: HttpRequest, answer: Answer[Any]) -> HttpResponse:
        """Where one goes who has made one."""
        return _back(request, reverse(self.many))

    def detail(self, request: HttpRequest, /, code: str, *, status: int = 200, **more: Any) -> HttpResponse:
        """One from the log, as it is or as of `?version=`, with its history."""
        log, sk = log_of(request), self.entity.sk_of(code)
        head = log.get(self.entity, sk)
        version = log.get(self.entity, sk, version=number(request.GET.get("version", str(head.version))))
        context = {
            self.one: projection_of(self.entity.type).shown(version),
            "version": version,
            "current": head.version,
        }
        context["moments"] = self.told(moments(log, self.entity, sk, until=version.version, counter=self.counter))
        context |= self.about(request, version) | more
        return show(request, f"{self.many}/detail.html", context, part=self.one, status=status)

    def about(self, request: HttpRequest, version: Version[Any]) -> dict[str, Any]:
        """What else its page shows."""
        return {}

    def told(self, moments: Sequence[Moment[Any]]) -> Sequence[Moment[Any]]:
        """Its history, in the words of its page."""
        return moments

    def edit(self, request: HttpRequest, code: str) -> HttpResponse:
        """The form of the rule `edit`."""
        refused, sk = None, self.entity.sk_of(code)
        if request.method == "POST":
            try:
                answer = self.send(request, self.entity.rule("edit"), sk)
            except Refused as error:
                refused = error
            else:
                said(request, answer)
                return wrote(request, redirect(self.one, code), answer.version)
        context = edited(log_of(request), self.entity, sk, self.form(request), refused, texts=self.texts)
        context |= self.editing(request, context, refused)
        return show(request, f"{self.many}/edit.html", context, part="newer", status=status_of(refused))

    def editing(self, request: HttpRequest, shown: Mapping[str, Any], refused: Refused | None) -> dict[str, Any]:
        """What else the form of `edit` shows, beside what `edited` says."""
        return {}

    def ask(self, request: HttpRequest, code: str, rule: str) -> HttpResponse:
        """Any other rule: do it, say so, go back."""
        known, onward = self.entity.rules.get(rule), _back(request, reverse(self.one, args=[code]))
        if known is None or known.creates or rule in self.but:
            raise Http404
        if request.method != "POST":
            return onward
        try:
            answer = self.send(request, known, self.entity.sk_of(code))
        except Refused as refused:
            return self.declined(request, code, rule, refused) or onward
        said(request, answer, undo=reverse(f"{self.one}-rule", args=[code, "restore"]) if known.removes else "")
        return wrote(request, onward, answer.version)

    def declined(self, request: HttpRequest, code: str, rule: str, refused: Refused) -> HttpResponse | None:
        """Say why a rule did not happen, where one goes on to; or answer with a page. NotFound."""
        said_why(request, refused)
        return None

    def form(self, request: HttpRequest) -> QueryDict:
        """The fields that were sent, as the rules' arguments are named."""
        return typed(request)

    def texts(self, state: Any) -> dict[str, str]:
        """A state in the fields of the form of `edit`."""
        return texts(state)

    def send(self, request: HttpRequest, rule: Rule[Any], sk: str = "") -> Answer[Any]:
        """Ask what the form asks. Whatever is refused."""
        command = asked(request, self.entity, rule, sk=sk, form=self.form(request))
        return writer(request).send(command, once=once(request, rule))


def _back(request: HttpRequest, default: str) -> HttpResponse:
    """On to where the form was, if that is a path of this host."""
    onward = request.POST.get("next", "")
    return redirect(onward if url_has_allowed_host_and_scheme(onward, allowed_hosts=None) else default)
