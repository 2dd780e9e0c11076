"""The command line: thin commands over the same functions that Python, report and web app use.

Commands are loaded when they are called, so that ``cardhouse --help`` answers at once.
"""

from __future__ import annotations

import sys
from importlib import import_module

import click

from cardhouse import __version__
from cardhouse.errors import CardhouseError

COMMANDS = {
    "book": ("cardhouse.cli.book", "What the book holds: figures, ties, sources, disputes."),
    "pull": ("cardhouse.cli.pull", "Pull a card: who loses what when a firm stops paying."),
    "run": ("cardhouse.cli.run", "Run the economy by quarters under a scenario: who fails when, and why."),
    "reopen": ("cardhouse.cli.run_many", "Show a run of many paths again from its folder."),
    "compare": ("cardhouse.cli.run_many", "Compare two runs of many paths: who falls more often, who loses more."),
    "sensitivity": ("cardhouse.cli.sensitivity", "What an outcome depends on: every assumption and driver, ranked."),
    "reverse": ("cardhouse.cli.reverse", "The likeliest road to a failure or a loss, and how probable it is."),
    "need": ("cardhouse.cli.need", "What end customers would have to pay for what is built and planned."),
    "money": (
        "cardhouse.cli.money",
        "Follow the money: who paid for a firm's revenue in the end, and what comes back.",
    ),
    "concentration": ("cardhouse.cli.concentration", "On how few customers a firm rests, and for how long."),
    "restate": (
        "cardhouse.cli.restate",
        "Test the accounts: income and cover at other lives of servers, what is off balance.",
    ),
    "compute": (
        "cardhouse.cli.compute",
        "What computing costs by the hour and the token, pays back, and needs in power.",
    ),
    "value": ("cardhouse.cli.value", "The growth that a price asks for, multiples, and what is counted twice."),
    "peers": (
        "cardhouse.cli.peers",
        "The company table: growth, margins, receivables, cash, Chinese and American firms alike.",
    ),
    "chain": ("cardhouse.cli.chain", "The layers from chips to applications and the camps, quarter by quarter."),
    "capital": (
        "cardhouse.cli.capital",
        "Who invests where, rounds and listings, and what a dollar raised is spent on.",
    ),
    "country": ("cardhouse.cli.country", "Countries side by side: computing, power, chips, money, talent."),
    "frontier": ("cardhouse.cli.frontier", "What a capability costs by date, open models against closed ones."),
    "hindcast": ("cardhouse.cli.hindcast", "Look back: what the model would have said, beside what happened."),
    "check": ("cardhouse.cli.check", "Check an article: every figure in it beside the book's."),
    "market": ("cardhouse.cli.market", "What prices say: explosiveness, phases, falls, odds of a crash."),
    "report": ("cardhouse.cli.report", "One HTML file of everything, to send on or to print."),
    "excel": (
        "cardhouse.cli.excel",
        "A workbook of the book and of answers, with formulas where one wants to change a number.",
    ),
    "serve": ("cardhouse.cli.serve", "The web app, on this machine."),
}


class LazyGroup(click.Group):
    """A group that imports a command's module only when that command runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all commands, in the order in which a reader meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name; None when there is none."""
        if cmd_name not in COMMANDS:
            return None
        command = getattr(import_module(COMMANDS[cmd_name][0]), cmd_name)
        if not isinstance(command, click.Command):
            raise TypeError(f"{cmd_name} is not a command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, but a mistyped command gets near names."""
        from cardhouse.book.faults import near

        name = args[0] if args else ""
        if name and not name.startswith("-") and name not in COMMANDS:
            hint = near(name, COMMANDS) or f"commands are {', '.join(COMMANDS)}"
            raise click.UsageError(f"no command {name!r}; {hint}", ctx)
        return super().resolve_command(ctx, args)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="cardhouse")
def cli() -> None:
    """Cardhouse: a stress test of the AI boom's balance sheets.

    Try: cardhouse pull openai
    """


def main() -> None:
    """Run the command line; a user's mistake is one sentence on stderr and exit status 1 (2 for usage)."""
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except click.Abort:
        click.echo("stopped", err=True)
        sys.exit(130)
    except CardhouseError as error:
        click.echo(f"cardhouse: {error}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader of the pipe has seen enough; python must not complain about it at exit.
        sys.stderr.close()
        sys.exit(0)
