// Rotates the issuer's keys while clients call without a pause: a new key is published, signs once
// everybody can know it, and the old one is published for as long as its tokens are good.
//
//   node rotation.mjs FOLDER HTTP_ADDRESS REFRESH_SECONDS
//
// Prints { calls, failures, dropped }: how many calls there were, what went wrong with any of them,
// and whether a token of the first key is refused at the end. FOLDER is that of issuer.mjs.
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { Agent } from "node:http";
import { createRequire } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import { overHttp } from "./faces.mjs";

const require = createRequire(process.cwd() + "/");
const { SignJWT, exportJWK, generateKeyPair, importJWK } = require("jose");

const [folder, http, refresh] = process.argv.slice(2);
const kClients = 6;
// Long enough for every process to have fetched the keys.
const known = Number(refresh) * 1000 + 2000;

const publish = (keys) => {
  writeFileSync(`${folder}/jwks.new`, JSON.stringify({ keys }));
  renameSync(`${folder}/jwks.new`, `${folder}/jwks.json`);
};
const tokenOf = ({ kid, key }, sub) =>
  new SignJWT({ roles: ["applicant"] })
    .setProtectedHeader({ alg: "ES256", kid, typ: "at+jwt" })
    .setIssuer("https://issuer.destinationmetier.example")
    .setAudience("destinationmetier")
    .setSubject(sub)
    .setIssuedAt()
    .setExpirationTime("5m")
    .sign(key);

const first = JSON.parse(readFileSync(`${folder}/private.json`, "utf8")).find((key) => key.kid === "es-1");
let published = JSON.parse(readFileSync(`${folder}/jwks.json`, "utf8")).keys;
let signer = { kid: "es-1", key: await importJWK(first, "ES256") };
const oldToken = await tokenOf(signer, "eleve-tournant");

let calls = 0;
let running = true;
const failures = [];
async function client(number) {
  const agent = new Agent({ keepAlive: true });
  while (running) {
    const { kid } = signer;
    const answer = await overHttp(http, [`Bearer ${await tokenOf(signer, `eleve-${number}`)}`], agent)
      .catch((error) => ({ code: 0, reason: String(error) }));
    calls += 1;
    if (answer.code !== 200) failures.push({ kid, ...answer });
  }
  agent.destroy();
}
const clients = Array.from({ length: kClients }, (_, number) => client(number));

for (const kid of ["es-2", "es-3"]) {
  const { publicKey, privateKey } = await generateKeyPair("ES256");
  published = [...published, { ...(await exportJWK(publicKey)), kid, alg: "ES256", use: "sig" }];
  publish(published);
  await sleep(known);
  signer = { kid, key: privateKey };
  await sleep(500);
  published = published.filter((key) => key.kid === kid);
  publish(published);
  await sleep(known);
}
running = false;
await Promise.all(clients);
const dropped = (await overHttp(http, [`Bearer ${oldToken}`])).code === 401;
console.log(JSON.stringify({ calls, failures: failures.slice(0, 5), dropped }));
process.exit(0);
