// From files to answers: the picture of what is made from what, running what is stale, what a run has checked and changed, and the days
// that people decide that zones mean.

import fs from "node:fs";
import path from "node:path";

import type { Page } from "@playwright/test";

import { command, importDemo, importFiles, transform } from "../arrange";
import { axe } from "../axe";
import { gazetteer, manyZips, usZips, zipsWithLongNames } from "../files";
import { mark } from "../imports-page";
import { hold, query } from "../postgres";
import { expect, fillIn, open, test } from "../test";
import { expectNodes, node, picture, section } from "../transformations-page";

/** Leaves a picture for people to look at, narrow and wide, light and dark, and looks for what axe objects to. */
async function shoot(page: Page, name: string): Promise<void> {
  const folder = path.join(test.info().project.outputDir, "screens");
  fs.mkdirSync(folder, { recursive: true });
  const size = page.viewportSize()!;
  for (const width of [360, 1440]) {
    await page.setViewportSize({ width, height: 900 });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: path.join(folder, `${name}-${colorScheme}-${width}.png`), fullPage: true });
      expect(await axe(page), `${name}, ${colorScheme}, ${width}`).toEqual([]);
    }
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(size);
}

test.use({ where: "own" });

test("what a file changes is stale until it is run, and the run says what it checked and changed", async ({ page }) => {
  test.slow();
  await test.step("nothing is there yet", async () => {
    await open(page, "/transformations");
    await expectNodes(page, {
      us_zips: "Waits for files",
      zip3: "Waits for files",
      "delivery-matrix": "Waits for files",
      zip3_demographics: "Not made yet",
      "zip3-reference.json": "Nothing to export",
      // The server has copied what zones mean by itself.
      "zone-transit-days": "Current",
    });
    await expect(picture(page).getByRole("link", { name: /^zone_transit_days 10 rows\s*Current/ })).toBeVisible();
    await expect(page.locator(".page-state")).toHaveText("Waits for files");
    await expect(page.getByRole("button", { name: /stale/ })).toHaveCount(0);
    await shoot(page, "transformations-empty");
  });

  await test.step("files are there and nothing is made of them", async () => {
    await importFiles(page.request, usZips(), gazetteer());
    await open(page, "/transformations");
    await expectNodes(page, { us_zips: /4 rows\s*Current/, gaz_zcta: /3 rows\s*Current/, zip3: "Never run", usps_3d: "Waits for files" });
    await page.getByRole("button", { name: /^Run \d stale$/ }).click();
    await expectNodes(page, { zip3: "Current", zip3_demographics: /2 rows\s*Current/, "zip3-reference.json": "Current" });
    await expect(page.getByText("Everything is up to date")).toBeVisible();
    await expect(section(page, "zip3")).toContainText(/\d checks: All \d hold\./);
    await shoot(page, "transformations-current");
  });

  await test.step("another file makes stale what rests on it, and the page says by what", async () => {
    const [second] = await importFiles(page.request, zipsWithLongNames(200));
    await page.reload();
    await expectNodes(page, { us_zips: /200 rows\s*Current/, zip3: "Stale", zip3_demographics: "Stale", "zip3-reference.json": "Stale", gaz_zcta: "Current" });
    const cause = section(page, "zip3").getByRole("listitem").filter({ hasText: "workspace.us_zips was changed by" });
    await expect(cause.getByRole("link", { name: /^run / })).toHaveAttribute("href", `/imports/runs/${second!.id}`);
    await shoot(page, "transformations-stale");
    await open(page, "/exports");
    const row = page.getByRole("row").filter({ hasText: "zip3-reference.json" });
    await row.getByLabel("Download zip3-reference.json, which is stale").click();
    await expect(row.getByRole("listitem")).toContainText("workspace.us_zips was changed by run");
    await expect(row.getByRole("link", { name: "Download zip3-reference.json as it is" })).toHaveAttribute("href", "/api/exports/zip3-reference.json?stale=accept");
    await shoot(page, "exports-stale");
  });

  await test.step("run what is stale; the run's page has the checks and the difference", async () => {
    await open(page, "/transformations");
    const unmoved = await mark(page);
    await page.getByRole("button", { name: "Run 1 stale" }).click();
    await expectNodes(page, { zip3: "Current", zip3_demographics: "Current", "zip3-reference.json": "Current" });
    await unmoved();
    await section(page, "zip3").getByRole("link", { name: "The whole run" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Transformation zip3" })).toBeVisible();
    const checks = page.getByRole("table", { name: "Checks" });
    await expect(checks.getByRole("row").filter({ hasText: "zip3_demographics" }).first()).toContainText("Holds");
    const changes = page.getByRole("region", { name: "What changed" });
    await expect(changes).toContainText("reference.zip3_demographics: 2 rows: 1 added, 1 removed, 1 changed, 0 unchanged.");
    const samples = changes.getByRole("table", { name: "Some of the rows of reference.zip3_demographics that changed" });
    await expect(samples.getByRole("row").filter({ hasText: "~ changed" })).toContainText(/population: 16088 → \d+/);
    await shoot(page, "transformation-run-changed");
  });

  await test.step("an undoing makes it stale as well", async () => {
    const [third] = await importFiles(page.request, manyZips(20));
    await transform(page.request);
    const undone = await command(page.request, "undo", third!.id);
    await open(page, "/transformations");
    await expectNodes(page, { zip3: "Stale" });
    await expect(section(page, "zip3").getByRole("link", { name: /^run / }).first()).toHaveAttribute("href", `/imports/runs/${undone.id}`);
  });
});

test("a check that fails is shown, and what is published stays", async ({ page, installation }) => {
  test.slow();
  await importFiles(page.request, usZips());
  await importDemo(page.request, installation.server);
  expect(await transform(page.request, "delivery-matrix")).toMatchObject({ state: "succeeded", failure: null });
  const data = (sql: string) => query(installation.server, "handled_data", sql);
  const checksum = () => data("SELECT md5(string_agg(r::text, ',' ORDER BY r::text)) FROM reference.delivery_matrix_rows r");
  const before = checksum();
  const table = data("SELECT 'workspace.' || relname FROM pg_class WHERE relkind = 'r' AND relname ~ '^usps_3d_[0-9]+$' ORDER BY oid DESC LIMIT 1");
  data(`UPDATE ${table} SET gal = 25 WHERE ctid = (SELECT min(ctid) FROM ${table})`);

  await open(page, "/transformations");
  await section(page, "delivery-matrix").getByRole("button", { name: "Run delivery-matrix" }).click();
  await expectNodes(page, { "delivery-matrix": "Failed", delivery_matrix: /rows\s*Current/ });
  const matrix = section(page, "delivery-matrix");
  await expect(matrix.getByRole("alert")).toContainText("What was made did not pass its checks, so what is published stays.");
  await expect(matrix).toContainText(/\d+ checks: 2 of \d+ do not hold: USPS's days are from 1 to 10/);
  expect(checksum()).toBe(before);
  await shoot(page, "transformations-failed");
  await matrix.getByRole("link", { name: "The whole run" }).click();
  const broken = page.getByRole("table", { name: "Checks" }).getByRole("row").filter({ hasText: "Does not hold" });
  await expect(broken).toHaveCount(2);
  await expect(broken.first()).toContainText(/USPS's days are from 1 to 10.*25 days of GAL/);
  await shoot(page, "transformation-run-failed");
});

test.describe("zone days", () => {
  test("other days make the matrix stale until it is run; who was slower sees the difference", async ({ page, installation, noise }) => {
    test.slow();
    noise.expectStatus(409);
    await importFiles(page.request, usZips());
    await importDemo(page.request, installation.server);
    expect(await transform(page.request, "delivery-matrix")).toMatchObject({ state: "succeeded", failure: null });

    await open(page, "/transformations");
    await expectNodes(page, { "delivery-matrix": "Current" });
    await page.getByRole("main").getByRole("link", { name: "Zone days" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Zone days" })).toBeVisible();
    const row = (zone: string) => page.getByRole("row").filter({ has: page.getByRole("cell", { name: zone, exact: true }) });
    const days = (zone: string) => page.getByLabel(`Business days of UPS GND ${zone}`);
    await expect(row("004")).toContainText("2 days");
    await expect(row("004")).toContainText("as it came");
    await expect(row("044")).toContainText("no estimate");
    await expect(days("044")).toHaveValue("");

    await test.step("saved", async () => {
      await days("004").fill("3");
      await row("004").getByRole("button", { name: "Save the days of UPS GND 004" }).click();
      await expect(page.getByRole("status").filter({ hasText: "UPS GND 004 is saved." })).toBeVisible();
      await expect(row("004")).toContainText("3 days");
      await expect(row("004")).toContainText(installation.server.administrator.email);
      await expect(page.getByText("delivery-matrix was made from older days.")).toBeVisible();
      await shoot(page, "zone-days-saved");
    });

    await test.step("the matrix is stale by it", async () => {
      await open(page, "/transformations");
      await expectNodes(page, { "delivery-matrix": "Stale", delivery_matrix: "Stale", "zone-transit-days": "Current" });
      await page.getByRole("main").getByRole("link", { name: "Zone days" }).click();
      await page.getByRole("button", { name: "Run delivery-matrix" }).click();
      await expect(page.getByText("was made from older days")).toBeHidden();
    });

    await test.step("somebody else is quicker", async () => {
      const other = { carrier: "UPS", service: "GND", zone: "005", expected: "3", days: "5" };
      await days("005").fill("4");
      expect((await page.request.post("/api/zone-days/set", { form: other })).status()).toBe(200);
      await row("005").getByRole("button", { name: /^Save/ }).click();
      await expect(page.getByRole("alert")).toContainText("Zone 005 was changed meanwhile: it means 5 days now.");
      await expect(row("005"), "what is so now").toContainText("5 days");
      await expect(days("005"), "what was typed").toHaveValue("4");
      await shoot(page, "zone-days-conflict");
      await row("005").getByRole("button", { name: /^Save/ }).click();
      await expect(row("005")).toContainText("4 days");
      await expect(page.getByRole("alert")).toBeHidden();
    });

    await test.step("days that cannot be are refused", async () => {
      const refused = await page.request.post("/api/zone-days/set", { form: { carrier: "UPS", service: "GND", zone: "004", expected: "3", days: "99" } });
      expect(refused.status()).toBe(422);
      expect(await refused.json()).toMatchObject({ error: "invalid", fields: [{ field: "days" }] });
    });
  });

  test("another zone is given days by the keyboard alone, and what is no zone is explained", async ({ page, installation, noise }) => {
    noise.expectStatus(409);
    noise.expectStatus(422);
    await open(page, "/transformations/zone-days");
    const row = (zone: string) => page.getByRole("row").filter({ has: page.getByRole("cell", { name: zone, exact: true }) });
    const form = page.getByRole("region", { name: "Another zone" });
    const [zone, days] = [form.getByLabel("Zone"), form.getByLabel("Business days")];
    const decided = (zone: string) => query(installation.server, "handled_primary", `SELECT days FROM config.zone_transit_days WHERE (service, zone) = ('GND', '${zone}')`);
    // Somebody is in the middle of something else.
    const typed = page.getByLabel("Business days of UPS GND 004");
    await typed.fill("9");

    await test.step("no zone", async () => {
      await form.getByLabel("UPS service").focus();
      await page.keyboard.press("Tab");
      await expect(zone).toBeFocused();
      await expect(zone).toHaveAccessibleDescription("Three digits, as on UPS's charts: 009");
      await page.keyboard.type("9");
      await page.keyboard.press("Tab");
      await page.keyboard.type("5");
      await page.keyboard.press("Enter");
      await expect(form.getByRole("alert")).toHaveText("A zone has three digits, as 004.");
      await expect(zone).toHaveAttribute("aria-invalid", "true");
      await expect(zone).toHaveValue("9");
      await expect(days).toHaveValue("5");
      await expect(days).toBeFocused();
      await shoot(page, "zone-days-no-zone");
    });

    await test.step("added, as the last, where nothing that was typed changes its place", async () => {
      await page.keyboard.press("Shift+Tab");
      await page.keyboard.press("Control+A");
      await page.keyboard.type("001");
      await page.keyboard.press("Enter");
      await expect(page.getByRole("status").filter({ hasText: "UPS GND 001 is saved." })).toBeVisible();
      await expect(row("001")).toContainText("5 days");
      await expect(row("001")).toContainText(installation.server.administrator.email);
      await expect(page.getByLabel("Business days of UPS GND 001")).toHaveValue("5");
      await expect(form.getByRole("alert")).toBeHidden();
      await expect(zone).toHaveValue("");
      await expect(zone).not.toHaveAttribute("aria-invalid");
      await expect(zone).toBeFocused();
      await expect(row("004")).toContainText("2 days");
      await expect(typed).toHaveValue("9");
      expect(decided("001")).toBe("5");
    });

    await test.step("one that has days already", async () => {
      await page.keyboard.type("004");
      await page.keyboard.press("Tab");
      await page.keyboard.type("7");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await expect(form.getByRole("alert")).toHaveText("UPS GND 004 has days already. Change them in its row.");
      await expect(zone).toHaveValue("004");
      await expect(days).toHaveValue("7");
      expect(decided("004")).toBe("2");
      await expect(typed).toHaveValue("9");
    });

    await test.step("in its place when the page is loaded anew", async () => {
      await page.reload();
      await expect(page.getByRole("row").nth(1)).toContainText("001");
    });
  });

  test.describe("to a viewer", () => {
    test.use({ who: "viewer" });

    test("are to be read only", async ({ page }) => {
      await open(page, "/transformations/zone-days");
      await expect(page.getByRole("row").filter({ hasText: "044" })).toContainText("no estimate");
      await expect(page.getByRole("main").getByRole("button")).toHaveCount(0);
      const answer = await page.request.post("/api/zone-days/set", { form: { carrier: "UPS", service: "GND", zone: "004", expected: "2", days: "3" } });
      expect(answer.status()).toBe(403);
      expect(await answer.json()).toMatchObject({ error: "forbidden", permission: "transformations:edit" });
      expect((await page.request.post("/api/zone-days/add", { form: { service: "GND", zone: "009", days: "3" } })).status()).toBe(403);
      await open(page, "/transformations");
      await expect(node(page, "us_zips")).toBeVisible();
      await expect(page.getByRole("main").getByRole("button")).toHaveCount(0);
    });
  });
});

test("a run can be cancelled while it waits or works, from its page", async ({ page, installation }) => {
  await importFiles(page.request, usZips());
  // Nobody claims it: it waits for a run that does not end.
  query(
    installation.server,
    "handled_primary",
    `INSERT INTO config.integration_runs (id, operation, subject, state, actor, after, started_at, file_name, file_bytes, file_sha256)
     VALUES ('before', 'import', 'gaz-zcta', 'waiting', 'system:test', NULL, now(), 'waits.txt', 1, repeat('0', 64)),
            ('behind', 'transformation', 'zip3', 'queued', 'system:test', ARRAY['before'], now(), NULL, NULL, NULL)`,
  );
  await open(page, "/transformations");
  await expectNodes(page, { zip3: "Queued" });
  await section(page, "zip3").getByRole("link", { name: "The whole run" }).click();
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.locator("dl").getByText("Cancelled", { exact: true })).toBeVisible();
  await expect(page.getByRole("button", { name: "Cancel" })).toBeHidden();
});

test("by the keyboard: along the picture, to a section, and to run it", async ({ page }) => {
  await importFiles(page.request, usZips());
  await open(page, "/transformations");
  await picture(page).focus();
  await page.keyboard.press("Tab");
  await expect(node(page, "us_zips")).toBeFocused();
  await node(page, "zip3").focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/transformations#transformation-zip3");
  await expect(section(page, "zip3").getByRole("heading")).toBeInViewport();
  await page.keyboard.press("Tab");
  await expect(section(page, "zip3").getByRole("button", { name: "Run zip3" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expectNodes(page, { zip3: "Current" });
});

test("the picture is drawn anew while somebody reads it: the focus, what is scrolled and what is open stay", async ({ page, installation }) => {
  await importFiles(page.request, usZips());
  await transform(page.request);
  await importFiles(page.request, manyZips(20));
  // So narrow that it is scrolled.
  await page.setViewportSize({ width: 600, height: 800 });
  await open(page, "/transformations");
  await expectNodes(page, { zip3: "Stale" });
  await page.getByText("The same as a table").click();
  const inTable = page.getByRole("table", { name: "Tables, transformations and exports" });
  const reader = await hold(installation.server, "reference.zip3_demographics");
  await page.getByRole("button", { name: "Run zip3" }).click();
  await expectNodes(page, { zip3: "Running" });

  await node(page, "zip3-reference.json").focus();
  const scrolled = () => picture(page).evaluate(({ scrollLeft }) => scrollLeft);
  const before = await scrolled();
  expect(before, "scrolled to what has the focus").toBeGreaterThan(0);
  await reader.letGo();
  await expectNodes(page, { zip3: "Current", zip3_demographics: "Current", "zip3-reference.json": "Current" });
  await expect(node(page, "zip3-reference.json")).toBeFocused();
  expect(await scrolled()).toBe(before);
  await expect(inTable.getByRole("row").filter({ hasText: "zip3-reference.json" })).toContainText("Current");
  // Times are still told as ages.
  await expect(node(page, "zip3-reference.json")).not.toContainText("UTC");

  // In the table below as well.
  await inTable.getByRole("link", { name: "zip3", exact: true }).focus();
  await importFiles(page.request, usZips());
  await section(page, "zip3").getByRole("button", { name: "Run zip3" }).dispatchEvent("click");
  await expectNodes(page, { us_zips: "4 rows" });
  await expect(inTable.getByRole("link", { name: "zip3", exact: true })).toBeFocused();
});

test.describe("the WASM does not arrive", () => {
  test.use({ who: "nobody" });

  test("the picture, running and zone days by links and forms", async ({ page, installation, noise }) => {
    noise.expectStatus(422);
    noise.expect(/^request failed: GET \S+\.wasm: net::ERR_FAILED$/, /^console error: Failed to load resource: net::ERR_FAILED/, /^uncaught: Failed to fetch$/);
    await page.route("**/*.wasm", (route) => route.abort());
    await page.goto("/sign-in?next=/transformations");
    await fillIn(page, installation.server.administrator);
    await expect(page).toHaveURL("/transformations");
    await importFiles(page.request, usZips());
    await page.reload();
    await expectNodes(page, { us_zips: /4 rows\s*Current\s*\d{4}-\d\d-\d\d \d\d:\d\d UTC/, zip3: "Never run" });
    await page.getByRole("button", { name: /^Run \d stale$/ }).click();
    await expect(page).toHaveURL(/\/transformations(\/runs\/.*)?$/);
    await expect(async () => {
      await page.goto("/transformations");
      await expect(node(page, "zip3")).toContainText("Current", { timeout: 1_000 });
    }).toPass();
    await page.getByText("The same as a table").click();
    await expect(page.getByRole("table", { name: "Tables, transformations and exports" }).getByRole("row").filter({ hasText: "zip3_demographics" }).first()).toContainText("Current");
    await page.getByRole("button", { name: "Run zip3" }).click();
    await expect(page).toHaveURL(/\/transformations\/runs\//);

    // Zone days: saved, and refused with what was typed.
    await page.goto("/transformations/zone-days");
    const days = page.getByLabel("Business days of UPS GND 006");
    await days.fill("4");
    await page.getByRole("button", { name: "Save the days of UPS GND 006" }).click();
    await expect(page).toHaveURL(/\/transformations\/zone-days\?saved=/);
    await expect(page.getByRole("status").filter({ hasText: "UPS GND 006 is saved." })).toBeVisible();
    await expect(page.getByRole("row").filter({ hasText: "006" })).toContainText("4 days");
    await days.evaluate((input: HTMLInputElement) => input.removeAttribute("max"));
    await days.fill("99");
    await page.getByRole("button", { name: "Save the days of UPS GND 006" }).click();
    await expect(page.getByRole("alert")).toHaveText("The days must be from 1 to 10, or empty for no estimate.");
    await expect(days).toHaveValue("99");
    await shoot(page, "zone-days-refused");

    // Another zone, by the keyboard: refused with what was typed, then added.
    const form = page.getByRole("region", { name: "Another zone" });
    const [zone, of] = [form.getByLabel("Zone"), form.getByLabel("Business days")];
    await form.getByLabel("UPS service").selectOption("2nd Day Air");
    await zone.focus();
    await page.keyboard.type("22");
    await page.keyboard.press("Tab");
    await page.keyboard.type("4");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("alert")).toHaveText("A zone has three digits, as 004.");
    await expect(form.getByLabel("UPS service")).toHaveValue("2DA");
    await expect(zone).toHaveValue("22");
    await expect(of).toHaveValue("4");
    expect(await axe(page)).toEqual([]);
    await zone.focus();
    await page.keyboard.press("End");
    await page.keyboard.type("6");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("status").filter({ hasText: "UPS 2DA 226 is saved." })).toBeVisible();
    await expect(page.getByRole("row").filter({ hasText: "226" })).toContainText("4 days");
    await expect(zone).toHaveValue("");
  });
});
