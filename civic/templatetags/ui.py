"""Parts of pages that a plain include cannot do: icons, block parts, form fields, refusals."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import segno
from django import template
from django.contrib.messages import constants as levels
from django.forms import CheckboxInput
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from proceedings.refusals import mark
from proceedings.wording import say, say_next

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.forms import BaseForm, BoundField
    from django.http import HttpRequest
    from django.template import Context

    from proceedings.refusals import Refusal

register = template.Library()

DJANGO_SENTENCES = (
    mark("This field is required."),
    mark("Enter a whole number."),
    mark("Enter a valid date."),
    mark("Enter a valid email address."),
    mark("Select a valid choice. That choice is not one of the available choices."),
    mark("The submitted file is empty."),
)
"""What Django itself says beside a field; listed so that our catalog gives it our voice."""

TONES = {
    levels.DEFAULT_TAGS[levels.SUCCESS]: "success",
    levels.DEFAULT_TAGS[levels.WARNING]: "warning",
    levels.DEFAULT_TAGS[levels.ERROR]: "danger",
}


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """Draw a symbol of `static/img/icons.svg`, hidden from screen readers; `size` "l" is larger.

    It never stands alone: the words beside it say what is meant.
    """
    return format_html(
        '<svg class="icon{}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        f" icon--{size}" if size else "",
        static("img/icons.svg"),
        name,
    )


@register.simple_tag(takes_context=True)
def own_site(context: Context) -> Mapping[str, object]:
    """The town's facts as `civic.context.site` gave them, whatever the view calls `site`.

    The log-in pages of django-allauth use that name for something else.
    """
    return next(
        (layer["site"] for layer in context.dicts if isinstance(layer.get("site"), dict)), {}
    )


@register.simple_tag
def qr_code(url: str) -> SafeString:
    """Draw `url` as a QR code (inline SVG without style attributes, always black on white)."""
    drawing = segno.make(url, micro=False, error="m").svg_inline(
        scale=1,
        border=3,
        svgclass=None,
        lineclass=None,
        omitsize=True,
        dark="#000",
        light=None,
    )
    name = format_html('<svg role="img" aria-label="{}" ', gettext("QR code of this address"))
    return mark_safe(drawing.replace("<svg ", name, 1))  # noqa: S308 - drawn by segno; label escaped


@register.simple_block_tag
def disclosure(content: str, title: str, *, is_open: bool = False, bare: bool = False) -> str:
    """Text that opens on demand: `{% disclosure "Title" %}…{% enddisclosure %}`."""
    return render_to_string(
        "components/disclosure.html",
        {"title": title, "content": content, "open": is_open, "bare": bare},
    )


@register.simple_block_tag
def tablebox(content: str, label: str) -> str:
    """A wide table that scrolls inside the page: `{% tablebox "Name" %}…{% endtablebox %}`."""
    return render_to_string("components/table_box.html", {"label": label, "content": content})


@register.filter
def words(text: str) -> list[str]:
    """Split at spaces, for short fixed lists in templates."""
    return text.split()


@register.filter
def at_most(value: int, limit: int) -> int:
    """The smaller of the two, so that a bar never leaves its frame."""
    return min(value, limit)


@register.filter
def distance(value: int | None, other: int) -> int:
    """How far two sums are apart, without a sign."""
    return abs((value or 0) - other)


@register.filter
def tone(level_tag: str) -> str:
    """The tone of an alert for a message level of Django; information has none."""
    return TONES.get(level_tag, "")


@register.filter
def refusal_message(refusal: Refusal) -> str:
    """Why not, in the reader's language, with its parameters filled in."""
    return say(refusal)


@register.filter
def refusal_next(refusal: Refusal) -> str:
    """What to do next, in the reader's language; empty when there is nothing."""
    return say_next(refusal)


@register.filter
def field_kind(field: BoundField) -> str:
    """How a field is laid out: "choices" (a group with a legend), "single" (one box) or "plain"."""
    widget = field.field.widget
    if widget.use_fieldset:
        return "choices"
    return "single" if isinstance(widget, CheckboxInput) else "plain"


@register.filter
def described(field: BoundField, hint: str) -> SafeString:
    """The input itself, tied to its hint and its error for those who hear the page."""
    ids = [f"{field.auto_id}_helptext"] if hint else []
    ids += [f"{field.auto_id}_error"] if field.errors else []
    return field.as_widget(attrs={"aria-describedby": " ".join(ids)} if ids else None)


@register.filter
def first_input(field: BoundField) -> str:
    """The id that a link in the summary of errors jumps to."""
    return field.id_for_label or f"{field.auto_id}_0"


@register.filter
def error_count(form: BaseForm) -> int:
    """How many things are wrong in a form."""
    return sum(len(errors) for errors in form.errors.values())


@register.simple_tag
def html_attributes(display: dict[str, str] | None) -> SafeString:
    """The reader's display settings as attributes of <html>; defaults write nothing."""
    chosen = display or {}
    return format_html(
        "{}{}{}",
        format_html(' data-text="{}"', chosen["text"])
        if chosen.get("text", "100") != "100"
        else "",
        mark_safe(' data-contrast="high"') if chosen.get("contrast") == "high" else "",
        format_html(' data-theme="{}"', chosen["theme"])
        if chosen.get("theme") in {"light", "dark"}
        else "",
    )


@register.filter
def own_path(referer: str | None, request: HttpRequest) -> str:
    """The page before this one if it is ours, else the first page; never another site."""
    if referer and url_has_allowed_host_and_scheme(referer, {request.get_host()}):
        return urlsplit(referer)._replace(scheme="", netloc="").geturl() or "/"
    return "/"
