"""The demo town: its people and its content. All of it is invented; the secrets are no secrets."""

from __future__ import annotations

from dataclasses import dataclass

PASSWORD = "madang-demo-2026"  # noqa: S105 - printed on the demo's own page
DOMAIN = "madang.example"


@dataclass(frozen=True)
class DemoPerson:
    """One of the people to log in as: how they log in and what they are."""

    key: str
    name: str
    role: str
    words: str
    birth: str
    totp: str = ""

    @property
    def email(self) -> str:
        """The address they log in with."""
        return f"{self.key}@{DOMAIN}"


PEOPLE = (
    DemoPerson("citizen", "이느티", "", "시민 · 느티동 주민 확인을 마침", "19940412"),
    DemoPerson("newcomer", "박새봄", "", "시민 · 아직 주민 확인 전", "19990301"),
    DemoPerson(
        "clerk-a", "정나루", "clerk", "느티동 센터 직원 A", "19880920", "JBSWY3DPEHPK3PXPAAAAAAAA"
    ),
    DemoPerson(
        "clerk-b", "한가온", "clerk", "느티동 센터 직원 B", "19910705", "JBSWY3DPEHPK3PXPBBBBBBBB"
    ),
    DemoPerson(
        "coordinator",
        "오다솜",
        "coordinator",
        "느티동 센터 책임자",
        "19790214",
        "JBSWY3DPEHPK3PXPCCCCCCCC",
    ),
    DemoPerson(
        "official",
        "최담",
        "official",
        "안전도시과와 교통행정과 담당자",
        "19850611",
        "JBSWY3DPEHPK3PXPDDDDDDDD",
    ),
    DemoPerson(
        "moderator", "윤솔", "moderator", "운영원칙 담당", "19900817", "JBSWY3DPEHPK3PXPEEEEEEEE"
    ),
    DemoPerson(
        "administrator",
        "강하늘",
        "administrator",
        "관리자",
        "19820103",
        "JBSWY3DPEHPK3PXPFFFFFFFF",
    ),
    DemoPerson("observer", "서지킴", "observer", "참관인", "19680529", "JBSWY3DPEHPK3PXPGGGGGGGG"),
    DemoPerson("auditor", "남바른", "auditor", "감사 담당", "19760911", "JBSWY3DPEHPK3PXPHHHHHHHH"),
)
WALK_IN = ("문순례", "19580312")
"""A 70-year-old without an account who comes to the desk: name and date of birth to look up."""
