"""What a campaign is: aggregates, their events and the rules that refuse, with no I/O and no clock."""
