"""Random schemas, and policies, entities and requests that mostly fit them.

Everything comes from one `random.Random`, so that a seed names a case. What is generated is typed: most policies are valid,
most entities conform, and a few are made wrong in one place, since both sides of each rule have to be met.
"""

import json

import forms
import texts
from texts import mutated, plain as quoted, spelled

IDS = ["a", "b", "c", "", "é", "e\u0301", "a b", 'q"q']
ATTRIBUTES = ["n", "s", "b", "o", "r", "l", "x", "y", "if", "a b", "é", "ip", "at", "d"]
EXTENSIONS = ["decimal", "ipaddr", "datetime", "duration"]
LITERALS = {
    "decimal": ["1.0", "0.5", "-2.25", "1.2345", "922337203685477.5807"],
    "ipaddr": ["1.2.3.4", "10.0.0.0/8", "::1", "ff00::/8", "127.0.0.1", "224.0.0.1"],
    "datetime": ["2024-02-29", "2024-01-01T10:00:00Z", "1999-12-31T23:59:59.999+0130", "0001-01-01"],
    "duration": ["1h", "-5ms", "1d2h3m4s5ms", "0ms"],
}
CONSTRUCTORS = {"decimal": "decimal", "ipaddr": "ip", "datetime": "datetime", "duration": "duration"}
RESERVED = {"true", "false", "if", "then", "else", "in", "is", "like", "has", "__cedar"}


def is_identifier(text):
    return text.isascii() and text.isidentifier() and text not in RESERVED


