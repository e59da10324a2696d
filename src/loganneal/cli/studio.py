"""``loganneal studio``: schedules and logs in a browser, on this machine."""

import argparse
import sys
import threading
import webbrowser
from typing import Any

EPILOG = """examples:
  loganneal studio                          open the page
  loganneal studio --no-open --port 8050    print the address, on a port of your own

The page needs no internet. It listens on this machine alone, and stops with Ctrl-C.
"""


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "studio",
        help="design schedules and look at logs in a browser",
        description="Design learning-rate schedules and look at training logs on a local page.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add(
        "--host", default="127.0.0.1", metavar="ADDRESS", help="address to listen on (default: 127.0.0.1, this machine)"
    )
    add("--port", type=int, default=0, metavar="N", help="port to listen on (default: one that is free)")
    add("--no-open", action="store_true", help="open no browser")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Listen until Ctrl-C.

    Raises:
        ValueError: The port is no port.
        OSError: The address cannot be listened on.
        ModuleNotFoundError: What the page needs is not installed.
    """
    try:
        from loganneal.studio.serve import address, open_server  # the rest of the program does not need Dash
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(f"{error}. Run: python -m pip install 'loganneal[studio]'.") from error
    server = open_server(args.host, args.port)
    place = address(server)
    print(place, flush=True)
    print("Ctrl-C stops it.", file=sys.stderr, flush=True)
    if not args.no_open:
        threading.Thread(target=webbrowser.open, args=(place,), daemon=True).start()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
    return 0
