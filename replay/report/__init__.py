"""The report: a record, replayed by whoever opens one file. The one rule: it answers what projections answer.

For every point of the two clocks at which an answer changes, `stops` finds the history and `answers` asks the
questions; `section` turns the rows into pieces of markup, each once, and `page` puts them into one file with
a script that only chooses among them. So no rule is written a second time. Templates are Jinja's, from the
extra ``report``.
"""

from reciprocity.domain.errors import ExtraMissing

try:
    import jinja2 as _jinja2  # noqa: F401
except ImportError as error:
    raise ExtraMissing('a report needs pip install "reciprocity[report]"') from error

from reciprocity.replay.report.page import WHOLE, Point, page
from reciprocity.replay.report.sealed import Journal, Sealed, Store
from reciprocity.replay.report.stops import MOST_STOPS

__all__ = ["MOST_STOPS", "WHOLE", "Journal", "Point", "Sealed", "Store", "page"]
