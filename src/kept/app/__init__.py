"""app: the composition root, the only floor that knows everything: it opens, connects, supervises and starts.

Owns the `kept` command, the supervisor of `kept up`, the processes `serve` and `work`, the HTTP application, migrations, and
the list of publish gates. Decides nothing that a floor below could decide.
Start reading at `main.py` (the command), then `supervisor.py` (`kept up`) and `compose.py` (how the stores are opened).
"""
