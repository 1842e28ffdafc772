// A partner's system that is sent what happens. It shares nothing with the suite: signatures are
// checked as Standard Webhooks 1.0.0 says.
//
//   node receive_webhooks.mjs PORT FOLDER
//
// FOLDER holds `secret`, as the registration answered it, and keeps what was taken in: `events`, one
// JSON text a line, each id once. Until there is a secret, and once in the middle, nothing is taken.
import { createHmac, timingSafeEqual } from "node:crypto";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";

const [port, folder] = process.argv.slice(2);
const known = new Set();
let refusals = 1;

function isSigned(headers, body) {
  const secret = join(folder, "secret");
  if (!existsSync(secret)) return false;
  if (Math.abs(Date.now() / 1000 - Number(headers["webhook-timestamp"])) > 300) return false;
  const key = Buffer.from(readFileSync(secret, "utf8").replace("whsec_", ""), "base64");
  const expected = createHmac("sha256", key)
    .update(`${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`)
    .digest();
  return headers["webhook-signature"].split(" ").some((signature) => {
    const given = Buffer.from(signature.replace("v1,", ""), "base64");
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}

createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  if (!isSigned(request.headers, body)) return response.writeHead(401).end();
  if (known.size === 10 && refusals-- > 0) return response.writeHead(503).end();
  const event = JSON.parse(body);
  if (event.id !== request.headers["webhook-id"]) return response.writeHead(400).end();
  if (event.type !== "destinationmetier.webhook.test" && !known.has(event.id)) {
    known.add(event.id);
    appendFileSync(join(folder, "events"), JSON.stringify(event) + "\n");
  }
  response.writeHead(204).end();
}).listen(Number(port), "127.0.0.1");
