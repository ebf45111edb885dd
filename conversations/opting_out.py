"""«BERHENTI» and «MULAI»: nothing more comes by itself, or it comes again."""

from conversations.said import Said
from locales import _


def opted_out(enrolled: bool) -> Said:
    if not enrolled:
        return Said(_("Very well, Bapak/Ibu. Nothing is sent to this number by itself. «MULAI» undoes this."))
    return Said(_("Very well, Bapak/Ibu. Reminders and messages to many are no longer sent here. What you file or "
                  "decide is still answered, and news of requests still comes. To get everything again, please type: "
                  "MULAI"))


def opted_in() -> Said:
    return Said(_("Thank you, Bapak/Ibu. Reminders and messages to many are sent here again. To stop them, please "
                  "type: BERHENTI"))
