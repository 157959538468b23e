"""The webhook's two sides for tests: WeChat that signs and posts, and a desk that answers as it is told."""

from flask import Flask
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import WeChatSigner

from bot import health, metrics, webhook
from bot.inbox.turn import Answer
from bot.webhook import Door
from bot.wechat import Codec
from models.db import make_sessions
from templates import Texts
from tests.bot.test_codec import envelope

TEXTS = Texts()


class Desk:
    """Stands where the inbox stands: remembers what it was asked and answers or fails as told."""

    def __init__(self, reply="您好", nudge=False):
        self.pushes, self.kept, self.nudged = [], [], []
        self.said, self.trouble, self.full = Answer(reply, nudge), None, None

    def answer(self, push, *, now):
        self.pushes.append(push)
        if self.trouble:
            raise self.trouble
        return self.said

    def keep(self, raw, reason, *, now):
        if self.full:
            raise self.full
        self.kept.append((raw, reason))

    def nudge(self, redis):
        self.nudged.append(redis)
        if isinstance(redis, Exception):
            raise redis


class WeChat:
    """Signs and posts as the platform does, with wechatpy as its hand."""

    def __init__(self, settings, client, clock):
        self.settings, self.client, self.clock = settings, client, clock

    def sign(self, *parts):
        signer = WeChatSigner()
        signer.add_data(self.settings.wechat_token, *parts)
        return signer.signature

    def post(self, body, at=None, **changes):
        """Push this XML in the mode of the settings; `changes` replace parts of the query."""
        stamp, nonce = str(int((at or self.clock()).timestamp())), "7301"
        query = {"timestamp": stamp, "nonce": nonce, "signature": self.sign(stamp, nonce), "openid": "oA1"}
        if self.settings.wechat_mode != "plain":
            sealed = self.crypto.encrypt_message(body, nonce, stamp).partition("<Encrypt><![CDATA[")[2]
            encrypt = sealed.partition("]]>")[0]
            query |= {"encrypt_type": "aes", "msg_signature": self.sign(stamp, nonce, encrypt)}
            body = envelope(encrypt)
        query |= changes
        return self.client.post("/wechat", query_string={k: v for k, v in query.items() if v is not None}, data=body)

    @property
    def crypto(self):
        account = self.settings
        return WeChatCrypto(account.wechat_token, account.wechat_encoding_aes_key, account.wechat_app_id)

    def opened(self, response):
        """The XML of an encrypted answer, its signature checked by wechatpy."""
        sealed = response.get_data(as_text=True)
        signature = sealed.partition("<MsgSignature><![CDATA[")[2].partition("]]>")[0]
        stamp = sealed.partition("<TimeStamp>")[2].partition("<")[0]
        return self.crypto.decrypt_message(sealed, signature, stamp, "7301")


def built(settings, desk, clock, *, engine=None, redis=None):
    app = Flask("tests")
    app.extensions["nuanju"] = Door(
        settings=settings,
        engine=engine,
        sessions=engine and make_sessions(engine),
        redis=redis,
        clock=clock,
        codec=Codec(settings),
        texts=TEXTS,
        nudge=desk.nudge,
        answer=desk.answer,
        keep=desk.keep,
    )
    app.register_blueprint(webhook.blueprint)
    app.register_blueprint(health.blueprint)
    app.register_blueprint(metrics.blueprint)
    return app


def success(response):
    return (response.status_code, response.data) == (200, b"success")


def asking_again(response):
    return (response.status_code, response.data) == (500, b"")
