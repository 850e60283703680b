"""A call of a tool behind the gateway, from an agent's MCP client through the bridge, decided in a real browser."""

import json
import os
import sqlite3
import subprocess
import threading
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from agent import Agent, b64
from authority import Authority
from person import Person

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".build/python/bin/python"

POLICY = """
@id("agents-may-work")
permit (principal is Countersign::Agent, action, resource);

@id("deletions-need-people")
@tier("approval") @approvers("shopkeepers") @quorum("1") @ttl("15m") @expires("30m")
@reason("Deleting orders needs a shopkeeper")
forbid (principal is Countersign::Agent, action == Countersign::Action::"shop___delete_orders", resource)
unless { context has approval && context.approval.hasTag("shopkeepers") && context.approval.getTag("shopkeepers") >= 1 };
"""


@pytest.fixture(scope="module")
def authority():
    assert PYTHON.exists(), "no MCP SDK: scripts/test puts it there"
    authority = Authority(POLICY, groups="shopkeepers")
    yield authority
    authority.stop()


@pytest.fixture(scope="module")
def database(authority):
    return Path(authority.folder.name) / "orders.db"


@pytest.fixture(scope="module")
def alice(browser, authority):
    alice = Person(browser, authority)
    alice.enrol(authority.enrolment_link())
    return alice


@pytest.fixture(scope="module")
def bob(browser, authority, alice):
    bob = Person(browser, authority)
    bob.enrol(alice.propose({
        "kind": "add_person", "person": "bob", "name": "Bob Example", "roles": ["approver"], "groups": ["shopkeepers"]}))
    return bob


@pytest.fixture(scope="module")
def client(authority, alice, bob, database):
    """The agent's MCP client, in front of the bridge."""
    alice.propose({"kind": "add_person", "person": "carol", "name": "Carol Example", "roles": [], "groups": []})
    agent = Agent(authority, "shop-bot")
    ends = time.strftime("%Y-%m-%dT00:00:00.000Z", time.gmtime(time.time() + 90 * 86_400))
    alice.propose({
        "kind": "add_agent", "agent": "shop-bot", "owner": "carol", "purpose": "Keeps the shop tidy", "groups": [],
        "jwk": agent.jwk, "ends_at": ends})
    alice.propose({"kind": "register_upstream", "upstream": {
        "name": "shop", "command": [str(PYTHON), "-B", str(ROOT / "examples/orders-server/orders_server.py"), str(database)],
        "target": {"name": "shop", "type": "Database", "id": "shop/orders", "environment": "prod"},
        "previews": [{"tool": "delete_orders", "preview": "count_orders", "fields": ["/result"]}]}})
    client = Client(authority, agent)
    Authority.wait_until(lambda: "shop___delete_orders" in client.tools(), "the shop's tools")
    yield client
    client.end()


class Client:
    """Speaks MCP to `countersign mcp` in lines, as a client does that starts its tool servers."""

    def __init__(self, authority, agent):
        key = Path(authority.folder.name) / "shop-bot.jwk"
        secret = agent.key.private_numbers().private_value.to_bytes(32, "big")
        with open(os.open(key, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            json.dump({**agent.jwk, "d": b64(secret)}, file)
        self.process = subprocess.Popen(
            [os.environ["COUNTERSIGN_BIN"], "mcp", "--server", authority.agents, "--agent", agent.name, "--key", str(key)],
            env={"HOME": authority.folder.name}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True)
        self.answers = {}
        self.last = 0
        threading.Thread(target=self.listen, daemon=True).start()
        self.ask("initialize", {
            "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "shop", "version": "1"}})
        self.write({"method": "notifications/initialized"})

    def listen(self):
        for line in self.process.stdout:
            message = json.loads(line)
            if "id" in message:
                self.answers[message["id"]] = message

    def write(self, message):
        self.process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
        self.process.stdin.flush()

    def begin(self, method, params):
        self.last += 1
        self.write({"id": self.last, "method": method, "params": params})
        return self.last

    def answer(self, call):
        Authority.wait_until(lambda: call in self.answers, f"the answer to {call}")
        return self.answers[call]["result"]

    def ask(self, method, params):
        return self.answer(self.begin(method, params))

    def tools(self):
        return [tool["name"] for tool in self.ask("tools/list", {})["tools"]]

    def delete(self, status):
        return self.begin("tools/call", {"name": "shop___delete_orders", "arguments": {"status": status}})

    def end(self):
        self.process.stdin.close()
        self.process.wait(10)


def count(database, status):
    with sqlite3.connect(database) as orders:
        return orders.execute("SELECT count(*) FROM orders WHERE status = ?", (status,)).fetchone()[0]


def open_the_one_that_waits(person):
    waiting = person.page.locator(".queue a[href^='/requests/']")
    expect(waiting).to_have_count(1)
    waiting.click()


def test_a_call_is_shown_with_what_it_will_do_approved_and_run(client, bob, database):
    bob.open("/")
    call = client.delete("void")
    open_the_one_that_waits(bob)
    rendering = bob.page.locator("main")
    expect(rendering).to_contain_text("shop")
    expect(rendering).to_contain_text("delete_orders")
    expect(rendering).to_contain_text("void")
    # What the read-only tool said of the same arguments: three orders.
    expect(rendering).to_contain_text("count_orders")
    for width in (320, 1280):
        for scheme in ("light", "dark"):
            bob.page.emulate_media(color_scheme=scheme)
            bob.page.set_viewport_size({"width": width, "height": 900})
            assert bob.page.evaluate("document.documentElement.scrollWidth") <= width
            bob.screenshot(f"gateway-request-{width}-{scheme}")
    bob.page.emulate_media(color_scheme="light")
    assert count(database, "void") == 3
    bob.approve()
    result = client.answer(call)
    assert result["content"][0]["text"] == "3" and not result.get("isError"), result
    assert count(database, "void") == 0
    expect(bob.page.locator("#standing")).to_contain_text("completed")


def test_a_call_that_is_denied_does_not_run_and_says_so(client, bob, database):
    call = client.delete("paid")
    bob.open("/")
    open_the_one_that_waits(bob)
    bob.page.locator("#deny").click()
    result = client.answer(call)
    assert result["isError"] and "A person denied this call. It did not run." in result["content"][0]["text"], result
    assert count(database, "paid") == 1
    expect(bob.page.locator("#standing")).to_contain_text("denied")


def test_what_the_preview_says_otherwise_at_the_claim_stops_the_call_and_is_shown_anew(client, bob, database):
    call = client.delete("open")
    bob.open("/")
    open_the_one_that_waits(bob)
    expect(bob.page.locator("main")).to_contain_text("count_orders")
    with sqlite3.connect(database) as orders:
        orders.execute("INSERT INTO orders VALUES (70, 'open', 5)")
    bob.approve()
    result = client.answer(call)
    assert result["isError"] and count(database, "open") == 3, result
    assert "2" in result["content"][0]["text"] and "3" in result["content"][0]["text"], result
    expect(bob.page.locator("#standing")).to_contain_text("stale")
    again = client.delete("open")
    bob.open("/")
    open_the_one_that_waits(bob)
    expect(bob.page.locator("main")).to_contain_text("Before")
    bob.screenshot("gateway-request-asked-again")
    bob.approve()
    assert client.answer(again)["content"][0]["text"] == "3"
    assert count(database, "open") == 0
