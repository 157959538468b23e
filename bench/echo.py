"""The baseline of the webhook: the plain way to deploy an echo, Flask and wechatpy and nothing else."""

import os

from flask import Flask, request
from wechatpy import create_reply, parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import check_signature

TOKEN = os.environ.get("WECHAT_TOKEN", "")
APP_ID = os.environ.get("WECHAT_APP_ID", "")
AES_KEY = os.environ.get("WECHAT_ENCODING_AES_KEY", "")
SECURE = os.environ.get("WECHAT_MODE", "secure") != "plain"


def create_app() -> Flask:
    """An app that says back what it hears, encrypted when the push was."""
    app = Flask("echo")
    crypto = WeChatCrypto(TOKEN, AES_KEY, APP_ID)

    @app.post("/wechat")
    def echo() -> str:
        args, body = request.args, request.get_data()
        if SECURE:
            body = crypto.decrypt_message(body, args["msg_signature"], args["timestamp"], args["nonce"])
        else:
            check_signature(TOKEN, args["signature"], args["timestamp"], args["nonce"])
        message = parse_message(body)
        xml = create_reply(message.content, message).render()
        return crypto.encrypt_message(xml, args["nonce"], args["timestamp"]) if SECURE else xml

    return app
