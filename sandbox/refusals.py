"""The platform's errors, by number. Wording follows the platform's, numbers follow its error table."""

from __future__ import annotations

WORDS = {
    -1: "system error",
    40001: "invalid credential, access_token is invalid or not latest",
    40002: "invalid grant_type",
    40003: "invalid openid",
    40004: "invalid media type",
    40005: "invalid file type",
    40007: "invalid media_id",
    40008: "invalid message type",
    40009: "invalid image size",
    40010: "invalid voice size",
    40011: "invalid video size",
    40012: "invalid thumb size",
    40013: "invalid appid",
    40016: "invalid button size",
    40017: "invalid button type",
    40018: "invalid button name size",
    40019: "invalid button key size",
    40020: "invalid button url size",
    40023: "invalid sub button size",
    40024: "invalid sub button type",
    40025: "invalid sub button name size",
    40026: "invalid sub button key size",
    40027: "invalid sub button url size",
    40032: "invalid openid list size",
    40033: "invalid charset. please check your request, if include \\uxxxx will create fail!",
    40035: "invalid parameter",
    40037: "invalid template_id",
    40053: "invalid action info",
    40066: "invalid url",
    40125: "invalid appsecret",
    40132: "invalid username",
    40164: "invalid ip 127.0.0.1, not in whitelist",
    41001: "access_token missing",
    41002: "appid missing",
    41004: "appsecret missing",
    41005: "media data missing",
    41006: "media_id missing",
    42001: "access_token expired",
    43001: "require GET method",
    43002: "require POST method",
    43004: "require subscribe",
    43019: "user is in the blacklist",
    43101: "user refuse to accept the msg",
    44002: "empty post data",
    44004: "empty text",
    45002: "content size out of limit",
    45003: "title size out of limit",
    45008: "article size out of limit",
    45009: "reach max api daily quota limit",
    45011: "api minute-quota reach limit, must slower, retry next minute",
    45015: "response out of time limit or subscription is canceled",
    45028: "has no masssend quota",
    45047: "out of response count limit",
    45056: "too many tags",
    45058: "can't modify sys tag",
    45059: "can't add too many tags to a user",
    45065: "clientmsgid exist",
    45067: "clientmsgid size out of limit",
    45080: "need to interact with user in 30s before typing",
    45081: "typing command already sent",
    45083: "invalid mass speed",
    45084: "mass speed missing",
    45157: "tag name exist",
    45158: "tag name size out of limit",
    45159: "invalid tag id",
    46003: "menu no exist",
    46004: "user not exist",
    47001: "data format error",
    47003: "argument invalid",
    48002: "user is unwilling to receive message",
    48006: "forbid to clear quota because of reaching the limit",
    65301: "conditional menu not exist",
    65303: "default menu not exist",
    76001: "rid not found",
}


class Refusal(Exception):
    """The API says no. `detail` is put behind the platform's words, `extra` beside them in the answer."""

    def __init__(self, code: int, detail: str = "", **extra: object):
        """Refuse with a code of WORDS."""
        super().__init__(code, detail)
        self.code = code
        self.detail = detail
        self.extra = extra

    def answer(self, rid: str) -> dict:
        """The JSON body the caller gets."""
        words = WORDS[self.code] + (f" {self.detail}" if self.detail else "")
        return {"errcode": self.code, "errmsg": f"{words} rid: {rid}", **self.extra}
