// The whole life of imports, as an operations team goes through it on its first days.

import fs from "node:fs";
import path from "node:path";

import type { Page } from "@playwright/test";

import { transform } from "../arrange";
import { badFile, filesIn, sampleOf, zipsWithRejects } from "../files";
import { drop, entry, expectState, history, mark, send, sent, submit, undo } from "../imports-page";
import { hold, query } from "../postgres";
import { expect, open, test } from "../test";

test.use({ where: "own" });

const bad = ["a web page named uszips.csv", "a pointer of Git LFS", "a workbook that a password protects"].map(badFile);
/** The small set of the demonstration: each kind's run by its title, with its rows. */
const kinds = [
  { title: "US ZIPs", run: "uszips.csv", table: "us_zips" },
  { title: "Gazetteer ZCTAs", run: "2025_Gaz_zcta_national.txt", table: "gaz_zcta" },
  { title: "USPS service standards", run: "3D_Base_Service_Standard_Directory_03012025.csv", table: "usps_3d" },
  { title: "UPS zones", run: "005.xlsx and 11 more", table: "ups_zones" },
  { title: "UPS Ground time in transit", run: "07677.csv and 2 more", table: "ups_ground" },
];

async function openRun(page: Page, name: string): Promise<void> {
  await page.getByRole("link", { name, exact: true }).first().click();
  await expect(page.getByRole("heading", { level: 1, name: `Import of ${name}` })).toBeVisible();
}

/** Opens a run that waits, by the menu of the top bar. */
async function openRunFromWork(page: Page, name: string): Promise<void> {
  await page.getByLabel(/^Work: /).click();
  await page.getByRole("link", { name: `Import of ${name} waits for you` }).click();
  await expect(page.getByRole("heading", { level: 1, name: `Import of ${name}` })).toBeVisible();
}

