import json
import threading
import unittest
from http.server import BaseHTTPRequestHandler, HTTPServer

from ameide_sdk import AmeideClient, ResourceName, parse_resource_name


class Platform(BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps({"status": "ok" if self.path == "/v1/health" else "lost", "version": "1.2.3"}).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class SdkTest(unittest.TestCase):
    def test_a_resource_name_reads_back_as_it_was_written(self):
        name = ResourceName("acme", "graphs", "orders-2")
        self.assertEqual(parse_resource_name(str(name)), name)

    def test_anything_else_is_refused(self):
        for text in ["", "tenants/acme", "tenants/ACME/graphs/x", "tenants/a/b/c/d", "tenants/a/b/-c", "tenants/a/b/c\n"]:
            with self.subTest(text), self.assertRaises(ValueError):
                parse_resource_name(text)

    def test_health_asks_the_platform(self):
        server = HTTPServer(("127.0.0.1", 0), Platform)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            client = AmeideClient(f"http://127.0.0.1:{server.server_port}/")
            self.assertEqual(client.health(), {"status": "ok", "version": "1.2.3"})
        finally:
            server.shutdown()
            server.server_close()


if __name__ == "__main__":
    unittest.main()
