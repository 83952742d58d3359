"""Every part of the design on one page, for those who build and check pages (not in production)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from civic.charts import Area, Place
from proceedings.refusals import Refusal, mark

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class SampleForm(forms.Form):
    """One field of each kind."""

    title = forms.CharField(
        label=_("Title"),
        max_length=60,
        help_text=_("Say in one line what should change where."),
    )
    text = forms.CharField(label=_("Text"), widget=forms.Textarea(attrs={"rows": 4}))
    area = forms.ChoiceField(label=_("Area"), choices=[("", "–"), ("1", "느티동"), ("2", "장터동")])
    born = forms.CharField(
        label=_("Date of birth"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "bday"}),
    )
    day = forms.DateField(
        label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    cost = forms.IntegerField(label=_("Cost"), required=False)
    code = forms.CharField(label=_("Paper code"), required=False)
    picture = forms.FileField(label=_("Picture"), required=False)
    field = forms.ChoiceField(
        label=_("Field"),
        choices=[("safety", "안전"), ("traffic", "교통"), ("environment", "환경")],
        widget=forms.RadioSelect,
    )
    channels = forms.MultipleChoiceField(
        label=_("Notices"),
        choices=[("mail", "이메일"), ("sms", "문자")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    agree = forms.BooleanField(label=_("I have read the house rules."))


class SampleFilterForm(forms.Form):
    """Filters of a list."""

    where = forms.ChoiceField(
        label=_("Area"), required=False, choices=[("", "전체"), ("1", "느티동")]
    )
    what = forms.ChoiceField(
        label=_("Field"), required=False, choices=[("", "전체"), ("s", "안전")]
    )
    state = forms.ChoiceField(
        label=_("Stage"), required=False, choices=[("", "전체"), ("a", "답변")]
    )


def ring(*corners: tuple[float, float]) -> dict[str, object]:
    """A GeoJSON polygon from its corners."""
    return {"type": "Polygon", "coordinates": [[*corners, corners[0]]]}


AREAS = [
    Area("1", "샘물동", ring((0, 6), (4, 7), (5, 4), (2, 3), (0, 4)), 3, "#map"),
    Area("2", "느티동", ring((4, 7), (9, 8), (9.5, 5), (5, 4)), 8, "#map"),
    Area("3", "솔머리동", ring((9, 8), (13, 7), (12, 4), (9.5, 5)), 2, "#map"),
    Area("4", "강변1동", ring((0, 4), (2, 3), (5, 4), (5, 0.5), (1, 0)), 5, "#map"),
    Area("5", "강변2동", ring((5, 4), (9.5, 5), (9, 1), (5, 0.5)), 6, "#map"),
    Area("6", "장터동", ring((9.5, 5), (12, 4), (13, 1.5), (9, 1)), 0, "#map"),
]
SHARED: dict[str, Any] = {
    "areas": AREAS,
    "places": [Place("보안등이 꺼진 골목", 6.4, 6.2, "#map"), Place("온열의자", 11, 2.6, "#map")],
    "stages": [
        {"label": "접수", "state": "done", "date": "10. 2."},
        {"label": "공감 모으는 중", "state": "done", "date": "10. 28."},
        {"label": "시민토론", "state": "now", "date": "11. 27.까지"},
        {"label": "부서 검토", "state": "next", "date": "12. 28.까지"},
        {"label": "답변", "state": "next"},
        {"label": "추진", "state": "next"},
    ],
    "steps": ["유의사항", "쓰기", "비슷한 제안 확인", "미리보기", "제출"],
    "channels": [("온라인", 812), ("센터", 406), ("종이", 688)],
    "result_rows": [
        ("안심 골목 LED 보안등 교체", {"web": 512, "desk": 201, "paper": 344}),
        ("저지대 물막이판 미리 달기", {"web": 388, "desk": 166, "paper": 290}),
        ("통학로 보도 턱 낮춤", {"web": 402, "desk": 120, "paper": 201}),
        ("장터 입구 스마트 그늘막·온열의자", {"web": 176, "desk": 98, "paper": 161}),
    ],
    "result_series": [("web", "온라인"), ("desk", "센터"), ("paper", "종이")],
    "result_marked": ["안심 골목 LED 보안등 교체", "저지대 물막이판 미리 달기"],
    "turnout": [
        (index, count, f"11. {day}.")
        for index, (day, count) in enumerate(
            [
                (14, 0),
                (15, 214),
                (16, 390),
                (17, 466),
                (18, 731),
                (19, 1102),
                (20, 1388),
                (21, 1906),
            ]
        )
    ],
    "budget_items": [
        ("안심 골목 LED 보안등 교체", 48_000_000, True),
        ("저지대 물막이판 미리 달기", 84_000_000, True),
        ("통학로 보도 턱 낮춤", 96_000_000, True),
        ("빈 점포 청소년 공부방", 118_000_000, False),
        ("장터 입구 스마트 그늘막·온열의자", 62_500_000, True),
        ("디지털 연습장과 도우미", 73_200_000, False),
        ("강변 쉼터 음수대·벤치", 39_600_000, False),
        ("우리 동 소리 기록관", 19_800_000, False),
    ],
    "opinions": [
        (((i * 37) % 29 - 14) / 10 + (-1.2, 1.3, 0.2)[i % 3], ((i * 53) % 23 - 11) / 10, i % 3)
        for i in range(60)
    ],
    "refusal": Refusal(
        code="already_voted",
        message=mark("You voted on %(day)s at %(place)s. One person can vote once."),
        next_step=mark("You can look at your receipt number on My page."),
        params={"day": "11. 28.", "place": "느티동 행정복지센터"},
    ),
    "history": [
        {"date": "2026. 10. 2.(금)", "title": "접수", "text": "김○○ 님이 제안했습니다."},
        {"date": "2026. 10. 28.(수)", "title": "공감 143명", "text": "기준 50명을 넘었습니다."},
        {"date": "2026. 11. 20.(금)", "title": "중간 답변", "state": "now", "text": "안전도시과"},
        {"date": "2026. 12. 12.(토)", "title": "공식 답변 예정", "state": "next"},
    ],
    "crumbs": [("제안", "#lists"), ("안전", "#lists"), ("밤 9시 이후 골목", "")],
    "card_meta": [("calendar", "11. 27.까지"), ("comment", "의견 8")],
    "choice_meta": ["느티동", "48,000,000원", "60등 × 800,000원"],
    "chips": [
        {"label": "느티동", "remove_url": "#lists"},
        {"label": "안전", "remove_url": "#lists"},
    ],
    "sorts": [
        {"label": "뜨는", "url": "#lists", "current": True},
        {"label": "공감순", "url": "#lists"},
        {"label": "최신", "url": "#lists"},
        {"label": "마감 임박", "url": "#lists"},
    ],
    "tabs": [
        {"label": "목록", "url": "#lists", "current": True, "count": 128},
        {"label": "지도", "url": "#map"},
        {"label": "끝난 제안", "url": "#lists", "count": 64},
    ],
    "receipt_lines": [
        ("낸 때", "2026. 11. 28.(토) 14:10"),
        ("결과", "12월 7일(월) 10:00에 이 누리집과 센터에 알립니다."),
    ],
    "toc": [("Button", "buttons"), ("Card", "cards"), ("List", "lists"), ("Form", "forms")],
}


def gallery(request: HttpRequest) -> HttpResponse:
    """Show all parts in all states; a form sent empty shows its errors."""
    if not (settings.DEBUG or settings.DEMO):
        raise Http404
    sprite = (settings.BASE_DIR / "static/img/icons.svg").read_text()
    form = SampleForm({} if "errors" in request.GET else None, label_suffix="")
    return render(
        request,
        "civic/gallery.html",
        {
            **SHARED,
            "form": form,
            "filter_form": SampleFilterForm(request.GET, label_suffix=""),
            "icon_names": re.findall(r'id="([a-z-]+)"', sprite),
        },
    )
