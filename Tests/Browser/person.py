"""A person in front of a browser: one page with a virtual authenticator of its own."""

import os
import re

from playwright.sync_api import expect

ARMING = 900


class Person:
    def __init__(self, browser, authority, **context):
        self.authority = authority
        self.context = browser.new_context(viewport={"width": 1280, "height": 900}, **context)
        self.page = self.context.new_page()
        self.troubles = []
        self.page.on("dialog", lambda dialog: (self.troubles.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        self.page.on("console", self.listen)
        self.page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))
        self.devtools = self.context.new_cdp_session(self.page)
        self.devtools.send("WebAuthn.enable", {"enableUI": False})
        self.authenticator = self.devtools.send("WebAuthn.addVirtualAuthenticator", {"options": {
            "protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "internal", "hasResidentKey": True,
            "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True}})["authenticatorId"]

    def listen(self, message):
        # A refused call is a 4xx, which the browser writes to its console; everything else there is trouble.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.troubles.append(f"console: {message.text}")
        if "Content Security Policy" in message.text or "TrustedHTML" in message.text:
            self.troubles.append(f"console: {message.text}")

    def verifies_user(self, verifies):
        self.devtools.send(
            "WebAuthn.setUserVerified", {"authenticatorId": self.authenticator, "isUserVerified": verifies})

    def open(self, path):
        self.page.goto(self.authority.console + path)
        return self.page

    def enrol(self, link):
        self.page.goto(link)
        self.page.get_by_role("button", name="Create passkey").click()
        expect(self.page.get_by_role("heading", name="Inbox")).to_be_visible()

    def sign_in(self):
        self.open("/sign-in")
        self.page.get_by_role("button", name="Sign in with a passkey").click()
        expect(self.page.get_by_role("heading", name="Inbox")).to_be_visible()

    def confirm_change(self):
        """On a change's page: confirms it, and returns the enrolment link where there is one."""
        expect(self.page.locator("#confirm-change")).to_be_enabled()
        self.page.wait_for_timeout(ARMING)
        self.page.locator("#confirm-change").click()
        expect(self.page.locator("#link:not([hidden]), .head .tag.good")).to_be_visible()
        output = self.page.locator("#link output")
        return output.inner_text() if output.is_visible() else None

    def propose(self, change):
        """Proposes through the API as the page's own script would, and confirms it on the page."""
        answer = self.page.evaluate(
            "change => fetch('/api/changes', {method: 'POST', headers: {'content-type': 'application/json'}, "
            "body: JSON.stringify({change})}).then(answer => answer.json())", change)
        assert "change" in answer, answer
        self.open(f"/changes/{answer['change']}")
        return self.confirm_change()

    def tick_everything(self):
        for tick in self.page.locator("input[name=criterion]").all():
            tick.check()

    def read_to_the_end(self):
        self.page.locator("#end-of-rendering").scroll_into_view_if_needed()

    def approve(self):
        """Everything that approving takes, on an open request page."""
        self.read_to_the_end()
        self.tick_everything()
        expect(self.page.locator("#approve")).to_be_enabled()
        self.page.wait_for_timeout(ARMING)
        self.page.locator("#approve").click()
        expect(self.page.locator("#sign")).to_be_visible()
        self.page.wait_for_timeout(ARMING)
        self.page.locator("#sign").click()

    def status(self):
        return self.page.locator("#standing").inner_text()

    def api(self, path):
        return self.page.evaluate("path => fetch(path).then(answer => answer.json())", path)

    def screenshot(self, name):
        folder = os.environ.get("COUNTERSIGN_SCREENSHOTS")
        if folder:
            self.page.screenshot(path=f"{folder}/{re.sub('[^a-z0-9-]', '-', name)}.png", full_page=True)
