"""The ledger's loops: entries into the log, and its heads past the witnesses."""

from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from kept.ledger import CHECKPOINT, HEAD, Cosigning, Log, Sequencer, load_quorum, load_signer, source_of, store_of
from kept.runtime import Runtime


def recording(runtime: Runtime) -> list[Coroutine[Any, Any, None]]:
    """What writes the log, and what has it cosigned if the settings name a policy of witnesses.

    Raises:
        BadPolicy: the policy's file is missing, wrong, or about another log.
        UnusableKey: the signing key's file can't be trusted.
    """
    stores, policy = runtime.ledger, runtime.settings.witness_policy
    signer = load_signer(stores.signing_key, stores.origin)
    quorum = load_quorum(Path(policy), signer.vkey) if policy else None
    store = store_of(stores.objects)
    log = Log(stores.database, store, signer, runtime.clock, publish_as=HEAD if quorum else CHECKPOINT)
    outboxes = [*(cell.database for cell in runtime.cells), runtime.cells.directory.database]
    sequencer = Sequencer(log, outboxes, pool=runtime.settings.ledger.pool_seconds).run()
    if quorum is None:
        return [sequencer]
    return [sequencer, Cosigning(log, quorum, stores.database, store, source_of(stores.objects)).run()]