class Schema:
    """A schema as data: types are tuples ("Long",), ("ent", name), ("set", t), ("rec", {name: (t, is_required)})."""

    def __init__(self, random):
        self.random = random
        self.entities = {}  # name -> dict(parents, attrs, tags, choices)
        self.actions = {}  # (type, id) -> dict(parents, principals, resources, context)
        self.common = {}  # name -> type
        r = random
        spaces = [""] + r.sample(["N", "A::B", "M"], r.choice([0, 0, 1, 2]))
        full = lambda space, name: f"{space}::{name}" if space else name
        names = r.sample(["U", "G", "D", "E", "T", "Q", "Long2", "principal", "decimal"], r.randint(2, 6))
        for name in names:
            self.entities[full(r.choice(spaces), name)] = {}
        if r.random() < 0.5:
            self.entities[full(r.choice(spaces), "C")] = {"choices": r.sample(IDS, r.randint(1, 3))}
        for index in range(r.choice([0, 0, 1, 2])):
            self.common[full(r.choice(spaces), f"Y{index}")] = self.type(2, allows_common=False)
        for name, entity in self.entities.items():
            if "choices" in entity:
                entity.update(parents=[], attrs={}, tags=None)
                continue
            entity["parents"] = r.sample(list(self.entities), min(len(self.entities), r.choice([0, 0, 1, 1, 2])))
            entity["attrs"] = self.record(2, r.randint(0, 5))
            entity["tags"] = self.type(1) if r.random() < 0.4 else None
            entity["choices"] = None
        self.make_actions(spaces, full)

    def make_actions(self, spaces, full):
        r = self.random
        ids = r.sample(["v", "w", "x", "y", "g", "h", "in", "a b", "é"], r.randint(1, 5))
        for id in ids:
            known = list(self.actions)
            groups = r.sample(known, min(len(known), r.choice([0, 0, 1, 2])))
            action = dict(parents=groups, principals=[], resources=[], context={})
            if r.random() < 0.85:
                names = list(self.entities)
                action["principals"] = r.sample(names, r.randint(1, min(3, len(names))))
                action["resources"] = r.sample(names, r.randint(1, min(3, len(names))))
                action["context"] = self.record(2, r.randint(0, 4))
            self.actions[(full(r.choice(spaces), "Action"), id)] = action
        for entity in self.entities.values():
            # Types of actions exist only now.
            if entity["choices"] is None and self.random.random() < 0.1:
                entity["attrs"]["act"] = (("ent", r.choice(list(self.actions))[0]), r.random() < 0.7)

    def type(self, depth, allows_common=True):
        r = self.random
        choice = r.random()
        if allows_common and self.common and choice < 0.1:
            name = r.choice(list(self.common))
            return ("com", name)
        if choice < 0.5 or depth <= 0:
            return (r.choice(["Long", "String", "Bool"]),)
        if choice < 0.62:
            return (r.choice(EXTENSIONS),)
        if choice < 0.78:
            return ("ent", r.choice(list(self.entities)))
        if choice < 0.9:
            return ("set", self.type(depth - 1, allows_common))
        return ("rec", self.record(depth - 1, r.randint(0, 3), allows_common))

    def record(self, depth, count, allows_common=True):
        r = self.random
        return {name: (self.type(depth, allows_common), r.random() < 0.6) for name in r.sample(ATTRIBUTES, count)}

    def resolved(self, type):
        return self.common[type[1]] if type[0] == "com" else type

    # Ancestors

    def above(self, name):
        # In order: a set would have another one in each process, and a seed has to name a case.
        found, open = {}, [name]
        while open:
            for parent in self.entities.get(open.pop(), {"parents": []})["parents"]:
                if parent not in found:
                    found[parent] = None
                    open.append(parent)
        return found

    def groups(self, action):
        found, open = {}, [action]
        while open:
            for parent in self.actions[open.pop()]["parents"]:
                if parent not in found:
                    found[parent] = None
                    open.append(parent)
        return found

    # Text

    def type_text(self, type, space):
        r = self.random
        kind = type[0]
        if kind in ("ent", "com"):
            return self.name_text(type[1], space)
        if kind == "set":
            return f"Set<{self.type_text(type[1], space)}>"
        if kind == "rec":
            return self.record_text(type[1], space)
        # Entity types can have the names of types of the language.
        return f"__cedar::{kind}" if kind == "decimal" or r.random() < 0.2 else kind

    def name_text(self, name, space):
        short = name[len(space) + 2 :] if space and name.startswith(space + "::") else None
        return short if short and "::" not in short and self.random.random() < 0.7 else name

    def record_text(self, record, space):
        parts = []
        for name, (type, required) in record.items():
            shown = name if is_identifier(name) and self.random.random() < 0.8 else quoted(name)
            mark = "" if required else "?"
            parts.append(f"{shown}{mark}: {self.type_text(type, space)}")
        return "{" + ", ".join(parts) + "}"

    def text(self):
        r = self.random
        blocks = {}
        split = lambda name: ("::".join(name.split("::")[:-1]), name.split("::")[-1])
        for name, type in self.common.items():
            space, short = split(name)
            blocks.setdefault(space, []).append(f"type {short} = {self.type_text(type, space)};")
        for name, entity in self.entities.items():
            space, short = split(name)
            blocks.setdefault(space, []).append(self.entity_text(short, entity, space))
        for (type, id), action in self.actions.items():
            space, _ = split(type)
            blocks.setdefault(space, []).append(self.action_text(id, action, space))
        text = ""
        for space, lines in blocks.items():
            r.shuffle(lines)
            body = "\n".join(("@doc(\"x\") " if r.random() < 0.05 else "") + line for line in lines)
            text += f"namespace {space} {{\n{body}\n}}\n" if space else body + "\n"
        return text

    def entity_text(self, short, entity, space):
        if entity["choices"] is not None:
            return f"entity {short} enum [{', '.join(spelled(self.random, id) for id in entity['choices'])}];"
        parents = ", ".join(self.name_text(parent, space) for parent in entity["parents"])
        text = f"entity {short}" + (f" in [{parents}]" if parents else "")
        if entity["attrs"]:
            text += self.random.choice([" ", " = "]) + self.record_text(entity["attrs"], space)
        if entity["tags"]:
            text += f" tags {self.type_text(entity['tags'], space)}"
        return text + ";"

    def action_text(self, id, action, space):
        text = "action " + quoted(id)
        if action["parents"]:
            text += " in [" + ", ".join(f"{type}::{quoted(group)}" for type, group in action["parents"]) + "]"
        if action["principals"]:
            lists = [", ".join(self.name_text(name, space) for name in action[key]) for key in ("principals", "resources")]
            context = self.record_text(action["context"], space)
            text += f" appliesTo {{ principal: [{lists[0]}], resource: [{lists[1]}], context: {context} }}"
        elif self.random.random() < 0.02:
            text += " appliesTo " + self.random.choice(["{}", "{ principal: [], resource: [] }", "{ context: {} }"])
        return text + ";"

    # JSON

    def type_form(self, type):
        r, kind = self.random, type[0]
        loose = lambda name: {"type": "EntityOrCommon", "name": name}
        if kind == "ent":
            return loose(type[1]) if r.random() < 0.2 else {"type": "Entity", "name": type[1]}
        if kind == "com":
            return loose(type[1]) if r.random() < 0.2 else {"type": type[1]}
        if kind == "set":
            return {"type": "Set", "element": self.type_form(type[1])}
        if kind == "rec":
            form = {"type": "Record", "attributes": self.record_form(type[1])}
            if r.random() < 0.05:
                form["additionalAttributes"] = r.random() < 0.1
            return form
        if kind in EXTENSIONS:
            return loose(r.choice(["", "__cedar::"]) + kind) if r.random() < 0.1 else {"type": "Extension", "name": kind}
        return loose(kind) if r.random() < 0.1 else {"type": "Boolean" if kind == "Bool" else kind}

    def record_form(self, record):
        form = {}
        for name, (type, required) in record.items():
            form[name] = self.type_form(type)
            if not required or self.random.random() < 0.1:
                form[name]["required"] = required
        return form

    def form(self):
        """The schema in JSON."""
        r, document = self.random, {}

        def space(name):
            parts = name.split("::")
            found = document.setdefault("::".join(parts[:-1]), {"entityTypes": {}, "actions": {}})
            return found, parts[-1]

        for name, type in self.common.items():
            found, short = space(name)
            found.setdefault("commonTypes", {})[short] = self.type_form(type)
        for name, entity in self.entities.items():
            found, short = space(name)
            if entity["choices"] is not None:
                found["entityTypes"][short] = {"enum": entity["choices"]}
                continue
            form = {"memberOfTypes": entity["parents"]} if entity["parents"] or r.random() < 0.2 else {}
            if entity["attrs"] or r.random() < 0.2:
                form["shape"] = {"type": "Record", "attributes": self.record_form(entity["attrs"])}
            if entity["tags"]:
                form["tags"] = self.type_form(entity["tags"])
            if r.random() < 0.05:
                form["annotations"] = r.choice([{"doc": "x"}, {"doc": "é", "note": ""}, {}, {"note": None}])
            found["entityTypes"][short] = form
        for (type, id), action in self.actions.items():
            found, _ = space(type)
            form = {}
            if action["parents"] or r.random() < 0.1:
                form["memberOf"] = [{"type": group, "id": name} for group, name in action["parents"]]
            if action["principals"]:
                form["appliesTo"] = {"principalTypes": action["principals"], "resourceTypes": action["resources"]}
                if action["context"] or r.random() < 0.2:
                    form["appliesTo"]["context"] = {"type": "Record", "attributes": self.record_form(action["context"])}
            elif r.random() < 0.1:
                form["appliesTo"] = {"principalTypes": [], "resourceTypes": []}
            found["actions"][id] = form
        return document


