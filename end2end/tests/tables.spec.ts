// Browsing the workspace's tables: all of a view stands in the address, and can be taken away as a file.

import fs from "node:fs";

import type { Locator, Page } from "@playwright/test";

import { importFiles } from "../arrange";
import { rowsOfWorkbook } from "../containers";
import { gazetteer, manyZips, usZips } from "../files";
import { query } from "../postgres";
import { expect, open, test } from "../test";

const rowsOf = (page: Page): Locator => page.getByRole("table", { name: "Rows of workspace.us_zips" }).getByRole("row");
const pagesOf = (page: Page): Locator => page.getByRole("navigation", { name: "Pages of the list" });
const search = (page: Page): Locator => page.getByRole("form", { name: "Search the table" });

/** The first cells of every row that is shown. */
async function keys(page: Page): Promise<string[]> {
  return rowsOf(page).locator("td:first-child").allInnerTexts();
}

async function download(page: Page, link: string): Promise<{ name: string; bytes: Buffer }> {
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: link }).click()]);
  return { name: file.suggestedFilename(), bytes: fs.readFileSync(await file.path()) };
}

/** What the browser shows where it can and does where it cannot: search, filter, sort, page. */
async function goThrough(page: Page): Promise<void> {
  await page.goto("/tables/us_zips");
  await expect(page.getByRole("heading", { level: 1, name: "workspace.us_zips" })).toBeVisible();
  await expect(rowsOf(page)).toHaveCount(1 + 50);
  await expect(pagesOf(page)).toContainText("1–50 of 2,000 rows");

  await search(page).getByLabel("Begins with").fill("city 1");
  await search(page).getByRole("button", { name: "Search" }).click();
  // 1, 10 to 19, 100 to 199, 1000 to 1999.
  await expect(pagesOf(page)).toContainText("1–50 of 1,111 rows");
  await expect(page.getByText("Showing rows")).toHaveText(/Showing rows\s*that begin with city 1/);

  await search(page).getByLabel("Column").selectOption("population");
  await search(page).getByLabel("Value").fill("7");
  await search(page).getByRole("button", { name: "Search" }).click();
  await expect(page.getByRole("link", { name: "Remove the filter: rows with population 7" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Remove the filter: rows that begin with city 1" })).toBeVisible();
  await expect.poll(() => keys(page)).toEqual(["01007"]);

  await page.getByRole("link", { name: "Remove the filter: rows with population 7" }).click();
  await expect(page).toHaveURL("/tables/us_zips?search=city%201");
  await page.getByRole("columnheader", { name: "population" }).getByRole("link").click();
  await expect(page).toHaveURL("/tables/us_zips?search=city%201&sort=population");
  await expect(page.getByRole("columnheader", { name: "population" })).toHaveAttribute("aria-sort", "ascending");
  await expect.poll(async () => (await keys(page))[0]).toBe("01000");
  await page.getByRole("columnheader", { name: "population" }).getByRole("link").click();
  await expect(page).toHaveURL("/tables/us_zips?search=city%201&sort=-population");
  await expect.poll(async () => (await keys(page))[0]).toBe("01999");

  await pagesOf(page).getByRole("link", { name: "Next" }).click();
  await expect(page).toHaveURL("/tables/us_zips?search=city%201&sort=-population&page=2");
  await expect(pagesOf(page)).toContainText("51–100 of 1,111 rows");
  await expect.poll(async () => (await keys(page))[0]).toBe("01949");
  await page.goBack();
  await expect.poll(async () => (await keys(page))[0]).toBe("01999");
  await page.goForward();
  await expect.poll(async () => (await keys(page))[0]).toBe("01949");

  // The whole view, whatever page is shown.
  const { name, bytes } = await download(page, "Export this view as CSV");
  expect(name).toBe("us_zips.csv");
  const lines = bytes.toString("utf8").trim().split(/\r?\n/);
  expect(lines[0]).toMatch(/^\uFEFF?zip,lat,lng,city,state_id,state_name,population,density,county_name,timezone/);
  expect(lines).toHaveLength(1 + 1_111);
  expect(lines[1]).toMatch(/^01999,40\.5,-90\.25,City 1999,IL,,999,/);
  expect(lines.at(-1)).toMatch(/^01000,/);
  const workbook = await download(page, "as XLSX");
  expect(workbook.name).toBe("us_zips.xlsx");
  const [head, first, ...rest] = rowsOfWorkbook(workbook.bytes);
  expect(head!.slice(0, 7)).toEqual(["zip", "lat", "lng", "city", "state_id", "state_name", "population"]);
  // A code is text, a measure is a number.
  expect(first!.slice(0, 7)).toEqual(["01999", 40.5, -90.25, "City 1999", "IL", "", 999]);
  expect(rest).toHaveLength(1_110);

  await page.goto("/tables/us_zips?search=nothing+begins+so");
  await expect(page.getByText("No row fits")).toBeVisible();
  await page.getByRole("link", { name: "Show all rows" }).click();
  await expect(page).toHaveURL("/tables/us_zips");
  await expect(rowsOf(page)).toHaveCount(1 + 50);
}

test("search, filters, order and page stand in the address; the view is exported as it is", async ({ page }) => {
  await importFiles(page.request, manyZips(2_000));
  await open(page, "/");
  await goThrough(page);
});

test.describe("where scripts do not run", () => {
  test.use({ javaScriptEnabled: false });

  test("the same by plain links and forms", async ({ page }) => {
    await importFiles(page.request, manyZips(2_000));
    await goThrough(page);
  });
});

test("the list of tables leads to their rows, and each row to the run that brought it", async ({ page, installation }) => {
  await importFiles(page.request, usZips("ZIPs of Añasco.csv"), gazetteer());
  await open(page, "/tables");
  const tables = page.getByRole("table", { name: "Tables of the workspace" });
  await expect(tables.getByRole("row")).toHaveCount(1 + 5);
  const gazetteers = tables.getByRole("row").filter({ hasText: "workspace.gaz_zcta" });
  await expect(gazetteers).toContainText(/Gazetteer ZCTAs\s*workspace\.gaz_zcta\s*3\s*just now\s*2024/, { useInnerText: true });
  await tables.getByRole("link", { name: "workspace.us_zips" }).click();
  await expect(page).toHaveURL("/tables/us_zips");
  await expect(rowsOf(page)).toHaveCount(1 + 4);
  // Codes keep their zeros, empty is empty.
  await expect(rowsOf(page).nth(3)).toContainText(/^00603/);
  const run = query(installation.server, "handled_primary", "SELECT id FROM config.integration_runs WHERE operation = 'import' AND subject = 'us-zips' ORDER BY id DESC LIMIT 1");
  await rowsOf(page).nth(1).getByRole("link", { name: run.slice(-8) }).click();
  await expect(page).toHaveURL(`/imports/runs/${run}`);
  await expect(page.getByRole("heading", { level: 1, name: "Import of ZIPs of Añasco.csv" })).toBeVisible();

  // An accent is found as it is written.
  await open(page, `/tables/us_zips?filter.city=${encodeURIComponent("Añasco")}`);
  await expect(rowsOf(page)).toHaveCount(1 + 1);
  await expect(page.getByRole("link", { name: "Remove the filter: rows with city Añasco" })).toBeVisible();
});

test("what makes no sense in the address is left out, and what is not there says so", async ({ page, noise }) => {
  await importFiles(page.request, usZips());
  await open(page, "/tables/us_zips?filter.nothing=1&sort=-colour&page=-7&search=");
  await expect(rowsOf(page)).toHaveCount(1 + 4);
  await open(page, "/tables/us_zips?page=99");
  await expect(page.getByText("No row fits")).toBeVisible();
  noise.expectStatus(404);
  for (const file of ["/api/tables/none.csv", "/api/tables/us_zips.pdf", "/api/tables/us_zips"]) {
    expect((await page.request.get(file)).status(), file).toBe(404);
  }
  expect((await page.goto("/tables/users"))?.status()).toBe(404);
  await expect(page.getByRole("alert")).toBeVisible();
});

test.describe("an empty table", () => {
  test.use({ where: "empty" });

  test("says what would fill it", async ({ page }) => {
    await open(page, "/tables/ups_zones");
    await expect(page.getByText("Nothing has been imported into this table yet")).toBeVisible();
    await page.getByRole("link", { name: "Import a file" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Imports" })).toBeVisible();
  });
});
