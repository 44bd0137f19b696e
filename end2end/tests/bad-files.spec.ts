import { fill, importFiles } from "../arrange";
import { badFiles, gazetteer, realFiles, type Sample, usZips, zipsWithRejects } from "../files";
import { query } from "../postgres";
import { expect, open, test } from "../test";

import fs from "node:fs";

import type { Locator, Page } from "@playwright/test";

async function send(page: Page, file: Sample): Promise<Locator> {
  await open(page, "/imports");
  await page.getByLabel("Files", { exact: true }).setInputFiles(file);
  await page.getByRole("button", { name: "Import the file" }).click();
  return page.getByRole("list", { name: "Files sent from here" }).getByRole("listitem");
}

async function rowsOnOverview(page: Page): Promise<string> {
  await open(page, "/");
  const table = page.getByRole("table", { name: "Tables of workspace and reference" });
  return table.getByRole("row").filter({ hasText: "workspace.us_zips" }).getByRole("cell").nth(1).innerText();
}

const content = "SELECT md5(string_agg(z::text, E'\\n' ORDER BY zip)) FROM workspace.us_zips z";

for (const { what, file, sentence } of badFiles) {
  test(`${what} is refused with a sentence and changes nothing`, async ({ page, installation }) => {
    await importFiles(page.request, usZips());
    const before = query(installation.server, "handled_data", content);

    const sent = await send(page, file);
    await expect(sent).toContainText("Failed");
    await expect(sent).toContainText(sentence);
    await sent.getByRole("link", { name: "The whole run" }).click();
    await expect(page.getByRole("heading", { level: 1, name: `Import of ${file.name}` })).toBeVisible();
    await expect(page.getByRole("alert")).toHaveText(sentence);
    await expect(page.getByText("Nothing", { exact: true })).toBeVisible();

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
  const sent = await send(page, { name: "uszips.csv", mimeType: "text/csv", buffer: whole.subarray(0, 4_000_000) });
  await expect(sent).toContainText(/uszips\.csv ends in the middle of a row: the row at line [\d,]+ has \d+ of 18 fields/, { timeout: 30_000 });
  expect(await rowsOnOverview(page)).toBe("4");
});

test("rows that break a rule are listed with their line and reason, and the others are published", async ({ page }) => {
  const sent = await send(page, zipsWithRejects());
  await expect(sent).toContainText("300 rows published, 3 rows rejected");
  await sent.getByRole("link", { name: "The whole run" }).click();
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
  const form = page.getByRole("form", { name: "Import files" });
  await form.getByLabel("Kind").selectOption("us-zips");
  await form.getByLabel("Files").setInputFiles(gazetteer("gaz.txt"));
  await form.getByRole("button", { name: "Import the file" }).click();
  const sent = page.getByRole("list", { name: "Files sent from here" }).getByRole("listitem");
  await expect(sent).toContainText("gaz.txt is a gaz-zcta file, not us-zips. Import it as gaz-zcta.");
});

test("a transformation of nothing says what is missing", async ({ installation, page }) => {
  await fill(page.request);
  query(installation.server, "handled_data", "DELETE FROM workspace.publications WHERE relation = 'workspace.us_zips'");
  await open(page, "/transformations");
  await expect(page.getByText("Nothing has been imported into workspace.us_zips yet.")).toBeVisible();
});
