"""The console without a mouse, with a screen reader, without motion, and on a small screen (WCAG 2.2 AA)."""

import pytest
from playwright.sync_api import expect

from person import ARMING

DELETE = {"sql": "DELETE FROM orders WHERE status = 'void'"}
PAGES = ["/", "/requests", "REQUEST", "/agents", "/people", "/tools", "/policy", "/changes", "CHANGE", "/overview", "/nowhere",
         "/enrol", "/sign-in"]
CONTROLS = {"button", "link", "textbox", "checkbox", "combobox", "DisclosureTriangle"}


@pytest.fixture(scope="module")
def paths(agent, alice, bob):
    """Pages with something on them, for an administrator and for whoever decides."""
    asked = agent.ask(DELETE, justification="The nightly import left void orders behind.")
    alice.open("/people")
    change = alice.page.evaluate(
        "change => fetch('/api/changes', {method: 'POST', headers: {'content-type': 'application/json'}, "
        "body: JSON.stringify({change})}).then(answer => answer.json())",
        {"kind": "add_to_group", "group": "release", "member": "person:bob"})["change"]
    return {"REQUEST": f"/requests/{asked['id']}", "CHANGE": f"/changes/{change}"}


def show(path, paths, alice, bob):
    person = bob if path in ("/", "REQUEST") else alice
    person.open(paths.get(path, path))
    return person


def tree(person):
    """The accessibility tree as the browser hands it to a screen reader: role, name, properties of what is not ignored."""
    nodes = person.devtools.send("Accessibility.getFullAXTree")["nodes"]
    return [
        {"role": node["role"]["value"], "name": node.get("name", {}).get("value", ""),
         **{p["name"]: p["value"].get("value") for p in node.get("properties", [])}}
        for node in nodes if not node["ignored"] and "role" in node]


@pytest.mark.parametrize("path", PAGES)
def test_a_screen_reader_finds_its_way(path, paths, alice, bob):
    person = show(path, paths, alice, bob)
    person.page.evaluate("() => document.querySelectorAll('details').forEach(details => { details.open = true })")
    nodes = tree(person)
    roles = [node["role"] for node in nodes]
    for landmark in ("banner", "main", "contentinfo"):
        assert roles.count(landmark) == 1, (landmark, roles.count(landmark))
    for node in nodes:
        if node["role"] in ("navigation", "region", "complementary", "dialog", "img"):
            # A landmark or a picture without a name is one more stop that says nothing.
            assert node["name"].strip(), node
        if node["role"] in CONTROLS:
            assert node["name"].strip(), node
    levels = [node["level"] for node in nodes if node["role"] == "heading"]
    assert levels[0] == 1 and levels.count(1) == 1, levels
    assert all(deeper - level <= 1 for level, deeper in zip(levels, levels[1:])), levels


@pytest.mark.parametrize("path", PAGES)
def test_what_refers_to_something_finds_it(path, paths, alice, bob):
    page = show(path, paths, alice, bob).page
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.title().endswith(" · Countersign")
    twice = page.evaluate(
        "() => { const ids = [...document.querySelectorAll('[id]')].map(e => e.id);"
        " return ids.filter((id, index) => ids.indexOf(id) !== index) }")
    assert twice == []
    lost = page.evaluate(
        "() => [...document.querySelectorAll('[aria-labelledby], [aria-describedby], label[for]')].flatMap(e =>"
        " [e.getAttribute('aria-labelledby'), e.getAttribute('aria-describedby'), e.getAttribute('for')])"
        ".filter(Boolean).flatMap(ids => ids.split(' ')).filter(id => !document.getElementById(id))")
    assert lost == []


@pytest.mark.parametrize("path", PAGES)
def test_the_focus_goes_through_the_page_in_its_order_and_can_be_seen(path, paths, alice, bob):
    page = show(path, paths, alice, bob).page
    page.evaluate("() => document.querySelectorAll('details').forEach(details => { details.open = true })")
    expected = page.evaluate(
        "() => [...document.querySelectorAll('a[href], button, input, select, textarea, summary')].filter(e =>"
        " !e.disabled && e.type !== 'hidden' && e.checkVisibility() && e.tabIndex >= 0).length")
    assert page.locator("[tabindex]:not([tabindex='0']):not([tabindex='-1'])").count() == 0
    seen = page.evaluate("() => { window.order = [...document.querySelectorAll('*')]; return [] }")
    for _ in range(expected):
        page.keyboard.press("Tab")
        position, style, width, text = page.evaluate(
            "() => { const e = document.activeElement, s = getComputedStyle(e);"
            " return [window.order.indexOf(e), s.outlineStyle, parseFloat(s.outlineWidth), e.outerHTML.slice(0, 120)] }")
        assert style != "none" and width >= 2, text
        seen.append(position)
    assert seen == sorted(set(seen)), "the focus jumps or stays"


@pytest.mark.parametrize("path", PAGES)
def test_what_is_pressed_is_large_enough_to_be_hit(path, paths, alice, bob):
    """2.5.8: 24 by 24 pixels, but for links in running text."""
    person = show(path, paths, alice, bob)
    person.page.set_viewport_size({"width": 320, "height": 640})
    try:
        small = person.page.evaluate(
            "() => [...document.querySelectorAll('button, nav a, a.item, a.button, a.brand, summary, select, .skip,"
            " input:not([type=hidden]), textarea')].filter(e => e.checkVisibility()).map(e => {"
            " const box = (e.type === 'checkbox' ? e.closest('label') : e).getBoundingClientRect();"
            " return [box.width, box.height, e.outerHTML.slice(0, 120)] }).filter(([w, h]) => w < 24 || h < 24)")
        assert small == []
    finally:
        person.page.set_viewport_size({"width": 1280, "height": 900})


