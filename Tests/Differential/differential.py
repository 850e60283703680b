"""Compares Countersign's policy engine with the reference, on random cases.

    differential.py PROGRAM [COUNT] [--seconds SECONDS] [--seed SEED] [--state FILE] [--workers N] [--folder FOLDER]

PROGRAM answers one JSON object a line (see Sources/cedar-answers). COUNT is a number of requests that both sides decide;
requests that both refuse are compared and not counted. The seed is printed; the same seed gives the same cases, whatever the
number of workers. With a state file a run goes on where the last one with the same file ended, and COUNT is what all of them
decide together. Ends with 1 when a case differs, at the latest after twenty; they are written to `differences.jsonl` in the folder.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time

import compare
import generate

# Cases that are asked at once, and the seconds that they may take.
BATCH, PATIENCE = 50, 120


class Engine:
    """Our program, asked a batch at a time so that it works while the reference does."""

    def __init__(self, program):
        self.program = program
        self.start()

    def start(self):
        self.process = subprocess.Popen([self.program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, questions):
        lines = [json.dumps(question).encode() + b"\n" for question in questions]

        def write():
            try:
                self.process.stdin.writelines(lines)
                self.process.stdin.flush()
            except OSError:
                # The reader says that the program ended.
                pass

        self.writer = threading.Thread(target=write)
        self.writer.start()

    def answers(self, count):
        """An answer for each question; None for the first one at which the program ended or took too long."""
        guard = threading.Timer(PATIENCE, self.process.kill)
        guard.start()
        for _ in range(count):
            line = self.process.stdout.readline()
            yield json.loads(line) if line else None
            if not line:
                guard.cancel()
                self.process.kill()
                self.process.wait()
                self.writer.join()
                self.start()
                return
        guard.cancel()
        self.writer.join()


engine = None


def prepare(program):
    global engine
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # The reference writes its panics there.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    engine = Engine(program)


def batch(seed, number):
    """Compares one batch: its counts and what differs."""
    counts, differing = dict.fromkeys(compare.COUNTS, 0), []
    references = []
    for index in range(number * BATCH, (number + 1) * BATCH):
        generator = random.Random(f"{seed}:{index}")
        try:
            reference = compare.Reference(generate.case(generator))
            reference.question["variants"] = compare.variants(generator, reference)
        except compare.Panic:
            counts["panics"] += 1
            continue
        references.append((index, reference))
    engine.ask([reference.question for _, reference in references])
    # The answers come first: this asks for one more, which ends the batch over there.
    for found, (index, reference) in zip(engine.answers(len(references)), references):
        differences = ["the program ended or hangs"] if found is None else compare.compare(reference, found, counts)
        if differences:
            differing.append({"case": index, "seed": seed, "differences": differences, "question": reference.question, "found": found})
    return counts, differing


class Run:
    def __init__(self, options):
        self.options = options
        seed = options.seed if options.seed is not None else random.SystemRandom().randrange(2**32)
        self.state = {"seed": seed, "next": 0, "seconds": 0, "differing": 0, "counts": dict.fromkeys(compare.COUNTS, 0)}
        if options.state and os.path.exists(options.state):
            with open(options.state) as file:
                self.state = json.load(file)
        self.before, self.start = self.state["seconds"], time.time()

    def save(self):
        self.state["seconds"] = round(self.before + time.time() - self.start, 1)
        if self.options.state:
            with open(self.options.state + ".new", "w") as file:
                json.dump(self.state, file)
            os.replace(self.options.state + ".new", self.options.state)

    def is_over(self):
        options, counts = self.options, self.state["counts"]
        late = options.seconds is not None and time.time() - self.start >= options.seconds
        return late or self.state["differing"] >= self.options.differences or (options.count is not None and counts["requests"] >= options.count)

    def take(self, counts, differing):
        for name, value in counts.items():
            self.state["counts"][name] += value
        self.state["next"] += 1
        self.state["differing"] += len(differing)
        with open(os.path.join(self.options.folder, "differences.jsonl"), "a", encoding="utf-8") as file:
            for difference in differing:
                file.write(json.dumps(difference) + "\n")
                print(f"case {difference['case']}: " + "; ".join(difference["differences"])[:1500], flush=True)
        if self.state["next"] % 20 == 0:
            self.save()

    def go(self):
        print(f"seed {self.state['seed']}, from batch {self.state['next']}", flush=True)
        workers = self.options.workers
        with concurrent.futures.ProcessPoolExecutor(workers, initializer=prepare, initargs=(self.options.program,)) as pool:
            # In order, so that the state says what has been compared.
            waiting, following = collections.deque(), self.state["next"]
            while not self.is_over():
                while len(waiting) < 2 * workers:
                    waiting.append(pool.submit(batch, self.state["seed"], following))
                    following += 1
                self.take(*waiting.popleft().result())
            for future in waiting:
                future.cancel()
        self.save()
        counts = self.state["counts"]
        print(f"{counts['requests']} requests in {self.state['seconds']:.0f} s, {self.state['differing']} cases differ: ", end="")
        print(", ".join(f"{counts[name]} {name}" for name in compare.COUNTS[1:]), flush=True)
        return 1 if self.state["differing"] else 0


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("program")
    arguments.add_argument("count", type=int, nargs="?")
    arguments.add_argument("--seconds", type=float)
    arguments.add_argument("--seed", type=int)
    arguments.add_argument("--state")
    arguments.add_argument("--workers", type=int, default=os.cpu_count())
    arguments.add_argument("--differences", type=int, default=20)
    arguments.add_argument("--folder", default=".")
    options = arguments.parse_args()
    if options.count is None and options.seconds is None:
        options.count = 10_000
    # Ended from outside, the workers end too, and what was saved stays.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(Run(options).go())


if __name__ == "__main__":
    main()
