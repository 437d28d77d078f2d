"""An SMTP sink that writes down each mail's recipients."""
import asyncio, sys


async def serve(reader, writer):
    to = []
    writer.write(b"220 sink\r\n")
    while line := await reader.readline():
        verb = line.upper()
        if verb.startswith(b"RCPT TO:"):
            to.append(line[8:].strip().strip(b"<>").decode())
        if verb.startswith(b"DATA"):
            writer.write(b"354 go on\r\n")
            while (await reader.readline()) != b".\r\n":
                pass
            with open(sys.argv[1], "a") as file:
                file.writelines(f"{name}\n" for name in to)
            to = []
        if verb.startswith(b"QUIT"):
            writer.write(b"221 bye\r\n")
            break
        writer.write(b"250 ok\r\n")
        await writer.drain()
    writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
