// The databases from the outside: what whoever looks after them sees, also while one does not answer.

import type { Page } from "@playwright/test";

import { axe } from "../axe";
import { Cluster, query } from "../postgres";
import { Server } from "../server";
import { expect, open, signIn, test } from "../test";

const section = (page: Page, name: string) => page.getByRole("region", { name, exact: true });

test("migrations, room and connections of both databases are shown", async ({ page }) => {
  await open(page, "/");
  await page.getByRole("navigation", { name: "Main", exact: true }).getByRole("link", { name: "Databases" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Databases" })).toBeVisible();
  await expect(page).toHaveURL("/databases");
  for (const [name, first, table] of [
    ["PRIMARY", "accounts", /config\./],
    ["DATA", "publications", /(workspace|reference)\./],
  ] as const) {
    const part = section(page, name);
    await expect(part.getByText("Up to date")).toBeVisible();
    const migrations = part.getByRole("table", { name: `Migrations of ${name}` });
    await expect(migrations.getByRole("row").last()).toContainText(new RegExp(`0001${first}\\s*Applied`));
    await expect(part.getByRole("table", { name: `Largest tables of ${name}` }).getByRole("row").nth(1)).toContainText(table);
    await expect(part.getByRole("table", { name: `Connections to ${name}` })).toContainText("handled");
    await expect(part.getByText(/\d+ connections? \(.*\); more than (12|50) are too many/)).toBeVisible();
  }
  expect(await axe(page)).toEqual([]);
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("the page is whole", async ({ page }) => {
    await page.goto("/databases");
    await expect(section(page, "DATA").getByRole("table", { name: "Largest tables of DATA" })).toBeVisible();
  });
});

test.describe("a viewer", () => {
  test.use({ who: "viewer" });

  test("is told which permission the page takes", async ({ page, noise }) => {
    noise.expectStatus(403);
    await open(page, "/");
    await expect(page.getByRole("navigation", { name: "Main", exact: true }).getByRole("link", { name: "Databases" })).toHaveCount(0);
    const answer = await page.request.get("/api/databases");
    expect(answer.status()).toBe(403);
    expect(await answer.json()).toMatchObject({ error: "forbidden", permission: "databases:inspect" });
    await open(page, "/databases");
    await expect(page.getByRole("heading", { level: 1, name: "You may not see this page" })).toBeVisible();
    await expect(page.getByRole("alert")).toContainText("databases:inspect");
  });
});

test.describe("on a server of its own", () => {
  test.use({ where: "own" });

  test("what does not agree is said, with what to do", async ({ page, installation }) => {
    query(installation.server, "handled_data", "UPDATE workspace.schema_migrations SET sha256 = repeat('0', 64) WHERE version = 3");
    query(installation.server, "handled_primary", "DELETE FROM config.schema_migrations WHERE version = (SELECT max(version) FROM config.schema_migrations)");
    await open(page, "/databases");
    await expect(section(page, "DATA").getByRole("alert")).toContainText("handled db repair data");
    await expect(section(page, "DATA").getByRole("row", { name: /0003/ })).toContainText("Modified");
    await expect(section(page, "PRIMARY").getByRole("status")).toContainText("handled db migrate primary");
    await expect(section(page, "PRIMARY").getByRole("row").nth(1)).toContainText("Pending");
    expect(await axe(page)).toEqual([]);
  });
});

test.describe("when a database stops", () => {
  test.use({ who: "nobody" });

  test("the page says which, and shows the other", async ({ page }) => {
    test.slow();
    const primary = await Cluster.start();
    const data = await Cluster.start();
    const server = await Server.start({ PRIMARY_DATABASE_URL: primary.url, DATA_DATABASE_URL: data.url, SESSION_CACHE_TTL: "30" }, ["--migrate"]);
    try {
      await signIn(page, server.administrator, `${server.address}/sign-in`);
      data.halt();
      await open(page, `${server.address}/databases`);
      await expect(section(page, "DATA").getByRole("alert")).toContainText("DATA does not answer.");
      await expect(section(page, "PRIMARY").getByText("Up to date")).toBeVisible();
      expect(await axe(page)).toEqual([]);
      data.resume();
      primary.halt();
      await open(page, `${server.address}/databases`);
      await expect(section(page, "PRIMARY").getByRole("alert")).toContainText("PRIMARY does not answer.");
      await expect(section(page, "DATA").getByText("Up to date")).toBeVisible();
      primary.resume();
    } finally {
      expect(await server.stop()).toEqual([]);
      primary.remove();
      data.remove();
    }
  });
});
