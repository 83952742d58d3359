"""The page that explains the API and lists what it has."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from drf_spectacular.generators import SchemaGenerator

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

CHOICE = re.compile(r"^\* `(.+?)` - (.*)$", re.MULTILINE)
"""How the description writes a value that may be chosen, with what it means: a line of Markdown."""


def api_page(request: HttpRequest) -> HttpResponse:
    """List every resource of the schema with its words and parameters."""
    generator = SchemaGenerator()  # type: ignore[no-untyped-call]  # the library has no types here
    schema = generator.get_schema(request=None, public=True)  # type: ignore[no-untyped-call]  # the same
    resources = [
        {
            "method": method.upper(),
            "path": path,
            "summary": operation.get("summary") or operation.get("description", ""),
            "parameters": [
                described(each["name"], each.get("description", ""))
                for each in (
                    *operation.get("parameters", []),
                    *fields_sent(operation, schema["components"]["schemas"]),
                )
            ],
        }
        for path, operations in sorted(schema["paths"].items())
        for method, operation in operations.items()
    ]
    return render(request, "civic/api.html", {"resources": resources})


@dataclass(frozen=True)
class Parameter:
    """What may be asked or sent: its words, every other piece of them code, and what to choose."""

    name: str
    pieces: tuple[str, ...]
    choices: tuple[tuple[str, str], ...]


def described(name: str, description: str) -> Parameter:
    """A parameter with its Markdown read: `code`, and the lines of its choices."""
    choices = CHOICE.findall(description)
    return Parameter(
        name=name,
        pieces=tuple(CHOICE.sub("", description).strip().split("`")),
        choices=tuple((value, "" if label == value else label) for value, label in choices),
    )


def fields_sent(operation: dict[str, Any], shapes: dict[str, Any]) -> list[dict[str, str]]:
    """What a writing request sends in its body, field by field; empty for all others."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    shape = shapes.get(content.get("schema", {}).get("$ref", "").rpartition("/")[2], {})
    return [
        {"name": name, "description": words.get("description", "")}
        for name, words in shape.get("properties", {}).items()
    ]
