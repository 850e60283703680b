"""What administrators propose and confirm through the pages alone, and the switch: nobody here calls the API."""

import json
import os
import subprocess
import time

import pytest
from playwright.sync_api import expect

from agent import Agent, b64
from authority import Authority
from person import ARMING, Person

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
    """One of its own: a freeze stops what other tests do."""
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


@pytest.fixture(scope="module")
def tool(alice):
    fields = form(alice, "/tools", "Register a tool", "register_tool")
    for name, value in [("tool.server", "host"), ("tool.name", "shell"), ("title", "Runs a command"), ("targets.0.name", "here"),
                        ("targets.0.type", "Host"), ("targets.0.id", "test"), ("targets.0.environment", "test")]:
        fields.locator(f"[name='tool.{name}']").fill(value)
    fields.get_by_label("Kind").select_option("command")
    fields.get_by_label("It can destroy or overwrite what is there").uncheck()
    shown = propose(alice, fields, "Propose", "Register tool host___shell")
    assert "Runs a command" in shown and "Host" in shown, shown
    alice.confirm_change()
    return "host/shell"


@pytest.fixture(scope="module")
def agent(authority, alice, tool, group):
    agent = Agent(authority, "night-shift")
    fields = form(alice, "/agents", "Add an agent", "add_agent")
    fields.locator("[name=agent]").fill(agent.name)
    fields.locator("[name=owner]").select_option("alice")
    fields.locator("[name=ends_at]").fill(time.strftime("%Y-%m-%d", time.gmtime(time.time() + 90 * 86_400)))
    fields.locator("[name=purpose]").fill("Runs what the night needs")
    fields.locator("[name=jwk]").fill(json.dumps(agent.jwk))
    shown = propose(alice, fields, "Propose", "Add agent night-shift")
    assert "Runs what the night needs" in shown and agent.jwk["x"] in shown, shown
    alice.confirm_change()
    return agent


