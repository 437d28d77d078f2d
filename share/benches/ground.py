"""What the benches stand on: programs in a temporary folder, and many clients on few connections."""
import asyncio, functools, hashlib, json, os, pathlib, re, shutil, signal, socket, sqlite3, subprocess, sys, tempfile, time

PROGRAMS = os.environ["LOCKSTEP_PROGRAMS"]
missed = []


def say(text):
    print(text, flush=True)


def figure(name, value, bar, isMet):
    """One line of the table: what was measured, what was promised, whether it holds."""
    say(f"  {name:<58} {value:>22}   bar {bar:<18} {'met' if isMet else 'MISSED'}")
    if not isMet:
        missed.append(name)


def finish():
    if missed:
        say(f"missed: {'; '.join(missed)}")
    sys.exit(1 if missed else 0)


class Place:
    """A temporary folder with the registry's settings, and what was started in it."""

    def __init__(self, settings=""):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="lockstep-bench-"))
        self.children = []
        self.environment = dict(os.environ, HOME=str(self.path), TZ="UTC", NO_COLOR="1")
        for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
            self.environment.pop(name, None)
        self.config = self.path / "registry.toml"
        self.config.write_text(
            settings or 'database = "registry.sqlite"\nkey_file = "registry.key"\nlisten = "127.0.0.1:0"\n')

    def registry(self, *arguments):
        done = subprocess.run(
            [f"{PROGRAMS}/lockstep-registry", "--config", str(self.config), *arguments],
            env=self.environment, capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"{arguments}: {done.stdout}{done.stderr}")
        return done.stdout

    def start(self, program, *arguments, awaiting, stream="stderr", log="log"):
        file = self.path / f"{log}.{len(self.children)}"
        with open(file, "wb") as sink:
            child = subprocess.Popen(
                [f"{PROGRAMS}/{program}", *arguments], env=self.environment,
                stdout=sink if stream == "stdout" else subprocess.DEVNULL, stderr=sink)
        self.children.append(child)
        for _ in range(1200):
            found = re.search(awaiting, file.read_text(errors="replace"))
            if found:
                return child, found
            if child.poll() is not None:
                break
            time.sleep(0.05)
        raise SystemExit(f"{program} did not start: {file.read_text(errors='replace')}")

    def serve(self):
        child, found = self.start(
            "lockstep-registry", "--config", str(self.config), "serve",
            awaiting=r"Serving at http://127\.0\.0\.1:(\d+)")
        return child, int(found.group(1))

    def close(self):
        for child in self.children:
            if child.poll() is None:
                child.kill()
            child.wait()
        shutil.rmtree(self.path, ignore_errors=True)


def resident(child, peak=True):
    """Megabytes; the most there ever were."""
    text = pathlib.Path(f"/proc/{child.pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)" if peak else r"VmRSS:\s+(\d+)", text).group(1)) / 1024


@functools.cache
def token(number):
    return "lsa_" + hashlib.sha256(f"bench {number}".encode()).hexdigest()[:43]


def agents(count):
    """Rows of `agent` as enrolments leave them, for tokens that this bench knows."""
    for number in range(1, count + 1):
        digest = hashlib.sha256(token(number).encode()).hexdigest()
        yield (f"agent-{number}", number, "desk", "0.1.0", digest, int(time.time()), int(time.time()) + 10**7)


def people(place, count):
    file = place.path / "people.csv"
    file.write_text("".join(f"{n},Technician {n},\n" for n in range(1, count + 1)))
    place.registry("resources", "import", str(file))
    place.registry("settings", "set", "profile_name=Firm", "server_address=localhost")
    place.registry("enable", "--all", "--yes")


def report(run, outcome, started):
    stamp = lambda t: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(t))
    counts = dict(created=0, updated=0, deleted=0, held=0, requests=3)
    entry = dict(run=run, purpose="sync", outcome=outcome, exchange=counts, psa=counts, failedItems=0,
                 notes=[], started=stamp(started), holds=[], policy=1)
    if outcome != "running":
        entry["finished"] = stamp(started + 3)
    return json.dumps(dict(version="0.1.0", attempts=[entry]))


class Connection:
    """One connection that is kept open, and one request at a time on it."""

    def __init__(self, ports):
        self.ports, self.place, self.reader, self.writer = ports, 0, None, None

    async def ask(self, method, path, number=None, body=None, headers=""):
        """The status and the body; goes to the next port where one does not answer."""
        for _ in range(200):
            try:
                if self.writer is None:
                    port = self.ports[self.place % len(self.ports)]
                    self.reader, self.writer = await asyncio.open_connection("127.0.0.1", port)
                data = (body or "").encode()
                bearer = f"Authorization: Bearer {token(number)}\r\n" if number else ""
                kind = "Content-Type: application/json\r\n" if body else ""
                self.writer.write(
                    f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{bearer}{kind}{headers}"
                    f"Content-Length: {len(data)}\r\n\r\n".encode() + data)
                head = await self.reader.readuntil(b"\r\n\r\n")
                status = int(head[9:12])
                length = re.search(rb"(?i)content-length: (\d+)", head)
                content = await self.reader.readexactly(int(length.group(1))) if length and status != 304 else b""
                return status, content, head
            except (OSError, EOFError, asyncio.IncompleteReadError):
                self.close()
                self.place += 1
                if len(self.ports) == 1:
                    raise
                await asyncio.sleep(0.02)
        raise SystemExit("nobody answers")

    def close(self):
        if self.writer:
            self.writer.close()
        self.reader = self.writer = None


async def spread(numbers, width, ports, work):
    """Does `work(connection, number)` for all numbers on so many connections."""
    queue = iter(numbers)

    async def worker():
        connection = Connection(list(ports))
        for number in queue:
            await work(connection, number)
        connection.close()

    await asyncio.gather(*(worker() for _ in range(width)))


async def rate(width, ports, seconds, ask):
    """Answered requests a second."""
    count, end = 0, time.monotonic() + seconds

    async def worker(place):
        nonlocal count
        connection = Connection(list(ports))
        while time.monotonic() < end:
            await ask(connection, place)
            count += 1
        connection.close()

    begun = time.monotonic()
    await asyncio.gather(*(worker(place) for place in range(width)))
    return count / (time.monotonic() - begun)


def gateway(place, world, more=""):
    """The settings of a registry that is the gateway to this sandbox's PSA."""
    return f'''
key_file = "registry.key"
listen = "127.0.0.1:0"
{more}
[psa]
gateway = true
entry_point = "{world["psa"]}"
user = "{world["user"]}"
integration_code = "{world["integrationCode"]}"
secret_file = "{place.path}/world/password"
'''


def sandbox(place, items):
    """Serves a sandbox; gives what it says of itself."""
    _, found = place.start(
        "lockstep-sandbox", "serve", "--dir", str(place.path / "world"), "--items", str(items),
        awaiting=r'(?s)\{.*"user".*\}', stream="stdout", log="sandbox")
    return json.loads(found.group(0))