def press_until(page, selector, key="Tab", limit=120):
    for _ in range(limit):
        if page.evaluate("selector => document.activeElement?.matches(selector) ?? false", selector):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{selector} is not reached with {key}")


def test_a_request_is_denied_with_the_keyboard_alone(agent, bob):
    asked = agent.ask(DELETE)
    page = bob.open(f"/requests/{asked['id']}")
    press_until(page, "#deny")
    page.keyboard.press("Enter")
    expect(page.locator("#standing")).to_contain_text("denied")
    assert agent.read(asked["id"])["status"] == "denied"


def test_a_request_is_approved_with_the_keyboard_alone(agent, bob):
    """Tab, End and the space bar; Enter alone approves nothing (test_decisions)."""
    asked = agent.ask(DELETE)
    page = bob.open(f"/requests/{asked['id']}")
    ticks = page.locator("input[name=criterion]")
    press_until(page, "input[name=criterion]")
    for number in range(ticks.count()):
        if number:
            page.keyboard.press("Tab")
        page.keyboard.press("Space")
        expect(ticks.nth(number)).to_be_checked()
    page.keyboard.press("End")
    expect(page.locator("#approve")).to_be_enabled()
    press_until(page, "#approve", limit=3)
    page.wait_for_timeout(ARMING)
    page.keyboard.press("Space")
    expect(page.locator("#confirm")).to_be_visible()
    # A screen reader begins with what is asked, not with a button.
    assert page.evaluate("document.activeElement.id") == "confirm-title"
    press_until(page, "#sign", limit=3)
    page.wait_for_timeout(ARMING)
    page.keyboard.press("Space")
    expect(page.locator("#standing")).to_contain_text("approved")
    assert agent.read(asked["id"])["status"] == "approved"


def test_escape_leaves_the_question_and_approves_nothing(agent, bob):
    asked = agent.ask(DELETE)
    page = bob.open(f"/requests/{asked['id']}")
    bob.read_to_the_end()
    bob.tick_everything()
    expect(page.locator("#approve")).to_be_enabled()
    page.wait_for_timeout(ARMING)
    page.locator("#approve").focus()
    page.keyboard.press("Space")
    expect(page.locator("#confirm")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#confirm")).to_be_hidden()
    assert page.evaluate("document.activeElement.id") == "approve"
    assert agent.read(asked["id"])["status"] == "pending"


@pytest.mark.parametrize("path", PAGES)
def test_text_of_twice_the_size_needs_no_scrolling_sideways(path, paths, alice, bob):
    """1.4.4: the reader's own letter size, on a small window and on a wide one."""
    page = show(path, paths, alice, bob).page
    try:
        page.evaluate(
            "() => { document.documentElement.style.fontSize = '200%';"
            " document.querySelectorAll('details').forEach(details => { details.open = true }) }")
        for width in (320, 640, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            excess = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert excess <= 0, f"{path} is {excess} pixels too wide at {width}"
    finally:
        page.set_viewport_size({"width": 1280, "height": 900})


def test_deny_is_no_less_prominent_than_approve(agent, bob):
    asked = agent.ask(DELETE)
    page = bob.open(f"/requests/{asked['id']}")
    bob.read_to_the_end()
    bob.tick_everything()
    expect(page.locator("#approve")).to_be_enabled()
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        deny, approve = page.locator("#deny").bounding_box(), page.locator("#approve").bounding_box()
        assert deny["width"] >= approve["width"] and deny["height"] >= approve["height"]
        assert (deny["y"], deny["x"]) < (approve["y"], approve["x"])
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            ground = page.locator("#deny").evaluate("e => getComputedStyle(e).backgroundColor")
            assert ground != page.locator(".decide").first.evaluate("e => getComputedStyle(e).backgroundColor")
    page.emulate_media(color_scheme="light")


def test_what_changes_by_itself_is_a_status_and_was_there_before(agent, bob):
    """4.1.3: a screen reader hears of changes in a region that it knew."""
    asked = agent.ask(DELETE)
    for path in ("/", f"/requests/{asked['id']}", "/agents", "/overview", "/changes"):
        page = bob.open(path)
        assert page.locator("#announcer[role=status]").count() == 1, path
        assert page.locator("[data-live] #announcer").count() == 0, path
        assert page.locator("[data-live][data-spoken]").count() == 1, path
        assert any(node["role"] == "status" for node in tree(bob)), path


def moving(page):
    return page.evaluate(
        "() => [...document.querySelectorAll('*')].filter(e => { const s = getComputedStyle(e);"
        " return s.animationName !== 'none' || s.transitionDuration.split(',').some(d => parseFloat(d) > 0) }).length")


def test_nothing_moves_for_whoever_asked_for_that(agent, bob):
    page = bob.open(f"/requests/{agent.ask(DELETE)['id']}")
    try:
        page.emulate_media(reduced_motion="no-preference")
        assert moving(page) > 0
        page.emulate_media(reduced_motion="reduce")
        assert moving(page) == 0
    finally:
        page.emulate_media(reduced_motion="no-preference")
