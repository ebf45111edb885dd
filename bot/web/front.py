"""What somebody sees who opens our bare address: that they are right, and that nothing is to be done here."""

from html import escape

from aiohttp import web
from aiohttp.typedefs import Handler

from locales import _

PAGE = """<!doctype html>
<html lang="id"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title>
<h1>{title}</h1>
<p>{words}</p>
"""


def front_page(leads_on: str = "") -> Handler:
    """Nothing about versions, people or how we are: the address is open to anybody."""

    async def show(request: web.Request) -> web.Response:
        title = _("Bot of the Koperasi Desa/Kelurahan Merah Putih, Kabupaten Bengkalis")
        words = escape(_("This address is for Telegram and WhatsApp. To talk to the bot, open it in one of them."))
        if leads_on:
            link = f'<a href="{escape(leads_on)}">{escape(leads_on)}</a>'
            words = escape(_("To try it out, open the phones page (DATA CONTOH): {address}")).format(address=link)
        return web.Response(text=PAGE.format(title=escape(title), words=words), content_type="text/html")

    return show
