"""What is told when a roster command is misspelt: in Indonesian, like all else that these commands say."""

from typing import Any, NoReturn

import click
from click.exceptions import NoSuchCommand


class Misspelt(click.UsageError):
    """How the command is written stands above, and where its help is below."""

    def show(self, file: Any = None) -> None:
        assert self.ctx is not None, "a command that could not be read is known"
        usage = self.ctx.get_usage().removeprefix("Usage: ")
        click.echo(f"{self.format_message()}\nCara menulisnya: {usage}\nPenjelasan: {self.ctx.command_path} --help",
                   err=True)


def refused(error: click.UsageError, ctx: click.Context) -> NoReturn:
    raise Misspelt(_sentence(error), ctx) from None


def _sentence(error: click.UsageError) -> str:
    match error:
        case click.MissingParameter(param=click.Parameter() as param):
            return f"{param.human_readable_name.upper()} belum disebut."
        case click.NoSuchOption(option_name=name):
            return f"Pilihan {name} tidak dikenal."
        case click.BadOptionUsage(option_name=name):
            return f"Pilihan {name} belum lengkap, atau diberi isi yang tidak diperlukan."
        case click.BadParameter(param=click.Option(opts=[name, *_], type=click.Choice(choices=choices))):
            return f"Pilihan {name} hanya mengenal: {', '.join(map(str, choices))}."
        case NoSuchCommand(command_name=name):
            return f"Perintah {name} tidak dikenal."
    return "Perintah ini tidak dapat dibaca; mungkin ada kata yang berlebih."


class Told(click.Command):
    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            refused(error, ctx)


class ToldGroup(click.Group):
    command_class = Told

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            refused(error, ctx)
