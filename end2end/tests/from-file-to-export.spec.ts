import fs from "node:fs";

import type { Page } from "@playwright/test";

import { expectedExport, gazetteer, manyZips, realFiles, usZips } from "../files";
import { drop, entry, expectState, history, mark, send, sent, submit } from "../imports-page";
import { hold, query } from "../postgres";
import { expect, open, test } from "../test";

/** Notes everything that the page says of what it sends from now on, however short it stands there. */
async function listen(page: Page): Promise<() => Promise<string>> {
  await page.getByRole("main").evaluate((main) => {
    const heard: string[] = [];
    new MutationObserver(() => heard.push(main.textContent ?? "")).observe(main, { childList: true, subtree: true, characterData: true });
    Object.assign(window, { heard });
  });
  return () => page.evaluate(() => (window as unknown as { heard: string[] }).heard.join("\n"));
}

async function download(page: Page): Promise<Buffer> {
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download zip3-reference.json" }).click(),
  ]);
  expect(file.suggestedFilename()).toBe("zip3-reference.json");
  return fs.readFileSync(await file.path());
}

test.describe("from an empty installation", () => {
  test.use({ where: "own" });

  test("two files dropped at once, the transformation by its button, the export to the byte", async ({ page }) => {
    await open(page, "/");
    await page.getByRole("navigation", { name: "Main", exact: true }).getByRole("link", { name: "Imports" }).click();
    await expect(page.getByText("Nothing has been imported yet")).toBeVisible();
    const unmoved = await mark(page);
    const heard = await listen(page);

    await drop(page, [usZips("ZIPs of Añasco.csv"), gazetteer()]);
    await submit(page, 2, false);
    for (const [name, rows] of [["ZIPs of Añasco.csv", 4], ["2024_Gaz_zcta_national.txt", 3]] as const) {
      await expect(entry(page, name)).toContainText(`${rows} rows published, 0 rows rejected`);
      await expect(entry(page, name)).toContainText("Succeeded");
      const row = history(page).getByRole("row").filter({ hasText: name });
      await expect(row).toContainText("Succeeded");
      await expect(row).toContainText("admin");
    }
    expect(await heard()).toContain("Sending");
    await unmoved();

    // The run's own page.
    await history(page).getByRole("link", { name: "ZIPs of Añasco.csv" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Import of ZIPs of Añasco.csv" })).toBeVisible();
    for (const fact of ["Succeeded", "workspace.us_zips · 4 rows", "Ignored columns: zcta, parent_zcta, county_fips, county_weights."]) {
      await expect(page.locator("dl").getByText(fact)).toBeVisible();
    }
    await expect(page.getByRole("table", { name: "Rejected rows" })).toBeHidden();

    // The transformation.
    await page.getByRole("navigation", { name: "Main", exact: true }).getByRole("link", { name: "Transformations" }).click();
    const zip3 = page.getByRole("region", { name: "zip3" });
    await expect(zip3.getByText("Last run")).toBeHidden();
    await zip3.getByRole("button", { name: "Run zip3" }).click();
    await expect(zip3).toContainText(/Succeeded.* by .* · 4 rows · in \d+(\.\d)? m?s/);
    await expect(zip3.getByRole("row").filter({ hasText: "reference.zip3_demographics" })).toContainText(/demographics\s*2 rows · just now/);
    await zip3.getByRole("link", { name: "The whole run" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Transformation zip3" })).toBeVisible();
    await expect(page.getByText("reference.zip3_centroids · 2 rows")).toBeVisible();

    // The export.
    await page.getByRole("navigation", { name: "Main", exact: true }).getByRole("link", { name: "Exports" }).click();
    expect((await download(page)).toString("utf8")).toBe(expectedExport);

    // What the overview says of all this.
    await page.getByRole("navigation", { name: "Main", exact: true }).getByRole("link", { name: "Overview" }).click();
    const tables = page.getByRole("table", { name: "Tables of workspace and reference" });
    for (const [relation, rows] of [["workspace.us_zips", 4], ["workspace.gaz_zcta", 3], ["reference.zip3_demographics", 2], ["reference.zip3_centroids", 2]] as const) {
      await expect(tables.getByRole("row").filter({ hasText: relation }).getByRole("cell").nth(2)).toHaveText(String(rows));
    }
    // The server has copied what zones mean, besides.
    await expect(page.getByRole("table", { name: "Last runs" }).getByRole("row")).toHaveCount(1 + 5);
    await unmoved();
  });

  test("the publishers' real files give the known figures", async ({ page, installation }) => {
    const files = realFiles();
    test.skip(!files, "the publishers' files are not beside the clone; the same way is gone with files that the tests make");
    await open(page, "/imports");
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByLabel("Files", { exact: true }).click()]);
    expect(chooser.isMultiple()).toBe(true);
    await chooser.setFiles([files!.usZips, files!.gazetteer]);
    await submit(page, 2, false);
    await expect(entry(page, "uszips.csv")).toContainText("33,783 rows published, 0 rows rejected", { timeout: 60_000 });
    await expect(entry(page, "2017_Gaz_zcta_national.txt")).toContainText("33,144 rows published, 0 rows rejected", { timeout: 60_000 });

    await page.getByRole("navigation", { name: "Main", exact: true }).getByRole("link", { name: "Transformations" }).click();
    await page.getByRole("button", { name: "Run zip3" }).click();
    await expect(page.getByRole("row").filter({ hasText: "reference.zip3_demographics" })).toContainText("896", { timeout: 60_000 });

    await page.getByRole("navigation", { name: "Main", exact: true }).getByRole("link", { name: "Exports" }).click();
    const bytes = await download(page);
    const areas = Object.values(JSON.parse(bytes.toString("utf8")) as Record<string, { population: number }>);
    expect(areas).toHaveLength(896);
    expect(areas.reduce((sum, { population }) => sum + population, 0)).toBe(335_552_126);
    // A command beside the running server writes the same bytes.
    const command = await installation.server.command("export", "zip3-reference", "-o", "-");
    expect(command.stdout).toBe(bytes.toString("utf8"));
  });
});

test("a file that is chosen shows its way in, and its run's page follows it to the end, without being loaded anew", async ({ page, installation }) => {
  await open(page, "/imports");
  await page.getByLabel("Kind").first().selectOption("US ZIPs");
  await send(page, manyZips(2_000, "first.csv"));
  await expect(entry(page, "first.csv")).toContainText("2,000 rows published");

  // Somebody reads the table for long, so that the next import has to wait before it can publish.
  const reader = await hold(installation.server, "workspace.us_zips");
  await send(page, manyZips(1_000, "second.csv"));
  await expect(entry(page, "second.csv")).toContainText(/Publishing\s*1,000 rows/);
  await expect(entry(page, "second.csv").getByRole("progressbar", { name: "Publishing" })).toBeVisible();
  await expect(history(page).getByRole("row").filter({ hasText: "second.csv" })).toContainText("Running");
  await entry(page, "second.csv").getByRole("link", { name: "second.csv" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Import of second.csv" })).toBeVisible();
  await expectState(page, "Running");
  await expectState(page, "Not yet");
  await expect(page.getByRole("list", { name: "Stages" })).toContainText("Publishing");
  const unmoved = await mark(page);
  // Until the end, readers see the rows of before.
  expect(query(installation.server, "handled_data", "SELECT count(*) FROM workspace.us_zips")).toBe("2000");
  await reader.letGo();
  await expect(page.locator("dl").getByText("workspace.us_zips · 1,000 rows")).toBeVisible();
  await expect(page.getByRole("progressbar")).toBeHidden();
  await expect(page.getByRole("status").getByRole("link", { name: "Import of second.csv succeeded" })).toBeVisible();
  await unmoved();
});

test("what cannot be sent says so, and what is on its way can be stopped", async ({ page, installation, noise }) => {
  const runs = () => query(installation.server, "handled_primary", "SELECT count(*) FROM config.integration_runs");
  await open(page, "/imports");
  const before = runs();
  await page.getByRole("button", { name: "Import the file" }).click();
  await expect(page.getByRole("alert")).toHaveText("Choose at least one file.");
  const small = Buffer.from("x");
  await send(page, Array.from({ length: 1_001 }, (_, at) => ({ name: `${at}.csv`, mimeType: "text/csv", buffer: small })));
  await expect(page.getByRole("alert")).toHaveText("1,001 files are too many at once: choose at most 1,000.");

  // The server does not get to see it: it stays on its way.
  await page.route("**/api/imports", async () => {});
  noise.expect(/^request failed: POST \S+\/api\/imports: net::ERR_(FAILED|ABORTED)$/);
  await send(page, manyZips(10_000));
  await expect(page.getByText("Sending 1 file")).toBeVisible();
  await page.getByRole("button", { name: "Stop sending" }).click();
  await expect(page.getByRole("alert")).toHaveText("Sending was stopped; nothing was imported.");
  await expect(sent(page)).toBeHidden();
  await page.unroute("**/api/imports");
  expect(runs()).toBe(before);
  await send(page, usZips(`after stopping ${Date.now()}.csv`));
  await expect(entry(page, "after stopping")).toContainText("4 rows published");
});
