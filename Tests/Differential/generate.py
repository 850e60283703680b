"""Random questions: schemas, and policies, entities and requests that mostly fit them.

Everything comes from one `random.Random`, so that a seed names a case. What is generated is typed: most policies are valid,
most entities conform, and a few are made wrong in one place, since both sides of each rule have to be met.
"""

import json

import forms
import texts
from policies import Policies
from schemas import Schema
from texts import mutated
from worlds import Data


def link(random, schema, data, template, text):
    """What fills the slots of a template; None for other policies."""
    values = {}
    for slot in ("principal", "resource"):
        if f"?{slot}" in text:
            values[slot] = data.uid(random.choice(list(schema.entities)))
    return {"template": template, "id": f"linked-{template}", **values} if values else None


REQUESTS = 64


def case(random):
    """One question: mostly a schema, and policies, entities and requests."""
    r, schema = random, Schema(random)
    policies, data = Policies(r, schema), Data(r, schema)
    written = [policies.policy() for _ in range(r.randint(1, 6))]
    links = [link(r, schema, data, f"policy{index}", text) for index, text in enumerate(written) if r.random() < 0.8]
    text = "\n".join(written)
    if r.random() < 0.3:
        text = texts.commented(r, text)
    if r.random() < 0.03:
        text = mutated(r, text)
    entities = data.entities()
    changes_entities = r.random() < 0.04
    if changes_entities:
        entities = forms.changed(r, entities, forms.ENTITY_PARTS, forms.ENTITY_NAMES)
    question = {
        "policies": text,
        "links": [link for link in links if link],
        "entities": json.dumps(entities, ensure_ascii=False),
        "changed": changes_entities,
        "requests": [data.request() for _ in range(REQUESTS)],
        "convert": r.random() < 0.2,
        "form": r.random() < 0.3,
    }
    choice = r.random()
    if choice < 0.6:
        question["schema"] = schema.text()
        if r.random() < 0.1:
            question["schema"] = texts.commented(r, question["schema"])
        if r.random() < 0.03:
            question["schema"] = mutated(r, question["schema"])
    elif choice < 0.85:
        form = schema.form()
        if r.random() < 0.1:
            form = forms.changed(r, form, forms.SCHEMA_PARTS, forms.SCHEMA_NAMES)
            question["changed"] = True
        question["schemaJSON"] = json.dumps(form, ensure_ascii=r.random() < 0.5)
    return question
