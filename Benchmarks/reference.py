"""Times the reference policy engine on what `countersign-bench policy` wrote.

    reference.py WORKLOADS [CASES]

WORKLOADS has a JSON object a line: name, schema, policies, entities, requests. Policies, entities and schema are prepared
once, as the package offers it, and the time of a decision is the one that the engine itself reports, without the
conversion of the request. CASES is a file of recorded cases. Writes one JSON object, by name.
"""

import gzip
import json
import statistics
import sys
import time

import cedarpy


def milliseconds(rounds, work):
    """CPU of one call, the least of some rounds."""
    times = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        times.append((time.process_time() - start) * 1000)
    return min(times)


def measured(workload):
    schema = cedarpy.Schema.from_str(workload["schema"])
    policies = cedarpy.PolicySet.from_str(workload["policies"])
    entities = cedarpy.Entities.from_json_str(workload["entities"], schema)
    medians = []
    for _ in range(7):
        results = cedarpy.is_authorized_batch(workload["requests"], policies, entities)
        medians.append(statistics.median(result.metrics["authz_duration_micros"] for result in results))
    parse = milliseconds(5, lambda: cedarpy.PolicySet.from_str(workload["policies"]))
    assert cedarpy.validate_policies(workload["policies"], schema).validation_passed
    # It takes text: its parsing is taken off again.
    validate = milliseconds(3, lambda: cedarpy.validate_policies(workload["policies"], schema)) - parse
    decisions = "".join("A" if result.allowed else "D" for result in results)
    return {"p50": float(min(medians)), "decisions": decisions, "parse": parse, "validate": validate}


def recorded(path):
    """All recorded cases, read, parsed, validated and decided once."""
    start = time.process_time()
    for line in gzip.open(path, "rt", encoding="utf-8"):
        case = json.loads(line)
        schema = cedarpy.Schema.from_str(case["schema"])
        if "shouldValidate" in case:
            cedarpy.validate_policies(case["policies"], schema)
        entities = cedarpy.Entities.from_json_str(json.dumps(case["entities"]), schema)
        requests = [{key: request[key] for key in ("principal", "action", "resource", "context")} for request in case["requests"]]
        cedarpy.is_authorized_batch(requests, cedarpy.PolicySet.from_str(case["policies"]), entities, schema=schema)
    return {"seconds": time.process_time() - start}


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        workloads = [json.loads(line) for line in file]
    result = {workload["name"]: measured(workload) for workload in workloads}
    if len(sys.argv) > 2:
        result["recorded cases"] = recorded(sys.argv[2])
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
