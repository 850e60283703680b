// The console's one script: passkey ceremonies, forms that propose changes, and live updates.
// Pages are readable without it. It writes text, never markup, and loads nothing from anywhere else.
"use strict";

/* ---- talking to the server ---- */

class Refusal extends Error {
  constructor(problem) {
    super([problem.detail || problem.title, problem.hint].filter(Boolean).join(" "));
    this.code = problem.code;
  }
}

async function post(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    credentials: "same-origin",
    redirect: "error",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  let json = {};
  try { json = text ? JSON.parse(text) : {}; } catch { json = { title: "The server's answer could not be read." }; }
  if (!answer.ok) throw new Refusal(json);
  return json;
}

/* ---- what is signed ---- */

// RFC 8785 for what statements hold: objects, arrays, strings, safe integers. JSON.stringify escapes strings alike.
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value && typeof value === "object") {
    return `{${Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
  }
  return JSON.stringify(value);
}

async function challengeOf(statement) {
  const bytes = new TextEncoder().encode(`${statement.type}\u0000${canonical(statement)}`);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return btoa(String.fromCharCode(...digest)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

// The passkey signs a hash. Before it is asked, this page makes that hash itself, from a statement that says what was
// pressed here: a begin that was answered for another decision, request or rendering goes no further.
async function insistOn(begun, expected) {
  for (const [name, value] of Object.entries(expected)) {
    if (canonical(begun.statement[name]) !== canonical(value)) {
      throw new Refusal({ title: "What would be signed is not what this page shows. Nothing was signed.", hint: "Reload the page and read it again." });
    }
  }
  if ((await challengeOf(begun.statement)) !== begun.options.challenge) {
    throw new Refusal({ title: "The challenge does not belong to the statement. Nothing was signed.", hint: "Reload the page and read it again." });
  }
}

async function assertion(options) {
  if (options.userVerification !== "required") {
    throw new Refusal({ title: "The server did not ask for user verification. Nothing was signed.", hint: "Tell whoever runs the server." });
  }
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return (await navigator.credentials.get({ publicKey })).toJSON();
}

function reasonOf(error) {
  if (error instanceof Refusal) return error.message;
  if (error && error.name === "NotAllowedError") {
    return "The passkey was not used: it was cancelled, timed out, or could not verify you. Nothing was sent.";
  }
  if (error && error.name === "InvalidStateError") return "This device holds a passkey for you already.";
  if (error && error.name === "SecurityError") return "The browser refuses passkeys at this address. Open the console at its configured address.";
  return "The server could not be reached. Nothing was decided here; reload the page to see how things stand.";
}

/* ---- saying it ---- */

function say(place, words, isTrouble = false) {
  if (!place) return;
  place.textContent = words;
  place.classList.toggle("stop", isTrouble);
}

async function attempt(button, place, words, work) {
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  say(place, words);
  try {
    await work();
  } catch (error) {
    say(place, reasonOf(error), true);
    button.disabled = false;
  }
  button.removeAttribute("aria-busy");
  if (wasPutOff) readAgain();
}

const one = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));

/* ---- entrance ---- */

function signIn(button) {
  button.disabled = false;
  button.addEventListener("click", () => attempt(button, one("#say"), "Waiting for your passkey…", async () => {
    const begun = await post("/api/login/begin", {});
    const credential = await assertion(begun.options);
    await post("/api/login/finish", { ceremony: begun.ceremony, credential });
    location.assign(button.dataset.next || "/");
  }));
}

function enrol(button) {
  const token = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
  if (!token) {
    say(one("#say"), "This page needs the whole one-time link. Open it again exactly as you received it.", true);
    return;
  }
  button.disabled = false;
  button.addEventListener("click", () => attempt(button, one("#say"), "Waiting for your device…", async () => {
    const begun = await post("/api/enrolment/begin", { token });
    say(one("#say"), `Creating a passkey for ${begun.person.name}…`);
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(begun.options);
    const credential = (await navigator.credentials.create({ publicKey })).toJSON();
    await post("/api/enrolment/finish", { token, ceremony: begun.ceremony, credential });
    location.assign("/");
  }));
}

function signOut(button) {
  button.addEventListener("click", () => attempt(button, null, "", async () => {
    await post("/api/logout", {});
    location.assign("/sign-in");
  }));
}

/* ---- deciding about a request ---- */

const armingMilliseconds = 800;

// A control that counts only when it was pressed once, on purpose: not by Enter, not as part of a double click, and not
// within the moment after it became available.
function deliberate(button, work) {
  let armedAt = Infinity;
  const arm = () => { armedAt = button.disabled ? Infinity : performance.now() + armingMilliseconds; };
  new MutationObserver(arm).observe(button, { attributes: true, attributeFilter: ["disabled"] });
  arm();
  button.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    say(one("#say"), "Enter does not approve. Use the space bar, a click or a tap.");
  });
  button.addEventListener("click", (event) => {
    if (event.detail > 1 || performance.now() < armedAt) return;
    work(event);
  });
  return arm;
}

function decide(section) {
  const { request, rendering, digest } = section.dataset;
  const approve = one("#approve", section);
  const deny = one("#deny", section);
  const place = one("#say", section);
  const ticks = all("input[name=criterion]", section);
  let hasSeenTheEnd = false;

  const send = (button, decision) => attempt(button, place, "Waiting for your passkey…", async () => {
    const criteria = decision === "approve" ? ticks.filter((tick) => tick.checked).map((tick) => tick.value) : [];
    const begun = await post("/api/votes/begin", { request, decision, criteria, rendering });
    await insistOn(begun, { type: "countersign.vote.v1", request, decision, criteria, rendering, action: digest });
    const credential = await assertion(begun.options);
    await post("/api/votes/finish", { ceremony: begun.ceremony, credential });
    location.reload();
  });

  deny.disabled = false;
  deny.addEventListener("click", (event) => { if (event.detail < 2) send(deny, "deny"); });

  if (!approve) return;
  const dialog = one("#confirm");
  const sign = one("#sign", dialog);
  const weigh = () => {
    const missing = ticks.filter((tick) => !tick.checked).length;
    approve.disabled = !hasSeenTheEnd || missing > 0;
    if (!hasSeenTheEnd) say(place, "Read to the end of what will run; then you can approve.");
    else if (missing) say(place, missing === 1 ? "One criterion is not ticked yet." : `${missing} criteria are not ticked yet.`);
    else say(place, "");
  };
  new IntersectionObserver((entries, observer) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    hasSeenTheEnd = true;
    observer.disconnect();
    weigh();
  }).observe(one("#end-of-rendering"));
  ticks.forEach((tick) => tick.addEventListener("change", weigh));
  weigh();

  const armSigning = deliberate(sign, () => {
    dialog.close();
    send(approve, "approve");
  });
  deliberate(approve, () => {
    dialog.showModal();
    one("h2", dialog).focus();
    armSigning();
  });
  one("#back", dialog).addEventListener("click", () => dialog.close());
}

/* ---- proposing and confirming changes ---- */

// `tool.targets.0.name` is where it says.
function put(object, path, value) {
  const names = path.split(".");
  const last = names.pop();
  let place = object;
  names.forEach((name, index) => { place = place[name] ||= /^\d+$/.test(names[index + 1] ?? last) ? [] : {}; });
  place[last] = value;
}

function changeOf(form) {
  const change = { kind: form.dataset.kind };
  for (const field of form.elements) {
    if (!field.name || (field.type === "checkbox" && !field.checked && field.dataset.as !== "bool")) continue;
    const text = field.value.trim();
    switch (field.dataset.as) {
      case "list": put(change, field.name, text.split(/[\s,]+/).filter(Boolean)); break;
      case "each": (change[field.name] ||= []).push(text); break;
      case "json": put(change, field.name, JSON.parse(text)); break;
      case "optional-json": if (text) put(change, field.name, JSON.parse(text)); break;
      case "exact": put(change, field.name, field.value); break;
      case "bool": put(change, field.name, field.checked); break;
      case "optional": if (text) put(change, field.name, text); break;
      case "day": put(change, field.name, `${text}T00:00:00.000Z`); break;
      default: put(change, field.name, text);
    }
  }
  for (const field of all("[data-as=each]", form)) change[field.name] ||= [];
  return change;
}

async function confirmChange(change, decision, digest) {
  const begun = await post("/api/changes/begin", { change, decision });
  await insistOn(begun, { type: "countersign.change.v1", change, decision, digest });
  const credential = await assertion(begun.options);
  return post("/api/changes/finish", { ceremony: begun.ceremony, credential });
}

function propose(form) {
  const button = one("button[type=submit]", form);
  if (form.dataset.check) check(form, button);
  else button.disabled = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(button, one(".say-aloud", form), "Proposing…", async () => {
      let change;
      try { change = changeOf(form); } catch { throw new Refusal({ title: "A field that takes JSON holds something else." }); }
      const proposed = await post("/api/changes", { change });
      if (form.dataset.at === "once") {
        say(one(".say-aloud", form), "Waiting for your passkey…");
        await confirmChange(proposed.change, "approve", proposed.digest);
        location.reload();
      } else {
        location.assign(`/changes/${proposed.change}`);
      }
    });
  });
}

// A policy set is proposed only as it was checked and compared here; another letter takes another check.
function check(form, propose) {
  const button = one("[data-act=check]", form);
  const place = one(".say-aloud", form);
  const problems = one("[data-place=problems]", form);
  const difference = one("[data-place=difference]", form);
  const item = (kind, ...parts) => {
    const line = document.createElement("li");
    line.className = kind;
    line.append(...parts.map((part) => Object.assign(document.createElement("span"), { textContent: part })));
    return line;
  };
  button.disabled = false;
  for (const field of all("textarea", form)) field.addEventListener("input", () => { propose.disabled = true; });
  button.addEventListener("click", () => attempt(button, place, "Checking…", async () => {
    const written = () => all("textarea", form).map((field) => field.value).join("\0");
    const before = written();
    propose.disabled = true;
    problems.replaceChildren();
    difference.replaceChildren();
    let change;
    try { change = changeOf(form); } catch { throw new Refusal({ title: "The scenarios are no JSON." }); }
    const { source, scenarios } = change;
    const checked = await post(form.dataset.check, { source, scenarios });
    problems.append(...checked.problems.map((found) =>
      item("", `Line ${found.line}:${found.column}: ${found.message}${found.hint ? ` (${found.hint})` : ""}`)));
    problems.append(...checked.warnings.map((found) =>
      item("", `Line ${found.line}:${found.column}, doubtful: ${found.message}${found.hint ? ` (${found.hint})` : ""}`)));
    problems.append(...checked.scenarios.filter((asked) => !asked.passes).map((asked) =>
      item("", `Scenario ${asked.name}: ${asked.differences.join("; ")}`)));
    difference.append(...checked.difference.lines.map((line) => item(line.kind, line.mark, line.text)));
    button.disabled = false;
    if (!checked.digest) say(place, "It cannot be loaded, so it is not proposed.", true);
    else {
      const same = checked.in_force === checked.digest ? "This is the set in force. " : "";
      const asked = checked.scenarios.length ? ` ${checked.scenarios.length} scenarios hold.` : "";
      say(place, `${same}It can be loaded: ${checked.difference.summary}.${asked}`);
      propose.disabled = written() !== before;
    }
  }));
}

function confirmation(section) {
  const { change, digest } = section.dataset;
  const place = one("#say", section);
  const send = (button, decision) => attempt(button, place, "Waiting for your passkey…", async () => {
    const finished = await confirmChange(change, decision, digest);
    if (!finished.enrolment_link) { location.reload(); return; }
    const link = one("#link");
    one("output", link).textContent = finished.enrolment_link;
    link.hidden = false;
    one("h2", link).focus();
    section.hidden = true;
  });
  const reject = one("#reject", section);
  reject.disabled = false;
  reject.addEventListener("click", (event) => { if (event.detail < 2) send(reject, "deny"); });
  const confirm = one("#confirm-change", section);
  confirm.disabled = false;
  deliberate(confirm, () => send(confirm, "approve"));
}

function ownLink(section) {
  const [button, place] = [one("button", section), one(".say-aloud", section)];
  button.disabled = false;
  button.addEventListener("click", () => attempt(button, place, "Asking…", async () => {
    const { enrolment_link: link } = await post("/api/enrolment/link", {});
    one("output", section).textContent = link || "";
    say(place, link ? "Open it with the new passkey at hand; it works once." : "No further passkey of yours was confirmed.");
    button.disabled = false;
  }));
}

/* ---- live: the server says that something changed, and the page reads itself again ---- */

// Ticks come as fast as the authority works: a page reads itself again at once, and then no faster than this.
const pace = () => Math.max(1000, ...all("[data-pace]").map((region) => Number(region.dataset.pace)));
let readAt = -Infinity;
let reading = null;
// A region was left as it is, because somebody was in the middle of a ceremony in it.
let wasPutOff = false;

function readSoon() {
  if (reading) return;
  const wait = Math.max(0, readAt + pace() - performance.now());
  reading = setTimeout(() => { reading = null; readAgain(); }, wait);
}

// An XMLHttpRequest parses the answer into an inert document, without a string that becomes markup in this one.
function readAgain() {
  readAt = performance.now();
  const call = new XMLHttpRequest();
  call.open("GET", location.pathname + location.search);
  call.responseType = "document";
  call.addEventListener("load", () => {
    if (call.status !== 200 || !call.responseXML) return;
    // Signed out meanwhile: the answer is the entrance, and this page must not pretend to be live.
    if (new URL(call.responseURL).pathname !== location.pathname) { location.reload(); return; }
    wasPutOff = false;
    for (const old of all("[data-live]")) {
      const fresh = call.responseXML.getElementById(old.id);
      if (!fresh || fresh.dataset.live === old.dataset.live) continue;
      if (one("[aria-busy=true]", old)) { wasPutOff = true; continue; }
      replace(old, document.importNode(fresh, true));
    }
  });
  call.send();
}

function replace(old, fresh) {
  const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
  const isNews = fresh.dataset.spoken !== old.dataset.spoken;
  old.replaceWith(fresh);
  begin(fresh);
  if (focused) document.getElementById(focused)?.focus();
  // What was put into the page is not read aloud by itself; what changes in a region that was there all along is.
  const announcer = one("#announcer");
  if (isNews && announcer) announcer.textContent = fresh.dataset.spoken || "";
}

function listen(path) {
  let source = null;
  const open = () => {
    if (source || document.hidden) return;
    source = new EventSource(path);
    source.addEventListener("changed", readSoon);
  };
  // A hidden page gives its connection back; browsers allow few of them.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { source?.close(); source = null; } else { open(); readAgain(); }
  });
  addEventListener("pagehide", () => { source?.close(); source = null; });
  open();
}

function countDown() {
  for (const place of all("[data-until]")) {
    const left = Math.max(0, Date.parse(place.dataset.until) - Date.now());
    const minutes = Math.floor(left / 60000);
    if (left === 0) place.textContent = "time is up";
    else if (minutes < 1) place.textContent = "less than a minute left";
    else if (minutes < 120) place.textContent = `${minutes} min left`;
    else if (minutes < 2880) place.textContent = `${Math.floor(minutes / 60)} h left`;
    else place.textContent = `${Math.floor(minutes / 1440)} days left`;
  }
}

// Deadlines are shown in UTC, as everywhere; beside them what the reader's own clock will show then.
function localTime(place) {
  const time = new Date(place.dataset.local);
  if (Number.isNaN(time.getTime()) || time.getTimezoneOffset() === 0) return;
  const two = (number) => String(number).padStart(2, "0");
  const [day, utcDay] = [`${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`, time.toISOString().slice(0, 10)];
  place.textContent = `(${day === utcDay ? "" : `${day} `}${two(time.getHours())}:${two(time.getMinutes())} your time)`;
}

/* ---- begin ---- */

const behaviours = [
  ["[data-act=sign-in]", signIn], ["[data-act=enrol]", enrol], ["[data-act=sign-out]", signOut],
  ["#decide", decide], ["#confirmation", confirmation], ["#own-link", ownLink], ["form[data-kind]", propose],
  ["[data-local]", localTime],
];

function begin(root) {
  for (const [selector, behaviour] of behaviours) {
    if (root.matches?.(selector)) behaviour(root);
    all(selector, root).forEach((element) => behaviour(element));
  }
}

begin(document);
if (document.body.dataset.events) listen(document.body.dataset.events);
setInterval(countDown, 15000);
