// Shows /openapi.json as a page. A method's details are made when it is opened.
"use strict";

const methodsOf = ["get", "post", "put", "patch", "delete"];
let api;

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

// Paragraphs; what stands in backticks is code.
function words(text = "") {
  return text.split("\n").map((line) => {
    const parts = line.split("`").map((part, i) => (i % 2 ? element("code", {}, part) : part));
    return element("p", {}, ...parts);
  });
}

function resolve(node) {
  if (!node || !node.$ref) return node || {};
  return node.$ref.slice(2).split("/").reduce((at, key) => at[key.replace(/~1/g, "/").replace(/~0/g, "~")], api);
}

function nameOf(schema) {
  if (schema.$ref) return schema.$ref.split("/").pop();
  if (schema.type === "array") return `list of ${nameOf(schema.items)}`;
  if (schema.additionalProperties && schema.additionalProperties !== true) return `map to ${nameOf(schema.additionalProperties)}`;
  return [schema.type, schema.format].filter(Boolean).join(", ") || "anything";
}

function limitsOf(schema) {
  return ["minimum", "maximum", "default", "pattern"]
    .filter((name) => name in schema)
    .map((name) => `${name} ${schema[name]}`)
    .join(", ");
}

// The schema that has fields or values behind a list or a map; nothing for a simple type.
function inside(schema) {
  const inner = schema.type === "array" ? schema.items : schema.additionalProperties || schema;
  const resolved = resolve(inner === true ? {} : inner);
  return resolved.properties || resolved.enum ? resolved : undefined;
}

// Filled when it is opened, since messages may hold themselves.
function folded(title, fill) {
  const made = element("details", {}, element("summary", {}, title));
  made.addEventListener("toggle", () => made.open && made.childElementCount === 1 && made.append(...fill()));
  return made;
}

function field(name, schema, required, description, where = "") {
  const notes = [nameOf(schema), limitsOf(schema), where, required ? "required" : ""].filter(Boolean).join("; ");
  const inner = inside(schema);
  return [
    element("dt", {}, element("code", {}, name), " ", element("span", { class: "note" }, notes)),
    element("dd", {}, ...words(description), ...(inner ? [folded(inner.enum ? "values" : "fields", () => contents(inner))] : [])),
  ];
}

function contents(schema) {
  if (schema.enum) {
    return [...words(schema.description), element("p", {}, ...schema.enum.flatMap((value) => [element("code", {}, value), " "]))];
  }
  const required = new Set(schema.required || []);
  return [element("dl", {}, ...Object.entries(schema.properties || {})
    .flatMap(([name, one]) => field(name, one, required.has(name), one.description)))];
}

function bodyOf(content = {}) {
  return Object.entries(content).flatMap(([type, { schema }]) => {
    const resolved = inside(schema) || resolve(schema);
    return [element("p", {}, element("code", {}, type), ` ${nameOf(schema)}`), ...contents(resolved)];
  });
}

function curl(verb, path, operation) {
  const filled = path.replace(/\{(\w+)\}/g, (_, name) =>
    operation.parameters.find((one) => one.in === "path" && one.name === name)?.example || name);
  const asked = operation.parameters.filter((one) => one.in === "query" && one.required).map((one) => `${one.name}=…`).join("&");
  const parts = [`curl ${verb === "get" ? "" : `-X ${verb.toUpperCase()} `}'${location.origin}${filled}${asked && `?${asked}`}'`];
  if (verb !== "get") parts.push("-H 'Authorization: Bearer …'");
  if (operation.requestBody) parts.push("-H 'Content-Type: application/json' -d '{…}'");
  return element("pre", {}, parts.join(" \\\n  "));
}

function details(verb, path, operation) {
  const made = [...words(operation.description)];
  if (operation.parameters.length) {
    made.push(element("h3", {}, "Parameters"), element("dl", {}, ...operation.parameters.flatMap((one) =>
      field(one.name, one.schema, one.required, one.description, one.in))));
  }
  if (operation.requestBody) made.push(element("h3", {}, "Body"), ...bodyOf(operation.requestBody.content));
  made.push(element("h3", {}, "Answers"));
  for (const [status, reference] of Object.entries(operation.responses)) {
    const answer = resolve(reference);
    made.push(folded(`${status}: ${answer.description}`, () => bodyOf(answer.content)));
  }
  made.push(element("h3", {}, "Example"), curl(verb, path, operation));
  return made;
}

function methodElement(verb, path, operation) {
  const title = element("span", {},
    element("span", { class: "method" }, verb.toUpperCase()), element("span", { class: "path" }, path),
    element("span", { class: "brief" }, operation.summary));
  const made = folded(title, () => details(verb, path, operation));
  made.id = operation.operationId;
  made.dataset.words = `${verb} ${path} ${operation.description}`.toLowerCase();
  return made;
}

function show() {
  const operations = Object.entries(api.paths).flatMap(([path, item]) =>
    methodsOf.filter((verb) => item[verb]).map((verb) => ({ verb, path, operation: item[verb] })));
  document.getElementById("about").replaceChildren(...words(api.info.description));
  document.getElementById("methods").replaceChildren(...api.tags.map((tag) =>
    element("section", {}, element("h2", {}, tag.name), ...words(tag.description),
      ...operations.filter(({ operation }) => operation.tags.includes(tag.name))
        .map(({ verb, path, operation }) => methodElement(verb, path, operation)))));
}

function filter() {
  const wanted = document.getElementById("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const section of document.querySelectorAll("main section")) {
    const methods = [...section.querySelectorAll(":scope > details")];
    for (const one of methods) one.hidden = !wanted.every((word) => one.dataset.words.includes(word));
    const visible = methods.filter((one) => !one.hidden).length;
    section.hidden = visible === 0;
    shown += visible;
  }
  document.getElementById("shown").textContent = shown === 1 ? "1 method" : `${shown} methods`;
}

function openLinked() {
  const linked = location.hash && document.getElementById(location.hash.slice(1));
  if (!linked) return;
  linked.open = true;
  linked.scrollIntoView();
}

async function start() {
  try {
    api = await (await fetch("/openapi.json")).json();
  } catch {
    document.getElementById("methods").textContent = "The description could not be read: try again.";
    return;
  }
  show();
  filter();
  document.getElementById("filter").addEventListener("input", filter);
  addEventListener("hashchange", openLinked);
  openLinked();
}

start();
