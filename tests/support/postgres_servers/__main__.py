"""`scripts/postgres`: a campaign that offices share, on a throw-away server, until it is interrupted."""

import os
import signal
import subprocess
import sys

from campaign.reference import offices
from postgres_servers.running import Server
from postgres_servers.shared import MIGRATOR, PEOPLE, appoint, make_database


def main() -> None:
    """Prints a role and its address a line, then ``ready``; ends with the server when told to."""
    for told in (signal.SIGINT, signal.SIGTERM):  # also where a shell started this in the background
        signal.signal(told, signal.default_int_handler)
    others = [(f"office_{code}", "office", code) for code in offices().codes]
    people = [*PEOPLE, *(office for office in others if office not in PEOPLE)]
    with Server.start(durable=True) as server:
        make_database(server)
        appoint(server, people)
        for role, *_ in [*people, (MIGRATOR, "", "")]:
            print(role, server.address(role))
        follower = _following(server.address("coordinator"))
        print("ready", flush=True)
        try:
            signal.pause()
        except KeyboardInterrupt:
            pass
        finally:
            follower.terminate()
            follower.wait()


def _following(address: str) -> "subprocess.Popen[bytes]":
    """Reports of an office know what was logged only as far as somebody follows."""
    environment = {**os.environ, "CAMPAIGN_DATABASE": address}
    words = [sys.executable, "-m", "cli", "follow", "--quiet"]
    return subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL, start_new_session=True)


if __name__ == "__main__":
    main()
