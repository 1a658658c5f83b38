"""Zalo's refusals: HTTP 200 with a number in `error` (reference 1.12)."""

from __future__ import annotations

from typing import Any

TEXTS = {
    -32: "Request rate limit exceeded",
    -100: "Attachment is expired",
    -108: "Phone number is invalid",
    -114: "User cannot receive the message",
    -115: "Account balance is not enough",
    -118: "Zalo account does not exist or is inactive",
    -119: "Account cannot receive the message",
    -1121: "Template data is over the limit",
    -1122: "Template data is missing a parameter",
    -1241: "appsecret_proof is invalid",
    -124: "Access token is invalid",
    -126: "Development mode: recipient is not an administrator",
    -131: "Template is not approved",
    -133: "Messages are not sent at night",
    -139: "User refuses this type of message",
    -144: "OA is over its daily quota",
    -200: "Send message failed",
    -201: "Params is invalid",
    -209: "API is not supported or app is not activated",
    -210: "Params is over the limit",
    -211: "Out of quota",
    -213: "User has not followed OA",
    -216: "Access token is invalid",
    -219: "App is removed or disabled",
    -220: "Access token is expired",
    -223: "OA has not granted the application",
    -227: "User is banned or has been inactive for more than 45 days",
    -230: "User has not interacted with the OA in the past 7 days",
    -232: "User has not interacted with the OA",
    -233: "Message type is not supported",
    -234: "This message type is not sent at night",
    -237: "Group is disabled or expired",
    -240: "MessageV2 is closed",
    -241: "Asset is invalid",
    -242: "appsecret_proof is invalid",
    -244: "User restricts this message type from OA",
    -248: "Content violates the platform policy",
    -249: "Template is not allowed for UID",
    -403: "OA is not in the group",
    -14002: "Invalid appId",
    -14003: "Invalid redirect uri or code challenge",
    -14004: "Invalid secret key",
    -14005: "Invalid authorization code",
    -14014: "Invalid refresh token.",
    -14018: "Unsupported grant type",
}


class ZaloError(Exception):
    """An answer with `error` other than 0."""

    def __init__(self, code: int, detail: str = "") -> None:
        self.code = code
        self.text = TEXTS.get(code, "Unknown error") + (f": {detail}" if detail else "")
        super().__init__(f"{code} {self.text}")

    def body(self) -> dict[str, Any]:
        return {"error": self.code, "message": self.text}

    def oauth_body(self, *, short: bool) -> dict[str, Any]:
        """One of the two shapes in which OAuth refuses (1.2)."""
        if short:
            return {
                "error": self.code,
                "error_name": self.text,
                "message": "",
                "access_token": "",
                "refresh_token": "",
            }
        return {
            "error": self.code,
            "error_name": self.text,
            "error_reason": "",
            "error_description": self.text,
            "ref_doc": "https://developers.zalo.me/docs/oauth/loi",
        }
