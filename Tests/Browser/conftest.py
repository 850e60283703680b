import os
import sys
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

sys.path.insert(0, str(Path(__file__).parent))

from agent import Agent  # noqa: E402
from authority import Authority  # noqa: E402
from person import Person  # noqa: E402
from policy import POLICY  # noqa: E402

# A machine may be busy; what has a time of its own says so where it is expected.
expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        # No sandbox: tests run as root in containers. Nothing foreign is loaded.
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def authority():
    authority = Authority(POLICY)
    yield authority
    authority.stop()


@pytest.fixture(scope="session")
def alice(browser, authority):
    """The first administrator. She brings the agent's key, so she cannot approve what it asks for."""
    alice = Person(browser, authority)
    alice.enrol(authority.enrolment_link())
    return alice


@pytest.fixture(scope="session")
def bob(browser, authority, alice):
    """An approver, and nothing else."""
    bob = Person(browser, authority)
    link = alice.propose({"kind": "add_person", "person": "bob", "name": "Bob Example", "roles": ["approver"], "groups": ["dba"]})
    bob.enrol(link)
    return bob


@pytest.fixture(scope="session")
def agent(authority, alice, bob):
    """Somebody else's agent, and the tool that it uses. It asks after bob is there."""
    alice.propose({"kind": "add_person", "person": "carol", "name": "Carol Example", "roles": [], "groups": []})
    agent = Agent(authority, "deploy-bot")
    ends = time.strftime("%Y-%m-%dT00:00:00.000Z", time.gmtime(time.time() + 90 * 86_400))
    alice.propose({
        "kind": "register_tool", "tool": {
            "tool": {"server": "orders-db", "name": "execute_sql"}, "kind": "generic", "title": "Runs one SQL statement",
            "destructive": True, "read_only": False, "open_world": False,
            "targets": [{"name": "orders", "type": "Database", "id": "prod/orders", "environment": "prod"}]}})
    alice.propose({
        "kind": "add_agent", "agent": "deploy-bot", "owner": "carol", "purpose": "Deploys the order service",
        "groups": [], "jwk": agent.jwk, "ends_at": ends})
    return agent


@pytest.fixture(autouse=True)
def quiet(request):
    """No dialog, no script error, no violation of the content security policy, in any test, on any page."""
    yield
    for name in ("alice", "bob"):
        if name in request.fixturenames:
            person = request.getfixturevalue(name)
            troubles, person.troubles = person.troubles, []
            assert troubles == [], f"{name}'s browser reported {troubles}"
