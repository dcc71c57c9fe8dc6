"""The page of todos in a real browser, with the real web server, worker and stores."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from config.tests.visiting import FOCUS_SEEN, NAMELESS, NEEDED, Visit, chromium, port, visit  # noqa: F401

pytestmark = NEEDED


def add(page: Page, name: str) -> str:
    """Add a todo by the quick form; its code."""
    page.get_by_label("Name of a new todo").fill(name)
    page.keyboard.press("Enter")
    row = page.locator("[data-row]", has_text=name).first
    expect(row).to_be_visible()
    return str(row.get_attribute("id"))


def stays(page: Page) -> None:
    """Mark the document; `still` tells whether it has been left since."""
    page.evaluate("window.mark = true")


def still(page: Page) -> bool:
    return bool(page.evaluate("window.mark === true"))


def test_two_todos_are_added_while_typing_goes_on(visit: Visit) -> None:
    page = visit()
    stays(page)
    page.keyboard.press("n")
    page.keyboard.type("First of two")
    page.keyboard.press("Enter")
    page.keyboard.type("Second of two")
    page.keyboard.press("Enter")
    page.keyboard.type("half a")
    expect(page.get_by_role("link", name="First of two")).to_be_visible()
    expect(page.get_by_role("link", name="Second of two")).to_be_visible()
    expect(page.get_by_label("Name of a new todo")).to_have_value("half a")
    expect(page.get_by_label("Name of a new todo")).to_be_focused()
    assert still(page)


def test_a_refused_todo_gets_its_text_back(visit: Visit) -> None:
    page = visit()
    page.get_by_label("Name of a new todo").fill("x" * 201)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("At most 200 characters")
    expect(page.get_by_label("Name of a new todo")).to_have_value("x" * 201)


def test_completing_changes_the_row_and_keeps_the_focus(visit: Visit) -> None:
    page = visit()
    stays(page)
    code = add(page, "Complete me")
    page.get_by_role("button", name="Complete Complete me").click()
    expect(page.get_by_role("button", name="Reopen Complete me")).to_be_focused()
    expect(page.locator(f"#{code} .is-over")).to_be_visible()
    assert still(page)


def test_removing_can_be_undone(visit: Visit) -> None:
    page = visit()
    code = add(page, "Remove me")
    page.locator(f"#menu-{code}").click()
    page.locator(f"#{code}").get_by_role("button", name="Remove", exact=True).click()
    expect(page.locator(f"#{code}")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(f"#{code}")).to_be_visible()


def test_an_edit_is_in_the_history_and_the_past_can_be_seen(visit: Visit) -> None:
    page = visit()
    code = add(page, "Old words")
    page.locator(f"#open-{code}").click()
    page.get_by_role("link", name="Edit").first.click()
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    page.get_by_label("Name", exact=True).fill("New words")
    page.get_by_label("Labels").fill("x" * 80)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Labels")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Labels")).to_be_focused()  # where something is wrong
    page.get_by_label("Labels").fill("")
    page.get_by_label("Due date").fill("2031-02-03")
    page.get_by_role("button", name="Save").click()
    newest = page.locator(".moment").first
    expect(newest.locator("del")).to_have_text("Old words")
    expect(newest.locator("ins").first).to_have_text("New words")
    page.get_by_role("link", name="As of version 1").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Old words")
    expect(page.get_by_text("version 1 of 2")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("New words")


def test_another_persons_change_appears_and_nothing_half_done_is_lost(visit: Visit) -> None:
    mine, theirs = visit(), visit()
    code = add(theirs, "Shared work")
    expect(mine.locator(f"#{code}")).to_be_visible()
    expect(mine.get_by_text("Live", exact=True)).to_be_visible()
    stays(mine)
    mine.get_by_label("Name of a new todo").fill("half a")
    mine.locator(f"#menu-{code}").click()
    theirs.get_by_role("button", name="Complete Shared work").click()
    expect(mine.locator(f"#{code} .is-over")).to_be_visible()
    expect(mine.locator(f"#{code} details")).to_have_attribute("open", "")
    expect(mine.get_by_label("Name of a new todo")).to_have_value("half a")
    assert still(mine)


def test_an_edit_that_was_overtaken_says_so_and_keeps_both(visit: Visit) -> None:
    mine, theirs = visit(), visit()
    code = add(mine, "Everybody's")
    mine.locator(f"#open-{code}").click()
    for page, name in ((mine, "Mine"), (theirs, "Theirs")):
        page.goto(f"{mine.url.partition('/todos/')[0]}/todos/{code}/edit/")
        page.get_by_label("Name", exact=True).fill(name)
    theirs.get_by_role("button", name="Save").click()
    expect(mine.get_by_text("changed this while you were editing")).to_be_visible()
    expect(mine.get_by_label("Name", exact=True)).to_have_value("Mine")
    mine.get_by_role("button", name="Save").click()
    expect(mine.get_by_role("alert")).to_contain_text("Changed meanwhile by")
    expect(mine.get_by_text("Now: Theirs")).to_be_visible()
    expect(mine.get_by_label("Name", exact=True)).to_have_value("Mine")
    mine.get_by_role("button", name="Save").click()
    expect(mine.get_by_role("heading", level=1)).to_have_text("Mine")


def test_filters_and_search_apply_by_themselves(visit: Visit) -> None:
    page = visit()
    add(page, "Find the needle")
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("/")
    page.keyboard.type("needle")
    expect(page).to_have_url(re.compile(r"\?q=needle$"))
    expect(page.get_by_label("Search todos")).to_be_focused()
    page.get_by_role("link", name="Completed", exact=True).click()
    expect(page.get_by_text("No todo matches")).to_be_visible()


def test_a_card_can_be_dragged_to_another_lane(visit: Visit) -> None:
    page = visit("/todos/board/")
    page.get_by_label("Due date").fill("2021-02-03")  # the nearest date stands on top, where nothing needs to scroll
    add(page, "Drag me")
    page.goto(page.url.partition("/todos/")[0] + "/todos/board/")
    page.locator(".card", has_text="Drag me").drag_to(page.locator('[data-lane="start"] h2'))
    expect(page.locator('[data-lane="start"] .card', has_text="Drag me")).to_be_visible()


def test_everything_works_without_javascript(visit: Visit) -> None:
    page = visit(java_script_enabled=False)
    page.get_by_label("Name of a new todo").fill("By form alone")
    page.get_by_role("button", name="Add").click()
    row = page.locator("[data-row]", has_text="By form alone")
    row.get_by_role("button", name="Complete By form alone").click()
    expect(row.get_by_role("button", name="Reopen By form alone")).to_be_visible()
    row.locator("summary").click()
    row.get_by_role("button", name="Remove", exact=True).click()
    page.get_by_role("button", name="Undo").click()
    expect(row).to_be_visible()
    row.get_by_role("link", name="By form alone").click()
    expect(page.locator(".moment")).to_have_count(4)


def test_the_theme_is_remembered(visit: Visit) -> None:
    page = visit(color_scheme="light")
    page.locator("summary.avatar").click()
    page.get_by_role("button", name="Dark").click()
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_a_viewer_is_shown_no_control_that_writes(visit: Visit, acme: Any) -> None:
    add(visit(), "Look at me")
    page = visit(who=acme.viewer)
    expect(page.get_by_text("ask an owner")).to_be_visible()
    expect(page.locator("#compose, .tick[form], [formaction]")).to_have_count(0)


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("path", ["/todos/", "/todos/board/"])
def test_a_page_fits_and_every_control_has_a_name(visit: Visit, path: str, width: int) -> None:
    page = visit(path)
    page.get_by_label("Due date").fill("2021-02-04")  # a lane of the board shows the nearest dates only
    add(page, "Fits")
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it scrolls sideways"
    assert page.evaluate(NAMELESS) == []
    assert page.evaluate("document.querySelectorAll('h1').length") == 1


def test_the_focus_is_always_visible(visit: Visit) -> None:
    page = visit()
    add(page, "Focus")
    page.goto(page.url)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_in_viewport()
    for _ in range(30):
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUS_SEEN), page.evaluate("document.activeElement.outerHTML")
