"""The builder and the public form in a real browser, by mouse and by keyboard alone."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from config.tests.visiting import NAMELESS, NEEDED, Visit, chromium, port, visit  # noqa: F401
from conftest import Api, TestTenant
from surveys.tests.examples import TEAM
from surveys.tests.test_api import published

pytestmark = NEEDED


@pytest.fixture
def far(api: Api) -> Iterator[Any]:
    """acme's API, called from a thread of its own: the browser's event loop keeps this one from the database."""
    with ThreadPoolExecutor(1) as pool:
        yield lambda *given, **headers: pool.submit(api, *given, **headers).result()


@pytest.fixture
def fill(chromium: Any, port: int, acme: TestTenant, far: Any) -> Any:
    """Opens the public page of a new survey, as a stranger; fails the test where the page logs an error."""
    contexts, faults = [], list[str]()

    def opened(form: dict[str, Any], **settings: Any) -> Page:
        made = far("POST", "surveys/", form | {"settings": form["settings"] | settings}).json()
        far("POST", f"surveys/{made['code']}/publish/", {}, if_match="*", prefer="wait=5")  # until it is found
        context = chromium.new_context(viewport={"width": 360, "height": 740})
        contexts.append(context)
        page: Page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda told: faults.append(told.text) if "Policy" in told.text else None)
        page.goto(f"http://{acme.host}:{port}/s/{made['token']}/")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert faults == []


def test_questions_come_and_go_with_the_answers(fill: Any) -> None:
    page = fill(TEAM)
    why, which = page.get_by_label("What went wrong?"), page.get_by_label("Which?")
    expect(why).to_be_hidden()
    expect(page.get_by_text("Answered 0 of 3")).to_be_visible()
    page.get_by_role("group", name="How was your week?").get_by_label("2").check()
    expect(why).to_be_visible()
    expect(page.get_by_text("Answered 1 of 4")).to_be_visible()
    page.get_by_label("office", exact=True).check()
    must = page.locator("#field-which .must")
    expect(which).to_be_visible()
    expect(must).to_be_hidden()
    page.get_by_label("Yes").check()
    expect(must).to_be_visible()
    expect(page.get_by_role("button", name="Clear How was your week?")).to_be_hidden()  # it has to be answered
    page.get_by_role("button", name="Clear Where do you work?").click()
    expect(page.get_by_label("office", exact=True)).not_to_be_checked()
    expect(which).to_be_hidden()
    page.get_by_label("left", exact=True).check()
    expect(which).to_be_hidden()
    expect(page.get_by_role("group", name="Would you join again?")).to_be_hidden()
    page.get_by_role("button", name="Send").click()
    expect(why).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text("1 answer to mend")
    assert page.evaluate(NAMELESS) == []
    why.fill("The rain.")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()


def test_a_stepwise_form_is_filled_in_by_keyboard_alone(fill: Any) -> None:
    first, *more = TEAM["sections"]
    at_home = {"op": "eq", "question": "place", "value": "home"}
    note = {"id": "note", "title": "For those at home", "visible_if": at_home}
    page = fill({**TEAM, "sections": [first, note, *more]}, stepwise=True)
    press, send = page.keyboard.press, page.locator("[data-send]")
    expect(page.get_by_text("Step 1 of 2")).to_be_visible()
    expect(send).to_have_text("Next")
    page.locator("input[name='q.place']").first.focus()
    press("Enter")
    expect(page.locator("input[name='q.mood']").first).to_be_focused()
    expect(page.locator("fieldset[aria-invalid]")).to_have_attribute("aria-describedby", "error-mood help-mood")
    press("ArrowRight")
    press("Tab")
    page.keyboard.type("Nothing")
    press("Tab")
    press("Space")
    press("ArrowDown")
    expect(page.get_by_text("Step 1 of 3")).to_be_visible()
    press("Enter")
    expect(page.get_by_role("heading", name="The office")).to_be_visible()
    expect(page.get_by_text("Step 2 of 3")).to_be_visible()
    assert page.evaluate("document.activeElement.dataset.section") == "office"
    page.get_by_role("button", name="Back").press("Enter")
    expect(page.get_by_label("What went wrong?")).to_have_value("Nothing")
    send.press("Enter")
    expect(page.get_by_label("Yes")).to_be_visible()
    page.get_by_label("Yes").press("Space")
    send.press("Enter")
    expect(page.get_by_label("Which?")).to_be_focused()
    page.keyboard.type("The one at the window")
    press("Enter")
    expect(page.get_by_text("Step 3 of 3")).to_be_visible()
    expect(send).to_have_text("Send")
    page.go_back()
    expect(page.get_by_label("Which?")).to_have_value("The one at the window")
    page.go_forward()
    send.press("Enter")
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()


def test_a_stepwise_form_that_was_closed_says_so_at_the_next_step(fill: Any, far: Any) -> None:
    page = fill(TEAM, stepwise=True)
    [survey] = far("GET", "surveys/?ordering=-created_at&limit=1").json()["results"]
    page.get_by_role("group", name="How was your week?").get_by_label("5").check()
    assert far("POST", f"surveys/{survey['code']}/close/", if_match="*").status_code == 200
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("This survey takes no responses now.")).to_be_visible()


def test_a_form_is_built_by_buttons_and_by_dragging_and_saves_itself(visit: Visit, far: Any) -> None:
    page = visit("/surveys/")
    page.get_by_label("Title of a new survey").fill("Built by hand")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Multiple choice").click()
    words = page.get_by_label("Question", exact=True)
    expect(words).to_be_focused()
    page.keyboard.type("Which dish?")
    page.keyboard.press("Tab")
    expect(page.locator("#open-q1")).to_have_text("Which dish?")
    page.get_by_label("Option 3").fill("Stew")
    page.get_by_label("Option 3").press("Enter")
    expect(page.get_by_label("Option 4")).to_be_visible()
    page.get_by_role("button", name="Text", exact=True).click()
    expect(words).to_be_focused()
    page.keyboard.type("How was the stew?")
    page.get_by_label("Show only if: question 1").select_option("q1")
    page.get_by_label("Show only if: comparison 1").select_option("eq")
    expect(page.get_by_role("link", name="q2")).to_be_visible()  # what is wrong: no value yet
    page.get_by_label("Show only if: value 1").select_option("stew")
    expect(page.get_by_text("to mend before")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.locator("#open-q2")).to_be_focused()
    page.locator("#open-q2").press("Enter")
    expect(words).to_be_focused()
    page.keyboard.type(" All in all")
    page.locator("#open-q1").click()  # while that is being saved
    expect(words).to_have_value("Which dish?")
    expect(page.locator("#open-q2")).to_have_text("How was the stew? All in all")
    up = page.get_by_role("button", name="Move up: How was the stew")
    up.press("Enter")
    expect(page.locator(".card").first).to_contain_text("How was the stew?")
    expect(up).to_be_focused()
    expect(page.get_by_text("that goes in a circle")).to_be_visible()
    page.locator("#card-q2").drag_to(page.locator("#slab-s1"), target_position={"x": 20, "y": 10})
    expect(page.locator(".card").last).to_contain_text("How was the stew?")
    page.locator("#add-nps").drag_to(page.locator("#card-q1"))
    expect(page.locator(".card").first).to_contain_text("How likely are you")
    page.get_by_role("button", name="Remove: How likely are you").click()
    expect(page.locator(".card")).to_have_count(2)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".card")).to_have_count(3)
    page.get_by_label("Anonymous, by whoever").check()
    page.get_by_label("Responses at most").fill("7")
    page.get_by_label("Responses at most").press("Tab")
    expect(page.get_by_text("Saved as version")).to_be_visible()
    page.get_by_role("link", name="Publish…").click()
    page.get_by_role("button", name="Publish version 1").click()
    expect(page.get_by_label("Public page")).to_be_visible()
    code = page.url.split("/")[4]
    found = far("GET", f"surveys/{code}/?consistent=true").json()
    assert [each["id"] for each in found["sections"][0]["questions"]] == ["q3", "q1", "q2"]
    assert found["settings"] == {"allow_anonymous": True, "max_responses": 7}


def test_what_loses_answers_is_published_with_the_typed_title(visit: Visit, far: Any) -> None:
    code = published(far, TEAM)
    sent = far("POST", f"surveys/{code}/responses/", {"answers": {"mood": 5, "place": "home"}, "version": 1})
    assert sent.status_code == 201
    page = visit(f"/surveys/{code}/build/")
    page.get_by_role("button", name="Remove: Where do you work?").click()
    page.get_by_role("link", name="office", exact=True).click()  # from what is wrong to what it is about
    page.get_by_label("Show only if: question 1").select_option("")
    expect(page.get_by_text("to mend before")).to_be_hidden()
    page.get_by_role("link", name="Publish…").click()
    expect(page.get_by_role("row", name="Where do you work? 0 0 1 0 home")).to_be_visible()
    page.get_by_label("Type the title").fill("Team")
    page.get_by_role("button", name="Publish version 2").click()
    expect(page.get_by_text("confirm with the survey's title")).to_be_visible()
    page.get_by_label("Type the title").fill("Team pulse")
    page.get_by_role("button", name="Publish version 2").click()
    expect(page.get_by_label("Public page")).to_be_visible()
    results = visit(f"/surveys/{code}/results/")
    expect(results.locator("#standing")).to_have_text("Open")
    expect(results.get_by_text("Live", exact=True)).to_be_visible()
    far("POST", f"surveys/{code}/close/", if_match="*")
    expect(results.locator("#standing")).to_have_text("Closed")
    expect(page.get_by_role("button", name="Reopen")).to_be_visible()  # what others do comes into the page that it is
    expect(page.get_by_label("Public page")).to_be_visible()
