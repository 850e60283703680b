"""Pages follow what somebody else does: without a reload, whole, and aloud."""

import re
import time

import pytest
from playwright.sync_api import expect

from agent import Agent

DELETE = {"sql": "DELETE FROM orders WHERE status = 'void'"}


@pytest.fixture
def no_reload(bob):
    """A mark that a reload would take away."""
    yield lambda: bob.page.evaluate("window.stayed = true")
    assert bob.page.evaluate("window.stayed") is True, "the page was loaded anew"


def add_agent(alice, name):
    agent = Agent(alice.authority, name)
    alice.propose({
        "kind": "add_agent", "agent": name, "owner": "carol", "purpose": "Comes while somebody looks", "groups": [],
        "jwk": agent.jwk, "ends_at": time.strftime("%Y-%m-%dT00:00:00.000Z", time.gmtime(time.time() + 9 * 86_400))})
    return agent


def test_the_top_of_a_request_follows_the_decision_with_the_rest(agent, alice, bob, no_reload):
    asked = agent.ask(DELETE)
    page = bob.open(f"/requests/{asked['id']}")
    expect(page.locator("#headline")).to_contain_text("waits for people")
    expect(page.locator("#headline")).to_contain_text("Waits until")
    expect(page.locator("#announcer")).to_have_text("")
    no_reload()
    alice.open(f"/requests/{asked['id']}")
    alice.page.locator("#deny").click()
    expect(page.locator("#headline .tag")).to_have_text("denied")
    expect(page.locator("#headline")).not_to_contain_text("Waits until")
    expect(page.locator("#standing")).to_contain_text("denied")
    expect(page.locator("#weight")).to_have_text("What was asked for")
    expect(page.locator("#weights")).to_contain_text("It was to run once")
    expect(page.locator("#weights")).not_to_contain_text("It can run once")
    expect(page.locator("#deny")).to_have_count(0)
    expect(page.locator("#announcer")).to_have_text("denied: It will not run. A person denied it.")


def test_a_request_that_comes_is_said_aloud_in_the_inbox(agent, bob, no_reload):
    page = bob.open("/")
    expect(page.locator("#announcer")).to_have_text("")
    no_reload()
    agent.ask(DELETE)
    expect(page.locator("#announcer")).to_have_text(re.compile(r"\d+ requests? waits? for your decision\."))


def test_another_agent_and_a_freeze_appear_on_the_agents_page(agent, alice, bob, no_reload):
    page = bob.open("/agents")
    no_reload()
    add_agent(alice, "newcomer")
    row = page.get_by_role("row").filter(has_text="newcomer")
    expect(row).to_contain_text("Comes while somebody looks")
    alice.open("/agents").get_by_role("button", name="Freeze newcomer").click()
    expect(row.locator(".tag.stop")).to_have_text("frozen")
    expect(page.locator("#frozen")).to_contain_text("agent newcomer")
    expect(page.locator("#announcer")).to_contain_text("Frozen: agent newcomer.")


def test_a_freeze_and_a_request_appear_on_the_overview(agent, alice, bob, no_reload):
    add_agent(alice, "bystander")
    page = bob.open("/overview")
    waiting = page.locator(".figures > div", has_text="Waiting now").locator("dd")
    count = int(re.match(r"\d+", waiting.inner_text())[0])
    no_reload()
    alice.open("/agents").get_by_role("button", name="Freeze bystander").click()
    expect(page.locator("#frozen")).to_contain_text("agent bystander", timeout=10_000)
    expect(page.locator("#overview .note.stop", has_text="agent bystander")).to_be_visible()
    agent.ask(DELETE)
    expect(waiting).to_have_text(re.compile(rf"^{count + 1}\D"), timeout=10_000)


def test_a_form_that_somebody_fills_in_stays_while_the_page_follows(agent, alice):
    late = add_agent(alice, "latecomer")
    page = alice.open("/agents")
    page.get_by_text("Add an agent", exact=True).click()
    page.locator("[name=purpose]").fill("Half written")
    page.get_by_label("Reason").fill("Half a reason")
    page.locator("#disable-latecomer").focus()
    page.evaluate("window.stayed = true")
    row = page.get_by_role("row").filter(has_text="latecomer")
    expect(row).to_contain_text("never")
    late.ask(DELETE)
    expect(row).not_to_contain_text("never")
    expect(page.locator("[name=purpose]")).to_have_value("Half written")
    expect(page.get_by_label("Reason")).to_have_value("Half a reason")
    assert page.evaluate("document.activeElement.id") == "disable-latecomer"
    assert page.evaluate("window.stayed") is True


def test_a_deadline_is_also_said_in_the_readers_own_time(agent, browser, bob):
    asked = agent.ask(DELETE)
    context = browser.new_context(storage_state=bob.context.storage_state(), timezone_id="Asia/Kolkata")
    page = context.new_page()
    page.goto(f"{bob.authority.console}/requests/{asked['id']}")
    place = page.locator("#headline .local")
    utc = page.locator("#headline time")
    expect(utc).to_have_text(re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d UTC$"))
    expect(place).to_have_text(re.compile(r"^\((\d{4}-\d\d-\d\d )?\d\d:\d\d your time\)$"))
    minutes = lambda text: int(text[0]) * 60 + int(text[1])  # noqa: E731
    there = minutes(re.search(r"(\d\d):(\d\d) your", place.inner_text()).groups())
    here = minutes(re.search(r"(\d\d):(\d\d) UTC", utc.inner_text()).groups())
    assert (there - here) % 1440 == 330
    context.close()
