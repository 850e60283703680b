"""One question, answered by the reference implementation and by us."""

import json
import re

import cedarpy

import forms

COUNTS = ["requests", "cases", "policies", "allowed", "refused", "failed", "unread", "invalid", "loose", "nonconforming", "forms", "changed forms", "excused", "panics"]
# Requests that a changed form answers.
SOME = 8

# What we refuse in JSON and the reference takes, on purpose: docs/reference/cedar.md gives the reasons.
STRICTER = "|".join([
    r"unknown member; known are (type, id|__entity|op\b.*|entity, slot|left, attr)$",
    r"^[^ ]*\.__(entity|extn)(\.(type|id|fn|args?))?: ",
    r"sets and records are nested more than 32 levels deep$",
    r"\.in: an object was expected$",
    r"either `entity` or `slot` is needed$",
    r"a template needs a slot; put it under `staticPolicies`$",
    r"the method `\w+` needs a receiver$",
    r"json_number_out_of_range",
])
STRICTER_ENTITIES = r"an entity is written|has the unknown member|needs a known `fn`|json_number_out_of_range"


class Panic(Exception):
    """The reference ended a question in a panic: it says nothing."""


def attempt(make):
    """What the reference makes, or why it refuses."""
    try:
        return make(), None
    except ValueError as error:
        return None, str(error)
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise Panic(str(error)) from None
        raise


def failing(errors):
    return sorted({re.search(r"evaluating policy `([^`]*)`", error).group(1) for error in errors})


def link(link):
    values = {f"?{slot}": link[slot] for slot in ("principal", "resource") if slot in link}
    return {"template_id": link["template"], "new_id": link["id"], "values": values}


def decide(requests, policies, entities, schema):
    answers = []
    for result in cedarpy.is_authorized_batch(requests, policies, entities, schema=schema):
        if result.decision == cedarpy.Decision.NoDecision:
            answers.append("refused")
            continue
        reasons = sorted(result.diagnostics.reasons)
        answers.append({"decision": result.decision.name.lower(), "reasons": reasons, "failed": failing(result.diagnostics.errors)})
    return answers


class Reference:
    """What the reference says, in the words of `cedar-answers`."""

    def __init__(self, question):
        self.question, self.answer = question, {}
        self.schema = self.policies = self.entities = self.form = None
        self.has_schema = "schema" in question or "schemaJSON" in question
        if self.has_schema:
            read = (lambda: cedarpy.Schema.from_str(question["schema"])) if "schema" in question else (lambda: cedarpy.Schema.from_json_str(question["schemaJSON"]))
            self.schema, self.why = attempt(read)
            self.answer["schema"] = self.schema is not None
        self.read_policies()
        if self.schema is None and self.has_schema:
            return
        if self.policies is not None and self.schema is not None:
            report = cedarpy.validate_policies(question["policies"], self.schema)
            self.answer["valid"] = report.validation_passed
            self.answer["invalid"] = sorted({error.policy_id for error in report.errors})
        self.entities, _ = attempt(lambda: cedarpy.Entities.from_json_str(question["entities"], self.schema))
        self.answer["entities"] = self.entities is not None
        if self.policies is not None and self.entities is not None:
            self.answer["answers"] = self.decide(self.policies)

    def read_policies(self):
        question = self.question
        self.policies, _ = attempt(lambda: cedarpy.PolicySet.from_str(question["policies"]))
        if self.policies is not None and question["form"]:
            self.form = json.loads(cedarpy.policies_to_json_str(question["policies"]))
        if self.policies is not None and question["links"]:
            self.policies, _ = attempt(lambda: self.policies.with_linked_batch(list(map(link, question["links"]))))
        self.answer["parses"] = self.policies is not None

    def decide(self, policies, count=None):
        return decide(self.question["requests"][:count], policies, self.entities, self.schema)


def unsound(found):
    """What permissive validation promised and did not keep; the reference offers only the strict one to compare with."""
    unsafe = set(found.get("unsafe", []))
    faults = {policy for answer in found.get("answers", []) for policy in answer.get("faults", [])}
    stricter = sorted(unsafe - set(found.get("invalid", [])))
    return [f"valid strictly and not permissively: {stricter}"] * bool(stricter) + [
        f"{policy} was safe and erred" for policy in sorted(faults - unsafe)
    ]


def plain(answers):
    keys = ("decision", "reasons", "failed")
    return ["refused" if "refused" in answer else {key: answer[key] for key in keys} for answer in answers or []]


def variants(random, reference):
    """The JSON form as the reference writes it, with links, and changed ones."""
    if reference.form is None:
        return []
    form = dict(reference.form)
    # In JSON, entities may stand in either form.
    wrap = lambda uid: uid if random.random() < 0.7 else {"__entity": uid}
    form["templateLinks"] = [
        {"templateId": link["template"], "newId": link["id"], "values": {f"?{slot}": wrap(link[slot]) for slot in ("principal", "resource") if slot in link}}
        for link in reference.question["links"]
    ]
    changed = [forms.changed(random, form) for _ in range(3)]
    return [json.dumps(form)] + [json.dumps(other, ensure_ascii=False) for other in changed]


