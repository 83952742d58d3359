"""Pictures of the demo's proposals and projects, drawn here with a few shapes: nobody's photograph is used."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFilter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Colour = tuple[int, int, int]

WIDTH, HEIGHT = 1200, 800
NIGHT, DUSK = ((18, 26, 48), (44, 54, 84)), ((70, 84, 120), (214, 170, 140))
SKY = ((168, 206, 236), (234, 242, 246))
STONE, DARK, ROAD, GRASS, WATER = (
    (188, 184, 176),
    (62, 66, 74),
    (96, 100, 108),
    (126, 162, 104),
    (108, 154, 186),
)
WHITE, LIGHT, WOOD, RED = (244, 244, 240), (255, 226, 150), (150, 112, 78), (196, 84, 66)


def drawn(scene: str) -> BytesIO:
    """The picture of a scene as a JPEG file."""
    image = SCENES[scene]()
    written = BytesIO()
    image.save(written, "JPEG", quality=86)
    written.seek(0)
    return written


def _ground(colours: tuple[Colour, Colour]) -> Image.Image:
    """A canvas that goes from one colour above to another below."""
    (top, bottom), image = colours, Image.new("RGB", (1, HEIGHT))
    for y in range(HEIGHT):
        share = y / HEIGHT
        mixed = [round(a + (b - a) * share) for a, b in zip(top, bottom, strict=True)]
        image.putpixel((0, y), (mixed[0], mixed[1], mixed[2]))
    return image.resize((WIDTH, HEIGHT))


def _houses(pen: ImageDraw.ImageDraw, colours: Sequence[Colour], *, lit: bool) -> None:
    """A row of houses with windows along the back."""
    for place, colour in enumerate(colours):
        left, top = place * 240 - 20, 230 + (place * 70) % 130
        pen.rectangle((left, top, left + 236, 600), fill=colour)
        for row in range(2):
            for column in range(2):
                x, y = left + 46 + column * 92, top + 50 + row * 110
                is_lit = lit and (place + row + column) % 3 == 0
                pen.rectangle((x, y, x + 52, y + 64), fill=LIGHT if is_lit else DARK)


def _lamp(image: Image.Image, x: int, *, lit: bool) -> None:
    """A street lamp, which shines or does not."""
    pen = ImageDraw.Draw(image)
    pen.rectangle((x - 6, 250, x + 6, 640), fill=DARK)
    pen.rectangle((x - 6, 244, x + 70, 256), fill=DARK)
    pen.ellipse((x + 50, 246, x + 92, 282), fill=LIGHT if lit else (90, 94, 104))
    if lit:
        glow = Image.new("L", image.size, 0)
        ImageDraw.Draw(glow).polygon([(x + 71, 270), (x - 90, 700), (x + 240, 700)], fill=110)
        image.paste(LIGHT, mask=glow.filter(ImageFilter.GaussianBlur(26)))


def _alley() -> Image.Image:
    image = _ground(NIGHT)
    pen = ImageDraw.Draw(image)
    _houses(pen, [(40, 46, 66), (34, 40, 60), (46, 50, 70), (36, 42, 62), (42, 48, 68)], lit=True)
    pen.polygon([(0, 800), (0, 620), (1200, 620), (1200, 800)], fill=(40, 44, 56))
    for x, lit in ((180, False), (560, True), (930, False)):
        _lamp(image, x, lit=lit)
    return image


def _bus_stop() -> Image.Image:
    image = _ground(DUSK)
    pen = ImageDraw.Draw(image)
    _houses(
        pen,
        [(120, 116, 124), (134, 126, 130), (112, 110, 122), (128, 122, 128), (116, 112, 122)],
        lit=True,
    )
    pen.rectangle((0, 600, WIDTH, 660), fill=STONE)
    pen.rectangle((0, 660, WIDTH, HEIGHT), fill=ROAD)
    pen.rectangle((330, 280, 880, 306), fill=(52, 92, 140))
    for x in (350, 850):
        pen.rectangle((x, 300, x + 14, 620), fill=DARK)
    pen.rectangle((372, 316, 846, 560), fill=(206, 218, 226), outline=DARK, width=3)
    pen.rectangle((430, 520, 790, 544), fill=WOOD)
    for x in (450, 760):
        pen.rectangle((x, 544, x + 14, 612), fill=DARK)
    pen.rectangle((960, 330, 972, 640), fill=DARK)
    pen.ellipse((926, 270, 1006, 350), fill=(52, 92, 140), outline=WHITE, width=5)
    return image


def _school_street() -> Image.Image:
    image = _ground(SKY)
    pen = ImageDraw.Draw(image)
    pen.rectangle((120, 220, 1080, 520), fill=(226, 206, 176))
    pen.rectangle((520, 170, 680, 520), fill=(212, 188, 156))
    for place in range(7):
        if place != 3:
            x = 160 + place * 130
            pen.rectangle((x, 270, x + 80, 350), fill=WATER, outline=WHITE, width=5)
            pen.rectangle((x, 390, x + 80, 470), fill=WATER, outline=WHITE, width=5)
    pen.ellipse((566, 210, 634, 278), fill=WHITE, outline=DARK, width=5)
    pen.rectangle((0, 520, WIDTH, 570), fill=STONE)
    pen.rectangle((0, 570, WIDTH, HEIGHT), fill=ROAD)
    for place in range(5):
        left = 60 + place * 220
        pen.polygon(
            [(left + 24, 600), (left + 190, 600), (left + 170, 740), (left - 10, 740)],
            outline=LIGHT,
            width=8,
        )
    return image


def _door() -> Image.Image:
    image = _ground(((126, 140, 154), (176, 184, 190)))
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, WIDTH, 620), fill=RED)
    for y in range(0, 620, 44):
        for x in range(-60 if (y // 44) % 2 else 0, WIDTH, 120):
            pen.rectangle((x, y, x + 114, y + 38), fill=(184, 98, 80))
    pen.rectangle((430, 140, 770, 640), fill=(84, 92, 104), outline=DARK, width=8)
    pen.ellipse((712, 380, 740, 408), fill=LIGHT)
    pen.rectangle((0, 640, WIDTH, HEIGHT), fill=STONE)
    pen.rectangle((400, 500, 800, 640), fill=(206, 210, 214), outline=(70, 120, 170), width=10)
    for y in (546, 592):
        pen.line((410, y, 790, y), fill=(150, 158, 166), width=5)
    pen.rectangle((0, 720, WIDTH, HEIGHT), fill=WATER)
    return image


def _river_path() -> Image.Image:
    image = _ground(SKY)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 330, WIDTH, 500), fill=WATER)
    pen.rectangle((0, 500, WIDTH, HEIGHT), fill=GRASS)
    pen.rectangle((0, 190, WIDTH, 236), fill=(170, 172, 176))
    for x in (180, 560, 940):
        pen.rectangle((x, 236, x + 60, 420), fill=(154, 156, 162))
    pen.polygon([(0, 720), (620, 560), (620, 640), (0, 800)], fill=STONE)
    pen.polygon([(620, 524), (1200, 420), (1200, 560), (620, 640)], fill=(202, 198, 190))
    pen.rectangle((612, 524, 628, 642), fill=(120, 116, 110))
    pen.line((612, 524, 612, 642), fill=RED, width=6)
    return image


def _trees() -> Image.Image:
    image = _ground(SKY)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 540, WIDTH, 620), fill=STONE)
    pen.rectangle((0, 620, WIDTH, HEIGHT), fill=ROAD)
    for place, x in enumerate(range(110, WIDTH, 250)):
        pen.rectangle((x - 14, 330, x + 14, 580), fill=WOOD)
        for dx, dy, r in ((0, -60, 120), (-70, 0, 86), (70, 0, 86)):
            centre = (x + dx, 260 + dy)
            colour = (222, 178, 62) if place % 2 else (206, 160, 58)
            pen.ellipse((centre[0] - r, centre[1] - r, centre[0] + r, centre[1] + r), fill=colour)
    for place in range(90):
        x, y = (place * 137) % WIDTH, 560 + (place * 53) % 190
        pen.ellipse((x, y, x + 14, y + 12), fill=(214, 172, 70))
    return image


def _shop() -> Image.Image:
    image = _ground(DUSK)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 140, WIDTH, 640), fill=(170, 154, 140))
    for left, lit in ((60, False), (640, True)):
        pen.rectangle((left, 300, left + 500, 640), fill=LIGHT if lit else (150, 156, 164))
        if lit:
            pen.rectangle((left + 60, 500, left + 430, 524), fill=WOOD)
            for x in (left + 110, left + 250, left + 360):
                pen.rectangle((x, 450, x + 60, 500), fill=WHITE, outline=DARK, width=3)
        for y in range(316, 640, 26) if not lit else ():
            pen.line((left, y, left + 500, y), fill=(126, 132, 140), width=4)
        for stripe in range(10):
            x = left - 20 + stripe * 54
            pen.rectangle((x, 236, x + 53, 300), fill=RED if stripe % 2 else WHITE)
    pen.rectangle((0, 640, WIDTH, HEIGHT), fill=STONE)
    return image


SCENES: dict[str, Callable[[], Image.Image]] = {
    "alley": _alley,
    "bus stop": _bus_stop,
    "school street": _school_street,
    "door": _door,
    "river path": _river_path,
    "trees": _trees,
    "shop": _shop,
}

PICTURES: dict[str, tuple[str, str]] = {
    "밤 9시 이후 경로당 옆 골목이 너무 어둡습니다": (
        "alley",
        "밤의 골목. 보안등 세 개 가운데 하나만 켜져 있습니다.",
    ),
    "버스 기다리는 의자에 겨울 온열 기능을": (
        "bus stop",
        "해 뜨기 전 정류장. 긴 나무 의자 하나가 있습니다.",
    ),
    "초등학교 앞 '잠깐 정차' 다섯 자리": (
        "school street",
        "학교 앞길에 노란 선으로 그린 정차 자리 다섯 칸.",
    ),
    "반지하·저지대 물막이판을 미리 달아 주세요": (
        "door",
        "현관 아래쪽에 단 물막이판. 길에 물이 차 있습니다.",
    ),
    "하천 산책로에 유아차가 지나갈 턱 없는 길": (
        "river path",
        "다리 아래 산책로가 턱에서 끊겨 있습니다.",
    ),
    "빈 점포를 청소년이 쓰는 저녁 공부방으로": (
        "shop",
        "저녁 시장 골목. 왼쪽 가게는 닫혀 있고 오른쪽 가게는 불을 켜고 책상을 놓았습니다.",
    ),
    "가로수 열매 떨어지는 길, 수거 그물을 먼저": (
        "trees",
        "은행나무 아래 보도와 찻길에 열매가 흩어져 있습니다.",
    ),
}
"""Which proposals have a picture: its scene, and words for those who cannot see it."""

PROJECT_PICTURES: dict[str, tuple[str, str]] = {
    "안심 골목 LED 보안등 교체": ("alley", "보안등 세 개 가운데 하나만 켜진 밤 골목."),
    "장터 입구 스마트 그늘막·온열의자": ("bus stop", "긴 나무 의자가 놓인 장터 입구 정류장."),
    "저지대 물막이판 미리 달기": ("door", "현관 아래쪽에 물막이판을 단 집."),
    "빈 점포 청소년 공부방": ("shop", "불을 켜고 책상을 놓은 시장 가게."),
    "강변 쉼터 음수대·벤치": ("river path", "다리 아래로 이어지는 강변 산책로."),
}
"""The same for projects of the budget; the others have none."""
