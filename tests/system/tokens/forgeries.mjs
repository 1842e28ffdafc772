// Tokens that somebody made up or took from elsewhere, and those of clerks who signed in by a password
// alone, shown to every face of the suite, which asks staff for one of the acr "mfa" and "otp".
//
//   node forgeries.mjs FOLDER HTTP_ADDRESS GATEWAY_GRPC SERVICE_GRPC PROTO_FOLDER...
//
// Prints a JSON object: for every token, by what is wrong with it, what each face said. FOLDER is that
// of issuer.mjs.
import { createHmac, createPublicKey, createSign } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { grpcFace, overHttp } from "./faces.mjs";

const require = createRequire(process.cwd() + "/");
const { SignJWT, exportJWK, generateKeyPair, importJWK } = require("jose");

const [folder, http, gatewayGrpc, serviceGrpc, ...includeDirs] = process.argv.slice(2);
const jwks = JSON.parse(readFileSync(`${folder}/private.json`, "utf8"));
const es = jwks.find((key) => key.kid === "es-1");
const rs = jwks.find((key) => key.kid === "rs-1");
const esKey = await importJWK(es, "ES256");
const rsKey = await importJWK(rs, "RS256");
const stranger = await generateKeyPair("ES256", { extractable: true });

const now = Math.floor(Date.now() / 1000);
const claims = {
  iss: "https://issuer.destinationmetier.example",
  aud: "destinationmetier",
  sub: "eleve-forge",
  roles: ["applicant"],
  iat: now - 60,
  nbf: now - 60,
  exp: now + 600,
};
const clerk = { ...claims, sub: "agence-forge", roles: ["agency"], territory: ["61"] };
const esHeader = { alg: "ES256", kid: "es-1", typ: "at+jwt" };
const rsHeader = { alg: "RS256", kid: "rs-1", typ: "at+jwt" };

const sign = (header, payload, key) => new SignJWT(payload).setProtectedHeader(header).sign(key);
const base64url = (text) => Buffer.from(text).toString("base64url");
const unsigned = (header, payload) =>
  `${base64url(JSON.stringify(header))}.${base64url(typeof payload === "string" ? payload : JSON.stringify(payload))}`;
