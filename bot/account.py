"""What is done on the account itself rather than sent to people: codes, tags, the menu. Repeating it is harmless."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from bot.errors import Unreachable
from bot.parcels import Qr

QR_SECONDS = 2_592_000  # 30 days


class Calls(Protocol):
    """The two ways of asking the platform for an object."""

    def _get(self, path: str) -> dict[str, Any]: ...

    def _post(self, path: str, payload: Mapping[str, Any], repeatable: bool = False) -> dict[str, Any]: ...


class Account:
    """The gateway's calls about the account; the gateway brings `_get` and `_post`."""

    def create_menu(self: Calls, menu: Mapping[str, Any]) -> None:
        """Put this menu under the chat; clients show it within five minutes."""
        self._post("/cgi-bin/menu/create", menu, repeatable=True)

    def tags(self: Calls) -> dict[str, int]:
        """The account's tags: name -> the platform's number."""
        told = self._get("/cgi-bin/tags/get").get("tags", ())
        return {str(one["name"]): int(one["id"]) for one in told if "name" in one and "id" in one}

    def create_tag(self: Calls, name: str) -> int:
        """The number of a new tag; Refused for a name that exists (45157) and beyond a hundred (45056)."""
        answer = self._post("/cgi-bin/tags/create", {"tag": {"name": name}}, repeatable=True)
        number = (answer.get("tag") or {}).get("id")
        if not isinstance(number, int):
            raise Unreachable(message="no tag in the answer")
        return number

    def tag_people(self: Calls, tag_id: int, openids: Sequence[str]) -> None:
        """Up to fifty followers have the tag; Refused when one has twenty (45059) or is no follower."""
        people = {"tagid": tag_id, "openid_list": list(openids)}
        self._post("/cgi-bin/tags/members/batchtagging", people, repeatable=True)

    def untag_people(self: Calls, tag_id: int, openids: Sequence[str]) -> None:
        """Up to fifty followers have the tag no more."""
        people = {"tagid": tag_id, "openid_list": list(openids)}
        self._post("/cgi-bin/tags/members/batchuntagging", people, repeatable=True)

    def tagged(self: Calls, tag_id: int) -> list[str]:
        """The openids of the followers with this tag, the first 10 000 of them."""
        told = self._post("/cgi-bin/user/tag/get", {"tagid": tag_id, "next_openid": ""}, repeatable=True)
        return [str(one) for one in (told.get("data") or {}).get("openid") or ()]

    def create_qr(self: Calls, scene: str, seconds: int | None = None) -> Qr:
        """A code of this scene, for `seconds` (up to 30 days) or for ever (100 000 of them an account)."""
        if not 1 <= len(scene) <= 64 or (seconds is not None and not 1 <= seconds <= QR_SECONDS):
            raise ValueError("a scene has 1 to 64 characters, and a temporary code lives up to 30 days")
        order: dict[str, Any] = {"action_name": "QR_LIMIT_STR_SCENE", "action_info": {"scene": {"scene_str": scene}}}
        if seconds is not None:
            order |= {"action_name": "QR_STR_SCENE", "expire_seconds": seconds}
        answer = self._post("/cgi-bin/qrcode/create", order, repeatable=True)
        url = answer.get("url")
        if not isinstance(url, str) or not url:
            raise Unreachable(message="no url in the answer")
        return Qr(url, str(answer.get("ticket", "")))
