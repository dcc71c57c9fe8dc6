"""The second factor: codes of an authenticator app (TOTP), and ten recovery codes for when it is lost. Its rules and
rows are django-allauth's; when one is asked, and that sessions stay bound to their host, is ours."""

import base64
from hashlib import sha256

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, validate_totp_code
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import transaction

from tenants.models import User

USED = "used"
"""An authenticator's entry for the code that was good last: no code is good twice."""


class Adapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is untyped
    """Secrets are ciphertext in the database, under the key that signs sessions."""

    def get_totp_issuer(self) -> str:
        """What the app shows."""
        return "Tenfold"

    def encrypt(self, text: str) -> str:
        """Of a secret, before it is stored."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Of a secret that was stored. InvalidToken where the key has changed and no fallback is set."""
        return _cipher().decrypt(encrypted_text.encode()).decode()


def is_asked(user: User) -> bool:
    """Whether this person has set one."""
    return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists())


def is_right(user: User, code: str) -> bool:
    """Whether this is a code of theirs; it is used up. Of two at once with the same code, one is right."""
    typed = "".join(code.split())
    with transaction.atomic():
        for each in Authenticator.objects.select_for_update().filter(user=user).order_by("pk"):
            if each.data.get(USED) != typed and each.wrap().validate_code(typed):
                each.refresh_from_db()  # a recovery code has marked itself as used
                each.data[USED] = typed
                each.save(update_fields=["data"])
                return True
    return False


def new_secret() -> str:
    """A secret for an app to keep."""
    return str(generate_totp_secret())


def picture(user: User, secret: str) -> str:
    """A QR code as the address of a picture."""
    adapter = Adapter()
    svg = adapter.build_totp_svg(adapter.build_totp_url(user, secret))
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def turn_on(user: User, *, secret: str, code: str) -> list[str] | None:
    """Ask for codes of this secret from now on, where `code` is one. The recovery codes; None where it is not."""
    if not secret or not validate_totp_code(secret, "".join(code.split())):
        return None
    with transaction.atomic():
        turn_off(user)
        TOTP.activate(user, secret)
        codes: list[str] = RecoveryCodes.activate(user).get_unused_codes()
    return codes


def turn_off(user: User) -> None:
    """Ask no more."""
    Authenticator.objects.filter(user=user).delete()


def renew_recovery_codes(user: User) -> list[str]:
    """Ten others: those there were are good no longer."""
    with transaction.atomic():
        Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
        codes: list[str] = RecoveryCodes.activate(user).get_unused_codes()
    return codes


def recovery_codes_left(user: User) -> int:
    """How many are good still."""
    found = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    return len(found.wrap().get_unused_codes()) if found else 0


def _cipher() -> MultiFernet:
    keys = (str(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))
    digests = (sha256(b"second factor " + key.encode()).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(each)) for each in digests])
