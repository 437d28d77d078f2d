"""The registry with 25,000 agents (promises: registry rows), on SQLite and on PostgreSQL.

Agents are entered into the database as their enrolments would leave them: a registry lets strangers
enrol at a few a second only.
"""
import asyncio, glob, json, os, pathlib, pwd, random, signal, sqlite3, subprocess, sys, time
from ground import (Connection, Place, agents, figure, finish, gateway, people, rate, report, resident, sandbox, say,
                    spread)

AGENTS = int(os.environ.get("LOCKSTEP_BENCH_AGENTS", "25000"))
WIDTH = 64
# Reports that come at one moment share a wait for the disk: of so many agents 256 are few.
AT_A_TIME = 256
COLUMNS = "(agent, resource, machine, version, digest, enrolled, expires)"


def cpu(child):
    fields = pathlib.Path(f"/proc/{child.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def one_interval(ports):
    """What 25,000 agents send within ten minutes: policy, beginning and end of a run."""
    started = int(time.time())
    wrong = []

    async def run(connection, number):
        for method, path, body in (
            ("GET", "/v1/agent/policy", None),
            ("POST", "/v1/agent/attempts", report(1, "running", started)),
            ("POST", "/v1/agent/attempts", report(1, "success", started)),
        ):
            status, content, _ = await connection.ask(method, path, number, body)
            if status != 200:
                wrong.append((status, content[:200]))

    begun = time.monotonic()
    await spread(range(1, AGENTS + 1), WIDTH, ports, run)
    return time.monotonic() - begun, wrong


async def under_fire(ports, kill, seconds):
    """Attempts that were acknowledged, with `kill` in the midst of them."""
    acknowledged, runs = set(), {}
    end = time.monotonic() + seconds
    numbers = list(range(1, AGENTS + 1))
    random.Random(1).shuffle(numbers)

    async def worker(place):
        connection = Connection(list(ports))
        connection.place = place
        step = place
        while time.monotonic() < end:
            number = numbers[step % len(numbers)]
            step += WIDTH
            run = runs[number] = runs.get(number, 1) + 1
            try:
                status, content, _ = await connection.ask(
                    "POST", "/v1/agent/attempts", number, report(run, "success", int(time.time())))
            except (OSError, EOFError):
                return
            if status == 200:
                acknowledged.update((number, kept) for kept in json.loads(content)["accepted"])
        connection.close()

    async def killer():
        await asyncio.sleep(seconds / 2)
        kill()

    await asyncio.gather(killer(), *(worker(place) for place in range(WIDTH)))
    return acknowledged


def on_sqlite():
    say(f"== {AGENTS} agents, SQLite, one process")
    place = Place()
    try:
        people(place, AGENTS)
        database = sqlite3.connect(place.path / "registry.sqlite")
        with database:
            database.executemany(f"INSERT INTO agent {COLUMNS} VALUES (?, ?, ?, ?, ?, ?, ?)", agents(AGENTS))
        database.close()
        child, port = place.serve()
        seconds, wrong = asyncio.run(one_interval([port]))
        figure("all that they send within ten minutes takes", f"{seconds:.1f} s", "<= 600 s", seconds <= 600 and not wrong)
        if wrong:
            say(f"  {len(wrong)} refused, such as {wrong[0]}")
        started = int(time.time())
        runs = iter(range(10, 10**9))

        # What the client itself needs must not count: the text of a report is made once.
        text = report(4711, "success", started)
        numbers = [random.randint(1, AGENTS) for _ in range(4096)]

        async def attempt(connection, worker):
            run = next(runs)
            body = text.replace("4711", str(run))
            await connection.ask("POST", "/v1/agent/attempts", numbers[run % 4096], body)

        async def empty(connection, worker):
            await connection.ask("GET", "/healthz")

        # In turns, for a machine may be faster at one time than at another.
        rates, costs = {empty: [], attempt: []}, {empty: [], attempt: []}
        for _ in range(8):
            for ask in (empty, attempt):
                before = cpu(child)
                found = asyncio.run(rate(AT_A_TIME, [port], 1.5, ask))
                rates[ask].append(found)
                costs[ask].append((cpu(child) - before) / (found * 1.5) * 1e6)
        mean = lambda values: sum(values) / len(values)
        ratio = mean(rates[attempt]) / mean(rates[empty])
        figure("one attempt a request, after commit, to an empty route",
               f"{mean(rates[attempt]):.0f} / {mean(rates[empty]):.0f} a second", ">= 0.33", ratio >= 1 / 3)
        say(f"  ratio {ratio:.2f} with {AT_A_TIME} at a time; the server's own time: {mean(costs[attempt]):.0f} and {mean(costs[empty]):.0f} us a request")
        memory = resident(child)
        figure("its memory at most", f"{memory:.0f} MB", "<= 200 MB", memory <= 200)
        acknowledged = asyncio.run(under_fire([port], child.kill, 4))
        child.wait()
        database = sqlite3.connect(place.path / "registry.sqlite")
        stored = set(database.execute("SELECT resource, run FROM attempt"))
        sound = database.execute("PRAGMA integrity_check").fetchone()[0]
        database.close()
        lost = acknowledged - stored
        figure(f"killed: acknowledged and lost, of {len(acknowledged)}", str(len(lost)), "0", not lost and sound == "ok")
        child, port = place.serve()
        child.terminate()
        child.wait()
    finally:
        place.close()


class Postgres:
    """Debian's, in the place's folder, reached by a socket there."""

    def __init__(self, place):
        self.bin = sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1]
        self.folder = place.path / "postgres"
        self.folder.mkdir()
        self.user = []
        if os.geteuid() == 0:
            entry = pwd.getpwnam("postgres")
            os.chown(self.folder, entry.pw_uid, entry.pw_gid)
            os.chmod(place.path, 0o755)
            self.user = ["setpriv", f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups"]
        quiet = dict(check=True, stdout=subprocess.DEVNULL)
        subprocess.run([*self.user, f"{self.bin}/initdb", "-D", f"{self.folder}/data", "-U", "lockstep", "-A", "trust",
                        "--no-locale", "-E", "UTF8"], **quiet)
        self.child = subprocess.Popen(
            [*self.user, f"{self.bin}/postgres", "-D", f"{self.folder}/data", "-k", str(self.folder), "-c",
             "listen_addresses="], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(200):
            if subprocess.run([f"{self.bin}/pg_isready", "-h", str(self.folder)], stdout=subprocess.DEVNULL).returncode == 0:
                break
            time.sleep(0.05)
        subprocess.run([f"{self.bin}/createdb", "-h", str(self.folder), "-U", "lockstep", "firm"], **quiet)
        self.url = f"postgres://lockstep@/firm?host={self.folder}"

    def ask(self, sql, text=""):
        return subprocess.run(
            [f"{self.bin}/psql", "-h", str(self.folder), "-U", "lockstep", "-d", "firm", "-qAt", "-c", sql],
            input=text, capture_output=True, text=True, check=True).stdout

    def close(self):
        self.child.send_signal(signal.SIGINT)
        self.child.wait()


def on_postgres():
    say(f"== {AGENTS} agents, PostgreSQL, two processes of which one is killed")
    place = Place()
    postgres = Postgres(place)
    try:
        world = sandbox(place, 20)
        sink = place.path / "mails"
        mail = subprocess.Popen(
            [sys.executable, "-u", str(pathlib.Path(__file__).with_name("sink.py")), str(sink)],
            stdout=subprocess.PIPE, text=True)
        place.children.append(mail)
        smtp = mail.stdout.readline().strip()
        mails = f"""[mail]
server = "127.0.0.1"
port = {smtp}
encryption = "none"
from = "lockstep@example.com"
"""
        place.config.write_text(f'database = "{postgres.url}"' + gateway(place, world, mails))
        people(place, AGENTS)
        rows = "".join("\t".join(map(str, row)) + "\n" for row in agents(AGENTS))
        postgres.ask(f"COPY agent {COLUMNS} FROM STDIN", rows)
        one, first = place.serve()
        two, second = place.serve()
        seconds, wrong = asyncio.run(one_interval([first, second]))
        figure("all that they send within ten minutes takes", f"{seconds:.1f} s", "<= 600 s", seconds <= 600 and not wrong)
        # Mails to be sent while one is killed: invitations to 40 people.
        file = place.path / "more.csv"
        file.write_text("".join(f"{900000 + n},Person {n},p{n}@example.com\n" for n in range(40)))
        place.registry("resources", "import", str(file))
        holder = lambda: postgres.ask("SELECT holder FROM lease WHERE name = 'gateway'").strip()
        for _ in range(100):
            if holder():
                break
            time.sleep(0.2)
        reader = one if holder().startswith(f"{one.pid} ") else two
        before = holder()
        place.registry("enable", *[str(900000 + n) for n in range(40)], "--yes")
        killed = []

        def kill():
            reader.kill()
            killed.append(time.monotonic())

        acknowledged = asyncio.run(under_fire([first, second], kill, 10))
        reader.wait()
        stored = {tuple(map(int, line.split("|"))) for line in postgres.ask("SELECT resource, run FROM attempt").split()}
        lost = acknowledged - stored
        figure(f"acknowledged and lost, of {len(acknowledged)}", str(len(lost)), "0", not lost)
        while holder() in ("", before) and time.monotonic() < killed[0] + 60:
            time.sleep(0.1)
        taken = time.monotonic() - killed[0]
        figure("the reader of the PSA was taken over within", f"{taken:.1f} s", "<= 15 s", holder() != before and taken <= 15)
        for _ in range(1500):
            if postgres.ask("SELECT count(*) FROM mail WHERE sent IS NULL").strip() == "0":
                break
            time.sleep(0.2)
        mails = sink.read_text().split() if sink.exists() else []
        figure(f"mails that came twice, of {len(set(mails))} people's", str(len(mails) - len(set(mails))), "0",
               len(mails) == len(set(mails)) == 40)
    finally:
        postgres.close()
        place.close()


which = os.environ.get("LOCKSTEP_BENCH_ENGINES", "sqlite postgres")
if "sqlite" in which:
    on_sqlite()
if "postgres" in which:
    on_postgres()
finish()
