"""The proof that a call comes from whoever knows the application's secret (JAVA-SDK AppSecretProofUtil)."""

from __future__ import annotations

import hashlib
import hmac


def appsecret_proof(access_token: str, secret: str) -> str:
    """Lower-case hex HMAC-SHA256 of the access token, keyed with the application's secret."""
    return hmac.new(secret.encode(), access_token.encode(), hashlib.sha256).hexdigest()
