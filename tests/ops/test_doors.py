"""One port for both doors: who gets which path."""

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Response

from ops.doors import joined


def saying(name):
    """An app that answers with its name and the path it saw."""

    def app(environ, start_response):
        return Response(f"{name} {environ['SCRIPT_NAME']}{environ['PATH_INFO']}")(environ, start_response)

    return app


@pytest.mark.parametrize(
    ("path", "door"),
    [
        ("/wechat", "web"),
        ("/", "web"),
        ("/healthz", "web"),
        ("/admin", "desk"),
        ("/admin/", "desk"),
        ("/admin/repairs/?page=2", "desk"),
        ("/administrator", "web"),
        ("/p/admin/", "web"),
    ],
)
def test_the_path_decides_and_nothing_of_it_is_cut_off(path, door):
    assert Client(joined(saying("web"), saying("desk"))).get(path).text == f"{door} {path.split('?')[0]}"
