"""Enrol, sign in, approve, deny: the whole path in a real browser."""

import json

import pytest
from playwright.sync_api import expect

from authority import fetch
from person import ARMING, Person

DELETE = {"sql": "DELETE FROM orders WHERE status = 'void'"}


def test_the_cookie_is_tied_to_the_host_and_unreadable_for_script(alice):
    cookies = alice.context.cookies()
    assert [cookie["name"] for cookie in cookies] == ["__Host-countersign"]
    assert cookies[0]["secure"] and cookies[0]["httpOnly"] and cookies[0]["sameSite"] == "Strict"
    assert alice.page.evaluate("document.cookie") == ""


def test_the_one_time_link_leaves_no_trace_and_works_once(browser, authority, alice):
    link = alice.propose({"kind": "add_person", "person": "dora", "name": "Dora Example", "roles": ["auditor"], "groups": []})
    dora = Person(browser, authority)
    dora.enrol(link)
    dora.page.go_back()
    assert "#" not in dora.page.url
    late = Person(browser, authority)
    late.page.goto(link)
    late.page.get_by_role("button", name="Create passkey").click()
    expect(late.page.locator("#say")).to_contain_text("not valid")
    token = link.split("#")[1]
    assert token not in authority.log_path.read_text()
    dora.context.close()
    late.context.close()


def test_signing_out_and_in_again(bob):
    bob.open("/")
    bob.page.get_by_role("button", name="Sign out").click()
    expect(bob.page.get_by_role("heading", name="Sign in")).to_be_visible()
    bob.open("/requests")
    expect(bob.page.get_by_role("heading", name="Sign in")).to_be_visible()
    bob.page.get_by_role("button", name="Sign in with a passkey").click()
    expect(bob.page.get_by_role("heading", name="Requests")).to_be_visible()


def test_a_request_appears_by_itself_and_is_approved(agent, bob):
    bob.open("/")
    before = bob.page.locator(".queue .item").count()
    asked = agent.ask(DELETE, justification="The nightly import left void orders behind.")
    assert asked["status"] == "pending", asked
    expect(bob.page.locator(".queue .item")).to_have_count(before + 1)
    bob.page.locator(f"a[href='/requests/{asked['id']}']").click()
    expect(bob.page.locator("#approve")).to_be_disabled()
    bob.screenshot("request-pending")
    bob.approve()
    expect(bob.page.locator("#standing")).to_contain_text("approved")
    expect(bob.page.locator("#state")).to_contain_text("Bob Example approved")
    assert agent.read(asked["id"])["status"] == "approved"
    # A veto before the claim still wins.
    bob.page.locator("#deny").click()
    expect(bob.page.locator("#standing")).to_contain_text("denied")
    assert agent.read(asked["id"])["status"] == "denied"


def test_a_denial_is_signed_as_well_and_needs_no_criterion(agent, bob):
    asked = agent.ask(DELETE)
    bob.open(f"/requests/{asked['id']}")
    bob.page.locator("#deny").click()
    expect(bob.page.locator("#standing")).to_contain_text("denied")
    assert agent.read(asked["id"])["status"] == "denied"
    votes = bob.api(f"/api/requests/{asked['id']}")["votes"]
    assert [(vote["person"], vote["decision"]) for vote in votes] == [("bob", "deny")]


def test_the_page_of_a_second_person_follows_the_decision(agent, alice, bob):
    asked = agent.ask(DELETE)
    alice.open(f"/requests/{asked['id']}")
    bob.open(f"/requests/{asked['id']}")
    bob.page.locator("#deny").click()
    expect(alice.page.locator("#standing")).to_contain_text("denied")


def test_without_user_verification_nothing_is_decided(agent, bob):
    asked = agent.ask(DELETE)
    bob.open(f"/requests/{asked['id']}")
    bob.verifies_user(False)
    try:
        bob.approve()
        expect(bob.page.locator("#say")).to_contain_text("could not verify you")
        bob.page.locator("#deny").click()
        expect(bob.page.locator("#say")).to_contain_text("could not verify you")
    finally:
        bob.verifies_user(True)
    assert agent.read(asked["id"])["status"] == "pending"
    assert bob.api(f"/api/requests/{asked['id']}")["votes"] == []


