"""The map of the application."""

from io import StringIO

from django.core.management import call_command


def test_it_shows_each_entity_with_rules_facts_rows_and_routes() -> None:
    out = StringIO()
    call_command("tenfold_map", stdout=out)
    shown = out.getvalue()
    assert "TODO  todos.domain.Todo  numbered TODO-%%no#:0>6%%, gaps allowed" in shown
    assert "complete()" in shown
    assert "→ completed  POST /api/v1/todos/{id}/complete/" in shown
    assert "todos.models.TodoRow  description, status" in shown
