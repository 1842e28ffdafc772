// Holds the gateway's description of itself against the schema of OpenAPI 3.1.
//
//   node validate_openapi.mjs BASE_URL
import { Validator } from "@seriousme/openapi-schema-validator";

const document = await (await fetch(`${process.argv[2]}/openapi.json`)).json();
const validator = new Validator();
const { valid, errors } = await validator.validate(document);
console.log(
  JSON.stringify({ valid, errors, version: validator.version, paths: Object.keys(document.paths).length }),
);
