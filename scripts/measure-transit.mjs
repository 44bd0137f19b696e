// Transit lookups, for scripts/measure-transit: BASE COOKIE FOLDER LOOKUPS PROGRAM. Prints how long they took, milliseconds.
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const [base, cookie, folder, count, program] = process.argv.slice(2);
const lookups = Number(count);

// Codes as people type them: ZIPs of the imported file, and areas that a chart is from. Spread evenly, the same every time.
const zips = readFileSync(join(folder, "uszips.csv"), "utf8")
  .split("\n")
  .slice(1)
  .map((line) => line.match(/\d{5}/)?.[0])
  .filter(Boolean);
const areas = readdirSync(folder).flatMap((name) => name.match(/^(\d{3})\.xlsx?$/)?.[1] ?? []);
const of = (codes, place) => codes[(place * 7919) % codes.length];
const pairs = {
  "ZIP3 to ZIP3": (place) => [of(areas, place), of(areas, place * 31 + 17)],
  "ZIP to ZIP": (place) => [of(zips, place), of(zips, place * 31 + 17)],
};

async function ask(path, accept) {
  const answer = await fetch(base + path, { headers: { cookie, accept } });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${text}`);
  return text;
}

/** Does something so many times, by so many at once, and tells how long each took. */
async function measure(what, times, atOnce, one) {
  await one(0);
  const took = [];
  let next = 0;
  const work = async () => {
    while (next < times) {
      const begun = performance.now();
      await one(next++);
      took.push(performance.now() - begun);
    }
  };
  const begun = performance.now();
  await Promise.all(Array.from({ length: atOnce }, work));
  const seconds = (performance.now() - begun) / 1000;
  took.sort((a, b) => a - b);
  const within = (share) => took[Math.ceil(took.length * share) - 1].toFixed(1).padStart(7);
  const rate = atOnce > 1 ? `, ${Math.round(times / seconds)} a second` : "";
  console.log(`${what.padEnd(44)} ${String(times).padStart(6)} times: median ${within(0.5)} ms, 95 % within ${within(0.95)} ms${rate}`);
}

const query = ([from, to]) => new URLSearchParams({ from, to });
let found = 0;
for (const [what, pair] of Object.entries(pairs)) {
  const lookUp = async (place) => {
    const { carriers } = JSON.parse(await ask(`/api/transit?${query(pair(place))}`, "application/json"));
    found += carriers.some(({ services }) => services.length > 0);
  };
  await measure(`/api/transit, ${what}`, lookups, 1, lookUp);
  await measure(`/api/transit, ${what}, eight at once`, lookups, 8, lookUp);
}
if (found === 0) throw new Error("No lookup has found anything: is this the national set?");
console.log(`${found} of ${4 * lookups + 4} lookups found a service`);
await measure("/transit, the whole page, ZIP to ZIP", Math.ceil(lookups / 10), 1, (place) => ask(`/transit?${query(pairs["ZIP to ZIP"](place))}`, "text/html"));
const run = promisify(execFile);
await measure("handled transit, the whole command", Math.ceil(lookups / 100), 1, (place) =>
  // It exits 1 where nobody goes, which takes as long.
  run(program, ["transit", ...pairs["ZIP3 to ZIP3"](place), "--json"]).catch((error) => {
    if (error.code !== 1) throw error;
  }),
);
