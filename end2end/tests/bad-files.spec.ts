import fs from "node:fs";

import type { Locator, Page } from "@playwright/test";

import { importFiles } from "../arrange";
import { badFiles, gazetteer, realFiles, type Sample, usZips, zipsWithRejects } from "../files";
import { entry, form, send, sent } from "../imports-page";
import { query } from "../postgres";
import { expect, open, test } from "../test";

async function sendOne(page: Page, file: Sample): Promise<Locator> {
  await open(page, "/imports");
  await send(page, file);
  return entry(page, file.name);
}

async function rowsOnOverview(page: Page): Promise<string> {
  await open(page, "/");
  const table = page.getByRole("table", { name: "Tables of workspace and reference" });
  return table.getByRole("row").filter({ hasText: "workspace.us_zips" }).getByRole("cell").nth(2).innerText();
}

const content = "SELECT md5(string_agg(z::text, E'\\n' ORDER BY zip)) FROM workspace.us_zips z";

for (const { what, file, sentence, kind } of badFiles) {
  test(`${what} is refused with a sentence and changes nothing`, async ({ page, installation }) => {
    await importFiles(page.request, usZips());
    const before = query(installation.server, "handled_data", content);

    const run = await sendOne(page, file);
    await expect(run).toContainText("Failed");
    await expect(run).toContainText(sentence);
    await expect(sent(page).getByRole("list", { name: kind ?? "Refused" }).getByRole("listitem")).toHaveCount(1);
    await run.getByRole("link", { name: file.name }).click();
    await expect(page.getByRole("heading", { level: 1, name: `Import of ${file.name}` })).toBeVisible();
    await expect(page.getByRole("alert")).toContainText(sentence);
    await expect(page.getByText("Nothing", { exact: true })).toBeVisible();
    await expect(page.getByRole("table", { name: "Files" }).getByRole("row").nth(1)).toContainText(file.name);

    await open(page, "/imports?state=failed");
    const latest = page.getByRole("table", { name: "History of imports" }).getByRole("row").nth(1);
    await expect(latest).toContainText(file.name);
    await expect(latest).toContainText("Failed");
    expect(await rowsOnOverview(page)).toBe("4");
    expect(query(installation.server, "handled_data", content)).toBe(before);
  });
}

test("the publisher's real file, cut in the middle of a row, is refused", async ({ page }) => {
  const files = realFiles();
  test.skip(!files, "the publishers' files are not beside the clone; the same is done with a file that the test makes");
  await importFiles(page.request, usZips());
  const whole = fs.readFileSync(files!.usZips);
  const run = await sendOne(page, { name: "uszips.csv", mimeType: "text/csv", buffer: whole.subarray(0, 4_000_000) });
  await expect(run).toContainText(/uszips\.csv ends in the middle of a row: the row at line [\d,]+ has \d+ of 18 fields/, { timeout: 30_000 });
  expect(await rowsOnOverview(page)).toBe("4");
});

test("rows that break a rule are listed with their line and reason, and the others are published", async ({ page }) => {
  await importFiles(page.request, usZips());
  const file = zipsWithRejects();
  const run = await sendOne(page, file);
  await expect(run).toContainText("300 rows published, 3 rows rejected");
  await run.getByRole("link", { name: file.name }).click();
  const rejected = page.getByRole("table", { name: "Rejected rows" });
  await expect(rejected.getByRole("row")).toHaveCount(1 + 3);
  const cells = [
    ["302", "lat", "is not between -90 and 90", "91.5"],
    ["303", "", "has 5 fields, the header 6", /^90002/],
    ["304", "population", "is not a whole number", "many"],
  ];
  for (const [index, texts] of cells.entries()) {
    await expect(rejected.getByRole("row").nth(index + 1).getByRole("cell")).toHaveText(texts);
  }
  expect(await rowsOnOverview(page)).toBe("300");
});

test("a file of another kind than the chosen one is refused and says which it is", async ({ page }) => {
  await open(page, "/imports");
  await form(page).getByLabel("Kind").selectOption("us-zips");
  const file = gazetteer("gaz.txt");
  await send(page, file);
  await expect(entry(page, file.name)).toContainText("gaz.txt is a gaz-zcta file, not us-zips. Import it as gaz-zcta, or choose a us-zips file.");
});

test.describe("in an empty installation", () => {
  test.use({ where: "empty" });

  test("a transformation of nothing says what is missing", async ({ page }) => {
    await open(page, "/transformations");
    await expect(page.getByText("Nothing has been imported into workspace.us_zips or workspace.gaz_zcta yet. Import the files first.")).toBeVisible();
  });
});
