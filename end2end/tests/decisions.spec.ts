// What an import does not do unasked, and what somebody decides about it on the run's page.

import { importFiles } from "../arrange";
import { gazetteer, manyZips, olderGazetteer, usZips, zipsWithoutZeros } from "../files";
import { entry, expectState, send, sent } from "../imports-page";
import { query } from "../postgres";
import { expect, open, test } from "../test";

test.use({ where: "own" });

test("lost leading zeros and an older release are agreed to, or nothing is imported", async ({ page, installation, noise }) => {
  const rows = (table: string) => query(installation.server, "handled_data", `SELECT count(*) FROM workspace.${table}`);
  noise.expectStatus(409);
  await importFiles(page.request, usZips(), gazetteer());
  await open(page, "/imports");
  await send(page, [zipsWithoutZeros(300), olderGazetteer()], { look: true });
  await expect(sent(page).getByText("Something has to be agreed to first")).toHaveCount(2);
  await expect(sent(page).getByRole("button", { name: /^Import/ })).toHaveCount(0);

  await entry(page, "from a spreadsheet.csv").getByRole("link", { name: "Look at what would change" }).click();
  const zeros = page.getByLabel("Put back the leading zeros of 300 codes (the first: line 2, zip 600 as 00600)");
  await page.getByRole("button", { name: "Import 300 rows" }).click();
  await expect(page.getByRole("alert")).toContainText("300 codes have lost leading zeros");
  await expectState(page, "Waits for you");
  expect(rows("us_zips")).toBe("4");
  await zeros.check();
  await page.getByRole("button", { name: "Import 300 rows" }).click();
  await expectState(page, "Succeeded");
  await expect(page.getByRole("region", { name: "What changed" }).getByText("Agreed to: Put back the leading zeros of 300 codes")).toBeVisible();
  expect(query(installation.server, "handled_data", "SELECT min(zip) FROM workspace.us_zips")).toBe("00600");

  await page.getByLabel("Work: 1 run").click();
  await page.getByRole("link", { name: "Import of 2017_Gaz_zcta_national.txt waits for you" }).click();
  await page.getByLabel("Put release 2017 in the place of 2024, which is newer").check();
  await page.getByRole("button", { name: "Import 3 rows" }).click();
  await expectState(page, "Succeeded");
  await open(page, "/tables");
  await expect(page.getByRole("row").filter({ hasText: "workspace.gaz_zcta" })).toContainText("2017");
});

test("bytes that are live are refused with a link to their run, and imported all the same by a button", async ({ page }) => {
  await importFiles(page.request, usZips("the first.csv"));
  await open(page, "/imports");
  await send(page, usZips("the same again.csv"));
  const run = entry(page, "the same again.csv");
  await expect(run).toContainText("Failed");
  await run.getByRole("link", { name: "the same again.csv" }).click();
  const related = page.getByRole("region", { name: "What belongs to it" });
  await expect(related).toContainText("The same bytes are live already, from run");
  await page.getByRole("button", { name: "Import anyway" }).click();
  await expectState(page, "Waits for you");
  await expect(page.getByRole("region", { name: "What would change" })).toContainText("0 added, 0 removed, 0 changed, 4 unchanged");
  await page.getByRole("button", { name: "Import 4 rows" }).click();
  await expectState(page, "Succeeded");
  await related.getByRole("link").first().click();
  await expect(page.getByRole("heading", { level: 1, name: "Import of the same again.csv" })).toBeVisible();
  await expect(related).toContainText("It was started again as run");
  await related.getByRole("link").first().click();
  await expect(page.getByRole("heading", { level: 1, name: "Import of the first.csv" })).toBeVisible();
});

test("what was published after somebody looked is shown to them before anything is imported", async ({ page, installation }) => {
  await importFiles(page.request, manyZips(100));
  await open(page, "/imports");
  await send(page, manyZips(150, "seen early.csv"), { look: true });
  await entry(page, "seen early.csv").getByRole("link", { name: "Look at what would change" }).click();
  const preview = page.getByRole("region", { name: "What would change" });
  await expect(preview).toContainText("150 rows: 50 added, 0 removed, 0 changed, 100 unchanged");
  await importFiles(page.request, manyZips(40, "meanwhile.csv"));
  await page.getByRole("button", { name: "Import 150 rows" }).click();
  await expect(page.getByText("Another import was published meanwhile; what this one would change is computed anew. Look at it again.")).toBeVisible();
  await expect(preview).toContainText("150 rows: 110 added, 0 removed, 0 changed, 40 unchanged");
  expect(query(installation.server, "handled_data", "SELECT count(*) FROM workspace.us_zips")).toBe("40");
  await page.getByRole("button", { name: "Import 150 rows" }).click();
  await expectState(page, "Succeeded");
  expect(query(installation.server, "handled_data", "SELECT count(*) FROM workspace.us_zips")).toBe("150");
});

test("all that wait and need no answer are imported by one button", async ({ page }) => {
  await open(page, "/imports");
  await send(page, [usZips(), gazetteer()], { look: true });
  await sent(page).getByRole("button", { name: "Import all 2" }).click();
  await expect(entry(page, "uszips.csv")).toContainText("4 rows published, 0 rows rejected");
  await expect(entry(page, "2024_Gaz_zcta_national.txt")).toContainText("3 rows published, 0 rows rejected");
  await expect(page.getByLabel(/^Work: /)).toBeHidden();
});
