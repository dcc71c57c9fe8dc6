"""What surveys are about, without a database: the standard library, the kernel's domain, and one library that checks
JSON against a schema."""

from surveys.domain.checking import Checked, check
from surveys.domain.comparing import Read, Reading, read
from surveys.domain.faults import Fault
from surveys.domain.form import FORM, RESPONSES, Form, form_code
from surveys.domain.lint import lint
from surveys.domain.question_lint import Finding
from surveys.domain.questions import Content, Question, Section, Settings, Type
from surveys.domain.response import ANONYMOUS, RESPONSE, Response
from surveys.domain.survey import SURVEY, Status, Survey

__all__ = [
    "ANONYMOUS", "FORM", "RESPONSE", "RESPONSES", "SURVEY", "Checked", "Content", "Fault", "Finding", "Form",
    "Question", "Read", "Reading", "Response", "Section", "Settings", "Status", "Survey", "Type", "check",
    "form_code", "lint", "read",
]  # fmt: skip
