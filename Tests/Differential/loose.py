"""Expressions without types and nearly without parentheses: how operators bind, and how evaluation errs."""

import texts
from schemas import ATTRIBUTES, CONSTRUCTORS, EXTENSIONS, is_identifier
from texts import spelled


class LooseExpressions:
    """Needs `random`, `schema` and `literal`."""

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
