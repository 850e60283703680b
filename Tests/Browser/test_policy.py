"""The policy page in a real browser: a set is checked, compared, proposed and confirmed with a passkey, and a bad one changes nothing."""

import pytest
from playwright.sync_api import expect

from authority import Authority
from person import Person

OPEN = '@id("agents-may-work")\npermit (principal is Countersign::Agent, action, resource);\n'
BROKEN = '@id("broken")\npermit (principal is Countersign::Agnet, action, resource);\n'
NARROW = OPEN + '@id("never")\nforbid (principal is Countersign::Agent, action, resource);\n'


@pytest.fixture(scope="module")
def authority():
    """One of its own: another set in force would change what other tests see."""
    authority = Authority(OPEN)
    yield authority
    authority.stop()


@pytest.fixture(scope="module")
def alice(browser, authority):
    alice = Person(browser, authority)
    alice.enrol(authority.enrolment_link())
    return alice


def form(alice):
    page = alice.open("/policy")
    page.get_by_text("Propose another set", exact=True).click()
    found = page.locator("form[data-kind=load_policy]")
    expect(found).to_be_visible()
    return found


def test_a_broken_set_is_named_and_changes_nothing(alice):
    fields = form(alice)
    fields.locator("[name=source]").fill(BROKEN)
    fields.get_by_role("button", name="Check and compare").click()
    expect(fields).to_contain_text("Agnet")
    expect(fields.get_by_role("button", name="Propose")).to_be_disabled()
    expect(alice.open("/policy").get_by_role("heading", name="Rules")).to_be_visible()
    expect(alice.page.locator("main")).not_to_contain_text("broken")


def test_a_set_is_compared_proposed_and_confirmed_with_a_passkey(alice):
    fields = form(alice)
    fields.locator("[name=source]").fill(NARROW)
    fields.get_by_role("button", name="Check and compare").click()
    expect(fields).to_contain_text("never")
    fields.get_by_role("button", name="Propose").click()
    expect(alice.page.locator("#confirm-change")).to_be_visible()
    expect(alice.page.locator("main")).to_contain_text("never")
    alice.confirm_change()
    expect(alice.open("/policy").locator("main")).to_contain_text("never")
