import json
import os
import subprocess
import sys
import time
import urllib.request


def test_the_summary_is_served(tmp_path):
    """Starts a server in a session of its own, as a daemon is. With WEATHER_FORGET=1 the test forgets to end it."""
    (tmp_path / "summary.json").write_text(json.dumps([{"station": "Fjord"}]))
    port_file = tmp_path / "port"
    server = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import http.server, sys\n"
            "server = http.server.HTTPServer(('127.0.0.1', 0), http.server.SimpleHTTPRequestHandler)\n"
            "open(sys.argv[1], 'w').write(f'{server.server_port}\\n')\n"
            "server.serve_forever()",
            str(port_file),
        ],
        cwd=tmp_path,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 60
        while not (port_file.exists() and port_file.read_text().endswith("\n")):
            assert server.poll() is None, "the server ended"
            assert time.monotonic() < deadline, "the server does not start"
            time.sleep(0.01)
        with urllib.request.urlopen(f"http://127.0.0.1:{port_file.read_text().strip()}/summary.json", timeout=30) as answer:
            assert json.load(answer) == [{"station": "Fjord"}]
    finally:
        if os.environ.get("WEATHER_FORGET") != "1":
            server.kill()
            server.wait()
