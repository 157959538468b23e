"""Pictures of what we offer, for everybody: WeChat itself fetches them. Nothing else of the media folder is here."""

from flask import Response, abort
from sqlalchemy import select

from bot.pages.frame import blueprint, door
from models.files import kind_of
from models.sales import Package


@blueprint.get("/pictures/<path:name>")
def picture(name: str) -> Response:
    """The picture of a package that is offered; 404 for every other file, there or not."""
    folder = door().settings.media_dir.resolve()
    with door().sessions() as session:
        ours = session.scalar(select(Package.id).where(Package.picture == name, Package.active).limit(1))
    path = (folder / name).resolve()
    if ours is None or not path.is_relative_to(folder) or not path.is_file():
        abort(404)
    content = path.read_bytes()
    return Response(content, mimetype=kind_of(content)[0])