class Data:
    """Entities and requests for a schema."""

    def __init__(self, random, schema):
        self.random, self.schema = random, schema

    def value(self, type, depth=0):
        r, type = self.random, self.schema.resolved(type)
        if r.random() < 0.002:
            type = r.choice([("Long",), ("String",), ("rec", {}), ("set", ("Long",))])
        kind = type[0]
        if kind == "Long":
            return r.choice([0, 1, -1, 5, 2**63 - 1, -(2**63)])
        if kind == "String":
            return r.choice(texts.STRINGS)
        if kind == "Bool":
            return r.random() < 0.5
        if kind == "ent":
            uid = self.uid(type[1])
            return uid if r.random() < 0.5 else {"__entity": uid}
        if kind == "set":
            return [self.value(type[1], depth + 1) for _ in range(r.randint(0, 3))]
        if kind == "rec":
            return self.record(type[1])
        text = r.choice(LITERALS[kind]) if r.random() < 0.9 else texts.EXTENSIONS[kind](r)
        call = {"fn": CONSTRUCTORS[kind], r.choice(["arg", "args"]): text}
        if "args" in call:
            call["args"] = [text]
        return r.choice([text, call, {"__extn": call}])

    def record(self, record):
        r = self.random
        result = {}
        for name, (type, required) in record.items():
            if r.random() < (0.999 if required else 0.6):
                result[name] = self.value(type)
        if r.random() < 0.002:
            result["zz"] = 1
        return result

    def uid(self, type):
        r, schema = self.random, self.schema
        entity = schema.entities.get(type)
        if entity is None:
            ids = [id for known, id in schema.actions if known == type] or ["v"]
        else:
            ids = entity["choices"] or IDS[:4]
        return {"type": type, "id": r.choice(ids if r.random() < 0.998 else IDS)}

    def entities(self):
        r, schema = self.random, self.schema
        result, seen = [], {}
        for name, entity in schema.entities.items():
            for _ in range(r.randint(0, 3)):
                uid = self.uid(name)
                key = (uid["type"], uid["id"])
                if key in seen:
                    continue
                seen[key] = len(seen)
                allowed = list(schema.above(name)) if r.random() < 0.98 else list(schema.entities)
                parents = [self.uid(r.choice(allowed)) for _ in range(r.choice([0, 1, 1, 2]))] if allowed else []
                # Mostly without cycles.
                rising = lambda parent: (parent["type"], parent["id"]) > (name, uid["id"]) or r.random() < 0.01
                parents = [parent for parent in parents if rising(parent)]
                item = {"uid": uid, "attrs": self.record(entity["attrs"]), "parents": parents}
                if entity["tags"] and r.random() < 0.8:
                    item["tags"] = {tag: self.value(entity["tags"]) for tag in r.sample(["x", "abc", "é"], r.randint(0, 2))}
                result.append(item)
        if r.random() < 0.2:
            for (type, id), action in schema.actions.items():
                parents = [{"type": group[0], "id": group[1]} for group in action["parents"]]
                result.append({"uid": {"type": type, "id": id}, "attrs": {}, "parents": parents})
        if result and r.random() < 0.02:
            # One of them twice, perhaps with different parents.
            twin = dict(r.choice(result))
            if r.random() < 0.5:
                twin["parents"] = []
            result.append(twin)
        return result

    def request(self):
        r, schema = self.random, self.schema
        usable = [uid for uid, action in schema.actions.items() if action["principals"]] or list(schema.actions)
        uid = r.choice(usable if r.random() < 0.98 else list(schema.actions))
        action = schema.actions[uid]
        names = list(schema.entities)
        pick = lambda key: r.choice(action[key] if action[key] and r.random() < 0.98 else names)
        return {
            "principal": self.uid(pick("principals")),
            "action": {"type": uid[0], "id": uid[1]},
            "resource": self.uid(pick("resources")),
            "context": self.record(action["context"]),
        }


