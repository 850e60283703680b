"""Random texts: strings and their spellings, patterns, and what the extension types read, above all at their limits."""

STRINGS = ["", "x", "abc", "é", "e\u0301", "a*b", "*", "\\", '"', "'", "\n", "\r\n", "\t", "\0", "\U0001f600", "\u202e", "ﬀ", "\u2028", "//x"]
PATTERNS = ["*", "a*", "*b*", "x", "**", "é*", "e\u0301*", "*\u0301", "\0\1", "a\1*", "*\\*", "\U0001f600*", "*\n*", ""]
NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0", "'": "\\'"}


def plain(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def escaped(random, character):
    """One of the ways to write a character in text."""
    if character in NAMED and random.random() < 0.6:
        return NAMED[character]
    if character in '"\\':
        return "\\" + character
    if random.random() < 0.9:
        return character
    if ord(character) < 128 and random.random() < 0.5:
        return f"\\x{ord(character):02x}"
    return random.choice(["\\u{{{:x}}}", "\\u{{{:06X}}}"]).format(ord(character))


def spelled(random, text):
    """A string literal; mostly the plain one."""
    if random.random() < 0.0005:
        # Wrong ones, and ones that look wrong.
        return '"' + random.choice(["\\q", "\\u{110000}", "\\u{d800}", "\\u{}", "\\x80", "\\x4", "\\*", "\\u{0000041}", "\\/"]) + '"'
    return '"' + "".join(escaped(random, character) for character in text) + '"'


def pattern(random):
    """A pattern for `like`; an asterisk that stands for itself is "\\1" in the list."""
    text = random.choice(PATTERNS) if random.random() < 0.7 else "".join(random.choice("*\1ab\\é\"") for _ in range(random.randint(0, 5)))
    shown = {"*": "*", "\1": "\\*"}
    return '"' + "".join(shown.get(character) or escaped(random, character) for character in text) + '"'


def near(random, limit):
    return limit + random.choice([-2, -1, 0, 0, 1, 2])


def decimal(random):
    r = random
    if r.random() < 0.5:
        return r.choice(["-", ""]) + str(r.choice([0, 1, 7, 42, r.randrange(10**6)])) + "." + str(r.randrange(10 ** r.randint(1, 4))).zfill(r.randint(1, 4))[:4]
    return r.choice([
        "922337203685477.5807", "922337203685477.5808", "-922337203685477.5808", "-922337203685477.5809", "922337203685478.0", "0.0", "-0.0",
        "0.0001", "-0.0001", "00012.10", "1.", ".5", "1.00000", "+1.0", "1e3", "1", "", " 1.0", "1.0 ", "--1.0", "1.-5", "-.5", "1.5.5", "١.٠", "-00.00",
        "9999999999999999999.0", "0.99999", "922337203685477.58070",
    ])


def ipaddr(random):
    r = random
    octet = lambda: str(r.choice([0, 1, 9, 10, 127, 192, 223, 224, 239, 240, 255, r.randrange(256)]))
    if r.random() < 0.45:
        text = ".".join(octet() for _ in range(4))
        return text + (f"/{r.choice([0, 1, 8, 24, 31, 32, r.randrange(33)])}" if r.random() < 0.5 else "")
    if r.random() < 0.6:
        group = lambda: f"{r.choice([0, 1, 0xff, 0xff00, 0xffff, 0xfe80, r.randrange(65536)]):{r.choice(['x', 'X', '04x'])}}"
        count = r.randint(0, 8)
        if count == 8:
            text = ":".join(group() for _ in range(8))
        else:
            place = r.randint(0, count)
            text = ":".join(group() for _ in range(place)) + "::" + ":".join(group() for _ in range(count - place))
        return text + (f"/{r.choice([0, 1, 8, 64, 127, 128, r.randrange(129)])}" if r.random() < 0.5 else "")
    return r.choice([
        "256.0.0.1", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.4/33", "1.2.3.4/08", "1.2.3.4/", "/8", "::1/129", "::1/064", "::1/00", "::ffff:1.2.3.4",
        "::1.2.3.4", "fe80::1%eth0", "[::1]", ":::", ":1", "1:", "1::2::3", "12345::", "g::", "", " 1.2.3.4", "1.2.3.4 ", "127.0.0.1/8", "224.0.0.0/4",
        "224.0.0.0/3", "127.0.0.0/7", "ff00::/7", "ff02::1", "::/0", "0.0.0.0/0", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8:9", "1:2:3:4::5:6:7:8",
        "1.2.3.4/+8", "1.2.3.4/-1", "0x1.2.3.4", "1.2.3.4/8/8", "0000:0000:0000:0000:0000:0000:0000:0001", "00000::1",
    ])


def datetime(random):
    r = random
    if r.random() < 0.1:
        return r.choice([
            "2024-02-30", "2023-02-29", "1900-02-29", "2000-02-29", "2024-13-01", "2024-00-01", "2024-01-00", "24-01-01", "12024-01-01", "+2024-01-01",
            "-2024-01-01", "2024-1-1", "2024-01-01T", "2024-01-01T10:00Z", "2024-01-01T10:00:00", "2024-01-01t10:00:00Z", "2024-01-01T10:00:00z",
            "2024-01-01 10:00:00Z", "2024-01-01T24:00:00Z", "2024-01-01T23:60:00Z", "2016-12-31T23:59:60Z", "2016-12-31T23:59:61Z",
            "2024-01-01T10:00:00.1Z", "2024-01-01T10:00:00.12Z", "2024-01-01T10:00:00.1234Z", "2024-01-01T10:00:00+01:00", "2024-01-01T10:00:00+2400",
            "2024-01-01T10:00:00+2359", "2024-01-01T10:00:00-2359", "2024-01-01T10:00:00+1260", "2024-01-01T10:00:00Z ", "", "2024-01-01T10:00:00.Z",
            "2024-01-01T10:00:00.000+000", "0000-01-01", "9999-12-31T23:59:59.999-2359", "0000-01-01T00:00:00.000+2359", "2024-06-31", "２024-01-01",
        ])
    year = r.choice([0, 1, 4, 100, 400, 1600, 1899, 1900, 1969, 1970, 1972, 1999, 2000, 2023, 2024, 2100, 9999, r.randrange(10000)])
    month = r.choice([1, 2, 2, 3, 12, r.randint(1, 12)])
    day = r.choice([1, 28, 28, 29, 30, 31, r.randint(1, 28)]) if r.random() < 0.5 else r.randint(1, 28)
    text = f"{year:04}-{month:02}-{day:02}"
    if r.random() < 0.35:
        return text
    text += f"T{r.choice([0, 12, 23, r.randrange(24)]):02}:{r.choice([0, 59, r.randrange(60)]):02}:{r.choice([0, 59, r.randrange(60)]):02}"
    text += r.choice(["", "", f".{r.choice([0, 1, 999, r.randrange(1000)]):03}"])
    return text + ("Z" if r.random() < 0.5 else f"{r.choice('+-')}{r.choice([0, 1, 14, 23, r.randrange(24)]):02}{r.choice([0, 30, 59]):02}")


def duration(random):
    r = random
    if r.random() < 0.12:
        return r.choice([
            "", "1", "d", "1D", "1h1d", "1d1d", "1ms1s", " 1d", "1d ", "+1d", "--1d", "1.5h", "-", "1h-1m", "1d 2h", "0d", "-0ms", "00012d", "1m5", "1msms",
            "1d2h3m4s5ms", "-1d2h3m4s5ms", "18446744073709551616ms", "99999999999999999999d", "1µs", "1us", "1w", "١d",
        ])
    if r.random() < 0.25:
        # The last value that fits, in each unit, and its neighbours.
        unit, size = r.choice([("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)])
        text = f"{r.choice(['', '-'])}{near(r, (2**63 - 1) // size)}{unit}"
        if unit != "ms" and r.random() < 0.5:
            text += f"{near(r, (2**63 - 1) % size)}ms"
        return text
    units = [unit for unit in ("d", "h", "m", "s", "ms") if r.random() < 0.5] or ["ms"]
    return r.choice(["", "", "-"]) + "".join(f"{r.choice([0, 1, 23, 59, 60, 999, 1000, r.randrange(100_000)])}{unit}" for unit in units)


EXTENSIONS = {"decimal": decimal, "ipaddr": ipaddr, "datetime": datetime, "duration": duration}


def commented(random, text):
    """The text with other white space and with comments between its tokens."""
    result, place, inside = [], 0, False
    while place < len(text):
        character = text[place]
        if inside:
            if character == "\\":
                result.append(text[place : place + 2])
                place += 2
                continue
            inside = character != '"'
        elif character == '"':
            inside = True
        elif character in " \n" and random.random() < 0.15:
            character = random.choice(["  ", "\t", "\n", "\r\n", " // x\n", " //\n", '// "é\n', "\n//*/\r\n", " // a // b\r\n\n", "\f"])
        result.append(character)
        place += 1
    return "".join(result)


def mutated(random, text):
    """The text with one character taken out, put in or replaced."""
    place = random.randrange(len(text)) if text else 0
    kind = random.randint(0, 2)
    character = random.choice("()[]{}.,;:!-+*<>=&|\"\\ aif1?@\n/")
    return text[:place] + ("" if kind == 0 else character) + text[place + (kind != 1) :]
