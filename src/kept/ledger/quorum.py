"""The witness policy of this installation, as a file that an operator wrote."""

from pathlib import Path

from kept.ledger.formats.note import VerifierKey
from kept.ledger.formats.policy import BadPolicy, Quorum


def load_quorum(file: Path, log: VerifierKey) -> Quorum:
    """The policy in `file`, for the log `log` only.

    Raises:
        BadPolicy: it is missing, wrong, or about another log; says why.
    """
    try:
        data = file.read_bytes()
    except OSError as error:
        raise BadPolicy(why=str(error)) from error
    try:
        return Quorum.parse(data).of_log(log)
    except BadPolicy as error:
        raise BadPolicy(why=f"{file}: {error.details['why']}") from error
