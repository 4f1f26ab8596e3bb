"""What the commands say about books that were read."""

from django.core.management.base import CommandError

from accounts.imports.importing import Outcome
from accounts.imports.planning import Change
from accounts.imports.problems import Problems


def outcome(found: Outcome, *, done: str) -> str:
    """Return the counts by kind, and what is pointed out."""
    lines = [f"{done.capitalize()}:", *(f"  {sentence}" for sentence in found.counts.sentences() or ["nothing"])]
    if found.skipped:
        lines.append(f"  {found.skipped:,} records were taken in before the last interruption.")
    if found.problems.remark_count:
        lines.append(f"Look at {_count(found.problems.remark_count, 'remark')}:")
        lines += [f"  {remark}" for remark in found.problems.remarks]
    return "\n".join(lines)


def refusal(problems: Problems) -> str:
    """Return why nothing was written."""
    heading = f"Nothing was imported. {_count(problems.count or len(problems.found), 'mistake')}:"
    end = "\nThere may be more: this is where --errors stops." if 0 < problems.limit <= problems.count else ""
    return "\n  ".join([heading, *map(str, problems.found)]) + end


def raise_for_mistakes(found: Outcome) -> None:
    """Raise ``CommandError`` with the mistakes of a feed, so that whoever runs it hears of them."""
    problems = found.problems
    if problems.count:
        more = f"\n  and {problems.count - len(problems.found):,} more" if problems.count > len(problems.found) else ""
        heading = f"{_count(problems.record_count, 'record')} left out for mistakes; everything else was taken in:"
        raise CommandError("\n  ".join([heading, *map(str, problems.found)]) + more)


def line(change: Change) -> str:
    """Return what a change is about, without any value."""
    key = " ".join(change.record.values[name] for name in change.record.kind.keys)
    fields = f" ({', '.join(sorted(change.values))})" if change.values and not change.is_new else ""
    return f"{change.record.kind.name} {key}: {' and '.join(change.words)}{fields}"


def _count(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"
