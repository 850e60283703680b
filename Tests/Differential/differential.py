"""Compares Countersign's policy engine with the reference, on random cases.

    differential.py PROGRAM COUNT [--seed SEED] [--state FILE] [--folder FOLDER]

PROGRAM answers one JSON object a line (see Sources/cedar-answers). COUNT is a number of cases; each has a schema, one to
five policies, entities and three requests. The seed is printed; the same seed and number give the same case. With a state
file a run goes on where the last one with the same file ended. Ends with 1 at the first twenty differences, which are written
to `differences.jsonl` in the folder.
"""

import argparse
import json
import os
import random
import re
import subprocess
import sys
import time

import cedarpy

import generate


class Engine:
    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")

    def ask(self, question):
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"the program ended, asked {json.dumps(question)}")
        return json.loads(line)


def attempt(make):
    try:
        return make(), None
    except ValueError as error:
        return None, str(error)


def failing(errors):
    return sorted({re.search(r"policy `((?:linked-)?policy\d+)`", error).group(1) for error in errors})


def link(link):
    values = {f"?{slot}": link[slot] for slot in ("principal", "resource") if slot in link}
    return {"template_id": link["template"], "new_id": link["id"], "values": values}


def reference(question):
    """What the reference says, in the same words."""
    answer = {}
    schema, _ = attempt(lambda: cedarpy.Schema.from_str(question["schema"]))
    answer["schema"] = schema is not None
    policies, _ = attempt(lambda: cedarpy.PolicySet.from_str(question["policies"]))
    if policies is not None and question["links"]:
        policies, _ = attempt(lambda: policies.with_linked_batch(list(map(link, question["links"]))))
    answer["parses"] = policies is not None
    if policies is None or schema is None:
        return answer, schema
    report = cedarpy.validate_policies(question["policies"], schema)
    answer["valid"] = report.validation_passed
    answer["invalid"] = sorted({error.policy_id for error in report.errors})
    entities, _ = attempt(lambda: cedarpy.Entities.from_json_str(question["entities"], schema))
    answer["entities"] = entities is not None
    if entities is None:
        return answer, schema
    answers = []
    for result in cedarpy.is_authorized_batch(question["requests"], policies, entities, schema=schema):
        if result.decision == cedarpy.Decision.NoDecision:
            answers.append("refused")
            continue
        answers.append({
            "decision": result.decision.name.lower(),
            "reasons": sorted(result.diagnostics.reasons),
            "failed": failing(result.diagnostics.errors),
        })
    answer["answers"] = answers
    return answer, schema


def unsound(found):
    """What permissive validation promised and did not keep; the reference offers only the strict one to compare with."""
    unsafe = set(found.get("unsafe", []))
    faults = {policy for answer in found.get("answers", []) for policy in answer.get("faults", [])}
    stricter = sorted(unsafe - set(found.get("invalid", [])))
    return [f"valid strictly and not permissively: {stricter}"] * bool(stricter) + [
        f"{policy} was safe and erred" for policy in sorted(faults - unsafe)
    ]


def compare(question, engine, counts):
    expected, schema = reference(question)
    found = engine.ask(question)
    counts["policies"] += len(question["policies"].split(";\n"))
    differences = []
    for name, value in expected.items():
        other = found.get(name)
        if name == "answers":
            differences += unsound(found)
            plain = lambda answer: {key: answer[key] for key in ("decision", "reasons", "failed")}
            other = ["refused" if "refused" in answer else plain(answer) for answer in other or []]
            counts["requests"] += len(value)
            counts["refused"] += value.count("refused")
            counts["allowed"] += sum(answer != "refused" and answer["decision"] == "allow" for answer in value)
            counts["failed"] += sum(answer != "refused" and bool(answer["failed"]) for answer in value)
        if name == "invalid":
            # The reference validates the texts of policies, without links.
            other = [policy for policy in other or [] if not policy.startswith("linked-")]
        if name == "valid" and not value == other:
            other = not [policy for policy in found.get("invalid", []) if not policy.startswith("linked-")]
        # Schemas that are refused say nothing about policies.
        if name == "parses" and not expected["schema"]:
            other = found.get("parses")
        if value != other:
            differences.append(f"{name}: the reference says {value}, we say {other}")
    counts["unread"] += not (expected["schema"] and expected["parses"])
    counts["loose"] += len(set(found.get("invalid", [])) - set(found.get("unsafe", [])))
    counts["invalid"] += len(expected.get("invalid", []))
    counts["nonconforming"] += expected.get("entities") is False
    if question["convert"] and schema is not None:
        for name, read in (("json", cedarpy.Schema.from_json_str), ("cedar", cedarpy.Schema.from_str)):
            again, error = attempt(lambda: read(found.get(name, "")))
            plain = lambda schema: str(schema).replace("__cedar::", "")
            if again is None or plain(again) != plain(schema):
                differences.append(f"the schema as {name} reads differently: {error}")
    return differences, found


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("program")
    arguments.add_argument("count", type=int)
    arguments.add_argument("--seed", type=int)
    arguments.add_argument("--state")
    arguments.add_argument("--folder", default=".")
    options = arguments.parse_args()
    state = {"seed": options.seed if options.seed is not None else random.SystemRandom().randrange(2**32), "next": 0}
    if options.state and os.path.exists(options.state):
        with open(options.state) as file:
            state = json.load(file)
    print(f"seed {state['seed']}, from case {state['next']}", flush=True)
    engine = Engine(options.program)
    counts = dict.fromkeys(["unread", "policies", "requests", "allowed", "refused", "failed", "invalid", "loose", "nonconforming"], 0)
    differing, start, end = 0, time.time(), state["next"] + options.count
    while state["next"] < end and differing < 20:
        question = generate.case(random.Random(f"{state['seed']}:{state['next']}"))
        differences, found = compare(question, engine, counts)
        if differences:
            differing += 1
            with open(os.path.join(options.folder, "differences.jsonl"), "a", encoding="utf-8") as file:
                file.write(json.dumps({"case": state["next"], "seed": state["seed"], "differences": differences, "question": question, "found": found}) + "\n")
            print(f"case {state['next']}: " + "; ".join(differences)[:1500], flush=True)
        state["next"] += 1
        if options.state and (state["next"] % 1000 == 0 or state["next"] == end):
            with open(options.state + ".new", "w") as file:
                json.dump(state, file)
            os.replace(options.state + ".new", options.state)
    seconds = time.time() - start
    print(f"{options.count} cases in {seconds:.0f} s, {differing} differ: " + ", ".join(f"{counts[name]} {name}" for name in counts))
    sys.exit(1 if differing else 0)


if __name__ == "__main__":
    main()
