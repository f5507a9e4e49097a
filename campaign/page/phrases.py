"""Every sentence and name on a page, as a message of the translation catalogue."""

from campaign.translations import Message

PHRASES: dict[str, Message] = {
    # The frame
    "skip": Message("Skip to the figures"),
    "contents": Message("Contents"),
    "table": Message("The figures as a table"),
    "table.scroll": Message("Table, can be scrolled: {caption}"),
    "kicker": Message("Campaign report"),
    "all_campaigns": Message("All campaigns"),
    "as_of": Message("As of {day}"),
    "known_on": Message("as known on {day}"),
    "made": Message("Made {moment} by campaign {version}."),
    "week": Message("W{number}"),
    "x_of_y": Message("{x} of {y}"),
    "share_of": Message("{share} of {of}"),
    "interval": Message("95 % interval {low} to {high}"),
    "maturing": Message("maturing"),
    "only": Message("Only: {filters}"),
    "only.period": Message("contacts {first} – {last}"),
    "only.first": Message("contacts from {first}"),
    "only.last": Message("contacts to {last}"),
    "only.industries": Message("industries: {values}"),
    "only.sizes": Message("sizes: {values}"),
    "only.kinds": Message("yields: {values}"),
    "maturing.card": Message("Still maturing: yields may still come."),
    # Headlines
    "headlines": Message("The campaign in figures"),
    "headline.visit_hit_rate": Message("of visits held gave a yield"),
    "headline.visit_hit_rate.base": Message("{x} of {y} visits held gave a yield."),
    "headline.call_hit_rate": Message("of calls gave a yield"),
    "headline.call_hit_rate.base": Message(
        "{x} of {y} calls, every attempt counted, gave a yield, by the call or by the visit it booked."
    ),
    "headline.acceptance_rate": Message("of companies said yes to a visit"),
    "headline.acceptance_rate.base": Message("{x} of {y} companies called."),
    "headline.visits_held": Message("visits held"),
    "headline.visits_held.base": Message("of {y} visits booked, whatever became of them."),
    "headline.target": Message("Target: {number} by {day}."),
    "headline.positions": Message("positions found"),
    "headline.positions.base": Message("{x} of them from visits; the rest straight from calls."),
    "headline.positions.all": Message("{x} of them from visits."),
    "headline.companies_called": Message("companies called"),
    "headline.companies_called.base": Message("each counted once, in {y} calls."),
    # Funnel
    "funnel": Message("From {first} companies called to {last} positions"),
    "funnel.nav": Message("Funnel"),
    "funnel.note": Message(
        "Every step says its share of the one before it. Companies are counted once. Positions in all hold those straight from calls, which no visit is the base of."
    ),
    "funnel.alt": Message(
        "Bars for {count} steps. {first}: {first_number}. {last}: {last_number}. The largest number is that of {most}."
    ),
    "funnel.none": Message("Nobody has been called yet, so there are no steps to show."),
    "funnel.caption": Message("The steps, each with its share of the one before"),
    "step.companies_mailed": Message("companies sent a letter"),
    "step.companies_called": Message("companies called"),
    "step.companies_reached": Message("companies spoken to"),
    "step.companies_accepted": Message("companies said yes"),
    "step.visits_booked": Message("visits booked"),
    "step.visits_held": Message("visits held"),
    "step.visits_with_yield": Message("visits with a yield"),
    "step.positions_from_visits": Message("positions from visits"),
    "step.positions": Message("positions in all"),
    "step.share": Message("{share} of those {of}"),
    "step.each": Message("{number} per {of}"),
    "those.companies_mailed": Message("sent a letter"),
    "those.companies_called": Message("called"),
    "those.companies_reached": Message("spoken to"),
    "those.visits_booked": Message("booked"),
    "those.visits_held": Message("held"),
    "each.companies_accepted": Message("company that said yes"),
    "each.visits_with_yield": Message("visit with yield"),
    "column.step": Message("Step"),
    "column.number": Message("Number"),
    "column.share": Message("Share"),
    # Weeks
    "weeks": Message("{held} visits held, week by week"),
    "weeks.nav": Message("Weeks"),
    "weeks.note": Message(
        "ISO weeks. A yield counts in the week of the visit it came from. A star: the week ended less than 28 days ago, and yields of its visits may still come."
    ),
    "weeks.held": Message("visits held"),
    "weeks.hits": Message("of which with a yield"),
    "weeks.target": Message("target"),
    "weeks.alt": Message(
        "A bar for each of {count} weeks from {first} to {last}: visits held, and inside it those with a yield. The most were {most}, in {best}."
    ),
    "weeks.none": Message("No visit has been held yet."),
    "weeks.caption": Message("Visits, yields and calls by week"),
    "column.week": Message("Week"),
    # Offices
    "offices": Message("Visit hit rate by office: {share} in all"),
    "offices.nav": Message("Offices"),
    "offices.note": Message(
        "The dot is the share of visits held that had a yield; the line is where it lies with 95 % certainty (Wilson). Offices stand in order of their names: this is no ranking."
    ),
    "offices.small": Message("Offices with fewer than 5 visits held are not plotted; their figures are said instead."),
    "offices.alt": Message(
        "A dot plot of {count} offices in order of their names. The lowest rate is {low} ({lowest}), the highest {high} ({highest}); in all it is {share}."
    ),
    "offices.none": Message("No office takes part yet."),
    "offices.few": Message(
        "No office has 5 visits held yet, so there is nothing to compare; what there is stands here."
    ),
    "offices.caption": Message("Hit rates by office, with 95 % intervals"),
    "offices.marked": Message("The {rate} differs from the whole beyond chance (Holm) in: {offices}."),
    "offices.triangle": Message(" Marked by a triangle and another colour."),
    "offices.unmarked": Message("No office’s {rate} differs from the whole beyond chance (Holm)."),
    "offices.once": Message("Companies are counted once in every line, so the lines can add up to more than all."),
    "all_at": Message("all {share}"),
    "all": Message("all"),
    "column.office": Message("Office"),
    "column.remark": Message("Remark"),
    "differs.above": Message("{rate} above"),
    "differs.below": Message("{rate} below"),
    "chance.high": Message("95 of 100"),
    "chance.high_outer": Message("998 of 1,000"),
    # Funnel plot
    "chance": Message("What chance alone would do"),
    "chance.note": Message(
        "The same rates against the number of visits behind them. Were all offices alike, 95 of 100 would lie in the inner band and 998 of 1,000 in the outer (Spiegelhalter 2005). Few visits swing widely by chance; named are the largest office and those outside the inner band."
    ),
    "chance.alt": Message("A funnel plot of {count} offices around {share}. Outside the inner band lie: {outside}."),
    "chance.looks": Message(
        "There is one band for each office; the marks allow for {looks} looks, so not every point outside is marked."
    ),
    "nobody": Message("none"),
    # Targets
    "targets": Message("{measure}: {reached} of {number} by {day}, {state}"),
    "targets.nav": Message("Target"),
    "targets.ahead": Message("ahead of a steady pace"),
    "targets.behind": Message("behind a steady pace"),
    "targets.met": Message("reached"),
    "targets.missed": Message("not reached"),
    "targets.note": Message(
        "The broken line is what a steady pace from the campaign’s first working day would give; it jumps where the target was changed. The fan is where the count lies in 95 of 100 if the pace of the last {days} working days stays."
    ),
    "targets.needed": Message("Needed: {needed} a working day. Lately: {pace}."),
    "targets.changed": Message("Set on {day}: {number}."),
    "targets.alt": Message(
        "A line of what was reached by {day}: {reached}. A steady pace would have given {expected} by then. {ahead}"
    ),
    "targets.alt.ahead": Message("On {day} {forecast} are to be expected, between {low} and {high}."),
    "targets.none": Message("No target had been set by then."),
    "targets.filtered": Message(
        "Targets are for the campaign, a region, an office or a kind; under other filters there are none."
    ),
    "targets.caption": Message("Every target, and how far it has come"),
    "targets.of.kind": Message("{measure}, {kind}"),
    "targets.of.whose": Message("{of}, {whose}"),
    "course.expected": Message("steady pace {number}"),
    "course.reached": Message("reached {number}"),
    "course.target": Message("target {number}"),
    "course.forecast": Message("forecast {number}"),
    "column.target": Message("Target"),
    "column.goal": Message("Number", "target"),
    "column.by_day": Message("By"),
    "column.reached": Message("Reached"),
    "column.expected": Message("Expected by now"),
    "column.left": Message("Working days left"),
    "column.pace": Message("Pace, a working day"),
    "column.needed": Message("Needed, a working day"),
    "column.forecast": Message("Forecast"),
    "column.sure": Message("95 %"),
    # Cohorts
    "cohorts": Message("How soon something comes of it"),
    "cohorts.nav": Message("Cohorts"),
    "cohorts.note": Message(
        "Of the contacts of each month, the share that led to something within 1, 2, 4 and 8 weeks. A star and a broken line: not all of these contacts are that old yet, so the share may still grow."
    ),
    "cohorts.calls": Message("Calls that led to a held visit"),
    "cohorts.visits": Message("Visits held that led to a yield"),
    "cohorts.base.calls": Message("calls"),
    "cohorts.base.visits": Message("visits"),
    "cohorts.week": Message("within {number} week"),
    "cohorts.weeks": Message("within {number} weeks"),
    "cohorts.short": Message("{number} wk"),
    "cohorts.times": Message("Median: {median} days from the contact."),
    "cohorts.alt": Message(
        "A heat map of {count} months and 4 spans of time. Of all old enough, {share} led to it within {weeks} weeks."
    ),
    "cohorts.none": Message("There is no contact to follow yet."),
    "column.period": Message("Month"),
    "column.contacts.calls": Message("Calls"),
    "column.contacts.visits": Message("Visits held"),
    # Overdue
    "overdue": Message("What should have happened, and has not"),
    "overdue.nav": Message("Overdue"),
    "overdue.note": Message(
        "What was to happen before the day of the report, and nothing says that it did, or that it never will. Which ones: campaign overdue."
    ),
    "overdue.unseen": Message("A region reads the totals of its offices, and what is overdue is not among them."),
    "overdue.none": Message("Nothing is overdue."),
    "overdue.caption": Message("Overdue, by what it is"),
    "overdue.visit": Message("visits planned, and nothing recorded since"),
    "overdue.call-back": Message("call-backs promised"),
    "overdue.follow-up": Message("follow-ups agreed"),
    "overdue.accepted-not-booked": Message("companies that said yes, with no visit booked"),
    "overdue.start": Message("starts agreed, and not said to have begun"),
    "column.what": Message("What"),
    # Yields
    "yields": Message("What came of it: {positions} positions"),
    "yields.nav": Message("Positions"),
    "yields.note": Message(
        "A line “of which” is in the line above it already, and is never added to it. Each total holds every position once."
    ),
    "yields.alt": Message("Bars for {count} kinds of yield. Most positions: {most}, {number}."),
    "yields.none": Message("No yield has been recorded yet."),
    "yields.caption": Message("Positions by kind"),
    "yields.classes": Message("Totals by support class"),
    "of_which": Message("of which {kind}"),
    "class.ordinary": Message("ordinary"),
    "class.supported": Message("supported"),
    "class.unpaid": Message("unpaid"),
    "class.other": Message("other"),
    "column.kind": Message("Kind"),
    "column.positions": Message("Positions"),
    "column.yields": Message("Yields"),
    "column.class": Message("Support class"),
    # About
    "about": Message("About these figures"),
    "about.of": Message("What the figures are of"),
    "about.campaign": Message("Campaign"),
    "about.first": Message("Contacts from"),
    "about.last": Message("Contacts to"),
    "about.as_of": Message("What had happened by"),
    "about.known_on": Message("What had been logged by"),
    "about.offices": Message("Offices"),
    "about.regions": Message("Regions"),
    "about.industries": Message("Industries"),
    "about.sizes": Message("Sizes"),
    "about.kinds": Message("Kinds of yield"),
    "about.left_out": Message("Left out"),
    "about.left_out.of": Message("{number} entries of kinds that version {version} does not know"),
    "about.position": Message("Position in the log"),
    "about.head": Message("Head of the log, SHA-256"),
    "about.made_at": Message("Made at"),
    "about.made_by": Message("Made by"),
    "about.everything": Message("everything"),
    "about.definitions": Message("What every figure means"),
    "about.methods": Message("Methods"),
    "about.wilson": Message(
        "Intervals are Wilson’s score intervals at 95 %: E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927)."
    ),
    "about.holm": Message(
        "Marked offices differ from the whole by a score test at 5 %, corrected for the number of offices by S. Holm, A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6 (1979)."
    ),
    "about.spiegelhalter": Message(
        "The limits of chance follow D. J. Spiegelhalter, Funnel plots for comparing institutional performance, Statistics in Medicine 24 (2005)."
    ),
    "about.forecast": Message(
        "The forecast lets the pace of the last 20 working days go on; its interval is the prediction interval of a sum of days that vary as these did (Hahn and Meeker, Statistical Intervals, 1991). Working days leave out Danish public holidays."
    ),
    # Measures: what they mean
    "means.companies_mailed": Message("Distinct companies a letter was sent to."),
    "means.calls": Message("Call entries, every attempt."),
    "means.companies_called": Message("Distinct companies called."),
    "means.companies_reached": Message("Distinct companies in which somebody was spoken to."),
    "means.companies_accepted": Message("Distinct companies with an accepted call."),
    "means.calls_with_yield": Message("Calls that led to a yield, from the call or from a visit it booked."),
    "means.visits_booked": Message("Visits of any status; one held unbooked counts as booked the day it was held."),
    "means.visits_held": Message("Visits that took place."),
    "means.visits_with_yield": Message("Held visits with at least one yield."),
    "means.yields": Message("Yield entries."),
    "means.positions": Message("The sum of the positions of yields."),
    "means.positions_from_visits": Message("Positions whose origin is a visit."),
    "means.expected": Message(
        "What a steady pace from the campaign’s first working day to the target’s day would have given by now."
    ),
    "means.pace": Message("What came a working day, of the last 20 working days."),
    "means.needed": Message("What has to come each working day from now on to reach the target."),
    "means.forecast": Message(
        "What is reached plus the pace for every working day that is left; from and to: in 95 of 100 times."
    ),
    "means.share": Message(
        "Of the calls (visits held) of a month, those that led to a held visit (a yield) within so many weeks."
    ),
    "means.visit_hit_rate": Message("Visits with a yield / visits held."),
    "means.call_hit_rate": Message("Calls with a yield / calls."),
    "means.acceptance_rate": Message("Companies that said yes / companies called."),
}
