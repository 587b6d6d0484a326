"""Charts: answers as pictures, in files. The one rule: a picture also shows what is not known.

Its figures are those of projections. Each kind makes a `Drawing`: a specification in the grammar of
Vega-Lite, with the same figures as tables. Whatever comes from a record stands in it as data or as a title,
never as a field's name or an expression.
"""

from reciprocity.replay.charts.balance import balance
from reciprocity.replay.charts.drawing import Drawing, NothingToDraw
from reciprocity.replay.charts.progress import progress
from reciprocity.replay.charts.rendering import FORMS, renderer
from reciprocity.replay.charts.years import years

KINDS = ("progress", "balance", "years")

__all__ = ["FORMS", "KINDS", "Drawing", "NothingToDraw", "balance", "progress", "renderer", "years"]
