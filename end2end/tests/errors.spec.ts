// What people and monitors see when something is not there, or does not answer.

import type { APIRequestContext, Page } from "@playwright/test";

import { fill } from "../arrange";
import { Cluster } from "../postgres";
import { Server } from "../server";
import { expect, open, ready, signIn, test } from "../test";

test("an address without a page says so, with the status", async ({ page, noise }) => {
  noise.expectStatus(404);
  for (const address of ["/nowhere", "/imports/runs", "/exports/none"]) {
    const answer = await page.goto(address);
    expect(answer?.status(), address).toBe(404);
    await ready(page);
    await expect(page.getByRole("heading", { level: 1, name: "There is no such page" })).toBeVisible();
  }
  await page.getByRole("link", { name: "Go to the overview" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  for (const address of ["/imports/runs/none", "/transformations/runs/none", "/tables/none"]) {
    const answer = await page.goto(address);
    expect(answer?.status(), address).toBe(404);
    await expect(page.getByRole("navigation", { name: "Main", exact: true })).toBeVisible();
    await expect(page.getByRole("alert")).toContainText("There is no such page");
  }
});

test.describe("when a database stops", () => {
  test.use({ where: "shared", who: "nobody" });

  async function health(request: APIRequestContext, address: string): Promise<[number, string, Record<string, string>]> {
    const answer = await request.get(`${address}/api/health`);
    const { status, databases, timestamp } = await answer.json();
    expect(Math.abs(Date.now() - Date.parse(timestamp))).toBeLessThan(60_000);
    return [answer.status(), status, databases];
  }

  const connected = { primary: "connected", data: "connected" };

  async function badge(page: Page, database: string): Promise<string> {
    const item = page.getByRole("region", { name: "Databases" }).getByRole("listitem").filter({ hasText: database });
    return (await item.innerText()).replace(/\s+/g, " ");
  }

  test("health and pages say which, and it all works again when it is back", async ({ page, request, noise }) => {
    test.slow();
    noise.expectStatus(503);
    const primary = await Cluster.start();
    const data = await Cluster.start();
    const settings = { PRIMARY_DATABASE_URL: primary.url, DATA_DATABASE_URL: data.url, SESSION_CACHE_TTL: "1" };
    const server = await Server.start(settings, ["--migrate"]);
    const at = (path: string) => `${server.address}${path}`;
    try {
      expect(await health(request, server.address)).toEqual([200, "healthy", connected]);
      await signIn(page, server.administrator, at("/sign-in"));
      // page.request does not know this server's address by itself.
      await open(page, at("/"));
      expect(await badge(page, "PRIMARY")).toContain("Connected");

      await test.step("DATA is down", async () => {
        data.halt();
        expect(await health(request, server.address)).toEqual([200, "degraded", { ...connected, data: "disconnected" }]);
        await open(page, at("/"));
        expect(await badge(page, "DATA")).toContain("Does not answer");
        expect(await badge(page, "PRIMARY")).toContain("Connected");
        await expect(page.getByRole("alert")).toContainText("The database DATA does not answer");
        await expect(page.getByText("Nothing is known of the tables")).toBeVisible();
        await open(page, at("/imports"));
        await expect(page.getByText("Nothing has been imported yet")).toBeVisible();
        const others = await Promise.all(["/transformations", "/tables", "/tables/us_zips"].map((path) => page.request.get(at(path))));
        const answer = await page.goto(at("/exports"));
        expect([...others, answer].map((answer) => answer?.status())).toEqual([503, 503, 503, 503]);
        await expect(page.getByRole("heading", { level: 1, name: "This page cannot be shown right now" })).toBeVisible();
        await expect(page.getByRole("alert")).toContainText(/tell an administrator the reference \S+/);
        data.resume();
        await expect.poll(() => health(request, server.address)).toEqual([200, "healthy", connected]);
        await page.getByRole("link", { name: "Try again" }).click();
        await expect(page.getByRole("heading", { level: 1, name: "Exports" })).toBeVisible();
      });

      await test.step("PRIMARY is down", async () => {
        primary.halt();
        expect(await health(request, server.address)).toEqual([503, "unhealthy", { ...connected, primary: "disconnected" }]);
        // It hangs and refuses nobody: first who asks is looked for, and what is remembered of them taken, then what they ask for.
        const timeout = 25_000;
        const answers = await Promise.all([
          page.goto(at("/"), { timeout }),
          ...["/imports", "/tables", "/transformations", "/exports"].map((path) => page.request.get(at(path), { timeout })),
          request.post(at("/api/sign-in"), { form: { email: "a@example.com", password: "long enough, that", next: "" }, timeout }),
        ]);
        expect(answers.map((answer) => answer?.status())).toEqual([503, 503, 503, 503, 503, 503]);
        // Nothing of the inside: no driver's text, no address, no name of a table.
        for (const answer of answers) {
          expect(await answer?.text()).not.toMatch(/postgres|sqlx|connection (refused|reset|closed)|timed out|config\./i);
        }
        await expect(page.getByRole("heading", { level: 1, name: "This page cannot be shown right now" })).toBeVisible();
        data.halt();
        expect(await health(request, server.address)).toEqual([503, "unhealthy", { primary: "disconnected", data: "disconnected" }]);
        data.resume();
        primary.resume();
        await expect.poll(() => health(request, server.address)).toEqual([200, "healthy", connected]);
        await open(page, at("/"));
        await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
      });
    } finally {
      const problems = await server.stop();
      primary.remove();
      data.remove();
      expect(problems).toEqual([]);
    }
  });
});

test.describe("when the private PostgreSQL is killed", () => {
  test.use({ where: "own" });

  test("the server starts it again with everything in it", async ({ page, installation, noise }) => {
    noise.expectStatus(503);
    await fill(page.request);
    const before = installation.server.postmaster()!;
    process.kill(before.pid, "SIGKILL");
    await expect.poll(() => installation.server.postmaster()?.pid, { timeout: 30_000 }).not.toBe(before.pid);
    await expect.poll(async () => (await page.request.get("/api/health")).status(), { timeout: 30_000 }).toBe(200);
    await open(page, "/");
    const table = page.getByRole("table", { name: "Tables of workspace and reference" });
    await expect(table.getByRole("row").filter({ hasText: "workspace.us_zips" }).getByRole("cell").nth(2)).toHaveText("4");
  });
});
