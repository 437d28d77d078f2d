"""The way between two programs, on which listings can be cut short."""
import http.client, http.server, threading


class Road:
    """A proxy that leaves things out of listings while `count` says how many items it lets through."""

    def __init__(self, port, shorten):
        self.count, self.shortened = None, 0
        road = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def forward(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                inner = http.client.HTTPConnection("127.0.0.1", port)
                headers = {name: value for name, value in self.headers.items() if name.lower() != "accept-encoding"}
                inner.request(self.command, self.path, body, headers)
                reply = inner.getresponse()
                content = reply.read()
                inner.close()
                if road.count is not None and reply.status < 300:
                    less = shorten(self, body, content, road.count)
                    road.shortened += less != content
                    content = less
                self.send_response(reply.status)
                for name, value in reply.getheaders():
                    if name.lower() not in ("content-length", "transfer-encoding", "connection", "date", "server"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_PROPFIND = do_REPORT = do_OPTIONS = forward

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        # A killed run hears no answers.
        self.server.handle_error = lambda *_: None
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