// A signature of the issuer's own key over what jose would not sign.
function signAnyway(header, payload) {
  const text = unsigned(header, payload);
  const signer = createSign("sha256").update(text);
  return `${text}.${signer.sign({ key: { ...es, alg: undefined }, format: "jwk", dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
}
function withPublicKeyAsSecret() {
  const text = unsigned({ alg: "HS256", kid: "rs-1", typ: "at+jwt" }, claims);
  const pem = createPublicKey({ key: { kty: "RSA", n: rs.n, e: rs.e }, format: "jwk" });
  const secret = pem.export({ type: "spki", format: "pem" });
  return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
}

const good = await sign(esHeader, claims, esKey);
const [goodHeader, goodPayload, goodSignature] = good.split(".");
const bearer = (token) => [`Bearer ${token}`];

const good_ones = {
  "good: ES256": bearer(good),
  "good: RS256": bearer(await sign(rsHeader, claims, rsKey)),
  "good: of type JWT": bearer(await sign({ ...esHeader, typ: "JWT" }, claims, esKey)),
  "good: a clerk's with a second factor": bearer(await sign(esHeader, { ...clerk, acr: "otp" }, esKey)),
  "good: a clerk's who is an applicant too": bearer(
    await sign(esHeader, { ...clerk, roles: ["agency", "applicant"] }, esKey),
  ),
  "good: expired a moment ago": bearer(await sign(esHeader, { ...claims, exp: now - 5 }, esKey)),
};
const weak_ones = {
  "weak: without acr": bearer(await sign(esHeader, clerk, esKey)),
  "weak: by a password": bearer(await sign(esHeader, { ...clerk, acr: "password" }, esKey)),
};
const forgeries = {
  "alg none": bearer(`${unsigned({ ...esHeader, alg: "none" }, claims)}.`),
  "alg None": bearer(`${unsigned({ ...esHeader, alg: "None" }, claims)}.${goodSignature}`),
  "HS256 with the public key as secret": bearer(withPublicKeyAsSecret()),
  "RS256 under the ES256 key's name": bearer(await sign({ ...rsHeader, kid: "es-1" }, claims, rsKey)),
  "ES256 under the RS256 key's name": bearer(await sign({ ...esHeader, kid: "rs-1" }, claims, esKey)),
  "without its signature": bearer(`${goodHeader}.${goodPayload}`),
  truncated: bearer(good.slice(0, -10)),
  "jwk in the header": bearer(
    await sign({ ...esHeader, jwk: await exportJWK(stranger.publicKey) }, claims, stranger.privateKey),
  ),
  "jku in the header": bearer(
    await sign({ ...esHeader, kid: "evil", jku: "http://127.0.0.1:1/jwks" }, claims, stranger.privateKey),
  ),
  "kid that is a path": bearer(await sign({ ...esHeader, kid: "../../etc/passwd" }, claims, stranger.privateKey)),
  "kid that is SQL": bearer(await sign({ ...esHeader, kid: "es-1' OR '1'='1" }, claims, stranger.privateKey)),
  "aud of another service": bearer(await sign(esHeader, { ...claims, aud: "autre-service" }, esKey)),
  "an ID token": bearer(await sign({ ...esHeader, typ: "JWT" }, { ...claims, nonce: "n-0S6" }, esKey)),
  "expired 31 s ago": bearer(await sign(esHeader, { ...claims, exp: now - 32 }, esKey)),
  "valid later": bearer(await sign(esHeader, { ...claims, nbf: now + 300 }, esKey)),
  "sub twice": bearer(
    signAnyway(esHeader, JSON.stringify(claims).replace("{", '{"sub":"agence",')),
  ),
  "signature of zeros": bearer(`${goodHeader}.${goodPayload}.${base64url(Buffer.alloc(64))}`),
  "signature of 63 bytes": bearer(
    `${goodHeader}.${goodPayload}.${Buffer.from(goodSignature, "base64url").subarray(0, 63).toString("base64url")}`,
  ),
  "two headers": [`Bearer ${good}`, `Bearer ${good}`],
  "1 MB": bearer(good + "A".repeat(1 << 20)),
  // Beyond the twenty of the books.
  "another issuer": bearer(await sign(esHeader, { ...claims, iss: "https://evil.example" }, esKey)),
  "a stranger's key under our name": bearer(await sign(esHeader, claims, stranger.privateKey)),
  "an unknown kid": bearer(await sign({ ...esHeader, kid: "es-2" }, claims, stranger.privateKey)),
  "crit in the header": bearer(signAnyway({ ...esHeader, crit: ["exp"] }, claims)),
  "x5u in the header": bearer(signAnyway({ ...esHeader, x5u: "https://evil.example/" }, claims)),
  "acr that is no text": bearer(await sign(esHeader, { ...claims, acr: ["otp"] }, esKey)),
  "another type": bearer(await sign({ ...esHeader, typ: "dpop+jwt" }, claims, esKey)),
  "without an end": bearer(await sign(esHeader, { ...claims, exp: undefined }, esKey)),
  "a payload changed": bearer(
    `${goodHeader}.${base64url(JSON.stringify({ ...claims, roles: ["operator"] }))}.${goodSignature}`,
  ),
  "padding behind it": bearer(`${good}==`),
  "5 kB": bearer(await sign(esHeader, { ...claims, padding: "x".repeat(3500) }, esKey)),
};

const faces = {
  http: (authorizations) => overHttp(http, authorizations),
  grpc: grpcFace(gatewayGrpc, includeDirs),
  service: grpcFace(serviceGrpc, includeDirs),
};
const said = {};
for (const [what, authorizations] of Object.entries({ ...good_ones, ...weak_ones, ...forgeries })) {
  said[what] = {};
  for (const [face, ask] of Object.entries(faces)) {
    said[what][face] = await ask(authorizations).catch((error) => ({ code: String(error), reason: "" }));
  }
}
console.log(JSON.stringify(said));
process.exit(0);