test("all kinds and three bad files, from the drop to the undo", async ({ page: first, context, installation }) => {
  test.setTimeout(240_000);
  const { server } = installation;
  const folder = path.join(server.data, "..", "demo");
  const made = await server.command("demo", "files", folder, "--json");
  expect(made.code, made.stderr).toBe(0);
  const files = filesIn(folder);
  const rowsOf = (table: string) => Number(query(server, "handled_data", `SELECT count(*) FROM workspace.${table}`));
  const counts = () => kinds.map(({ table }) => rowsOf(table));
  let page = first;
  let firstZips = 0;
  /** Somebody closes the browser's window and comes back later. */
  const closeAndReopen = async (address: string) => {
    await page.close();
    page = await context.newPage();
    await open(page, address);
  };

  await test.step("dropped in any mix, each is recognised or refused with the reason", async () => {
    await open(page, "/imports");
    const unmoved = await mark(page);
    await drop(page, [...files.map(sampleOf), ...bad.map(({ file }) => file)]);
    await expect(page.getByText(`${files.length + 3} files chosen, `)).toBeVisible();
    await submit(page, files.length + 3, true);
    const refused = sent(page).getByRole("list", { name: "Refused" }).getByRole("listitem");
    await expect(refused).toHaveCount(3);
    for (const { file, sentence } of bad) {
      await expect(refused.filter({ has: page.getByRole("link", { name: file.name, exact: true }) })).toContainText(sentence);
    }
    for (const { title, run } of kinds) {
      const item = sent(page).getByRole("list", { name: title }).getByRole("listitem");
      await expect(item).toHaveCount(1);
      await expect(item.getByRole("link", { name: run })).toBeVisible();
      await expect(item).toContainText("Waits for you");
      await expect(item).toContainText(/([\d,]+) rows: \1 added, 0 removed, 0 changed/);
    }
    await expect(sent(page).getByRole("button", { name: "Import all 5" })).toBeVisible();
    await expect(page.getByLabel("Work: 5 runs")).toBeVisible();
    await unmoved();
    expect(counts(), "nothing is changed until somebody says so").toEqual([0, 0, 0, 0, 0]);
  });

  await test.step("a preview says what would change", async () => {
    // The web page has the same name.
    await sent(page).getByRole("list", { name: "US ZIPs" }).getByRole("link", { name: "Look at what would change" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Import of uszips.csv" })).toBeVisible();
    const preview = page.getByRole("region", { name: "What would change" });
    const [, rows = ""] = /Would make workspace\.us_zips ([\d,]+) rows/.exec(await preview.innerText()) ?? [];
    await expect(preview).toContainText(`${rows} added, 0 removed, 0 changed, 0 unchanged; nothing is there yet.`);
    await expect(preview.getByRole("table", { name: "Some of the rows that change" })).toContainText("+ added");
    await page.getByRole("button", { name: `Import ${rows} rows` }).click();
    await expectState(page, "Succeeded");
    await expect(page.getByRole("region", { name: "What changed" })).toBeVisible();
    await expect(page.locator("dl").getByText(`workspace.us_zips · ${rows} rows`)).toBeVisible();
    firstZips = rowsOf("us_zips");
    expect(firstZips.toLocaleString("en-US")).toBe(rows);
  });

  await test.step("progress is there again after closing the page and opening another", async () => {
    const reader = await hold(server, "workspace.usps_3d");
    const run = "3D_Base_Service_Standard_Directory_03012025.csv";
    await open(page, "/imports?state=waiting");
    await openRun(page, run);
    await page.getByRole("button", { name: "Import 14,400 rows" }).click();
    await expectState(page, "Running");
    await closeAndReopen("/imports");
    await expect(page.getByLabel("Work: 4 runs")).toBeVisible();
    await expect(history(page).getByRole("row").filter({ hasText: run })).toContainText("Running");
    await page.getByLabel("Work: 4 runs").click();
    await page.getByRole("link", { name: `Import of ${run} running` }).click();
    await expect(page.getByRole("progressbar", { name: "Publishing" })).toBeVisible();
    await expect(page.getByRole("list", { name: "Stages" })).toContainText(/Reading and checking rows · .*Publishing/s);
    expect(rowsOf("usps_3d")).toBe(0);
    await reader.letGo();
    await expectState(page, "Succeeded");
    expect(rowsOf("usps_3d")).toBe(14_400);
  });

  await test.step("what waits for somebody can be discarded, started again and imported", async () => {
    await openRunFromWork(page, "2025_Gaz_zcta_national.txt");
    await page.getByRole("button", { name: "Discard" }).click();
    await expectState(page, "Cancelled");
    expect(rowsOf("gaz_zcta")).toBe(0);
    await page.getByRole("button", { name: "Start again" }).click();
    await expectState(page, "Waits for you");
    await expect(page.getByRole("region", { name: "What belongs to it" })).toContainText("It starts again run");
    await page.getByRole("button", { name: "Import 1,977 rows" }).click();
    await expectState(page, "Succeeded");
    for (const { run } of kinds.slice(3)) {
      await openRunFromWork(page, run);
      await page.getByRole("button", { name: /^Import [\d,]+ rows$/ }).click();
      await expectState(page, "Succeeded");
    }
    await expect(page.getByLabel(/^Work: /)).toBeHidden();
    expect(counts().every((count) => count > 1_000), `${counts()}`).toBe(true);
  });

  await test.step("what is at work can be cancelled, and leaves nothing behind", async () => {
    const reader = await hold(server, "workspace.usps_3d");
    await open(page, "/imports?kind=usps-3d&state=succeeded");
    await page.getByText("More options").click();
    await page.getByLabel("Import even if the same bytes are live").check();
    await send(page, [files.find((file) => file.includes("3D_Base"))!]);
    const run = entry(page, "3D_Base");
    await expect(run.getByRole("progressbar", { name: "Publishing" })).toBeVisible();
    await run.getByRole("button", { name: "Cancel" }).click();
    await expect(run).toContainText("Cancelled");
    await reader.letGo();
    expect(rowsOf("usps_3d")).toBe(14_400);
    expect(query(server, "handled_data", "SELECT count(*) FROM workspace.stagings"), "nothing staged is left").toBe("0");
  });

  await test.step("the history tells all of it, filtered in the address", async () => {
    await open(page, "/imports");
    await expect(history(page).getByRole("row")).toHaveCount(1 + 5 + 3 + 1 + 1);
    const filter = page.getByRole("form", { name: "Filter the history" });
    await filter.getByLabel("State").selectOption("Failed");
    await filter.getByRole("button", { name: "Filter" }).click();
    await expect(page).toHaveURL("/imports?state=failed");
    await expect(history(page).getByRole("row")).toHaveCount(1 + 3);
    await page.reload();
    await expect(history(page).getByRole("row")).toHaveCount(1 + 3);
    await filter.getByLabel("Kind").selectOption("gaz-zcta");
    await filter.getByLabel("State").selectOption("Cancelled");
    await filter.getByRole("button", { name: "Filter" }).click();
    await expect(page).toHaveURL("/imports?kind=gaz-zcta&state=cancelled");
    await expect(history(page).getByRole("row")).toHaveCount(1 + 1);
  });

  await test.step("rejected rows are downloaded, corrected, sent back and merged", async () => {
    await open(page, "/imports");
    const file = zipsWithRejects();
    await send(page, file, { look: true });
    await entry(page, file.name).getByRole("link", { name: "Look at what would change" }).click();
    await expect(page.getByRole("region", { name: "What would change" })).toContainText("Would make workspace.us_zips 300 rows");
    await page.getByRole("button", { name: "Import 300 rows" }).click();
    await expectState(page, "Succeeded");
    expect(await transform(page.request)).toMatchObject({ state: "succeeded" });

    const rejects = page.getByRole("region", { name: "Rejected rows" });
    await expect(rejects).toContainText("3 rows, in the order of the file.");
    const [download] = await Promise.all([page.waitForEvent("download"), rejects.getByRole("link", { name: "Download all rejected rows (CSV)" }).click()]);
    expect(download.suggestedFilename()).toBe("some rows are odd-rejected.csv");
    const list = fs.readFileSync(await download.path(), "utf8");
    expect(list.trim().split(/\r?\n/)).toHaveLength(1 + 3);
    const corrected = list.replace("90001,91.5", "90001,41.5").replace("90002,42,-72,Down,CA,,,", "90002,42,-72,Down,CA,,7,").replace("Left,CA,,many", "Left,CA,,9");
    expect(corrected).not.toBe(list);

    await open(page, "/imports");
    const sentBack = { name: "some rows are odd, corrected.csv", mimeType: "text/csv", buffer: Buffer.from(corrected, "utf8") };
    await send(page, sentBack, { look: true });
    await entry(page, sentBack.name).getByRole("link", { name: "Look at what would change" }).click();
    await expect(page.getByRole("region", { name: "What would change" })).toContainText("303 rows: 3 added, 0 removed, 0 changed, 300 unchanged");
    await page.getByRole("button", { name: "Import 303 rows" }).click();
    await expectState(page, "Succeeded");
    const related = page.getByRole("region", { name: "What belongs to it" });
    await expect(related).toContainText("It corrects rows that were rejected by run");
    await related.getByRole("link").first().click();
    await expect(page.getByRole("heading", { level: 1, name: `Import of ${file.name}` })).toBeVisible();
    await expect(page.getByRole("region", { name: "What belongs to it" })).toContainText("Rows that it rejected were corrected by run");

    // Row by row, the run that brought it.
    await open(page, "/tables/us_zips?search=900&sort=-zip");
    const rows = page.getByRole("table", { name: "Rows of workspace.us_zips" }).getByRole("row");
    await expect(rows.nth(1)).toContainText(/90003.*Left/);
    await rows.nth(1).getByRole("link").click();
    await expect(page.getByRole("heading", { level: 1, name: `Import of ${sentBack.name}` })).toBeVisible();
  });

  await test.step("an import is undone, and what was derived from it is stale", async () => {
    await undo(page);
    expect(rowsOf("us_zips")).toBe(300);
    await expect(page.getByRole("region", { name: "What belongs to it" })).toContainText("It brings back what was there before run");
    await open(page, "/imports?kind=us-zips&state=undone");
    await openRun(page, "some rows are odd, corrected.csv");
    await expectState(page, "Undone");
    await expect(page.getByRole("region", { name: "What belongs to it" })).toContainText("It was undone by run");
    await expect(page.getByRole("region", { name: "Undo" })).toBeHidden();
  });

  await test.step("one more step back, and a derived table says that it is made from older rows", async () => {
    expect(await transform(page.request)).toMatchObject({ state: "succeeded" });
    await open(page, "/");
    const stale = page.getByText("Made from older rows: run zip3 again");
    await expect(stale).toBeHidden();
    await open(page, "/imports?kind=us-zips&state=succeeded");
    await openRun(page, "some rows are odd.csv");
    await undo(page);
    expect(rowsOf("us_zips"), "the ZIPs of the first step are back").toBe(firstZips);
    // The other derived table is made from the gazetteer alone.
    for (const address of ["/", "/transformations"]) {
      await open(page, address);
      await expect(page.getByRole("row").filter({ hasText: "reference.zip3_demographics" })).toContainText("Made from older rows: run zip3 again");
      await expect(stale).toHaveCount(1);
    }
    await page.getByRole("button", { name: "Run zip3" }).click();
    await expect(page.getByRole("region", { name: "zip3" })).toContainText(/Succeeded/);
    await expect(stale).toBeHidden();
  });
});
