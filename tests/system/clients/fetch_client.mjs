// A client that has nothing but fetch: searches, reads and books over HTTP/JSON.
//
//   node fetch_client.mjs BASE_URL TOKEN
import { randomUUID } from "node:crypto";

const [baseUrl, token] = process.argv.slice(2);
const signedIn = { Authorization: `Bearer ${token}` };

async function ask(path, options = {}) {
  const response = await fetch(baseUrl + path, options);
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : null };
}

const post = (path, body, headers = {}) =>
  ask(path, {
    method: "POST",
    headers: { ...signedIn, "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
const reasonOf = ({ body }) =>
  body.error.details.find((one) => one["@type"].endsWith("google.rpc.ErrorInfo")).reason;

const companies = await ask("/v1/companies:search?departments=61");
const kept = await ask("/v1/companies:search?departments=61", {
  headers: { "If-None-Match": companies.headers.get("etag") },
});
const found = await ask("/v1/offers:search?departments=76&available_only=true");
const offer = await ask(`/v1/${found.body.offers[0].name}`);
const session = found.body.offers.flatMap((one) => one.sessions)[0].name;
const key = { "Idempotency-Key": randomUUID() };
const booked = await post("/v1/bookings", { session }, key);
const again = await post("/v1/bookings", { session }, key);
const contradicted = await post("/v1/bookings", { session, requestId: randomUUID() }, key);
const stale = await post(`/v1/${booked.body.name}:cancel`, { requestId: randomUUID() }, { "If-Match": '"stale"' });
const cancelled = await post(
  `/v1/${booked.body.name}:cancel`,
  { requestId: randomUUID() },
  { "If-Match": again.headers.get("etag") },
);
const wrong = await ask("/v1/offers:search?departements=61&lat=north");

console.log(
  JSON.stringify({
    companies: companies.body.totalSize,
    gzip: companies.headers.get("content-encoding"),
    kept: kept.status,
    read: offer.body.offer.name === found.body.offers[0].name,
    booked: booked.status,
    replayed: again.body.name === booked.body.name,
    contradicted: contradicted.status,
    stale: [stale.status, reasonOf(stale)],
    cancelled: cancelled.body.state,
    wrong: wrong.body.error.details
      .find((one) => one.fieldViolations)
      .fieldViolations.map((one) => one.field),
  }),
);
