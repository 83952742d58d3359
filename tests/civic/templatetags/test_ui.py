"""Parts of pages: icons, fields, refusals, and the way back."""

from __future__ import annotations

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from civic.templatetags import ui
from proceedings.refusals import Refusal


class Form(forms.Form):
    title = forms.CharField(label="제목", help_text="한 줄로")
    field = forms.ChoiceField(label="분야", choices=[("a", "안전")], widget=forms.RadioSelect)
    agree = forms.BooleanField(label="동의")
    note = forms.CharField(label="메모", required=False)


def render(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


def field(form: Form, name: str, options: str = "") -> str:
    return render(
        '{% include "components/field.html" with field=field ' + options + " only %}",
        field=form[name],
    )


def test_icon_is_hidden_from_screen_readers_and_points_into_the_sprite() -> None:
    html = render('{% icon "vote" %}')
    assert 'aria-hidden="true"' in html
    assert 'href="/static/img/icons.svg#vote"' in html


def test_icon_name_is_escaped() -> None:
    assert "<script>" not in render("{% icon name %}", name='"><script>')


def test_own_site_is_the_towns_even_where_a_view_calls_something_else_site() -> None:
    context = Context({"site": {"name": "무등구 마당"}})
    context.push({"site": object()})
    source = "{% own_site as site %}{{ site.name }}"
    assert Template(source).render(context) == "무등구 마당"
    assert render(source) == ""


def test_qr_code_has_a_name_and_no_style_attribute() -> None:
    with translation.override("en"):
        html = render('{% qr_code "https://example.kr/votes/1/" %}')
    assert html.startswith('<svg role="img" aria-label="QR code of this address" ')
    assert "style=" not in html


def test_disclosure_escapes_its_title_and_keeps_its_content() -> None:
    html = render("{% disclosure title %}<p>가</p>{% enddisclosure %}", title="<b>")
    assert "&lt;b&gt;" in html
    assert "<p>가</p>" in html


def test_tablebox_can_be_scrolled_by_keyboard() -> None:
    html = render('{% tablebox "기한" %}<table></table>{% endtablebox %}')
    assert 'tabindex="0"' in html
    assert 'aria-label="기한"' in html


@pytest.mark.parametrize(
    ("name", "kind"), [("title", "plain"), ("field", "choices"), ("agree", "single")]
)
def test_field_kind_follows_the_widget(name: str, kind: str) -> None:
    assert ui.field_kind(Form()[name]) == kind


def test_field_ties_input_to_hint_and_error_and_keeps_what_was_typed() -> None:
    form = Form({"title": "", "note": "그대로"})
    html = field(form, "title")
    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_title_error"' in html
    assert 'value="그대로"' in field(form, "note")


def test_field_with_its_own_hint_is_tied_to_it() -> None:
    html = field(Form(), "note", 'hint="예: 느티로 12길"')
    assert 'aria-describedby="id_note_helptext"' in html
    assert "예: 느티로 12길" in html


def test_group_of_choices_has_a_legend_and_ties_its_error() -> None:
    html = field(Form({}), "field")
    assert "<legend" in html
    assert 'aria-describedby=" id_field_error"' in html


def test_required_fields_say_so_in_words() -> None:
    with translation.override("en"):
        assert "required</span>" in field(Form(), "title")
        assert "required</span>" not in field(Form(), "note")


def test_form_errors_name_each_field_and_link_to_it() -> None:
    html = render('{% include "components/form_errors.html" with form=form only %}', form=Form({}))
    assert html.count('<a href="#') == 3
    assert 'href="#id_title">제목: ' in html
    assert 'href="#id_field_0">분야: ' in html


def test_form_without_errors_shows_no_summary() -> None:
    html = render('{% include "components/form_errors.html" with form=form only %}', form=Form())
    assert html.strip() == ""


def test_required_error_is_korean_in_the_sites_own_voice() -> None:
    with translation.override("ko"):
        assert Form({})["title"].errors == ["꼭 적어 주세요."]
        assert Form({})["field"].errors == ["꼭 골라 주세요."]


def test_errors_of_forms_have_their_particles_settled_wherever_they_stand() -> None:
    form = Form({"title": "", "field": "a"})
    form.add_error("title", "“골목 바꾸기”이(가) 두 번 있습니다.")
    form.add_error(None, "느티동은(는) <없습니다>.")
    with translation.override("ko"):
        summary = render(
            '{% include "components/form_errors.html" with form=form only %}', form=form
        )
        shown = [summary, field(form, "title"), str(form["title"].errors)]
        whole = str(form.non_field_errors())
    assert ["“골목 바꾸기”가 두 번 있습니다." in html for html in shown] == [True] * 3
    for html in (summary, whole):
        assert "느티동은 &lt;없습니다&gt;." in html


def test_refusal_shows_message_and_next_step_and_keeps_its_code_for_machines() -> None:
    refusal = Refusal(
        "closed", "Closed on %(day)s.", "Call %(phone)s.", {"day": "1", "phone": "<2>"}
    )
    html = render(
        '{% include "components/refusal.html" with refusal=refusal only %}', refusal=refusal
    )
    assert "Closed on 1." in html
    assert "Call &lt;2&gt;." in html
    assert 'data-code="closed"' in html
    assert ">closed<" not in html


def test_refusal_without_next_step_leaves_no_empty_line() -> None:
    html = render(
        '{% include "components/refusal.html" with refusal=refusal only %}',
        refusal=Refusal("closed", "Closed."),
    )
    assert "alert__next" not in html


def test_bars_and_sums_stay_in_their_frame() -> None:
    assert (ui.at_most(7, 5), ui.at_most(3, 5), ui.distance(3, 5), ui.distance(None, 5)) == (
        5,
        3,
        2,
        5,
    )


@pytest.mark.parametrize(
    ("level", "tone"), [("error", "danger"), ("success", "success"), ("info", ""), ("odd", "")]
)
def test_tone_of_a_message(level: str, tone: str) -> None:
    assert ui.tone(level) == tone


def test_display_defaults_write_no_attributes() -> None:
    assert ui.html_attributes({"text": "100", "contrast": "normal", "theme": "auto"}) == ""
    assert ui.html_attributes(None) == ""


def test_display_choices_become_attributes() -> None:
    assert (
        ui.html_attributes({"text": "130", "contrast": "high", "theme": "dark"})
        == ' data-text="130" data-contrast="high" data-theme="dark"'
    )


@pytest.mark.parametrize(
    ("referer", "path"),
    [
        ("http://testserver/votes/1/?a=1", "/votes/1/?a=1"),
        ("http://evil.example/votes/1/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
        (None, "/"),
    ],
)
def test_way_back_never_leaves_the_site(referer: str | None, path: str) -> None:
    assert ui.own_path(referer, RequestFactory().get("/")) == path
