// One import through the browser's way, for scripts/measure-imports: BASE WELCOME FILE... Prints the rows that were published, the
// seconds that the run worked, and the seconds from the first byte sent until the server had received, recognised and kept the files.
import { openAsBlob, readFileSync } from "node:fs";
import { basename } from "node:path";

const [base, welcome, ...files] = process.argv.slice(2);
const password = /Password\s+(\S+)/.exec(readFileSync(welcome, "utf8"))?.[1];
const signedIn = await fetch(`${base}/api/sign-in`, {
  method: "POST",
  headers: { accept: "application/json" },
  body: new URLSearchParams({ email: "admin@localhost", password }),
});
const cookie = signedIn.headers.get("set-cookie")?.split(";")[0];
if (!signedIn.ok || !cookie) throw new Error(`signing in: ${signedIn.status} ${await signedIn.text()}`);

const form = new FormData();
for (const file of files) form.append("file", await openAsBlob(file), basename(file));
const begun = performance.now();
const sent = await fetch(`${base}/api/imports`, { method: "POST", headers: { cookie, accept: "application/json" }, body: form });
if (!sent.ok) throw new Error(`sending: ${sent.status} ${await sent.text()}`);
const { runs } = await sent.json();
const received = (performance.now() - begun) / 1000;
if (runs.length !== 1) throw new Error(`${runs.length} runs instead of one`);

for (;;) {
  const query = new URLSearchParams({ operation: "import", id: runs[0].id });
  const { run, timings } = await (await fetch(`${base}/api/runs/get?${query}`, { headers: { cookie, accept: "application/json" } })).json();
  if (run.finished_at) {
    if (run.state !== "succeeded") throw new Error(run.failure);
    const rows = run.published.reduce((sum, published) => sum + published.rows, 0);
    if (process.env.STAGES) console.error(timings.map(({ stage, milliseconds }) => `${stage} ${milliseconds} ms`).join(", "));
    console.log(rows, (Date.parse(run.finished_at) - Date.parse(run.working_since)) / 1000, received.toFixed(2));
    break;
  }
  await new Promise((resolve) => setTimeout(resolve, 50));
}
