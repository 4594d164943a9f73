"""Answers of shapely, one line of JSON for each line of standard input.

In:  {"polygons": [[ring, hole, ...], ...], "gap_width": number}, corners as [x, y].
Out: {"valid": [bool], "reasons": [str], "coverage": bool, "invalid": [bool]}, one a polygon;
     "coverage" and "invalid" only when every polygon is valid.
"""

import json
import sys

import shapely

for line in sys.stdin:
    case = json.loads(line)
    shapes = [shapely.Polygon(rings[0], rings[1:]) for rings in case["polygons"]]
    valid = [bool(v) for v in shapely.is_valid(shapes)]
    answer = {"valid": valid, "reasons": [str(r) for r in shapely.is_valid_reason(shapes)]}
    if all(valid):
        width = case["gap_width"]
        answer["coverage"] = bool(shapely.coverage_is_valid(shapes, gap_width=width))
        edges = shapely.coverage_invalid_edges(shapes, gap_width=width)
        answer["invalid"] = [not e.is_empty for e in edges]
    print(json.dumps(answer))
