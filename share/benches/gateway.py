"""What the gateway asks of the PSA while agents rest: the same number, however many they are."""
import asyncio, json, pathlib, re, sqlite3, time
from ground import Place, agents, figure, finish, gateway, people, sandbox, say, spread

MOST = 1000


def standing(place):
    return json.loads(place.registry("gateway", "--json"))


async def rest(place, port, count):
    """Agents ask over and over, as runs would; gives what a look costs until the next one begins."""
    since, looks = {}, []

    async def ask(connection, number):
        path = "/v1/psa/changes?kinds=appointment,contact,service-call,to-do"
        status, content, _ = await connection.ask("GET", f"{path}&since={since.get(number, 0)}", number)
        if status != 200:
            raise SystemExit(content)
        since[number] = json.loads(content)["sequence"]

    while len(looks) < 3:
        await spread(range(1, count + 1), 16, [port], ask)
        await asyncio.sleep(2)
        now = standing(place)
        if now.get("complaint"):
            raise SystemExit(now["complaint"])
        if not looks or looks[-1][0] != now["readAt"]:
            looks.append((now["readAt"], now["used"]))
    return [later[1] - earlier[1] for earlier, later in zip(looks, looks[1:])][-1]


def calls(count):
    """Requests at the PSA from one look at rest to the next."""
    place = Place()
    try:
        world = sandbox(place, 200)
        place.config.write_text('database = "registry.sqlite"' + gateway(place, world))
        people(place, count)
        database = sqlite3.connect(place.path / "registry.sqlite")
        columns = "(agent, resource, machine, version, digest, enrolled, expires)"
        with database:
            database.executemany(f"INSERT INTO agent {columns} VALUES (?, ?, ?, ?, ?, ?, ?)", agents(count))
        database.close()
        child, port = place.serve()
        while not standing(place).get("readAt"):
            time.sleep(0.2)
        return asyncio.run(rest(place, port, count))
    finally:
        place.close()


say("== Requests to the PSA from one look of the gateway to the next, agents at rest")
few, many = calls(10), calls(MOST)
figure(f"with 10 and with {MOST} agents", f"{few} and {many}", "the same number", few == many)
finish()
