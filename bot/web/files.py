"""A stored file for whoever shows a signed link; without one there is nothing to be seen here."""

from aiohttp import web
from aiohttp.typedefs import Handler
from sqlalchemy import select

from bot.channels.links import FileLinks
from bot.store.database import Database
from models.files import StoredFile


def signed_file(database: Database, links: FileLinks) -> Handler:
    async def show(request: web.Request) -> web.Response:
        name = request.match_info["name"]
        sha256 = links.opened(request.match_info["token"], name)
        if sha256 is None:
            raise web.HTTPNotFound
        async with database.read() as connection:
            file = (await connection.execute(
                select(StoredFile.content, StoredFile.media_type).where(StoredFile.sha256 == sha256))).first()
        if file is None:
            raise web.HTTPNotFound
        return web.Response(body=file.content, content_type=file.media_type,
                            headers={"Content-Disposition": f'attachment; filename="{name}"'})

    return show
