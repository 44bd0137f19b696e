// What every answer says about what browsers may do with it.

import { fill } from "../arrange";
import { places } from "../pages";
import { expect, test } from "../test";

const always = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
};

const directive = (policy: string, name: string) => policy.split(";").map((part) => part.trim()).find((part) => part.startsWith(`${name} `));

test("pages carry a policy with a nonce of their own, and no page is kept by a cache", async ({ page }) => {
  const nonces = new Set<string>();
  const all = [...places, { name: "sign-in", address: "/sign-in" }];
  for (const { address } of all) {
    const answer = await page.request.get(address);
    const headers = answer.headers();
    expect(headers, address).toMatchObject({ ...always, "cache-control": "no-store" });
    expect(headers["x-request-id"], address).toBeTruthy();
    expect(headers["permissions-policy"], address).toContain("camera=()");
    const policy = headers["content-security-policy"] ?? "";
    const scripts = directive(policy, "script-src") ?? "";
    expect(policy, address).not.toContain("unsafe-inline");
    expect(policy, address).not.toMatch(/'unsafe-eval'/);
    expect(policy, address).toContain("frame-ancestors 'none'");
    expect(directive(policy, "base-uri"), address).toBe("base-uri 'none'");
    expect(directive(policy, "form-action"), address).toBe("form-action 'self'");
    expect(directive(policy, "object-src"), address).toBe("object-src 'none'");
    const nonce = /'nonce-([^']+)'/.exec(scripts)?.[1] ?? "";
    expect(nonce.length, address).toBeGreaterThanOrEqual(16);
    nonces.add(nonce);
    const scriptsOfPage = (await answer.text()).match(/<script[^>]*>/g) ?? [];
    expect(scriptsOfPage.length, address).toBeGreaterThan(0);
    expect(scriptsOfPage.filter((tag) => !tag.includes(nonce)), address).toEqual([]);
  }
  expect(nonces.size, "no nonce is used twice").toBe(all.length);
});

test("everything else may load and run nothing", async ({ page }) => {
  await fill(page.request);
  for (const address of ["/api/health", "/api/overview", "/api/nothing", "/api/exports/zip3-reference.json", "/favicon.svg"]) {
    const headers = (await page.request.get(address)).headers();
    expect(headers, address).toMatchObject(always);
    expect(headers["content-security-policy"], address).toBe("default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'");
  }
  const failed = await page.request.get("/api/nothing");
  expect(failed.status()).toBe(404);
});

test("files with a hash in their name are kept for good and sent compressed", async ({ page }) => {
  const html = await (await page.request.get("/sign-in")).text();
  const files = new Set(html.match(/\/pkg\/[\w.-]+\.(?:js|wasm|css)/g));
  expect(files.size).toBe(3);
  for (const file of files) {
    const answer = await page.request.get(file, { headers: { "accept-encoding": "br" } });
    expect(answer.status(), file).toBe(200);
    expect(answer.headers(), file).toMatchObject({ ...always, "content-encoding": "br" });
    expect(answer.headers()["cache-control"], file).toContain("immutable");
  }
});

test("a change that another site's page asks for is refused", async ({ page }) => {
  for (const [name, value] of [["origin", "https://evil.example"], ["sec-fetch-site", "cross-site"]] as const) {
    const answer = await page.request.post("/api/sign-out", { headers: { [name]: value } });
    expect(answer.status()).toBe(403);
  }
  expect((await page.request.get("/exports", { maxRedirects: 0 })).status(), "still signed in").toBe(200);
});
