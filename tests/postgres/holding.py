"""A process that starts the embedded server in argv[1], says so, and holds it until killed."""

import signal
import sys
from pathlib import Path

from kept.kit import KeptError
from kept.postgres import EmbeddedPostgres

server = EmbeddedPostgres(Path(sys.argv[1]))
try:
    server.start()
except KeptError as error:
    print(error.code, error.public, flush=True)
    sys.exit(3)
print("ready", server.ensure_database("kept_us"), flush=True)
signal.signal(signal.SIGTERM, lambda *_: sys.exit())
try:
    signal.pause()
finally:
    server.stop()
