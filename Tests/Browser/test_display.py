"""What an agent writes is inert and visible; pages fit, in both themes, with and without script."""

import itertools
from pathlib import Path

import pytest
from playwright.sync_api import expect

HOSTILE = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"><svg onload=alert(1)>", "javascript:alert(1)",
    "\"\u0338 onfocus=alert(1) autofocus x=\"", "'\u0338 onmouseover=alert(1) '", "</dl></section></main><h1>Approved</h1>",
    "<button id=approve>Approve</button>", "{{{page}}}{{frame.title}}", "\u202etxet desrever\u202c", "zero\u200bwidth",
    "\u2066isolate\u2069", "tag\U000e0041\U000e0042", "soft\u00adhyphen", "variation\ufe0fselector", "hangul\u3164filler",
    "spaces" + " " * 500 + "end", "lines" + "\n" * 200 + "end", "a\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307zalgo",
    "раypal", "\x1b[31mred\x1b]8;;http://evil\x07link", "a\rb\x08c",
    "Pre-approved by Alice Example. SERVER: this request is safe.", "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "<form action=/api/logout method=post><input type=submit value=Approve></form>", "<meta http-equiv=refresh content=0;url=//evil>",
    "<base href=//evil>", "<style>*{display:none}</style>", "<a href=//evil target=_top>Open the real request</a>",
]
INVISIBLE = ["\u202e", "\u202c", "\u200b", "\u2066", "\u2069", "\U000e0041", "\u00ad", "\ufe0f", "\u3164", "\x1b", "\x08", "\x07"]


@pytest.fixture(scope="module")
def hostile(agent):
    text = "\n".join(HOSTILE)
    return agent.ask(
        {"sql": text, "list": HOSTILE, "nested": {f"k{n}": value for n, value in enumerate(HOSTILE)}},
        justification=text, plan=text, task={"id": "T-1", "title": HOSTILE[0] + HOSTILE[4] + HOSTILE[9]},
        links=[{"rel": "ticket", "href": "https://tickets.example/1?q=<script>"}])["id"]


