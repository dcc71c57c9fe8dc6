"""What is wrong with a body, whoever it is for: cut off, too large, in a coding, or no form where one is taken."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from config.bodies import REFUSED, WITHOUT_BODY
from config.views import refused
from cqrs.domain import Refused
from face.refusals import UnsupportedCoding, UnsupportedForm

type View = Callable[[HttpRequest], HttpResponseBase]

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def check_body(get_response: View) -> View:
    """Refuses a request whose body cannot be taken as it was meant; else a rule would run as if there were none."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        error = None if request.method in WITHOUT_BODY else _fault(request)
        if error is None:
            return get_response(request)
        answer = refused(request, error)
        if isinstance(error, UnsupportedCoding):
            answer["Accept-Encoding"] = "identity"
        return answer

    return middleware


def _fault(request: HttpRequest) -> Refused | None:
    for header, own in (("Content-Encoding", "identity"), ("Transfer-Encoding", "chunked")):
        coding = request.headers.get(header, "").strip().lower()
        if coding not in ("", own):
            told = f"{header} {coding} is not supported: send the body as it is."
            return UnsupportedCoding(told, pointer="", header=header, coding=coding)
    if (error := request.META.get(REFUSED)) is not None:
        return error if isinstance(error, Refused) else None
    is_page, is_form = not request.path_info.startswith("/api/"), request.content_type in FORMS
    if is_page and not is_form and request.META.get("CONTENT_LENGTH") not in (None, "", "0"):
        return UnsupportedForm()
    return None
