"""Random schemas, as data, as text and as JSON."""

from texts import plain as quoted, spelled

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
