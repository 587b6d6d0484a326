"""What this costs beside `eventsourcing` as its documentation uses it, and beside the limit of the same data.

``python -m benchmarks --help`` says how to run it. The one rule: a figure is a ratio of what was measured
in one run, in turns. Nothing here is installed with the package.

| module | what it holds |
| --- | --- |
| `workload` | the facts that both sides store: always the same ones |
| `ours`, `documented`, `limit` | the three that are compared |
| `stores` | the logs, built once in a run and used by every figure |
| `rounds`, `table` | measuring in turns; what is printed and written |
| `replay`, `commands`, `loads`, `recording`, `views`, `questions`, `memory`, `bulk` | the figures |
"""
