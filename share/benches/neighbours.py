"""Lockstep beside vdirsyncer with Radicale, in two trials: killed in the midst of a run, and told of 1 item
out of 40.

Both get the same work: 40 appointments made by people, 20 on each side, in step; then people on each side
make 5, move 5 and delete 2. vdirsyncer keeps two CalDAV collections of one Radicale in step, as its manual
shows it (conflict_resolution = "a wins", all else as it comes), Lockstep the sandbox's two sides.

LOCKSTEP_BENCH_KILLS says how often a run is killed (20).
"""
import http.client, http.server, json, os, pathlib, random, re, signal, subprocess, sys, threading, time, urllib.request
from ground import PROGRAMS, Place, figure, finish, say
from road import Road

KILLS = int(os.environ.get("LOCKSTEP_BENCH_KILLS", "20"))
VERSIONS = {"vdirsyncer": "0.21.0", "radicale": "3.9.0"}
FIRST = (int(time.time()) // 86400 + 3) * 86400


def neighbours():
    """The folder of their programs, in a virtual environment of their own."""
    home = pathlib.Path(__file__).resolve().parents[2] / ".venv/neighbours"
    wanted = [f"{name}=={version}" for name, version in VERSIONS.items()]
    pip = [home / "bin/python", "-m", "pip", "--quiet", "--disable-pip-version-check"]
    if not (home / "bin/vdirsyncer").exists():
        subprocess.run([sys.executable, "-m", "venv", home], check=True)
    subprocess.run([*pip, "install", *wanted], check=True)
    return home / "bin"


class Model:
    """What people did: where each appointment starts, by its title."""

    def __init__(self, seed):
        self.dice, self.starts, self.origin, self.deleted = random.Random(seed), {}, {}, set()

    def fill(self, world):
        for number in range(40):
            self.create(world, number % 2)

    def create(self, world, side):
        title = f"Visit {len(self.starts) + len(self.deleted) + 1}"
        self.starts[title], self.origin[title] = FIRST + 7200 * len(self.origin), side
        world.create(side, title, self.starts[title])

    def work(self, world):
        """On each side people make 5, move 5 and delete 2 of what was made there."""
        for side in (0, 1):
            mine = [title for title in sorted(self.starts) if self.origin[title] == side]
            chosen = self.dice.sample(mine, 7)
            for title in chosen[:5]:
                self.starts[title] += 60 * self.dice.randint(1, 50)
                world.move(side, title, self.starts[title])
            for title in chosen[5:]:
                world.delete(side, title)
                del self.starts[title]
                self.deleted.add(title)
            for _ in range(5):
                self.create(world, side)

    def judge(self, world):
        """Lost, doubled, come back after a delete, at an older time: on both sides together."""
        lost = doubled = back = old = 0
        for side in (0, 1):
            found = world.items(side)
            for title, start in self.starts.items():
                here = [item for item in found if item[0] == title]
                lost += not here
                doubled += max(0, len(here) - 1)
                old += bool(here) and all(item[1] != start for item in here)
            back += sum(item[0] in self.deleted for item in found)
        return lost, doubled, back, old


def stamp(seconds, form="%Y-%m-%dT%H:%M:%SZ"):
    return time.strftime(form, time.gmtime(seconds))


class Radicale:
    """Two collections, kept in step by vdirsyncer; the first one is reached by a road."""

    def __init__(self, bin):
        self.place, self.bin = Place(), bin
        with http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as free:
            self.port = free.server_port
        (self.place.path / "radicale").write_text(
            f"[server]\nhosts = 127.0.0.1:{self.port}\n[auth]\ntype = none\n"
            f"[storage]\nfilesystem_folder = {self.place.path}/collections\n")
        server = subprocess.Popen(
            [bin / "python", "-m", "radicale", "--config", self.place.path / "radicale"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.place.children.append(server)
        for _ in range(200):
            try:
                self.ask("GET", "/")
                break
            except OSError:
                time.sleep(0.05)
        self.ask("MKCOL", "/user/")
        self.road = Road(self.port, self.shorten)

    def begin(self, number):
        """Two new collections, and a status that knows nothing."""
        self.names, self.known = [f"/user/{side}{number}/" for side in "ab"], [{}, {}]
        for name in self.names:
            self.ask("MKCALENDAR", name)
        folder = self.place.path / f"status{number}"
        self.config = self.place.path / f"config{number}"
        sides = "".join(
            f'[storage {side}]\ntype = "caldav"\nurl = "http://127.0.0.1:{port}{name}"\n'
            for side, port, name in zip("ab", (self.road.port, self.port), self.names))
        self.config.write_text(
            f'[general]\nstatus_path = "{folder}"\n[pair p]\na = "a"\nb = "b"\ncollections = null\n'
            f'conflict_resolution = "a wins"\n{sides}')
        self.run("discover")

    @staticmethod
    def shorten(call, body, content, count):
        if call.command != "PROPFIND" or call.headers.get("Depth") != "1" or b"getetag" not in body:
            return content
        # The first one is the collection itself.
        parts = re.findall(rb"<response>.*?</response>", content, re.S)
        for part in parts[1 + count:]:
            content = content.replace(part, b"")
        return content

    def ask(self, method, path, body=None, headers={}):
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.request(method, path, body, headers)
        reply = connection.getresponse()
        content = reply.read().decode()
        connection.close()
        if reply.status >= 400 and path != "/":
            raise SystemExit(f"{method} {path}: {reply.status} {content}")
        return content

    def put(self, side, path, title, start):
        self.ask("PUT", path, (
            f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//bench//EN\r\nBEGIN:VEVENT\r\nUID:{title.replace(' ', '-')}\r\n"
            f"DTSTAMP:{stamp(time.time(), '%Y%m%dT%H%M%SZ')}\r\nDTSTART:{stamp(start, '%Y%m%dT%H%M%SZ')}\r\n"
            f"DTEND:{stamp(start + 3600, '%Y%m%dT%H%M%SZ')}\r\nSUMMARY:{title}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        ), {"Content-Type": "text/calendar"})

    def create(self, side, title, start):
        self.put(side, f"{self.names[side]}{title.replace(' ', '-')}.ics", title, start)

    def paths(self, side):
        body = '<propfind xmlns="DAV:"><prop><getetag/></prop></propfind>'
        listing = self.ask("PROPFIND", self.names[side], body, {"Depth": "1"})
        return [path for path in re.findall(r"<href>(.*?)</href>", listing) if path != self.names[side]]

    def path(self, side, title):
        return next(path for path in self.paths(side) if f"SUMMARY:{title}\r" in self.ask("GET", path))

    def move(self, side, title, start):
        self.put(side, self.path(side, title), title, start)

    def delete(self, side, title):
        self.ask("DELETE", self.path(side, title))

    def items(self, side):
        found = []
        for path in self.paths(side):
            text = self.ask("GET", path)
            start = re.search(r"DTSTART:(\d{8}T\d{6})Z", text).group(1)
            found.append((re.search(r"SUMMARY:(.*?)\r", text).group(1), timegm(start)))
        return found

    def start(self, *words):
        return subprocess.Popen(
            [self.bin / "vdirsyncer", "-c", self.config, *words], env=self.place.environment, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def run(self, *words):
        child = self.start(*words)
        output, _ = child.communicate()
        return child.returncode, output

    def agent(self):
        return self.start("sync")

    def sync(self, full=False):
        return self.run("sync")

    def close(self):
        self.place.close()


def timegm(text):
    import calendar
    return calendar.timegm(time.strptime(text, "%Y%m%dT%H%M%S"))


class Sandbox:
    """Exchange and the PSA of a sandbox, kept in step by Lockstep; both are reached by roads."""

    def __init__(self):
        self.place = None

    def begin(self, number):
        self.close()
        self.place = Place()
        folder = self.place.path / "world"
        _, found = self.place.start(
            "lockstep-sandbox", "serve", "--dir", str(folder), "--items", "0", "--seed", str(number + 1),
            awaiting=r'(?s)\{.*"user".*\}', stream="stdout", log="sandbox")
        ready = json.loads(found.group(0))
        control = json.loads((folder / "sandbox.json").read_text())
        self.token, self.psa = control["token"], control["psaPort"]
        self.roads = [Road(control["exchangePort"], self.shorten_exchange), Road(self.psa, self.shorten_psa)]
        self.config = folder / "settings.toml"
        text = self.config.read_text()
        for port, road in zip((control["exchangePort"], self.psa), self.roads):
            text = text.replace(f"127.0.0.1:{port}/", f"127.0.0.1:{road.port}/")
        # Appointments alone: what every sandbox has of to-dos and service calls stays out.
        self.config.write_text(text + "\n[sync]\nsync_to_dos = false\nsync_service_calls = false\n")
        self.sync()

    @staticmethod
    def shorten_exchange(call, body, content, count):
        if b"SyncFolderItems>" not in body:
            return content
        changes = re.findall(rb"<t:Create>.*?</t:Create>", content, re.S)
        for change in changes[count:]:
            content = content.replace(change, b"")
        return content

    @staticmethod
    def shorten_psa(call, body, content, count):
        if not re.search(r"/Appointments/query$", call.path):
            return content
        answer = json.loads(content)
        answer["items"] = answer.get("items", [])[:count]
        return json.dumps(answer).encode()

    def ask(self, door, words=None):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.psa}/sandbox/{door}", json.dumps(words).encode() if words else None,
            {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"})
        with urllib.request.urlopen(request) as reply:
            return json.loads(reply.read())

    def edit(self, side, **words):
        self.ask("edit", {"side": ("exchange", "psa")[side], **words})

    def listed(self, side):
        return [item for item in self.ask("dump")[("exchange", "psa")[side]] if item["title"].startswith("Visit ")]

    def id(self, side, title):
        return next(item["id"] for item in self.listed(side) if item["title"] == title)

    def create(self, side, title, start):
        self.edit(side, verb="create", title=title, start=stamp(start), end=stamp(start + 3600))

    def move(self, side, title, start):
        self.edit(side, verb="move", id=self.id(side, title), start=stamp(start), end=stamp(start + 3600))

    def delete(self, side, title):
        self.edit(side, verb="delete", id=self.id(side, title))

    def items(self, side):
        return [(item["title"], timegm(re.sub("[-:Z]", "", item["start"]))) for item in self.listed(side)]

    def start(self, *words):
        return subprocess.Popen(
            [f"{PROGRAMS}/lockstep", "--config", str(self.config), *words], env=self.place.environment, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def agent(self):
        return self.start("sync")

    def sync(self, full=False):
        child = self.start("sync", *(["--full"] if full else []))
        output, _ = child.communicate()
        return child.returncode, output

    def close(self):
        if self.place:
            self.place.close()


def killed(world):
    """How many of KILLS runs were killed at work, and what was wrong after two clean ones."""
    dice, at_work, sums = random.Random(1), 0, [0, 0, 0, 0]
    took = 1.0
    for number in range(KILLS + 1):
        world.begin(number)
        model = Model(number)
        model.fill(world)
        world.sync()
        world.sync()
        model.work(world)
        begun = time.monotonic()
        child = world.agent()
        if number == 0:
            # The first one goes to its end: it says how long a run takes.
            child.communicate()
            took = time.monotonic() - begun
        else:
            time.sleep(dice.uniform(0, took))
            at_work += child.poll() is None
            child.send_signal(signal.SIGKILL)
            child.communicate()
        world.sync()
        world.sync()
        sums = [total + new for total, new in zip(sums, model.judge(world))]
    return at_work, sums


def told_of_one(world, road, side, count, full):
    """The listing of one side has `count` of 40 items: how many the run deletes on the other side."""
    world.begin(1000 + 10 * side + 100 * count + full)
    model = Model(1)
    model.fill(world)
    world.sync()
    world.sync()
    before = len(world.items(1 - side))
    road().count = count
    status, output = world.sync(full)
    road().count = None
    after = len(world.items(1 - side))
    world.sync()
    world.sync(full)
    lost = model.judge(world)
    return before - after, lost, road().shortened, status


def trial(name, world, isOurs, listings):
    say(f"== {name}")
    try:
        at_work, sums = killed(world)
        words = f"{sums[0]} lost, {sums[1]} doubled, {sums[2]} back, {sums[3]} old"
        report(f"killed {KILLS} times, {at_work} at work", words, isOurs, not any(sums))
        for title, road, side, full in listings:
            for count in (1, 0):
                deleted, rest, shortened, status = told_of_one(world, road, side, count, full)
                report(f"{title}: {count} of 40 listed", f"{deleted} deleted", isOurs, deleted == 0)
                say(f"    listings cut short: {shortened}; the run's status {status}; after two clean runs "
                    f"{rest[0]} lost, {rest[1]} doubled, {rest[2]} back, {rest[3]} old")
    finally:
        world.close()


def report(name, value, isOurs, isMet):
    if isOurs:
        figure(name, value, "none", isMet)
    else:
        say(f"  {name:<58} {value:>22}")


say(f"Killed: after each, two clean runs; counted on both sides together. {os.cpu_count()} cores.")
bin = neighbours()
other = Radicale(bin)
trial(f"vdirsyncer {VERSIONS['vdirsyncer']} with Radicale {VERSIONS['radicale']}", other, False,
      [("a listing of one collection", lambda: other.road, 0, False)])
ours = Sandbox()
trial("Lockstep with its sandbox", ours, True, [
    ("a listing of Exchange, a full reading", lambda: ours.roads[0], 0, True),
    ("a listing of the PSA, every day's run", lambda: ours.roads[1], 1, False),
    ("a listing of the PSA, a full reading", lambda: ours.roads[1], 1, True),
])
finish()