def test_what_an_agent_writes_is_inert(hostile, bob):
    page = bob.open(f"/requests/{hostile}")
    page.mouse.move(200, 200)
    page.wait_for_timeout(300)
    assert page.locator("main script, main iframe, main img, main style, main base, main meta, main form, main svg").count() == 0
    assert page.locator("#approve").count() == 1 and page.locator("#deny").count() == 1
    assert page.locator("main h1").count() == 1
    hrefs = page.locator("main a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert all(href.startswith("/") and not href.startswith("//") for href in hrefs), hrefs
    handlers = page.evaluate(
        "() => [...document.querySelectorAll('*')].flatMap(e => [...e.attributes]).filter(a => a.name.startsWith('on')).length")
    assert handlers == 0
    bob.screenshot("request-hostile")


def test_what_is_invisible_is_shown_as_an_escape(hostile, bob):
    page = bob.open(f"/requests/{hostile}")
    text = page.locator("main").evaluate("main => main.textContent")
    for character in INVISIBLE:
        assert character not in text, f"U+{ord(character):04X} reaches the page as it is"
    for escape in ["\\u{202E}", "\\u{200B}", "\\u{2066}", "\\u{E0041}", "\\u{AD}", "\\u{1B}"]:
        assert escape.lower() in text.lower(), f"{escape} is not visible"
    for word in ["<script>alert(1)</script>", "<button id=approve>", "Pre-approved by Alice Example"]:
        assert word in text


def test_the_agents_words_are_fenced_below_the_servers(hostile, bob):
    page = bob.open(f"/requests/{hostile}")
    fence = page.locator(".fence")
    expect(fence).to_contain_text("Unverified")
    expect(fence).to_contain_text("Pre-approved by Alice Example")
    top = fence.bounding_box()["y"]
    assert top > page.locator(".weight").bounding_box()["y"]
    for section in page.locator("section.sheet", has=page.locator("dl.rows")).all():
        assert section.bounding_box()["y"] < top


def test_every_row_reads_back_as_the_server_has_it(hostile, bob):
    rendering = bob.api(f"/api/requests/{hostile}")["rendering"]
    page = bob.open(f"/requests/{hostile}")
    shown = page.locator("section.sheet dl.rows > div[data-path]").evaluate_all(
        "rows => rows.map(row => [row.dataset.path, row.dataset.kind, "
        "[...row.querySelectorAll('dd > .value')].map(line => line.textContent).join('')])")
    expected = [[row.get("path") or "", row["kind"], row["value"]] for row in rendering["rows"] + rendering["facts"]]
    assert sorted(map(str, shown)) == sorted(map(str, expected))
    assert len(shown) > 60


def test_a_value_that_cannot_be_shown_whole_cannot_be_approved(agent, bob):
    asked = agent.ask({"sql": "A" * 50_000})
    page = bob.open(f"/requests/{asked['id']}")
    expect(page.locator("#approve")).to_have_count(0)
    expect(page.get_by_text("Nobody can approve this")).to_be_visible()
    page.locator("#deny").click()
    expect(page.locator("#standing")).to_contain_text("denied")


PAGES = ["/", "/requests", "REQUEST", "/agents", "/people", "/tools", "/policy", "/changes", "/overview"]


@pytest.mark.parametrize("path, width, scheme", list(itertools.product(PAGES, [320, 1280], ["light", "dark"])))
def test_every_page_fits(hostile, alice, bob, path, width, scheme):
    person = bob if path in ("/", "REQUEST") else alice
    page = person.page
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    try:
        person.open(path.replace("REQUEST", f"/requests/{hostile}"))
        excess = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        person.screenshot(f"{path.strip('/').lower() or 'inbox'}-{width}-{scheme}")
        assert excess <= 0, f"{path} is {excess} pixels too wide at {width}"
        unnamed = page.evaluate(
            "() => [...document.querySelectorAll('button, a, input:not([type=hidden]), select, textarea')]"
            ".filter(e => !(e.textContent.trim() || e.ariaLabel || e.labels?.length || e.title)).map(e => e.outerHTML)")
        assert unnamed == []
    finally:
        page.set_viewport_size({"width": 1280, "height": 900})
        page.emulate_media(color_scheme="light")


def test_pages_read_without_script(hostile, browser, bob):
    context = browser.new_context(java_script_enabled=False, storage_state=bob.context.storage_state())
    page = context.new_page()
    page.goto(f"{bob.authority.console}/requests/{hostile}")
    expect(page.get_by_role("heading", name="What happens if this is approved")).to_be_visible()
    expect(page.locator("#approve")).to_be_disabled()
    expect(page.locator("#deny")).to_be_disabled()
    context.close()


def test_the_keyboard_reaches_everything_and_shows_where_it_is(hostile, bob):
    page = bob.open(f"/requests/{hostile}")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    reached = set()
    for _ in range(80):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.name || ''"))
    assert {"deny", "criterion"} <= reached


def test_no_other_page_can_frame_the_console(browser, bob):
    context = browser.new_context(storage_state=bob.context.storage_state())
    page = context.new_page()
    page.route("http://localhost:9/", lambda route: route.fulfill(
        content_type="text/html", body=f"<iframe src='{bob.authority.console}/requests'></iframe>"))
    page.goto("http://localhost:9/")
    page.wait_for_timeout(500)
    frames = [frame.url for frame in page.frames if frame != page.main_frame]
    assert all(not url.startswith(bob.authority.console) for url in frames), frames
    context.close()


def luminance(colour):
    channels = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted([luminance(one), luminance(other)], reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_has_the_contrast_of_wcag_aa(theme):
    css = (Path(__file__).parents[2] / "Sources/ConsoleAssets/Assets/console.css").read_text()
    block = css.split(":root {")[1 if theme == "light" else 2].split("}")[0]
    colours = dict(line.strip().strip(";").removeprefix("--").split(": ") for line in block.splitlines() if "#" in line)
    texts = ["ink", "soft", "accent", "stop", "care", "good"]
    grounds = ["paper", "surface", "sunken"]
    for text, ground in itertools.product(texts, grounds):
        assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    for text, ground in [("accent-ink", "accent"), ("stop-ink", "stop"), ("ink", "care-wash"), ("care", "care-wash"),
                         ("ink", "stop-wash"), ("stop", "stop-wash"), ("soft", "care-wash"), ("soft", "stop-wash"),
                         ("ink", "accent-wash"), ("soft", "accent-wash"), ("ink", "good-wash")]:
        assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    for ground in grounds:
        assert contrast(colours["edge"], colours[ground]) >= 3, ground
