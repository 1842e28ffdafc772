// An issuer of access tokens made with jose, which shares no code with the suite: two keys, and a
// JWKS document that it publishes.
//
//   node issuer.mjs HOST:PORT FOLDER
//
// FOLDER/private.json gets the private keys; FOLDER/jwks.json is what /jwks answers, as it is at that
// moment, so that another program can rotate keys.
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";

const require = createRequire(process.cwd() + "/");
const { exportJWK, generateKeyPair } = require("jose");

const [address, folder] = process.argv.slice(2);

async function makeKey(alg, kid) {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const described = { kid, alg, use: "sig" };
  return {
    open: { ...(await exportJWK(publicKey)), ...described },
    secret: { ...(await exportJWK(privateKey)), ...described },
  };
}

const keys = [await makeKey("ES256", "es-1"), await makeKey("RS256", "rs-1")];
writeFileSync(`${folder}/private.json`, JSON.stringify(keys.map((key) => key.secret)));
writeFileSync(`${folder}/jwks.json`, JSON.stringify({ keys: keys.map((key) => key.open) }));

const [host, port] = address.split(":");
createServer((request, response) => {
  if (request.url !== "/jwks") return response.writeHead(404).end();
  response.writeHead(200, { "content-type": "application/json", "cache-control": "max-age=1" });
  response.end(readFileSync(`${folder}/jwks.json`));
}).listen(Number(port), host);
