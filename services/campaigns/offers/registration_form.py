"""The registration form: what is asked, and what is accepted of what people and machines write."""

import hashlib
import re
import unicodedata
from functools import lru_cache

import msgspec
from email_validator import EmailNotValidError, validate_email
from email_validator.syntax import validate_email_local_part

from services.campaigns.offers.registration import InvalidField, RegistrationRequest
from services.campaigns.schools.directory import school_named
from shared.identifiers import new_id
from shared.languages import Message, language, later
from shared.plain_spaces import plain_spaces

NAME_AT_MOST, SCHOOL_AT_MOST, CLASS_AT_MOST, EMAIL_AT_MOST, KEY_AT_MOST = 80, 120, 40, 254, 200
LOCAL_PART_AT_MOST = 64  # octets (RFC 5321 §4.5.3.1.1)
GRADES = ("quatrieme", "troisieme", "seconde", "premiere", "terminale")
# what is missing or too long, in the sentences of its faults
FIRST_NAME, LAST_NAME, GUARDIAN_NAME = later("Le prénom"), later("Le nom"), later("Le nom du responsable légal")
SCHOOL, CLASS = later("L’établissement"), later("La classe")
UAI_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"


def parse_request(
    *,
    first_name: str,
    last_name: str,
    email: str | None,
    guardian_name: str | None,
    guardian_email: str | None,
    school_name: str,
    school_uai: str | None,
    class_name: str,
    idempotency_key: str | None,
    without_host: bool = False,
    grade: str = "",
    under_15: bool = False,
    teacher_email: str | None = None,
) -> RegistrationRequest:
    """Validate what a person or a machine has written; raises `InvalidField` with the field and a sentence.

    A pupil's address may be absent where the guardian's is given. Of a pupil under 15 the guardian is needed, at an
    address of their own: their consent is asked there. A lycée that is written out gets its UAI.
    Without a key, one is made: the request is then repeated by nobody but ourselves.
    """
    request_id = new_id()
    fields = {
        "first_name": _name(first_name, "first_name", FIRST_NAME),
        "last_name": _name(last_name, "last_name", LAST_NAME),
        "email": _email(email, "email"),
        "guardian_name": _name(guardian_name, "guardian_name", GUARDIAN_NAME) if guardian_name else None,
        "guardian_email": _email(guardian_email, "guardian_email"),
        "school_name": _line(school_name, "school", SCHOOL, SCHOOL_AT_MOST),
        "school_uai": _uai(school_uai),
        "class_name": _line(class_name, "class_name", CLASS, CLASS_AT_MOST, needed=False),
    }
    if under_15:
        _refuse_without_guardian(fields["guardian_name"], fields["guardian_email"], fields["email"])
    if fields["email"] is None and fields["guardian_email"] is None:
        raise InvalidField(
            later("Indiquez l’adresse e-mail de l’élève ou celle de son responsable légal."), field="email"
        )
    if fields["guardian_email"] is not None and fields["guardian_name"] is None:
        raise InvalidField(later("Indiquez le nom du responsable légal."), field="guardian_name")
    if fields["guardian_name"] is not None and fields["guardian_email"] is None:
        raise InvalidField(later("Indiquez l’adresse e-mail du responsable légal."), field="guardian_email")
    if grade and grade not in GRADES:
        raise InvalidField(later("Ce niveau n’est pas connu."), field="grade")
    teacher = _teacher(teacher_email, fields["email"], fields["guardian_email"])
    body_hash = _hash(fields, without_host=without_host, under_15=under_15, teacher=teacher)
    if fields["school_uai"] is None and (known := school_named(str(fields["school_name"]))):
        fields["school_uai"] = known.uai
    return RegistrationRequest(
        id=request_id,
        idempotency_key=_key(idempotency_key) or str(request_id),
        body_hash=body_hash,
        teacher_email=teacher,
        without_host=without_host,
        grade=grade,
        language=language(),
        under_15=under_15,
        **fields,  # type: ignore[arg-type]  # the dictionary above holds exactly these fields, in these types
    )


def _refuse_without_guardian(name: str | None, email: str | None, email_of_pupil: str | None) -> None:
    if name is None:
        raise InvalidField(
            later("Avant 15 ans, il faut l’accord du responsable légal : indiquez son nom."), field="guardian_name"
        )
    if email is None:
        raise InvalidField(
            later("Avant 15 ans, il faut l’accord du responsable légal : indiquez son adresse e-mail."),
            field="guardian_email",
        )
    if email.lower() == (email_of_pupil or "").lower():
        raise InvalidField(
            later(
                "L’accord est demandé au responsable légal : il faut une autre adresse que celle de l’élève, "
                "qui peut rester vide."
            ),
            field="guardian_email",
        )


