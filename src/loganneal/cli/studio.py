"""``loganneal studio``: schedules, logs and studies in a browser, on this machine."""

import argparse
import sys
import threading
import webbrowser
from pathlib import Path
from typing import Any

from loganneal.cli._options import add_records

EPILOG = """examples:
  loganneal studio                          open the page
  loganneal studio --no-open --port 8050    print the address, on a port of your choice
  loganneal studio loganneal-study/bases    follow the study that runs in that folder, on the page Studies
  loganneal studio studies/bases.toml       the same study by the file that declares it, even before its first run
  loganneal studio results --records runs   choose from the studies in a folder; runs is the journal of their runs

The page needs no internet. It listens on this machine alone, and stops with Ctrl-C. It shows the studies in the
folders that it was started with and reads no others; it trains nothing and changes nothing.
"""


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "studio",
        help="design schedules, look at logs and follow studies in a browser",
        description="Design learning-rate schedules, look at training logs and follow studies on a local page.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add(
        "folders",
        nargs="*",
        type=Path,
        metavar="FOLDER",
        help="a study's folder, a folder of them, or a study in TOML (default: loganneal-study and loganneal-compare)",
    )
    add_records(parser)
    add(
        "--host", default="127.0.0.1", metavar="ADDRESS", help="address to listen on (default: 127.0.0.1, this machine)"
    )
    add("--port", type=int, default=0, metavar="N", help="port to listen on (default: one that is free)")
    add("--no-open", action="store_true", help="do not open a browser")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Listen until Ctrl-C.

    Raises:
        ValueError: The port is not valid, or a folder does not exist.
        OSError: The server cannot listen on the address.
        ModuleNotFoundError: A package that the page needs is not installed.
    """
    try:
        from loganneal.studio.serve import address, open_server  # the rest of the program does not need Dash
        from loganneal.studio.study_watch import Studies
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(f"{error}. Run: python -m pip install 'loganneal[studio]'.") from error
    server = open_server(args.host, args.port, Studies(args.folders, args.records))
    place = address(server) + ("studies" if args.folders else "")
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
