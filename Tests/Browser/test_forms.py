"""What administrators propose and confirm through the pages alone: nobody here calls the API."""

import pytest
from playwright.sync_api import expect

from authority import Authority
from person import Person

POLICY = """
@id("agents-may-work")
permit (principal is Countersign::Agent, action, resource);

@id("commands-need-people")
@tier("approval") @approvers("dba") @quorum("1") @ttl("15m") @expires("30m")
@reason("Commands need a database owner")
forbid (principal is Countersign::Agent, action == Countersign::Action::"host___shell", resource)
unless { context has approval && context.approval.hasTag("dba") && context.approval.getTag("dba") >= 1 };
"""


@pytest.fixture(scope="module")
def authority():
    """One of its own: its groups are changed."""
    authority = Authority(POLICY)
    yield authority
    authority.stop()


@pytest.fixture(scope="module")
def alice(browser, authority):
    alice = Person(browser, authority)
    alice.enrol(authority.enrolment_link())
    return alice


def form(person, path, summary, kind):
    """The form of that kind, unfolded, on its page."""
    page = person.open(path)
    page.get_by_text(summary, exact=True).click()
    found = page.locator(f"form[data-kind={kind}]")
    expect(found).to_be_visible()
    return found


def propose(person, form, button, title):
    """Sends the form, and reads on the change's page what was proposed before it is confirmed."""
    form.get_by_role("button", name=button, exact=True).click()
    expect(person.page.get_by_role("heading", level=1)).to_have_text(title)
    return person.page.locator("section", has=person.page.get_by_role("heading", name="The change")).inner_text()


def add_person(alice, identifier, name, *roles):
    fields = form(alice, "/people", "Add a person", "add_person")
    fields.get_by_label("Identifier").fill(identifier)
    fields.get_by_label("Name", exact=True).fill(name)
    for role in ("Approver", "Administrator", "Auditor"):
        fields.get_by_label(role).set_checked(role in roles)
    shown = propose(alice, fields, "Propose", f"Add {name} as {identifier}")
    assert identifier in shown and all(role.lower() in shown for role in roles), shown
    return alice.confirm_change()


@pytest.fixture(scope="module")
def bob(browser, authority, alice):
    bob = Person(browser, authority)
    bob.enrol(add_person(alice, "bob", "Bob Example", "Approver"))
    return bob


@pytest.fixture(scope="module")
def group(alice, bob):
    fields = form(alice, "/people", "Change a group", "add_to_group")
    fields.get_by_label("Group").fill("dba")
    fields.get_by_label("Add").select_option(label="bob")
    shown = propose(alice, fields, "Propose to add", "Add person:bob to group dba")
    assert "dba" in shown and "bob" in shown, shown
    alice.confirm_change()
    return "dba"


def test_a_rejected_change_changes_nothing(alice, group):
    fields = form(alice, "/people", "Change a group", "remove_from_group")
    fields.get_by_label("Group").select_option("dba")
    fields.get_by_label("Remove").select_option(label="bob")
    propose(alice, fields, "Propose to remove", "Remove person:bob from group dba")
    alice.page.get_by_role("button", name="Reject").click()
    expect(alice.page.locator(".head .tag")).to_have_text("rejected")
    page = alice.open("/people")
    expect(page.get_by_role("row").filter(has_text="Bob Example")).to_contain_text("dba")
