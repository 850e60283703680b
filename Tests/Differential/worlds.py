"""Random entities and requests that mostly conform to a schema."""

import texts
from schemas import CONSTRUCTORS, IDS, LITERALS


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
