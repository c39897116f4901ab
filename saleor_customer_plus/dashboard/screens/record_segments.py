"""Which segments somebody is in, and why."""

from __future__ import annotations

from ..requests import Screen, ScreenRequest
from . import choices
from .record_context import NAME, wanted
from .segment_words import in_words

EXPLAIN = """
query CustomerPlusSegmentExplain($segmentId: ID!, $recordId: ID!) {
  customerSegmentExplain(segmentId: $segmentId, recordId: $recordId) {
    isMember clauses { path text holds value note depth }
  }
  customerSegment(id: $segmentId) { id name readyMade brokenReason }
}
"""


def show(request: ScreenRequest, record_id: str) -> Screen:
    """The dialog: a segment to choose, and which of its conditions the customer meets with what."""
    context = {
        "record": wanted(request.execute(NAME, id=record_id)["customerRecord"]),
        "segments": choices.offer(request, "segment", "segment", request.query.getlist("segment")),
        "chosen": request.query.get("segment", ""),
    }
    if context["chosen"]:
        data = request.execute(EXPLAIN, segmentId=context["chosen"], recordId=record_id)
        context |= {"segment": in_words(wanted(data["customerSegment"])), "explanation": data["customerSegmentExplain"]}
    return Screen("segments/explain.html", context)
