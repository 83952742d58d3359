"""Error reports that carry nobody's data (read by the logging set-up, so it imports no app)."""

from __future__ import annotations

from typing import Any

from django.views.debug import ExceptionReporter


class QuietExceptionReporter(ExceptionReporter):
    """Error reports without local variables, bodies and cookies: a ballot could stand in them."""

    def get_traceback_data(self) -> dict[str, Any]:
        """Keep where it happened; drop what was in the variables and in the request."""
        data = super().get_traceback_data()
        for frame in data.get("frames", []):
            frame["vars"] = []
        data["request"] = None
        data["user_str"] = ""
        data["filtered_POST_items"] = []
        data["request_COOKIES_items"] = []
        data["request_meta"] = {}
        return data
