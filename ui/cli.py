"""The command `claims`: a group whose commands are imported only when they are called, so that each starts fast."""

from importlib import import_module

import click

# command -> module of ui.commands that holds a click command of that name (`import` is a word of Python, so import_)
COMMANDS = {
    "demo": "demo",
    "crawl": "gather",
    "import": "gather",
    "extract": "extraction",
    "score": "extraction",
    "build": "build",
    "ask": "ask",
    "sql": "base",
    "export": "tables",
    "curate": "base",
    "show": "base",
    "schema": "tables",
    "status": "base",
    "techniques": "techniques",
    "reproduce": "reproduce",
    "serve": "serve",
    "mcp": "mcp",
    "bench": "bench",
}


class LazyGroup(click.Group):
    """Knows the names of its commands; imports a command's module when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"ui.commands.{COMMANDS[cmd_name]}")
        return getattr(module, "import_" if cmd_name == "import" else cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"commands: {', '.join(COMMANDS)}"
            raise click.UsageError(f"no command '{args[0]}'; {hint}", ctx)
        return super().resolve_command(ctx, args)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "CLAIMS"})
@click.version_option(package_name="paperclaims", prog_name="claims")  # looks it up when asked
def cli() -> None:
    """Which techniques hit X on hardware Y, who says so, and where is the code?

    \b
    Start with:  claims demo
    Then:        claims import PAGES...; claims build; claims ask "at least 2x faster on an A100"
    """


if __name__ == "__main__":
    cli()