class Policies:
    """Typed policies for a schema."""

    def __init__(self, random, schema):
        self.random, self.schema = random, schema
        self.principal = self.resource = None
        self.context = {}
        # Some policies mix types, which only permissive validation takes.
        self.mixes = random.random() < 0.15

    # Scopes

    def literal(self, type):
        uid = Data(self.random, self.schema).uid(type)
        return f"{type}::{spelled(self.random, uid['id'])}"

    def constraint(self, type, slot):
        r, choice = self.random, self.random.random()
        names = list(self.schema.entities)
        if type is None or choice < 0.35:
            return ""
        if choice < 0.6:
            return f" is {type}"
        above = [type] + list(self.schema.above(type))
        container = r.choice(above if r.random() < 0.9 else names)
        reference = f"?{slot}" if r.random() < 0.1 else self.literal(container)
        if choice < 0.7:
            return f" == {self.literal(type) if not reference.startswith('?') else reference}"
        if choice < 0.85:
            return f" in {reference}"
        return f" is {type if r.random() < 0.95 else r.choice(names)} in {reference}"

    def action_constraint(self, uid):
        r = self.random
        text = lambda action: f"{action[0]}::{quoted(action[1])}"
        choice = r.random()
        if choice < 0.15:
            return ""
        if choice < 0.6:
            return f" == {text(uid)}"
        groups = [uid] + list(self.schema.groups(uid))
        if choice < 0.75:
            return f" in {text(r.choice(groups))}"
        others = r.sample(list(self.schema.actions), r.randint(0, min(2, len(self.schema.actions))))
        if r.random() < 0.9:
            others = [other for other in others if other[0] == uid[0]]
        return " in [" + ", ".join(map(text, [r.choice(groups)] + others)) + "]"

    def policy(self):
        r, schema = self.random, self.schema
        usable = [uid for uid, action in schema.actions.items() if action["principals"]]
        self.action = r.choice(usable) if usable else r.choice(list(schema.actions))
        action = schema.actions[self.action]
        self.principal = r.choice(action["principals"]) if action["principals"] else None
        self.resource = r.choice(action["resources"]) if action["resources"] else None
        self.context = action["context"]
        self.bound = []
        names = r.sample(["id", "note", "if", "permit", "is", "_", "A1"], r.choice([0, 0, 1, 1, 2, 3]))
        if r.random() < 0.005:
            names.append("note")
        value = lambda: "" if r.random() < 0.3 else f"({spelled(r, r.choice(texts.STRINGS))})"
        notes = "".join(f"@{name}{value()} " for name in names)
        scope = (
            f"principal{self.constraint(self.principal, 'principal')}, action{self.action_constraint(self.action)}, "
            f"resource{self.constraint(self.resource, 'resource')}"
        )
        clauses = "".join(
            f" {r.choice(['when', 'when', 'unless'])} {{ {self.condition()} }}" for _ in range(r.choice([0, 1, 1, 1, 2]))
        )
        return f"{notes}{r.choice(['permit', 'permit', 'forbid'])}({scope}){clauses};"

    def condition(self):
        return self.bool(self.random.randint(1, 4)) if self.random.random() < 0.9 else self.loose(self.random.randint(1, 4))

    # Without types and nearly without parentheses: how operators bind, and how evaluation errs.

    def loose(self, depth):
        r, choice = self.random, self.random.random()
        if depth <= 0:
            return r.choice([self.member(0), "true", "false", "1", "-1", "context", "principal"])
        if choice < 0.12:
            return f"if {self.loose(depth - 1)} then {self.loose(depth - 1)} else {self.loose(depth - 1)}"
        if choice < 0.35:
            return r.choice([" && ", " || "]).join(self.relation(depth - 1) for _ in range(r.randint(2, 4)))
        if choice < 0.42:
            return " || ".join(" && ".join(self.relation(depth - 1) for _ in range(r.randint(1, 3))) for _ in range(2))
        return self.relation(depth)

    def relation(self, depth):
        r, choice = self.random, self.random.random()
        left = self.sum(depth)
        if choice < 0.35:
            return f"{left} {r.choice(['==', '!=', '<', '<=', '>', '>=', 'in'])} {self.sum(depth - 1)}"
        if choice < 0.45:
            names = r.sample(ATTRIBUTES, r.choice([1, 1, 2, 3]))
            if len(names) == 1 and not (is_identifier(names[0]) and r.random() < 0.7):
                return f"{left} has {spelled(r, names[0])}"
            return f"{left} has {'.'.join(name for name in names if is_identifier(name)) or 'n'}"
        if choice < 0.5:
            return f"{left} like {texts.pattern(r)}"
        if choice < 0.58:
            text = f"{left} is {r.choice(list(self.schema.entities))}"
            return text + (f" in {self.sum(depth - 1)}" if r.random() < 0.5 else "")
        return left

    def sum(self, depth):
        r = self.random
        return r.choice([" + ", " - ", " * "]).join(self.unary(depth) for _ in range(r.choice([1, 1, 1, 2, 3])))

    def unary(self, depth):
        return self.random.choice(["", "", "", "", "!", "!!", "-", "--", "---", "!!!!"]) + self.member(depth)

    def member(self, depth):
        r = self.random
        text = self.primary(depth)
        for _ in range(r.choice([0, 0, 1, 1, 2])):
            name = r.choice(ATTRIBUTES)
            choice = r.random()
            if choice < 0.5:
                text += f".{name}" if is_identifier(name) else f"[{spelled(r, name)}]"
            elif choice < 0.6:
                text += ".isEmpty()"
            else:
                method = r.choice(["contains", "containsAll", "containsAny", "hasTag", "getTag", "lessThan", "isInRange", "offset", "durationSince"])
                text += f".{method}({self.loose(depth - 1)})"
        return text

    def primary(self, depth):
        r, choice = self.random, self.random.random()
        if depth > 0 and choice < 0.15:
            return f"({self.loose(depth - 1)})"
        if depth > 0 and choice < 0.22:
            return "[" + ", ".join(self.loose(depth - 1) for _ in range(r.randint(0, 3))) + "]"
        if depth > 0 and choice < 0.29:
            names = r.sample(ATTRIBUTES, r.randint(0, 3))
            show = lambda name: name if is_identifier(name) and r.random() < 0.5 else spelled(r, name)
            return "{" + ", ".join(f"{show(name)}: {self.loose(depth - 1)}" for name in names) + "}"
        if choice < 0.45:
            large = ["-9223372036854775808", "9223372036854775808"] if r.random() < 0.02 else ["9223372036854775807", "007"]
            return r.choice(["0", "1", "2", "10", *large])
        if choice < 0.52:
            return spelled(r, r.choice(texts.STRINGS))
        if choice < 0.6:
            kind = r.choice(EXTENSIONS)
            return f"{CONSTRUCTORS[kind]}({spelled(r, texts.EXTENSIONS[kind](r))})"
        if choice < 0.7:
            return self.literal(r.choice(list(self.schema.entities)))
        return r.choice(["principal", "action", "resource", "context", "context", "true", "false"])

    # Paths

    def step(self, type):
        """The attributes of a type, as a record."""
        type = self.schema.resolved(type)
        if type[0] == "rec":
            return type[1]
        return self.schema.entities[type[1]]["attrs"] if type[0] == "ent" and type[1] in self.schema.entities else {}

    def path(self, wanted):
        """An expression of a wanted type with the tests that it needs; None when there is none."""
        r = self.random
        found = []
        roots = [("context", ("rec", self.context), [])]
        for name, type in (("principal", self.principal), ("resource", self.resource)):
            if type:
                roots.append((name, ("ent", type), []))
        roots.append(("action", ("ent", self.action[0]), []))
        if r.random() < 0.2:
            type = r.choice(list(self.schema.entities))
            roots.append((self.literal(type), ("ent", type), []))
        open = roots
        for _ in range(3):
            found += open
            following = []
            for text, type, guards in open:
                for name, (inner, required) in self.step(type).items():
                    shown = f".{name}" if is_identifier(name) and r.random() < 0.8 else f"[{quoted(name)}]"
                    tested = name if is_identifier(name) and r.random() < 0.8 else quoted(name)
                    guard = [] if required else [f"{text} has {tested}"]
                    following.append((text + shown, inner, guards + guard))
            open = following[:40]
        matching = [(t, g) for t, type, g in found + open if wanted(self.schema.resolved(type))]
        return r.choice(matching) if matching else None

    def tag(self, wanted):
        r = self.random
        holders = [(name, e["tags"]) for name, e in self.schema.entities.items() if e["tags"] and wanted(self.schema.resolved(e["tags"]))]
        if not holders:
            return None
        name, _ = r.choice(holders)
        base = self.path(lambda type: type == ("ent", name))
        if not base:
            return None
        key = self.text(0) if r.random() < 0.3 else quoted(r.choice(["x", "abc"]))
        if isinstance(key, tuple):
            key, more = key
        else:
            more = []
        text, guards = base
        return f"{text}.getTag({key})", guards + more + [f"{text}.hasTag({key})"]

    def typed(self, type, depth):
        """An expression of a type and its tests."""
        r, type = self.random, self.schema.resolved(type)
        if r.random() < 0.01:
            type = self.schema.resolved(self.schema.type(1))
        if self.mixes and type[0] in ("ent", "rec") and r.random() < 0.3:
            type = ("ent", r.choice(list(self.schema.entities))) if type[0] == "ent" else ("rec", self.schema.record(1, 2))
        choice = r.random()
        if choice < 0.5:
            found = self.path(lambda other: other == type)
            if found:
                return found
        if choice < 0.58:
            found = self.tag(lambda other: other == type)
            if found:
                return found
        if choice < 0.66 and depth > 0:
            yes, no = self.typed(type, depth - 1), self.typed(type, depth - 1)
            if r.random() < 0.5:
                return f"(if {self.bool(depth - 1)} then {yes[0]} else {no[0]})", yes[1] + no[1]
            guard = " && ".join(yes[1] + [self.bool(depth - 1)])
            return f"(if {guard} then {yes[0]} else {no[0]})", no[1]
        return self.made(type, depth)

    def made(self, type, depth):
        r, kind = self.random, type[0]
        if kind == "Bool":
            return f"({self.bool(depth - 1)})", []
        if kind == "Long":
            return self.long(depth)
        if kind == "String":
            return spelled(r, r.choice(texts.STRINGS)), []
        if kind == "ent":
            return self.literal(type[1]), []
        if kind == "set":
            parts = [self.typed(type[1], depth - 1) for _ in range(r.choice([1, 1, 2, 3]) if r.random() < 0.99 else 0)]
            return "[" + ", ".join(text for text, _ in parts) + "]", sum((guards for _, guards in parts), [])
        if kind == "rec":
            parts = [(name, self.typed(inner, depth - 1)) for name, (inner, required) in type[1].items() if required or r.random() < 0.1]
            shown = ", ".join(f"{quoted(name)}: {text}" for name, (text, _) in parts)
            return "{" + shown + "}", sum((guards for _, (_, guards) in parts), [])
        if kind == "datetime" and depth > 0 and r.random() < 0.3:
            (base, first), (by, second) = self.typed(type, depth - 1), self.typed(("duration",), depth - 1)
            return r.choice([(f"{base}.offset({by})", first + second), (f"{base}.toDate()", first)])
        if kind == "duration" and depth > 0 and r.random() < 0.3:
            (base, first), (by, second) = self.typed(("datetime",), depth - 1), self.typed(("datetime",), depth - 1)
            return r.choice([(f"{base}.durationSince({by})", first + second), (f"{base}.toTime()", first)])
        text = r.choice(LITERALS[kind]) if r.random() < 0.5 else texts.EXTENSIONS[kind](r)
        return f"{CONSTRUCTORS[kind]}({quoted(text)})", []

    def long(self, depth):
        r, choice = self.random, self.random.random()
        if depth > 0 and choice < 0.3:
            (left, first), (right, second) = self.typed(("Long",), depth - 1), self.typed(("Long",), depth - 1)
            return f"({left} {r.choice('+-*')} {right})", first + second
        if depth > 0 and choice < 0.4:
            base, guards = self.typed(("duration",), depth - 1)
            return f"{base}.{r.choice(['toDays', 'toHours', 'toMinutes', 'toSeconds', 'toMilliseconds'])}()", guards
        if depth > 0 and choice < 0.45:
            base, guards = self.typed(("Long",), depth - 1)
            return f"-({base})", guards
        return r.choice(["0", "1", "5", "-1", "9223372036854775807", "-9223372036854775808"]), []

    def text(self, depth):
        return self.typed(("String",), depth)

    def entity(self, depth, types=None):
        names = types or list(self.schema.entities)
        return self.typed(("ent", self.random.choice(names)), depth)

    # Conditions

    def guarded(self, text, guards):
        r = self.random
        kept = [guard for guard in dict.fromkeys(guards) if r.random() < 0.97]
        whole = " && ".join(kept + [text])
        return f"({whole})" if kept else text

    def bool(self, depth):
        r = self.random
        if depth <= 0:
            found = self.path(lambda type: type == ("Bool",)) if r.random() < 0.6 else None
            return self.guarded(*found) if found else r.choice(["true", "false"])
        choice = r.random()
        if choice < 0.14:
            return f"({self.bool(depth - 1)} && {self.bool(depth - 1)})"
        if choice < 0.26:
            return f"({self.bool(depth - 1)} || {self.bool(depth - 1)})"
        if choice < 0.32:
            return f"!({self.bool(depth - 1)})"
        if choice < 0.37:
            return f"(if {self.bool(depth - 1)} then {self.bool(depth - 1)} else {self.bool(depth - 1)})"
        if choice < 0.42:
            return self.has(depth)
        return self.guarded(*self.atom(depth - 1))

    def has(self, depth):
        r = self.random
        base = self.path(lambda type: type[0] in ("ent", "rec"))
        if not base:
            return "true"
        name = r.choice(ATTRIBUTES[:8])
        tested = name if is_identifier(name) else quoted(name)
        if r.random() < 0.3:
            tested = ".".join(n for n in r.sample(ATTRIBUTES, 2) if is_identifier(n)) or "n"
        return self.guarded(f"({base[0]} has {tested})", base[1])

    def atom(self, depth):
        r, choice = self.random, self.random.random()
        pair = lambda a, b, form: (form.format(a[0], b[0]), a[1] + b[1])
        if choice < 0.2:
            type = self.schema.type(1)
            form = r.choice(["({} == {})", "({} != {})"])
            other = type if r.random() < 0.97 else self.schema.type(1)
            return pair(self.typed(type, depth), self.typed(other, depth), form)
        if choice < 0.32:
            type = (r.choice(["Long", "Long", "datetime", "duration"] if r.random() < 0.98 else ["String", "decimal"]),)
            form = "({} " + r.choice(["<", "<=", ">", ">="]) + " {})"
            return pair(self.typed(type, depth), self.typed(type, depth), form)
        if choice < 0.4:
            base, guards = self.text(depth)
            return f"({base} like {texts.pattern(r)})", guards
        if choice < 0.55:
            return self.membership(depth)
        if choice < 0.62:
            base, guards = self.entity(depth) if r.random() < 0.5 else (r.choice(["principal", "resource", "action"]), [])
            names = list(self.schema.entities) + ["Action"]
            text = f"({base} is {r.choice(names)}"
            if r.random() < 0.4:
                other, more = self.entity(0)
                return f"{text} in {other})", guards + more
            return text + ")", guards
        if choice < 0.75:
            inner = self.schema.type(1)
            whole = ("set", inner)
            method = r.choice(["contains", "containsAll", "containsAny", "isEmpty"])
            if method == "isEmpty":
                base, guards = self.typed(whole, depth)
                return f"{base}.isEmpty()", guards
            argument = inner if method == "contains" else whole
            return pair(self.typed(whole, depth), self.typed(argument, depth), "{}." + method + "({})")
        if choice < 0.82:
            base, guards = self.entity(depth)
            key, more = self.text(0)
            return f"{base}.hasTag({key})", guards + more
        if choice < 0.88:
            method = r.choice(["isIpv4", "isIpv6", "isLoopback", "isMulticast"])
            if r.random() < 0.4:
                return pair(self.typed(("ipaddr",), depth), self.typed(("ipaddr",), depth), "{}.isInRange({})")
            base, guards = self.typed(("ipaddr",), depth)
            return f"{base}.{method}()", guards
        if choice < 0.94:
            method = r.choice(["lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual"])
            return pair(self.typed(("decimal",), depth), self.typed(("decimal",), depth), "{}." + method + "({})")
        found = self.path(lambda type: type == ("Bool",)) or self.tag(lambda type: type == ("Bool",))
        return found or ("true", [])

    def membership(self, depth):
        r = self.random
        text = lambda action: f"{action[0]}::{quoted(action[1])}"
        if r.random() < 0.25:
            actions = r.sample(list(self.schema.actions), 1)
            left = "action" if r.random() < 0.7 else text(r.choice(list(self.schema.actions)))
            right = text(actions[0]) if r.random() < 0.6 else f"[{text(actions[0])}, action]"
            return f"({left} in {right})", []
        type = r.choice(list(self.schema.entities))
        above = [type] + list(self.schema.above(type))
        (left, first), container = self.typed(("ent", type), depth), r.choice(above if r.random() < 0.85 else list(self.schema.entities))
        wanted = ("ent", container) if r.random() < 0.6 else ("set", ("ent", container))
        right, second = self.typed(wanted, depth)
        return f"({left} in {right})", first + second


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
