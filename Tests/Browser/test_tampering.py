"""The page is changed under the approver: the decision is refused, by the page or by the server."""

import json

import pytest
from playwright.sync_api import expect

DELETE = {"sql": "DELETE FROM orders WHERE status = 'void'"}


def pending_page(agent, bob, **context):
    asked = agent.ask(DELETE, **context)
    bob.open(f"/requests/{asked['id']}")
    return asked["id"]


def expect_undecided(agent, bob, request, words):
    expect(bob.page.locator("#say.stop")).to_contain_text(words)
    bob.page.unroute_all()
    assert agent.read(request)["status"] == "pending"
    assert bob.api(f"/api/requests/{request}")["votes"] == []


def test_another_rendering_than_the_servers_is_refused(agent, bob):
    request = pending_page(agent, bob)
    other = pending_page(agent, bob)
    digest = bob.page.locator("#decide").get_attribute("data-rendering")
    bob.open(f"/requests/{request}")
    bob.page.evaluate("digest => { document.querySelector('#decide').dataset.rendering = digest }", digest)
    bob.page.reload()
    bob.page.evaluate("() => { document.querySelector('#decide').dataset.rendering = 'sha-256:AAAA' }")
    # The script read its data when the page was made; whoever rewrites the call meets the server.
    bob.page.route("**/api/votes/begin", lambda route: route.continue_(post_data=json.dumps(
        {**json.loads(route.request.post_data), "rendering": digest[:-3] + "AAA"})))
    bob.page.locator("#deny").click()
    expect_undecided(agent, bob, request, "does not show this request")
    assert other != request


@pytest.mark.parametrize("member, value", [
    ("decision", "approve"), ("rendering", "sha-256:" + "A" * 43), ("request", "req_" + "0" * 36),
    ("action", "sha-256:" + "A" * 43), ("criteria", ["something else"])])
def test_a_statement_that_is_not_what_was_pressed_is_not_signed(agent, bob, member, value):
    request = pending_page(agent, bob)

    def bend(route):
        answer = route.fetch()
        begun = answer.json()
        begun["statement"][member] = value
        route.fulfill(response=answer, json=begun)

    bob.page.route("**/api/votes/begin", bend)
    bob.page.locator("#deny").click()
    expect_undecided(agent, bob, request, "Nothing was signed")


def test_a_challenge_of_another_statement_is_not_signed(agent, bob):
    request = pending_page(agent, bob)

    def bend(route):
        answer = route.fetch()
        begun = answer.json()
        begun["options"]["challenge"] = "A" * 43
        route.fulfill(response=answer, json=begun)

    bob.page.route("**/api/votes/begin", bend)
    bob.page.locator("#deny").click()
    expect_undecided(agent, bob, request, "does not belong to the statement")


def test_options_that_do_without_user_verification_are_not_used(agent, bob):
    request = pending_page(agent, bob)

    def bend(route):
        answer = route.fetch()
        begun = answer.json()
        begun["options"]["userVerification"] = "discouraged"
        route.fulfill(response=answer, json=begun)

    bob.page.route("**/api/votes/begin", bend)
    bob.page.locator("#deny").click()
    expect_undecided(agent, bob, request, "user verification")


def test_a_deny_cannot_be_turned_into_an_approve_on_its_way(agent, bob):
    request = pending_page(agent, bob)
    criteria = [tick.get_attribute("value") for tick in bob.page.locator("input[name=criterion]").all()]
    bob.page.route("**/api/votes/begin", lambda route: route.continue_(post_data=json.dumps(
        {**json.loads(route.request.post_data), "decision": "approve", "criteria": criteria})))
    bob.page.locator("#deny").click()
    expect_undecided(agent, bob, request, "Nothing was signed")


def test_a_signature_for_one_ceremony_is_worthless_for_another(agent, bob):
    request = pending_page(agent, bob)
    criteria = [tick.get_attribute("value") for tick in bob.page.locator("input[name=criterion]").all()]
    section = bob.page.locator("#decide")
    approving = bob.page.evaluate(
        "body => fetch('/api/votes/begin', {method: 'POST', headers: {'content-type': 'application/json'}, "
        "body: JSON.stringify(body)}).then(answer => answer.json())",
        {"request": request, "decision": "approve", "criteria": criteria,
         "rendering": section.get_attribute("data-rendering")})
    assert "ceremony" in approving, approving
    bob.page.route("**/api/votes/finish", lambda route: route.continue_(post_data=json.dumps(
        {**json.loads(route.request.post_data), "ceremony": approving["ceremony"]})))
    bob.page.locator("#deny").click()
    expect_undecided(agent, bob, request, "not accepted")


def test_an_answer_cannot_be_sent_twice(agent, bob):
    request = pending_page(agent, bob)
    sent = []
    bob.page.on("request", lambda call: sent.append(call.post_data) if call.url.endswith("/api/votes/finish") else None)
    bob.page.locator("#deny").click()
    expect(bob.page.locator("#standing")).to_contain_text("denied")
    again = bob.page.evaluate(
        "body => fetch('/api/votes/finish', {method: 'POST', headers: {'content-type': 'application/json'}, body})"
        ".then(answer => answer.json())", sent[0])
    assert again["code"] == "ceremony_unknown"
    assert agent.read(request)["status"] == "denied"