def test_the_bringer_of_the_key_is_told_why_not_and_may_only_deny(agent, alice):
    asked = agent.ask(DELETE)
    alice.open(f"/requests/{asked['id']}")
    region = alice.page.locator("#decide-region")
    expect(region).to_contain_text("You cannot approve this, but you can deny it")
    expect(region).to_contain_text("Whoever created the agent's key cannot approve what it asks for")
    # Not a control that waits for something: there is nothing that she could press.
    expect(alice.page.locator("#approve, #sign")).to_have_count(0)
    expect(region.get_by_role("button", name="Cannot be approved")).to_be_disabled()
    expect(alice.page.locator("#deny")).to_be_enabled()


@pytest.mark.parametrize("gesture", ["enter", "double click", "early click", "unread", "enter on sign", "early sign"])
def test_nothing_is_approved_by_accident(agent, bob, gesture):
    asked = agent.ask({"sql": "DELETE FROM orders WHERE id IN (" + ", ".join(str(n) for n in range(4000)) + ")"})
    page = bob.open(f"/requests/{asked['id']}")
    calls = []
    page.on("request", lambda call: calls.append(call.url) if call.method == "POST" else None)
    page.set_viewport_size({"width": 1280, "height": 500})
    approve = page.locator("#approve")
    bob.tick_everything()
    if gesture == "unread":
        page.wait_for_timeout(ARMING)
        expect(approve).to_be_disabled()
    else:
        bob.read_to_the_end()
        expect(approve).to_be_enabled()
        if gesture != "early click":
            page.wait_for_timeout(ARMING)
        sign = page.locator("#sign")
        if gesture == "enter":
            approve.focus()
            page.keyboard.press("Enter")
            page.keyboard.press("Enter")
            expect(page.locator("#say")).to_contain_text("Enter does not approve")
            expect(page.locator("#confirm")).to_be_hidden()
        elif gesture == "double click":
            # The first click asks whether it is meant; the second one counts for nothing.
            approve.dblclick()
        elif gesture == "early click":
            # In one go, so that no slow machine makes it late: the last tick, which frees the button, and the click.
            page.locator("input[name=criterion]").last.uncheck()
            page.evaluate("() => { document.querySelector('.tick:last-of-type input').click();"
                          " document.querySelector('#approve').click() }")
            expect(approve).to_be_enabled()
            expect(page.locator("#confirm")).to_be_hidden()
        elif gesture == "early sign":
            page.evaluate("() => { document.querySelector('#approve').click(); document.querySelector('#sign').click() }")
            expect(sign).to_be_visible()
        else:
            approve.click()
            expect(sign).to_be_visible()
            page.wait_for_timeout(ARMING)
            sign.focus()
            page.keyboard.press("Enter")
        page.wait_for_timeout(300)
    assert calls == []
    assert agent.read(asked["id"])["status"] == "pending"
    page.set_viewport_size({"width": 1280, "height": 900})


def test_a_decision_needs_more_than_the_cookie(agent, bob, authority):
    asked = agent.ask(DELETE)
    cookie = bob.context.cookies()[0]
    fields = {"Cookie": f"{cookie['name']}={cookie['value']}", "Origin": authority.console, "Content-Type": "application/json"}
    begun_with = {"request": asked["id"], "decision": "deny", "criteria": [],
                  "rendering": bob.api(f"/api/requests/{asked['id']}")["rendering_digest"]}
    status, _, text = fetch(f"{authority.console}/api/votes/begin", "POST", fields, begun_with)
    assert status == 200, text
    ceremony = json.loads(text)["ceremony"]
    status, _, text = fetch(
        f"{authority.console}/api/votes/finish", "POST", fields, {"ceremony": ceremony, "credential": {}})
    assert status == 400, text
    assert agent.read(asked["id"])["status"] == "pending"
