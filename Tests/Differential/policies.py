"""Random policies that mostly have the types of a schema."""

import texts
from loose import LooseExpressions
from schemas import ATTRIBUTES, CONSTRUCTORS, LITERALS, is_identifier
from texts import plain as quoted, spelled
from worlds import Data


class Policies(LooseExpressions):
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
