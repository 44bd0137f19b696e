// Requests a second of a signed-in session, for scripts/measure: BASE EMAIL PASSWORD.
const [base, email, password] = process.argv.slice(2);
const signedIn = await fetch(`${base}/api/sign-in`, {
  method: "POST",
  headers: { accept: "application/json" },
  body: new URLSearchParams({ email, password }),
});
const cookie = signedIn.headers.get("set-cookie")?.split(";")[0];
if (!signedIn.ok || !cookie) throw new Error(`signing in: ${signedIn.status} ${await signedIn.text()}`);

for (const path of ["/api/current-user", "/api/overview", "/imports"]) {
  const until = performance.now() + 5000;
  const times = [];
  const one = async () => {
    while (performance.now() < until) {
      const begun = performance.now();
      const answer = await fetch(base + path, { headers: { cookie } });
      await answer.arrayBuffer();
      if (answer.status !== 200) throw new Error(`${path}: ${answer.status}`);
      times.push(performance.now() - begun);
    }
  };
  await Promise.all(Array.from({ length: 8 }, one));
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.floor(times.length * share)].toFixed(1);
  console.log(`${path}: ${Math.round(times.length / 5)} a second, median ${at(0.5)} ms, 99 % within ${at(0.99)} ms`);
}
