"""RESERVED ANSWERS: the security question, its fixed list, and the one form in which two answers are compared.

In words: a person chooses one of the questions and answers it. Two answers are the same when they differ only in case,
spaces, punctuation and width. An answer has at least two and at most a hundred letters or digits, and is not the e-mail
address, the phone number or the person's own name or birth date. It is kept only as a slow hash (`acts/reserved.py`).
"""

import unicodedata
from collections.abc import Iterable

from certification.rules.errors import Refused
from certification.rules.words import Words

QUESTIONS: dict[str, Words] = {
    "first_school": Words(en="What was the name of your first school?", zh="您的第一所学校叫什么名字？"),
    "first_teacher": Words(en="Who was your favourite teacher?", zh="您最喜欢的老师是谁？"),
    "childhood_street": Words(en="In which street did you live as a child?", zh="您小时候住在哪条街？"),
    "first_employer": Words(en="Who was your first employer?", zh="您的第一个工作单位叫什么？"),
    "own": Words(en="A word that only you know", zh="只有您知道的一个词"),
}
SHORTEST, LONGEST = 2, 100


def normal(typed: str) -> str:
    """The form in which answers are compared: letters and digits of any script, small, half width."""
    folded = unicodedata.normalize("NFKC", typed).casefold()
    return "".join(character for character in unicodedata.normalize("NFKC", folded) if character.isalnum())


def must_be_known(question: str) -> None:
    """One of the list."""
    if question not in QUESTIONS:
        raise _refused("question_unknown", "Choose a question from the list.", "请从列表中选择问题。", "question")


def must_be_an_answer(typed: str, told: Iterable[str]) -> str:
    """The normal form of an answer that may be reserved. `told` are the person's own data, which others know."""
    answer = normal(typed)
    if not SHORTEST <= len(answer) <= LONGEST:
        raise _refused(
            "answer_length",
            f"An answer has {SHORTEST} to {LONGEST} letters or digits.",
            f"答案须为 {SHORTEST} 至 {LONGEST} 个字母、汉字或数字。",
            "answer",
        )
    if answer in {normal(known) for known in told if known}:
        raise _refused(
            "answer_known",
            "Others may know this about you. Choose an answer that only you know.",
            "他人可能知道该信息，请设置只有您知道的答案。",
            "answer",
        )
    return answer


def _refused(code: str, en: str, zh: str, field: str) -> Refused:
    return Refused(code, en, zh, rules=("ACC-10",), field=field)
