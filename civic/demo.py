"""Who lives in the demo town: the people one can log in as. Their secrets are no secrets."""

from __future__ import annotations

from dataclasses import dataclass

PASSWORD = "madang-demo-2026"  # noqa: S105 - printed on the demo's own page
DOMAIN = "madang.example"


@dataclass(frozen=True)
class DemoPerson:
    """One of them: how they log in and what they are."""

    key: str
    name: str
    role: str
    words: str
    totp: str = ""

    @property
    def email(self) -> str:
        """The address they log in with."""
        return f"{self.key}@{DOMAIN}"


PEOPLE = (
    DemoPerson("citizen", "이느티", "", "시민 · 느티동 주민으로 확인됨"),
    DemoPerson("newcomer", "박새봄", "", "시민 · 아직 주민 확인 전"),
    DemoPerson(
        "clerk-a", "정나루", "clerk", "느티동 센터 직원 A", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXA"
    ),
    DemoPerson(
        "clerk-b", "한가온", "clerk", "느티동 센터 직원 B", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXB"
    ),
    DemoPerson(
        "coordinator",
        "오다솜",
        "coordinator",
        "느티동 센터 책임자",
        "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXC",
    ),
    DemoPerson(
        "official", "최담", "official", "안전도시과 담당자", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXD"
    ),
    DemoPerson(
        "moderator", "윤솔", "moderator", "운영원칙 담당", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXE"
    ),
    DemoPerson(
        "administrator", "강하늘", "administrator", "관리자", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXF"
    ),
    DemoPerson("observer", "서지킴", "observer", "참관인", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXG"),
)
