"""JSON documents that were changed in one place, and what both sides may say about them."""

import copy
import json
import re

ODD = [None, True, 0, -1, 2**63, -(2**63), 2**63 - 1, 1.5, "", "x", "?principal", "é", [], {}, ["x"], {"type": "U", "id": "a"}, {"__entity": {"type": "U", "id": "a"}}]
EXPRESSIONS = [
    {"Value": 1}, {"Value": "x"}, {"Value": True}, {"Value": {"__entity": {"type": "U", "id": "a"}}}, {"Var": "context"}, {"Var": "principal"}, {"Set": []},
    {"Set": [{"Value": 1}]}, {"Record": {}}, {"Record": {"é": {"Value": 1}, "a b": {"Value": 2}}}, {"Slot": "?principal"}, {"Var": "x"}, {"Value": -1},
    {"neg": {"arg": {"Value": 1}}}, {"neg": {"arg": {"Value": -1}}}, {"neg": {"arg": {"Value": -(2**63)}}}, {"!": {"arg": {"Value": True}}},
    {".": {"left": {"Var": "context"}, "attr": "a b"}}, {"has": {"left": {"Var": "context"}, "attr": "if"}}, {"decimal": [{"Value": "1.0"}]}, {"ip": [{"Value": "::1"}]},
    {"has": {"left": {"Var": "context"}, "attr": ["x", "y"]}},
    {"like": {"left": {"Value": "a*"}, "pattern": ["Wildcard", {"Literal": "*"}, "Wildcard"]}}, {"like": {"left": {"Value": "a*"}, "pattern": [{"Literal": "ab"}]}},
    {"is": {"left": {"Var": "principal"}, "entity_type": "A::B"}}, {"is": {"left": {"Var": "principal"}, "entity_type": "U", "in": {"Var": "resource"}}},
    {"if-then-else": {"if": {"Value": True}, "then": {"Value": 1}, "else": {"Value": 2}}}, {"decimal": []}, {"decimal": [{"Value": "1"}, {"Value": "2"}]}, {"nothing": [{"Value": 1}]},
    {"isEmpty": {"arg": {"Set": []}}}, {"contains": {"left": {"Set": []}, "right": {"Value": 1}}}, {"getTag": {"left": {"Var": "principal"}, "right": {"Value": "x"}}},
    {"lessThan": [{"decimal": [{"Value": "1.0"}]}, {"decimal": [{"Value": "2.0"}]}]}, {"Value": [1, {"a": {"__extn": {"fn": "ip", "arg": "::1"}}}]}, {"Value": {"__extn": {"fn": "decimal", "arg": "1.0"}}},
    {"Value": {"a": 1}}, {"Value": None}, {"Value": 1.0}, {"Unknown": {"name": "x"}}, {"Value": 1, "Var": "context"}, {"datetime": [{"Value": "2024-01-01"}]}, {"toDate": [{"Value": 1}]},
]
NAMES = ["left", "right", "arg", "attr", "type", "id", "op", "entity", "entities", "slot", "in", "entity_type", "extra", "Value", "Var", "==", "in", "&&", "conditions", "annotations", "é", "", "__expr", "__entity"]

SCHEMA_PARTS = [
    {"type": "Long"}, {"type": "String", "required": False}, {"type": "Bool"}, {"type": "Boolean"}, {"type": "Set", "element": {"type": "Long"}}, {"type": "Set"},
    {"type": "Record", "attributes": {}}, {"type": "Record"}, {"type": "Record", "attributes": {"x": {"type": "Long"}}}, {"type": "Entity", "name": "U"},
    {"type": "EntityOrCommon", "name": "U"}, {"type": "EntityOrCommon", "name": "Y0"}, {"type": "Extension", "name": "ipaddr"}, {"type": "Extension", "name": "x"},
    {"type": "Y0"}, {"type": "U"}, {"type": "__cedar::Long"}, {"type": "Entity", "name": "__cedar::U"}, {"enum": ["a"]}, {"enum": []}, {"type": "N::Y0"},
    {"memberOf": [{"id": "v"}]}, {"memberOf": [{"id": "v", "type": "Action"}]}, {"appliesTo": {"principalTypes": ["U"], "resourceTypes": ["U"]}}, ["U"], ["U", "U"],
    {"appliesTo": {"principalTypes": ["U"]}}, {"attributes": {"x": 1}}, {"Long": {}}, {"doc": "x"}, {"doc": None}, {"a b": "x"},
]
SCHEMA_NAMES = ["type", "name", "element", "attributes", "required", "additionalAttributes", "shape", "memberOfTypes", "memberOf", "tags", "enum", "appliesTo", "principalTypes", "resourceTypes", "context", "annotations", "extra", "entityTypes", "actions", "commonTypes", "N", "if", "Long", "U", "a b", "__cedar", ""]

ENTITY_PARTS = [
    {"__entity": {"type": "U", "id": "a"}}, {"__entity": {"type": "U"}}, {"__extn": {"fn": "ip", "arg": "::1"}}, {"__extn": {"fn": "decimal", "args": ["1.0"]}},
    {"__extn": {"fn": "decimal", "args": []}}, {"__extn": {"fn": "nope", "arg": "1"}}, {"fn": "ip", "arg": "::1"}, {"__expr": "1"}, {"type": "U", "id": "a"}, [1],
    {"x": 1}, 'U::"a"', {"__extn": {"fn": "ip", "args": ["::1", "::2"]}}, {"__extn": {"fn": "duration", "arg": 1}},
]
ENTITY_NAMES = ["uid", "attrs", "parents", "tags", "type", "id", "__entity", "__extn", "fn", "arg", "args", "x", "extra", "__expr"]


def places(document):
    """Every (container, key) in a document."""
    open = [document]
    found = []
    while open:
        container = open.pop()
        for key in range(len(container)) if isinstance(container, list) else list(container):
            found.append((container, key))
            if isinstance(container[key], (dict, list)):
                open.append(container[key])
    return found


def changed(random, document, parts=EXPRESSIONS, names=NAMES):
    """A copy with one or two changes."""
    r, document = random, copy.deepcopy(document)
    for _ in range(r.choice([1, 1, 1, 2])):
        found = places(document)
        if not found:
            return document
        container, key = r.choice(found)
        kind = r.random()
        if kind < 0.2:
            del container[key]
        elif kind < 0.45:
            container[key] = copy.deepcopy(r.choice(parts))
        elif kind < 0.6:
            container[key] = copy.deepcopy(r.choice(ODD))
        elif kind < 0.7:
            other, place = r.choice(found)
            container[key] = copy.deepcopy(other[place])
        elif kind < 0.85 and isinstance(container, dict):
            container[r.choice(names)] = container.pop(key)
        elif isinstance(container, dict):
            container[r.choice(names)] = copy.deepcopy(r.choice(ODD))
        else:
            container.insert(key, copy.deepcopy(container[key]))
    return document


def same(text):
    """A form in which two documents are equal as texts exactly when they say the same: 1 is not true, 1.0 is not 1."""
    return json.dumps(text, sort_keys=True)


def nameless(document):
    """The policies of a set, in no order and without names: what the reference prints as text. It leaves templates out."""
    return sorted(map(same, document["staticPolicies"].values()))


def is_array_for_object(document, refusal):
    """Whether a refusal names a place where an array stands for an object: the reference takes its elements for members."""
    if "a JSON object was expected, at " not in refusal:
        return False
    for key in re.findall(r'"((?:[^"\\]|\\.)*)"', refusal):
        if not isinstance(document, dict) or key not in document:
            return False
        document = document[key]
    return isinstance(document, list)
