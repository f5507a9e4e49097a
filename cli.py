"""The ``campaign`` command: the table of its commands, each with the place it is loaded from and one line of help."""

import click

from campaign import __version__
from campaign.terminal.groups import LazyGroup
from campaign.terminal.options import common_options
from campaign.terminal.root import Root

COMMANDS = {
    "Every day": {
        "today": ("campaign.commands.worklists:today", "Your appointments, call-backs and starts of today."),
        "overdue": ("campaign.commands.worklists:overdue", "What should have happened and has not."),
        "call": ("campaign.commands.calls:call", "Log a call, and the visit it booked."),
        "book": ("campaign.commands.visits:book", "Log that a visit was agreed."),
        "visit": ("campaign.commands.visits:visit", "Log that a visit was held, missed, cancelled or moved."),
        "yield": ("campaign.commands.visits:yielded", "Log what a visit or a call brought."),
        "started": ("campaign.commands.starts:started", "Log that what was agreed has begun, or never will."),
        "allow": ("campaign.commands.permissions:allow", "Log on which basis a protected company may be contacted."),
        "undo": ("campaign.commands.undo:undo", "Take back your last act, or the one named."),
        "retract": ("campaign.commands.undo:retract", "Take back one entry, and say why."),
        "history": ("campaign.commands.companies:history", "All that was logged about a company."),
        "company": ("campaign.commands.companies:company", "Show or change what is known of a company."),
        "contact": ("campaign.commands.contacts:contact", "Who can be spoken to at a company."),
    },
    "Figures": {
        "rates": ("campaign.commands.rates:rates", "Hit rates per visit and per call."),
        "yields": ("campaign.commands.yields:yields", "Positions by kind and support class."),
        "funnel": ("campaign.commands.funnel:funnel", "From letters mailed to positions found, step by step."),
        "targets": ("campaign.commands.targets:targets", "How far the numbers to reach have come, and what to expect."),
        "cohorts": ("campaign.commands.cohorts:cohorts", "How soon calls led to visits, and visits to yields."),
        "entries": ("campaign.commands.entries:entries", "The entries behind a figure."),
        "changes": ("campaign.commands.changes:changes", "Why a total changed since a day."),
        "report": ("campaign.commands.report:report_", "A page of figures and charts, as one file."),
        "board": ("campaign.commands.board:board", "A live board of the figures."),
        "export": ("campaign.commands.export:export", "Figures as files."),
        "collect": ("campaign.commands.collect:collect", "Totals of a region, from homes of its offices."),
    },
    "A campaign": {
        "plan": ("campaign.commands.plans:plan", "Plan a campaign, or enrol more offices in it."),
        "target": ("campaign.commands.plans:target", "Set a number to reach."),
        "import": ("campaign.commands.imports:import_", "Take in companies, calls, visits and yields from files."),
        "demo": ("campaign.commands.demo:demo", "Try it all on a model campaign."),
    },
    "The home": {
        "init": ("campaign.commands.workspace:init", "Make a home, and keep your settings in it."),
        "doctor": ("campaign.commands.doctor:doctor", "Look whether all is well here."),
        "verify": ("campaign.commands.verify:verify", "Prove that the log is what was written."),
        "backup": ("campaign.commands.backups:backup", "Save the home elsewhere, while others go on writing."),
        "restore": ("campaign.commands.backups:restore", "Make a home from a backup."),
        "follow": ("campaign.commands.servers:follow", "Keep the read models of a shared database warm."),
        "move": ("campaign.commands.servers:move", "Copy a home into a shared database, or back."),
        "rebuild": ("campaign.commands.workspace:rebuild", "Make the read models anew from the log."),
        "views": ("campaign.commands.workspace:views", "Print the tables other programs can read."),
        "erase": ("campaign.commands.erase:erase", "Erase a person or a note for good."),
        "retention": ("campaign.commands.retention:retention", "How long personal texts are kept."),
        "completion": (
            "campaign.commands.completion:completion",
            "Print the script that completes commands in your shell.",
        ),
    },
}
EXPORTS = {
    "Exports": {
        "totals": ("campaign.commands.export:totals", "Totals by group."),
        "contribution": ("campaign.commands.collect:contribution", "What a home hands in to its region."),
        "verify": ("campaign.commands.export_verify:verify", "Prove a file of totals from the log."),
        "diff": ("campaign.commands.export_diff:diff", "What changed between two files of totals, and why."),
        "entries": ("campaign.commands.export_entries:entries", "An office's entries, for its own archive."),
    },
}
CONTACTS = {
    "Contacts": {
        "add": ("campaign.commands.contacts:add", "Note who can be spoken to at a company."),
        "change": ("campaign.commands.contacts:change", "Change what is kept of a contact."),
        "list": ("campaign.commands.contacts:list_", "Name the contacts of a company, or all."),
        "show": ("campaign.commands.contacts:show", "Show all that is kept of a company's contacts."),
    },
}
RETENTION = {
    "Retention": {
        "set": ("campaign.commands.retention:set_", "Say until when a campaign's personal texts are kept."),
        "run": ("campaign.commands.retention:run", "Erase those whose time is over."),
        "log": ("campaign.commands.retention:log", "List what was erased, when, by whom and why."),
    },
}


@click.group(
    cls=Root,
    table=COMMANDS,
    groups=[
        LazyGroup("export", table=EXPORTS, help="Figures as files."),
        LazyGroup("contact", table=CONTACTS, help="Who can be spoken to at a company."),
        LazyGroup("retention", table=RETENTION, help="How long personal texts are kept."),
    ],
    context_settings={"help_option_names": ["--help", "-h"]},
)
@click.version_option(__version__, message="campaign %(version)s")
def main() -> None:
    """Log the calls, visits and yields of a job-centre campaign, and see its hit rates."""


main.params.extend(common_options())

if __name__ == "__main__":
    main()
