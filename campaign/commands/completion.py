"""The script that completes commands in a shell."""

from __future__ import annotations

import click

from campaign.terminal.options import argument, command
from campaign.terminal.output import show
from campaign.terminal.powershell import add_powershell
from campaign.terminal.session import Session

_HOW = {
    "bash": 'Put this into ~/.bashrc: eval "$(campaign completion bash)"',
    "zsh": 'Put this into ~/.zshrc: eval "$(campaign completion zsh)"',
    "fish": "Keep it: campaign completion fish > ~/.config/fish/completions/campaign.fish",
    "powershell": "Put this into $PROFILE: campaign completion powershell | Out-String | Invoke-Expression",
}


@command("completion")
@argument("shell", type=click.Choice([*_HOW]), help="bash, zsh, fish or powershell")
def completion(session: Session, shell: str) -> None:
    """Print the script that completes commands, companies, outcomes and kinds in your SHELL."""
    from click.shell_completion import get_completion_class

    add_powershell()
    kind = get_completion_class(shell)
    assert kind is not None
    root = click.get_current_context().find_root().command
    show(kind(root, {}, "campaign", "_CAMPAIGN_COMPLETE").source())
    session.note(_HOW[shell])