def _teacher(value: str | None, *others: str | None) -> str | None:
    email = _email(value, "teacher_email")
    if email is not None and email.lower() in [other.lower() for other in others if other]:
        raise InvalidField(
            later("C’est l’adresse du professeur qui est attendue ici ; elle peut rester vide."), field="teacher_email"
        )
    return email


def _hash(fields: dict[str, str | None], *, without_host: bool, under_15: bool, teacher: str | None) -> bytes:
    """Equal for equal bodies, whichever version of ours reads them: what is not said is left out."""
    if teacher is not None:
        return hashlib.sha256(msgspec.json.encode((fields, without_host, under_15, teacher))).digest()
    said = (fields, without_host, True) if under_15 else (fields, True) if without_host else fields
    return hashlib.sha256(msgspec.json.encode(said)).digest()


def parse_line(value: str, field: str, subject: str | Message, most: int, *, needed: bool = True) -> str:
    """One line of text, `subject` (« Le titre ») in the sentences of its faults; raises `InvalidField`."""
    return _line(value, field, subject, most, needed=needed)


def parse_email(value: str | None, field: str) -> str | None:
    """An address as it will be written to, None for none; raises `InvalidField`."""
    return _email(value, field)


_PLAIN_NAME = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿŒœ][A-Za-zÀ-ÖØ-öø-ÿŒœ '’.-]*")


def parse_uai(value: str | None) -> str | None:
    """A school's UAI with its letter checked, None where nothing is written; raises `InvalidField`."""
    return _uai(value)


def _name(value: str, field: str, subject: str | Message) -> str:
    text = _line(value, field, subject, NAME_AT_MOST)
    if _PLAIN_NAME.fullmatch(text):
        return text
    for character in text:
        if not (unicodedata.category(character)[0] in "LM" or character in " '’.-"):
            raise InvalidField(
                later(
                    "{subject} contient un caractère inattendu : « {character} ».", subject=subject, character=character
                ),
                field=field,
            )
    if not any(character.isalpha() for character in text):
        raise InvalidField(later("{subject} doit contenir au moins une lettre.", subject=subject), field=field)
    return text


def _line(value: str, field: str, subject: str | Message, most: int, *, needed: bool = True) -> str:
    text = value if value.isascii() else plain_spaces(unicodedata.normalize("NFC", value))
    text = " ".join(text.split(" ")).strip()
    if not text:
        if needed:
            raise InvalidField(later("{subject} manque.", subject=subject), field=field)
        return ""
    if len(text) > most:
        raise InvalidField(
            later("{subject} est trop long : {most} caractères au plus.", subject=subject, most=most), field=field
        )
    if not text.isprintable():
        raise InvalidField(
            later("{subject} contient un caractère invisible ou un retour à la ligne.", subject=subject), field=field
        )
    if text[0] in "=+@-":
        raise InvalidField(
            later("{subject} ne peut pas commencer par « {character} ».", subject=subject, character=text[0]),
            field=field,
        )
    return text


def _email(value: str | None, field: str) -> str | None:
    if value is None or not value.strip():
        return None
    text = value.strip()
    if len(text) > EMAIL_AT_MOST:
        raise InvalidField(
            later("Cette adresse e-mail est trop longue : {most} caractères au plus.", most=EMAIL_AT_MOST), field=field
        )
    local, at, domain = text.rpartition("@")
    refusal = InvalidField(
        later("Cette adresse e-mail n’est pas valable (exemple : camille@lycee.example)."), field=field
    )
    if not at or not text.isprintable() or len(local) > LOCAL_PART_AT_MOST:
        raise refusal
    try:
        # the two halves apart: domains repeat, and checking one is most of the work
        checked = validate_email_local_part(local, allow_smtputf8=False)
        address = f"{checked['local_part']}@{_checked_domain(domain)}"
    except (EmailNotValidError, UnicodeError) as error:
        raise refusal from error
    if len(address) > EMAIL_AT_MOST:
        raise refusal
    return address


@lru_cache(maxsize=4096)
def _checked_domain(domain: str) -> str:
    # an international domain in its ASCII form: mail headers and servers take that one, and both forms are one address
    return validate_email(f"a@{domain}", check_deliverability=False, test_environment=True).ascii_domain


def _uai(value: str | None) -> str | None:
    if value is None or not value.strip():
        return None
    text = value.strip().upper()
    if not re.fullmatch(r"[0-9]{7}[A-Z]", text) or UAI_LETTERS[int(text[:7]) % 23] != text[7]:
        raise InvalidField(
            later("Ce code d’établissement (UAI) n’est pas valable : 7 chiffres et une lettre."), field="school"
        )
    return text


def _key(value: str | None) -> str | None:
    if value is None:
        return None
    if not 1 <= len(value) <= KEY_AT_MOST or not value.isascii() or not value.isprintable():
        raise InvalidField(
            later("La clé d’idempotence doit compter de 1 à {most} caractères ASCII visibles.", most=KEY_AT_MOST),
            field="Idempotency-Key",
        )
    return value
