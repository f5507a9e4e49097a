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
        "yield": ("campaign.commands.visits:yielded", "Log what a visit or a call led to."),
        "started": ("campaign.commands.starts:started", "Log that an agreed start has happened, or will not."),
        "allow": ("campaign.commands.permissions:allow", "Log the legal basis for contacting a protected company."),
        "undo": ("campaign.commands.undo:undo", "Take back your last act, or another one."),
        "retract": ("campaign.commands.undo:retract", "Take back one entry, with a reason."),
        "history": ("campaign.commands.companies:history", "Everything logged about a company."),
        "company": ("campaign.commands.companies:company", "Show or change the facts about a company."),
        "contact": ("campaign.commands.contacts:contact", "Contact persons at companies."),
    },
    "Figures": {
        "rates": ("campaign.commands.rates:rates", "Hit rates per visit and per call."),
        "yields": ("campaign.commands.yields:yields", "Positions by kind and support class."),
        "funnel": ("campaign.commands.funnel:funnel", "From letters mailed to positions found, step by step."),
        "targets": ("campaign.commands.targets:targets", "Progress towards targets, with forecasts."),
        "cohorts": ("campaign.commands.cohorts:cohorts", "How soon calls lead to visits, and visits to yields."),
        "entries": ("campaign.commands.entries:entries", "The entries behind a figure."),
        "changes": ("campaign.commands.changes:changes", "Why a total has changed since a day."),
        "report": ("campaign.commands.report:report_", "A page of figures and charts, as one file."),
        "board": ("campaign.commands.board:board", "A live board of the figures."),
        "export": ("campaign.commands.export:export", "Write figures to files."),
        "collect": ("campaign.commands.collect:collect", "Totals of a region, from the files of its offices."),
    },
    "A campaign": {
        "plan": ("campaign.commands.plans:plan", "Plan a campaign, or enrol more offices in it."),
        "target": ("campaign.commands.plans:target", "Set a target."),
        "import": ("campaign.commands.imports:import_", "Import companies, calls, visits and yields from files."),
        "demo": ("campaign.commands.demo:demo", "Create a model campaign to try everything on."),
    },
    "The data directory": {
        "init": ("campaign.commands.workspace:init", "Create a data directory, and save your settings in it."),
        "doctor": ("campaign.commands.doctor:doctor", "Check the installation, the data and the settings."),
        "verify": ("campaign.commands.verify:verify", "Prove that the log is unaltered."),
        "backup": ("campaign.commands.backups:backup", "Back up the data directory, even while others write."),
        "restore": ("campaign.commands.backups:restore", "Restore a data directory from a backup."),
        "follow": ("campaign.commands.servers:follow", "Keep the read models of a shared database up to date."),
        "move": ("campaign.commands.servers:move", "Copy a data directory into a shared database, or back."),
        "rebuild": ("campaign.commands.workspace:rebuild", "Rebuild the read models from the log."),
        "views": ("campaign.commands.workspace:views", "Print the tables that other programs can read."),
        "erase": ("campaign.commands.erase:erase", "Erase a person or a note permanently."),
        "retention": ("campaign.commands.retention:retention", "How long personal texts are kept."),
        "completion": (
            "campaign.commands.completion:completion",
            "Print the completion script for your shell.",
        ),
    },
}
EXPORTS = {
    "Exports": {
        "totals": ("campaign.commands.export:totals", "Totals by group."),
        "contribution": ("campaign.commands.collect:contribution", "The totals an office sends to its region."),
        "verify": ("campaign.commands.export_verify:verify", "Verify a file of totals against the log."),
        "diff": ("campaign.commands.export_diff:diff", "Changes between two files of totals, with reasons."),
        "entries": ("campaign.commands.export_entries:entries", "The entries of an office, for its archive."),
    },
}
CONTACTS = {
    "Contacts": {
        "add": ("campaign.commands.contacts:add", "Add a contact person of a company."),
        "change": ("campaign.commands.contacts:change", "Change the details of a contact person."),
        "list": ("campaign.commands.contacts:list_", "List the contact persons of a company, or all."),
        "show": ("campaign.commands.contacts:show", "Show everything stored about a company's contact persons."),
    },
}
RETENTION = {
    "Retention": {
        "set": ("campaign.commands.retention:set_", "Set until when a campaign's personal texts are kept."),
        "run": ("campaign.commands.retention:run", "Erase the texts whose retention has ended."),
        "log": ("campaign.commands.retention:log", "List what was erased, when, by whom and why."),
    },
}


@click.group(
    cls=Root,
    table=COMMANDS,
    groups=[
        LazyGroup("export", table=EXPORTS, help="Write figures to files."),
        LazyGroup("contact", table=CONTACTS, help="Contact persons at companies."),
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
