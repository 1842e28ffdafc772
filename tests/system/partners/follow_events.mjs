// A partner's system that follows what happens, through every failure of the line. It shares nothing
// with the suite but its protos, and over HTTP not even those.
//
//   node follow_events.mjs poll   BASE_URL TOKEN FOLDER TYPE,TYPE
//   node follow_events.mjs stream ADDRESS  TOKEN FOLDER TYPE,TYPE PROTO_FOLDER…
//
// FOLDER keeps what was taken in: `events`, one JSON text a line, each id once, and `position`, from
// which it goes on when it is started again. The events of a page are written before its position, so
// that what is lost between the two comes again and is known by its id.
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const [mode, address, token, folder, types, ...includeDirs] = process.argv.slice(2);
const eventFile = join(folder, "events");
const positionFile = join(folder, "position");
const read = (file) => (existsSync(file) ? readFileSync(file, "utf8") : "");

let position = read(positionFile);
const known = new Set(read(eventFile).split("\n").filter(Boolean).map((line) => JSON.parse(line).id));

function takeIn(page) {
  for (const event of page.events) {
    if (known.has(event.id)) continue;
    known.add(event.id);
    appendFileSync(eventFile, JSON.stringify(event) + "\n");
  }
  position = page.position;
  writeFileSync(positionFile + ".new", position);
  renameSync(positionFile + ".new", positionFile);
}

// What trying again does not help with.
class Refused extends Error {}

async function poll() {
  const query = new URLSearchParams({ after: position, wait: "5" });
  for (const type of types.split(",")) query.append("types", type);
  const answer = await fetch(`${address}/v1/events?${query}`, {
    headers: { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(30_000),
  });
  const body = await answer.text();
  if (answer.ok) return takeIn(JSON.parse(body));
  if (answer.status < 500 && answer.status !== 429) throw new Refused(body);
  throw new Error(`${answer.status}`);
}

function subscriber() {
  const require = createRequire(process.cwd() + "/");
  const grpc = require("@grpc/grpc-js");
  const { destinationmetier } = grpc.loadPackageDefinition(
    require("@grpc/proto-loader").loadSync(
      "destinationmetier/gateway/v1/partner_event_service.proto",
      { includeDirs, enums: String, longs: Number, defaults: true },
    ),
  );
  // A channel that has lost its server tries again by itself, but ever more rarely.
  const client = new destinationmetier.gateway.v1.PartnerEventService(
    address,
    grpc.credentials.createInsecure(),
    { "grpc.max_reconnect_backoff_ms": 500 },
  );
  const metadata = new grpc.Metadata();
  metadata.set("authorization", `Bearer ${token}`);
  const { INVALID_ARGUMENT, OUT_OF_RANGE, NOT_FOUND, PERMISSION_DENIED, UNAUTHENTICATED } = grpc.status;
  const lasting = [INVALID_ARGUMENT, OUT_OF_RANGE, NOT_FOUND, PERMISSION_DENIED, UNAUTHENTICATED];
  return () =>
    new Promise((resolve, reject) => {
      const stream = client.Subscribe({ after: position, types: types.split(",") }, metadata);
      stream.on("data", takeIn);
      stream.on("end", resolve);
      stream.on("error", (error) => {
        reject(lasting.includes(error.code) ? new Refused(error.message) : error);
      });
    });
}

const follow = mode === "stream" ? subscriber() : poll;
for (let failures = 0; ; ) {
  try {
    await follow();
    failures = 0;
  } catch (error) {
    if (error instanceof Refused) throw error;
    failures += 1;
    console.log(`again after: ${error.message}`);
    await pause(Math.min(1_000, 50 * 2 ** failures) * (0.5 + Math.random() / 2));
  }
}
