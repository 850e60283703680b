"""Live updates hold on to nothing: consoles that vanish are forgotten, and the server ends although some listen."""

import socket
import time
from urllib.request import urlopen

from authority import Authority
from person import Person
from policy import POLICY


def waiters(authority):
    with urlopen(f"http://127.0.0.1:{authority.local_port}/metrics", timeout=5) as answer:
        lines = [line for line in answer.read().decode().splitlines() if line.startswith("countersign_waiting")]
    return int(float(lines[0].split()[-1])) if lines else None


def listen(authority, cookie):
    stream = socket.create_connection(("127.0.0.1", authority.people_port))
    stream.sendall((f"GET /events HTTP/1.1\r\nHost: localhost:{authority.people_port}\r\n"
                    f"Cookie: {cookie['name']}={cookie['value']}\r\nAccept: text/event-stream\r\n\r\n").encode())
    stream.settimeout(10)
    received = b""
    while b"event: changed" not in received:
        part = stream.recv(4096)
        assert part, received
        received += part
    assert b"200 OK" in received and b"text/event-stream" in received
    return stream


def test_streams_end_with_their_clients_and_with_the_server(browser):
    authority = Authority(POLICY)
    try:
        person = Person(browser, authority)
        person.enrol(authority.enrolment_link())
        cookie = person.context.cookies()[0]
        person.context.close()
        Authority.wait_until(lambda: waiters(authority) == 0, "no waiter at the start")
        streams = [listen(authority, cookie) for _ in range(100)]
        Authority.wait_until(lambda: waiters(authority) == 100, "100 waiters")
        for stream in streams:
            stream.close()
        Authority.wait_until(lambda: waiters(authority) == 0, "vanished consoles to be forgotten")
        held = [listen(authority, cookie) for _ in range(20)]
        began = time.monotonic()
        authority.process.terminate()
        authority.process.wait(10)
        # Generous: what this finds is a server that never ends.
        assert time.monotonic() - began < 8
        assert authority.process.returncode == 0
        for stream in held:
            stream.close()
    finally:
        authority.stop()