@pytest.fixture
def run(agent, authority, tmp_path):
    """`countersign run` of a shell command, as the agent."""
    key = tmp_path / "agent.jwk"
    secret = agent.key.private_numbers().private_value.to_bytes(32, "big")
    key.write_text(json.dumps({**agent.jwk, "d": b64(secret)}))
    key.chmod(0o600)
    started = []

    def start(script):
        program = subprocess.Popen(
            [os.environ["COUNTERSIGN_BIN"], "run", "--server", authority.agents, "--agent", agent.name, "--key", str(key),
             "--tool", "host/shell", "--wait", "5m", "--", "/bin/sh", "-c", script],
            cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        started.append(program)
        return program

    yield start
    for program in started:
        if program.poll() is None:
            program.terminate()
        program.communicate(timeout=20)


def test_a_person_a_membership_a_tool_and_an_agent_come_into_being_through_the_pages(alice, bob, group, tool, agent):
    page = alice.open("/people")
    groups = page.locator("section", has=page.get_by_role("heading", name="Groups"))
    expect(groups).to_contain_text("alice, bob")
    expect(page.get_by_role("row").filter(has_text="Bob Example")).to_contain_text("approver")
    page = alice.open("/tools")
    entry = page.get_by_role("region", name="host___shell")
    expect(entry).to_contain_text("Host test")
    expect(entry).to_contain_text("reaches outside")
    expect(entry).not_to_contain_text("can destroy")
    expect(alice.open("/agents").get_by_role("row").filter(has_text="night-shift")).to_contain_text("alice")


def test_forms_are_for_administrators(bob, agent):
    for path in ("/people", "/tools", "/agents", "/overview"):
        assert bob.open(path).locator("form[data-kind]").count() == 0, path


def test_a_rejected_change_changes_nothing(alice, group):
    fields = form(alice, "/people", "Change a group", "remove_from_group")
    fields.get_by_label("Group").select_option("dba")
    fields.get_by_label("Remove").select_option(label="bob")
    propose(alice, fields, "Propose to remove", "Remove person:bob from group dba")
    alice.page.get_by_role("button", name="Reject").click()
    expect(alice.page.locator(".head .tag")).to_have_text("rejected")
    page = alice.open("/people")
    expect(page.get_by_role("row").filter(has_text="Bob Example")).to_contain_text("dba")


def test_what_the_form_holds_wrongly_is_said_beside_it(alice, agent):
    fields = form(alice, "/agents", "Add an agent", "add_agent")
    fields.locator("[name=agent]").fill("other")
    fields.locator("[name=ends_at]").fill("2099-01-01")
    fields.locator("[name=purpose]").fill("Nothing")
    fields.locator("[name=jwk]").fill("{")
    fields.get_by_role("button", name="Propose").click()
    expect(fields.get_by_role("status")).to_contain_text("JSON")
    fields.locator("[name=jwk]").fill("{}")
    fields.get_by_role("button", name="Propose").click()
    expect(fields.get_by_role("status")).to_have_class("say-aloud stop")
    assert alice.page.url.endswith("/agents")


def waiting_request(bob):
    """Opens the one request that waits for bob, once it is there."""
    page = bob.open("/")
    expect(page.locator(".queue .item")).to_have_count(1)
    page.locator(".queue .item").click()
    expect(page.locator("#decide")).to_be_visible()
    return page


@pytest.fixture
def two_commands(bob, run, tmp_path):
    """One that runs since bob approved it, and one that waits; bob looks at the first."""
    running = run("echo began > effect; while [ ! -e go ]; do sleep 0.1; done")
    page = waiting_request(bob)
    path = page.url.removeprefix(bob.authority.console)
    bob.approve()
    expect(page.locator("#standing")).to_contain_text("running")
    Authority.wait_until(lambda: (tmp_path / "effect").exists(), "the command to begin")
    waits = run("echo never > other")
    waiting_request(bob)
    held = bob.page.url.removeprefix(bob.authority.console)
    bob.open(path)
    return running, waits, held


def test_a_freeze_stops_what_waits_and_what_runs_and_two_administrators_thaw(browser, alice, bob, two_commands, tmp_path):
    running, waits, held = two_commands
    page = bob.page

    alice.open("/agents").get_by_role("button", name="Freeze night-shift").click()
    # What ran has no authority any more, and the approver's page says so within five seconds, by itself.
    expect(page.locator("#standing")).to_contain_text("outcome unknown", timeout=5000)
    expect(page.locator("#headline")).to_contain_text("outcome unknown")
    expect(alice.page.get_by_role("row").filter(has_text="night-shift")).to_contain_text("frozen")
    expect(alice.page.locator("#frozen")).to_contain_text("agent night-shift")

    # What waits takes no further step: an approval is refused, and nothing has run.
    page = bob.open(held)
    bob.approve()
    expect(page.locator("#say.stop")).to_contain_text("This is frozen")
    assert waits.poll() is None and not (tmp_path / "other").exists()
    (tmp_path / "go").touch()
    assert "could not be reported" in running.communicate(timeout=20)[0]

    erin = Person(browser, alice.authority)
    erin.enrol(add_person(alice, "erin", "Erin Example", "Administrator"))
    alice.open("/agents").get_by_role("button", name="Thaw agent night-shift…").click()
    expect(alice.page.get_by_role("heading", level=1)).to_have_text("Thaw agent night-shift")
    alice.page.wait_for_timeout(ARMING)
    alice.page.locator("#confirm-change").click()
    expect(alice.page.get_by_text("It waits for another administrator")).to_be_visible()
    change = alice.page.url
    expect(alice.open("/agents").locator("#frozen")).to_contain_text("agent night-shift")
    assert not (tmp_path / "other").exists()

    erin.page.goto(change)
    erin.confirm_change()
    # No reload: alice's page hears of it.
    expect(alice.page.locator("#frozen")).to_contain_text("Nothing is frozen")
    bob.open(held)
    bob.approve()
    waits.communicate(timeout=30)
    assert waits.returncode == 0 and (tmp_path / "other").read_text() == "never\n"
    erin.context.close()


def test_everything_stops_with_one_control(alice, bob, agent, run, tmp_path):
    page = alice.open("/overview")
    page.get_by_label("What to stop").select_option(label="everything")
    page.get_by_label("Reason").fill("Something is wrong")
    page.get_by_role("button", name="Freeze with passkey").click()
    expect(page.locator("#frozen")).to_contain_text("Something is wrong")
    expect(page.locator("#overview .note.stop")).to_have_text("Frozen: everything.")
    # Asking is no step towards an effect; approving is.
    stopped = run("echo never > everything")
    reads = waiting_request(bob)
    bob.approve()
    expect(reads.locator("#say.stop")).to_contain_text("This is frozen")
    assert stopped.poll() is None and not (tmp_path / "everything").exists()
