// Waiting for what happens by itself, with an end.
import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE = 60_000;

export async function until(what, holds) {
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    const found = await holds();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${PATIENCE / 1000} s`);
    await sleep(20);
  }
}

// The exit code of a process, or the signal that ended it.
export async function endOf(name, child) {
  const { code } = await until(`${name} ends`, () => {
    const code = child.exitCode ?? child.signalCode;
    return code === null ? undefined : { code };
  });
  return code;
}
