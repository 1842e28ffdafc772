// The cases of a test program in Node: told to people as they end, and to tests/run in the form of
// GoogleTest's report, which is what it counts cases by.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const escaped = (text) =>
  text.replace(/[&<>"\x00-\x1f]/g, (character) => `&#${character.charCodeAt(0)};`);

export class Report {
  #program;
  #cases = [];

  constructor(program) {
    this.#program = program;
  }

  // `body` says what is wrong: a list of complaints, empty when nothing is; what it throws is one
  // too.
  async check(suite, name, body) {
    const started = performance.now();
    let complaints;
    try {
      complaints = await body();
    } catch (error) {
      complaints = [error.stack ?? String(error)];
    }
    const seconds = ((performance.now() - started) / 1000).toFixed(3);
    this.#cases.push({ suite, name, complaints, seconds });
    console.log(`${complaints.length === 0 ? 'ok    ' : 'FAILED'} ${suite}: ${name}`);
    for (const complaint of complaints) console.log(`       ${complaint}`);
  }

  // Writes the report where GTEST_OUTPUT says, and returns the exit code.
  finish() {
    const failed = this.#cases.filter((one) => one.complaints.length > 0).length;
    console.log(`${this.#cases.length - failed} passed, ${failed} failed`);
    const folder = (process.env.GTEST_OUTPUT ?? '').match(/^xml:(.*\/)$/)?.[1];
    if (folder !== undefined) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, `${this.#program}.xml`), this.#xml());
    }
    return failed === 0 && this.#cases.length > 0 ? 0 : 1;
  }

  #xml() {
    const suites =
      Map.groupBy === undefined
        ? groupBySuite(this.#cases)
        : Map.groupBy(this.#cases, (one) => one.suite);
    let text = '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n';
    for (const [suite, cases] of suites) {
      text += `<testsuite name="${escaped(suite)}">\n`;
      for (const one of cases) {
        const failure =
          one.complaints.length === 0
            ? ''
            : `<failure message="${escaped(one.complaints.join('\n'))}"/>`;
        text +=
          `<testcase name="${escaped(one.name)}" status="run" time="${one.seconds}">` +
          `${failure}</testcase>\n`;
      }
      text += '</testsuite>\n';
    }
    return `${text}</testsuites>\n`;
  }
}

function groupBySuite(cases) {
  const suites = new Map();
  for (const one of cases) suites.set(one.suite, [...(suites.get(one.suite) ?? []), one]);
  return suites;
}
