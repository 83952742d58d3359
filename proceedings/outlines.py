"""Outlines of areas as files bring them."""

from __future__ import annotations

import json
from typing import Any

from places.outlines import check_outline
from proceedings.refusals import Refusal, Refused, mark


def read_outlines(data: bytes) -> dict[str, dict[str, Any]]:
    """Outlines by area code from a GeoJSON FeatureCollection with `code` (or `adm_cd2`) properties.

    Coordinates are longitude, latitude (WGS84). Raises Refused when it is anything else.
    """
    try:
        collection = json.loads(data)
        return {
            str(each["properties"].get("code") or each["properties"]["adm_cd2"]): check_outline(
                each["geometry"]
            )
            for each in collection["features"]
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refused(
            Refusal(
                "not_outlines",
                mark("This file holds no outlines of areas."),
                mark(
                    "Please choose a GeoJSON file whose features have a code and "
                    "a polygon in longitude and latitude."
                ),
            ),
        ) from error