def is_excused(reference, found):
    """Whether a changed document is read here and not there for a reason that docs/reference/cedar.md gives."""
    question, expected, errors = reference.question, reference.answer, found.get("errors", {})
    if not question["changed"]:
        return False
    if expected.get("schema") and found.get("schema") is False:
        return "json_number_out_of_range" in errors["schema"] or forms.is_array_for_object(json.loads(question["schemaJSON"]), errors["schema"])
    if expected.get("entities") and found.get("entities") is False:
        return re.search(STRICTER_ENTITIES, errors["entities"])
    # What is left out is empty.
    if expected.get("entities") is False and found.get("entities"):
        return any("attrs" not in entity or "parents" not in entity for entity in json.loads(question["entities"]))
    return False


def compare(reference, found, counts):
    """The differences in one question."""
    question, expected = reference.question, reference.answer
    counts["cases"] += 1
    if is_excused(reference, found):
        counts["excused"] += 1
        return []
    counts["policies"] += question["policies"].count(";")
    differences = unsound(found) if reference.schema is not None else []
    for name, value in expected.items():
        other = found.get(name)
        if name == "answers":
            other = plain(other)
            counts["requests"] += len(value) - value.count("refused")
            counts["refused"] += value.count("refused")
            counts["allowed"] += sum(answer != "refused" and answer["decision"] == "allow" for answer in value)
            counts["failed"] += sum(answer != "refused" and bool(answer["failed"]) for answer in value)
        if name in ("valid", "invalid"):
            # The reference validates the texts of policies, without links.
            other = [policy for policy in found.get("invalid", []) if not policy.startswith("linked-")]
        if name == "valid":
            other = not other
        if value != other:
            differences.append(f"{name}: the reference says {value}, we say {other}")
    counts["unread"] += not (expected.get("schema", True) and expected["parses"])
    counts["loose"] += len(set(found.get("invalid", [])) - set(found.get("unsafe", [])))
    counts["invalid"] += len(expected.get("invalid", []))
    counts["nonconforming"] += expected.get("entities") is False
    return differences + converted(reference, found) + formed(reference, found, counts)


def converted(reference, found):
    """Our schema, written in both syntaxes, reads as the same one there."""
    if not reference.question["convert"] or reference.schema is None:
        return []
    differences = []
    for name, read in (("json", cedarpy.Schema.from_json_str), ("cedar", cedarpy.Schema.from_str)):
        again, error = attempt(lambda: read(found.get(name, "")))
        # Text of the reference has no annotation without a value, though JSON has.
        shown = lambda schema: re.sub(r'(?m)^( *@\w+)$', r'\1("")', str(schema).replace("__cedar::", ""))
        if again is None or shown(again) != shown(reference.schema):
            differences.append(f"the schema as {name} reads differently: {error}")
    return differences


def formed(reference, found, counts):
    """The JSON form there and back: written alike, read alike, and deciding alike."""
    if reference.form is None:
        return []
    counts["forms"] += 1
    differences = []
    ours = json.loads(found.get("form", "null"))
    if forms.same(ours) != forms.same(reference.form):
        differences.append(f"the form: the reference says {json.dumps(reference.form)}, we say {json.dumps(ours)}")
    if reference.policies is not None:
        read, error = attempt(lambda: cedarpy.PolicySet.from_json_str(found.get("linkedForm", "")))
        if read is None:
            differences.append(f"our form with links is refused: {error}")
        elif reference.entities is not None and reference.decide(read, SOME) != reference.answer["answers"][:SOME]:
            differences.append("our form with links decides otherwise")
    for text, answer in zip(reference.question["variants"], found.get("variants", []), strict=True):
        try:
            counts["changed forms"] += 1
            differences += varied(reference, text, answer, counts)
        except Panic:
            counts["panics"] += 1
    return differences


def varied(reference, text, found, counts):
    """What is wrong about a set in JSON, if the reference reads it, and if we do."""
    read, error = attempt(lambda: cedarpy.PolicySet.from_json_str(text))
    if read is None or "form" not in found:
        if (read is None) == ("form" not in found):
            return []
        if read is not None and re.search(STRICTER, found["refused"]):
            counts["excused"] += 1
            return []
        return [f"the reference says {error or 'yes'}, we say {found.get('refused', 'yes')}: {text}"]
    differences = []
    if "misprinted" in found:
        return [f"what we print does not parse: {found['misprinted']}: {text}"]
    if not json.loads(text).get("templateLinks"):
        # There is no way from a set to JSON but through text.
        printed, error = attempt(lambda: cedarpy.policies_from_json_str(text))
        theirs = None if printed is None else forms.nameless(json.loads(cedarpy.policies_to_json_str(printed)))
        ours = forms.nameless(json.loads(found["printed"]))
        if theirs is not None and theirs != ours:
            differences.append(f"printed and read again, the reference has {theirs}, we have {ours}: {text}")
    if reference.entities is not None and plain(found.get("answers"))[:SOME] != reference.decide(read, SOME):
        differences.append(f"decides otherwise: {text}")
    return differences
