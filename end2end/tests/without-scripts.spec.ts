// Every page can be read and every form used where scripts do not run, or where only the WASM does not arrive.

import fs from "node:fs";

import type { Page } from "@playwright/test";

import { badFiles, expectedExport, gazetteer, usZips, zipsWithoutZeros } from "../files";
import { expect, fillIn, test } from "../test";

/** Goes the whole way by plain links and forms. `again` shows the page anew where it would not do so by itself. */
async function wholeWay(page: Page, person: { email: string; password: string }, again: () => Promise<unknown>): Promise<void> {
  const navigation = page.getByRole("navigation", { name: "Main", exact: true });

  // Signing in: refused, with the address kept and the way on kept; then right.
  await page.goto("/exports");
  await expect(page).toHaveURL("/sign-in?next=%2Fexports");
  const refused = page.waitForResponse((response) => response.url().includes("/sign-in?") && response.request().method() === "GET");
  await fillIn(page, { ...person, password: "not the password" });
  expect((await refused).status()).toBe(422);
  await expect(page.getByText("The e-mail address or the password is wrong.")).toBeVisible();
  await expect(page.getByLabel("E-mail address")).toHaveValue(person.email);
  await fillIn(page, person);
  await expect(page).toHaveURL("/exports");
  await expect(page.getByText("Nothing to download yet")).toHaveCount(4);

  // Uploads: one leads to its run, several to the list.
  await navigation.getByRole("link", { name: "Imports" }).click();
  await page.getByLabel("Files", { exact: true }).setInputFiles(usZips());
  await page.getByRole("button", { name: "Import the file" }).click();
  await expect(page).toHaveURL(/\/imports\/runs\//);
  await expect(page.getByRole("heading", { level: 1, name: "Import of uszips.csv" })).toBeVisible();
  const becomes = (words: string) =>
    expect(async () => {
      await again();
      await expect(page.getByText(words)).toBeVisible({ timeout: 3_000 });
    }).toPass();
  await becomes("Would make workspace.us_zips 4 rows: 4 added, 0 removed, 0 changed, 0 unchanged");
  await page.getByRole("button", { name: "Import 4 rows" }).click();
  await expect(page).toHaveURL(/\/imports\/runs\/[^/?]+$/);
  await becomes("workspace.us_zips · 4 rows");

  // Something has to be agreed to: without that the page comes back and says so.
  await navigation.getByRole("link", { name: "Imports" }).click();
  await page.getByLabel("Files", { exact: true }).setInputFiles(zipsWithoutZeros(200));
  await page.getByRole("button", { name: "Import the file" }).click();
  await becomes("To agree to before it is imported");
  await page.getByRole("button", { name: "Import 200 rows" }).click();
  await expect(page).toHaveURL(/\/imports\/runs\/[^/]+\?error=/);
  await expect(page.getByRole("alert")).toContainText("200 codes");
  await page.getByLabel("Put back the leading zeros of 200 codes").check();
  await page.getByRole("button", { name: "Import 200 rows" }).click();
  await becomes("workspace.us_zips · 200 rows");

  // Undone, what was there before is back; started again and discarded, nothing changes.
  await page.getByText("Undo this import").click();
  await page.getByRole("button", { name: "Undo the import of 200 rows" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Undo of us-zips" })).toBeVisible();
  await becomes("workspace.us_zips · 4 rows");
  await navigation.getByRole("link", { name: "Imports" }).click();
  await page.getByRole("row").filter({ hasText: "Undone" }).first().getByRole("link", { name: "from a spreadsheet.csv" }).click();
  await page.getByRole("button", { name: "Start again" }).click();
  await becomes("To agree to before it is imported");
  await page.getByRole("button", { name: "Discard" }).click();
  await expect(page.locator("dl").getByText("Cancelled")).toBeVisible();

  await navigation.getByRole("link", { name: "Imports" }).click();
  await page.getByLabel("Files", { exact: true }).setInputFiles([gazetteer(), badFiles[1]!.file]);
  await page.getByLabel("Show what would change before importing").uncheck();
  await page.getByRole("button", { name: "Import the file" }).click();
  await expect(page).toHaveURL("/imports");
  await expect(async () => {
    await page.reload();
    await expect(page.getByRole("row").filter({ hasText: "2024_Gaz_zcta_national.txt" })).toContainText("Succeeded", { timeout: 1_000 });
    await expect(page.getByRole("row").filter({ hasText: badFiles[1]!.file.name })).toContainText("Failed", { timeout: 1_000 });
  }).toPass();
  await page.getByRole("link", { name: badFiles[1]!.file.name }).click();
  await expect(page.getByRole("alert")).toContainText(badFiles[1]!.sentence);

  // The kinds' columns open without scripts.
  await navigation.getByRole("link", { name: "Imports" }).click();
  await expect(page.getByRole("table", { name: "Columns of US ZIPs" })).toBeHidden();
  await page.getByText("SimpleMaps US ZIPs").click();
  await expect(page.getByRole("table", { name: "Columns of US ZIPs" })).toBeVisible();

  // Filters and sorting.
  const filter = page.getByRole("form", { name: "Filter the history" });
  await filter.getByLabel("Kind").selectOption("gaz-zcta");
  await filter.getByLabel("State").selectOption("Succeeded");
  await filter.getByRole("button", { name: "Filter" }).click();
  await expect(page).toHaveURL("/imports?kind=gaz-zcta&state=succeeded");
  const rows = page.getByRole("table", { name: "History of imports" }).getByRole("row");
  await expect(rows).toHaveCount(1 + 1);
  await page.getByRole("link", { name: "Remove the filter: imports of gaz-zcta" }).click();
  await expect(rows).toHaveCount(1 + 3);
  await page.getByRole("link", { name: "Rows" }).click();
  await expect(page).toHaveURL("/imports?state=succeeded&sort=-rows");
  await expect(rows.nth(1)).toContainText("us-zips");

  // The transformation and the download.
  await navigation.getByRole("link", { name: "Transformations" }).click();
  await page.getByRole("button", { name: "Run zip3" }).click();
  await expect(page).toHaveURL(/\/transformations\/runs\//);
  await expect(async () => {
    await again();
    await expect(page.getByText("reference.zip3_demographics · 2 rows")).toBeVisible({ timeout: 3_000 });
  }).toPass();
  await navigation.getByRole("link", { name: "Exports" }).click();
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Download zip3-reference.json" }).click()]);
  expect(fs.readFileSync(await file.path(), "utf8")).toBe(expectedExport);

  // The overview, the theme, and out.
  await navigation.getByRole("link", { name: "Overview" }).click();
  await expect(page.getByRole("table", { name: "Last runs" }).getByRole("row")).toHaveCount(1 + 8);
  await page.getByLabel("Light or dark").click();
  await page.getByRole("button", { name: "Dark" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  await page.getByLabel(/^Account of /).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL("/sign-in");
  await page.goto("/");
  await expect(page).toHaveURL("/sign-in");
}

test.use({ who: "nobody", where: "own" });

test.describe("scripts do not run", () => {
  test.use({ javaScriptEnabled: false });

  test("the whole way by links and forms", async ({ page, installation, noise }) => {
    noise.expectStatus(422);
    // A run's page loads itself anew until the run has ended.
    await wholeWay(page, installation.server.administrator, async () => {});
  });

  test("an upload without a file, and pages past the end, say what is wrong", async ({ page, installation, noise }) => {
    noise.expectStatus(404);
    await page.goto("/sign-in");
    await fillIn(page, installation.server.administrator);
    await page.goto("/imports?page=99");
    await expect(page.getByRole("link", { name: "Show all imports" })).toBeVisible();
    await page.goto("/imports?error=Choose+at+least+one+file.");
    await expect(page.getByRole("alert")).toHaveText("Choose at least one file.");
    await page.goto("/nowhere");
    await expect(page.getByRole("heading", { level: 1, name: "There is no such page" })).toBeVisible();
  });
});

test("the WASM does not arrive: the whole way by links and forms", async ({ page, installation, noise }) => {
  noise.expectStatus(422);
  noise.expect(/^request failed: GET \S+\.wasm: net::ERR_FAILED$/, /^console error: Failed to load resource: net::ERR_FAILED/, /^uncaught: Failed to fetch$/);
  await page.route("**/*.wasm", (route) => route.abort());
  await wholeWay(page, installation.server.administrator, () => page.reload());
});
