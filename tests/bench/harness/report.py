"""The table and the JSON."""

import json


def number(value):
    """Three digits that count, thousands with commas."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def with_spread(result, samples):
    values = result.values(samples)
    if not values:
        return "-"
    unit = result.row.unit
    space = "" if unit.startswith("/") else " "
    return (f"{number(result.median(samples))}{space}{unit}"
            f" ({number(min(values))}–{number(max(values))})")


def figure(result):
    return "-" if result.figure is None else f"**{number(result.figure)} {result.row.figure_unit}**"


def ours(result):
    note = result.row.note(result.ours) if result.row.note is not None else ""
    return with_spread(result, result.ours) + (f"; {note}" if note else "")


def bar(row, value, unit):
    return f"{'≤ ' if row.less_is_better else '≥ '}{value:g} {unit}"


def markdown(results, batch, conditions):
    lines = []
    if results:
        lines += ["| # | what | ours | against | theirs | figure | floor | goal | reached |",
                  "|---|---|---|---|---|---|---|---|---|"]
        for result in results:
            row = result.row
            lines.append(
                f"| {row.number} | {row.what} | {ours(result)} | {row.against}"
                f" | {with_spread(result, result.theirs)} |"
                f" {figure(result)} |"
                f" {bar(row, row.floor, row.floor_unit or row.figure_unit)} |"
                f" {bar(row, row.goal, row.figure_unit)} | {result.reached} |")
    halves = [result for result in results if result.half_load]
    if halves:
        lines += ["",
                  "At half of that load, arrivals as they come (open loop, timed from when each call "
                  "was due):", "",
                  "| # | calls a second | p50 | p99 | p99.9 | longest |",
                  "|---|---|---|---|---|---|"]
        for result in halves:
            middle = sorted(result.half_load, key=lambda sample: sample["p99_ms"])
            sample = middle[len(middle) // 2]
            lines.append(f"| {result.row.number} | {number(sample['rate'])} |"
                         f" {number(sample['p50_ms'])} ms | {number(sample['p99_ms'])} ms |"
                         f" {number(sample['p999_ms'])} ms | {number(sample['max_ms'])} ms |")
    if batch:
        lines += batch_table(batch)
    lines += ["", "Conditions:", ""]
    lines += [f"- {name.replace('_', ' ')}: {text(value)}" for name, value in conditions.items()
              if name not in ("samples", "batch")]
    return "\n".join(lines)


def text(value):
    if isinstance(value, dict):
        return ", ".join(f"{name.replace('_', ' ')} {text(one)}" for name, one in value.items())
    return number(value) if isinstance(value, float) else str(value)


def batch_table(cells):
    clients = sorted({cell["clients"] for cell in cells})
    lines = ["", "Bookings a second on one hot session (p99; commands in a batch) by the cap of a "
                 "batch and the clients:", "",
             "| cap | " + " | ".join(f"{n} client{'s' if n > 1 else ''}" for n in clients) + " |",
             "|---|" + "---|" * len(clients)]
    for cap in sorted({cell["cap"] for cell in cells}):
        row = {cell["clients"]: cell for cell in cells if cell["cap"] == cap}
        lines.append(f"| {cap} | " + " | ".join(
            f"{number(row[n]['rate'])} ({number(row[n]['p99_ms'])} ms; {number(row[n]['batch'])})"
            for n in clients) + " |")
    return lines


def as_json(results, conditions):
    return json.dumps(
        {
            "conditions": conditions,
            "rows": [
                {
                    "row": result.row.number,
                    "what": result.row.what,
                    "ours": result.median(result.ours),
                    "theirs": result.median(result.theirs),
                    "figure": result.figure,
                    "floor": result.row.floor,
                    "goal": result.row.goal,
                    "reached": result.reached,
                }
                for result in results
            ],
        },
        ensure_ascii=False,
        indent=2,
    )
