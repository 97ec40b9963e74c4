"""The witness of `kept up --demo`: shows how cosigning works, and proves nothing, for it runs on the log's own machine.

    python -m kept.witness.demonstration DATA_FOLDER ORIGIN PORT

Makes its key and, where there is none yet, the log's; writes the policy that names it; then cosigns like any witness.
"""

import sys
from pathlib import Path

from kept.ledger import load_cosigner, load_signer
from kept.ledger.files import replace_file
from kept.witness.starting import start

NAME = "demo-witness.localhost/on-the-same-machine"
ABOUT = (
    "This witness belongs to a demonstration and runs on the same machine as the log that it watches.\n"
    "It shows how cosigning works. It protects nobody: whoever runs the log can change the witness, too."
)


def main(data: Path, origin: str, port: int) -> None:
    """Write the policy, then run the witness."""
    folder = data / "demo-witness"
    folder.mkdir(mode=0o700, exist_ok=True)
    log = load_signer(data / "keys" / "ledger.key", origin).vkey
    key = load_cosigner(folder / "key", NAME).vkey
    policy = (
        "# Written at each start of the demonstration. Its witness runs on the log's own machine: it proves nothing.\n"
        f"log {log.text}\nwitness same-machine {key.text} http://127.0.0.1:{port}\nquorum same-machine\n"
    )
    replace_file(folder / "policy", policy.encode())
    start(folder, [log.text], f"127.0.0.1:{port}", about=ABOUT)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
