"""The rules a new town starts with; the office changes their words in the admin."""

from django.db import migrations

RULES = [
    (1, "비방과 욕설",
     "사람이 아니라 생각을 두고 말합니다. 욕설, 협박, 남을 깎아내리는 글은 가립니다.",
     "Insults", "Talk about ideas, not about persons. Insults and threats are hidden."),
    (2, "차별과 혐오",
     "나이, 성별, 장애, 출신, 종교를 이유로 사람을 밀어내는 글은 가립니다.",
     "Discrimination",
     "Texts that shut people out for age, sex, disability, origin or religion are hidden."),
    (3, "개인정보 노출",
     "자기 것이든 남의 것이든 연락처, 주소, 주민등록번호는 쓰지 않습니다.",
     "Personal data", "No contacts, addresses or identity numbers, neither yours nor others'."),
    (4, "광고와 도배",
     "물건이나 단체를 알리는 글, 같은 글을 거듭 올린 것은 가립니다.",
     "Advertising and flooding", "Advertising and the same text over and over are hidden."),
    (5, "선거운동",
     "공직선거의 후보나 정당을 밀거나 떨어뜨리려는 글은 가립니다.",
     "Election campaigning", "Texts for or against candidates or parties are hidden."),
    (6, "사칭과 지어낸 사실",
     "다른 사람이나 기관인 척하는 글, 지어낸 것이 드러난 글은 가립니다.",
     "Impersonation and invention",
     "Texts in somebody else's name, and what is shown to be invented, are hidden."),
]  # fmt: skip


def add_rules(apps, schema_editor):  # noqa: ANN001, ANN201, ARG001 - Django's signature
    HouseRule = apps.get_model("debates", "HouseRule")
    for number, title, body, english_title, english_body in RULES:
        HouseRule.objects.get_or_create(
            number=number,
            defaults={
                "title": title,
                "body": body,
                "english_title": english_title,
                "english_body": english_body,
            },
        )


class Migration(migrations.Migration):
    dependencies = [("debates", "0003_figures_due_and_told_followers")]
    operations = [migrations.RunPython(add_rules, migrations.RunPython.noop)]
