"""The texts people are asked to agree to on the first day; later versions are added in the admin."""

from datetime import date
from typing import Any

from django.db import migrations

TEXTS = [
    {
        "purpose": "account",
        "is_required": True,
        "title": "계정을 만들기 위한 개인정보 수집·이용 동의",
        "body": "로그인과 알림을 위해 이메일 주소와 보이는 이름을 받습니다. 이름은 다른 분들께 ‘김○○’처럼 가려서 보여 드립니다. 탈퇴하면 바로 지웁니다. 동의하지 않아도 글을 읽고 센터에서 참여할 수 있습니다.",
        "english_title": "Collection and use of personal data for an account",
        "english_body": "We keep your e-mail address and the name you choose, to log you in and to notify you. Others see only the first letter of the name. Both are deleted when you close the account. You can read everything here and take part at a centre without agreeing.",
    },
    {
        "purpose": "residency",
        "is_required": True,
        "title": "주민 확인을 위한 개인정보 수집·이용 동의",
        "body": "주민 확인을 위해 이름, 생년월일, 휴대전화 뒤 4자리를 받습니다. 확인이 끝나면 이름과 전화번호는 지우고, 생년월일과 동, 확인 여부만 1년 동안 보관합니다. 동의하지 않아도 글을 읽고 센터에서 투표할 수 있습니다.",
        "english_title": "Collection and use of personal data to confirm residence",
        "english_body": "To confirm that you belong here we ask for your name, your date of birth and the last four digits of your phone number. Afterwards name and number are deleted; only your date of birth, your dong and the fact that you are confirmed are kept, for one year. You can read everything here and vote at a centre without agreeing.",
    },
    {
        "purpose": "assistance",
        "is_required": True,
        "title": "직원이 대신 적는 것에 대한 동의",
        "body": "센터 직원이 제 뜻에 따라 제안이나 공감을 대신 적어 올립니다. 어느 센터에서 언제 도왔는지 기록에 남으며, 투표 내용은 남지 않습니다.",
        "english_title": "Staff writing on my behalf",
        "english_body": "A member of staff enters my proposal or my support as I say it. The record shows which centre helped and when; it holds nothing about how anybody votes.",
    },
    {
        "purpose": "guardian",
        "is_required": True,
        "title": "14세 미만 어린이의 법정대리인 동의",
        "body": "법정대리인으로서, 어린이의 이름과 생년월일로 주민 확인을 하는 데 동의합니다. 이름은 남지 않으며, 생년월일과 동, 확인 여부만 1년 동안 보관합니다.",
        "english_title": "Consent of a guardian for a child under 14",
        "english_body": "As the guardian I agree that the child's residence is confirmed by name and date of birth. The name is not kept; only the date of birth, the dong and the fact of the confirmation are, for one year.",
    },
]


def add_texts(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001 - signature of RunPython
    consent_text = apps.get_model("residents", "ConsentText")
    for text in TEXTS:
        consent_text.objects.get_or_create(
            purpose=text["purpose"],
            version=1,
            defaults={**text, "valid_from": date(2025, 1, 1)},
        )


class Migration(migrations.Migration):
    dependencies = [("residents", "0003_applicant_line_and_failed_mail")]
    operations = [migrations.RunPython(add_texts, migrations.RunPython.noop)]
