"""Throughput of the ledger by the cap of a batch and the number of clients: `tests/bench/run batch`."""

from harness import booking

CAPS = (1, 4, 16, 64, 256)
CLIENTS = (1, 8, 64, 256)
HOT = [booking.session_name(booking.HOT)]


def measure(world, say):
    """[{cap, clients, rate, p50_ms, p99_ms, batch}]: one sample each, on one hot session."""
    cells = []
    caps = CAPS if not world.short else CAPS[:1]
    for cap in caps:
        world.booking.start(f"--ledger-batch={cap}")
        for clients in CLIENTS if not world.short else CLIENTS[1:2]:
            world.booking.reset()
            before = world.booking.counters()
            report = world.bookings.run(world.booking.address, HOT, world.warm_up, world.seconds,
                                    clients=clients)
            after = world.booking.counters()
            batches = after["batches"] - before.get("batches", 0)
            commands = after["commands"] - before.get("commands", 0)
            cells.append({"cap": cap, "clients": clients, "batch": commands / max(batches, 1)}
                         | {name: report["answered"][name]
                            for name in ("rate", "p50_ms", "p99_ms")})
            say(f"cap {cap}, {clients} clients: {cells[-1]['rate']:.0f}/s")
        world.booking.stop()
    return cells
