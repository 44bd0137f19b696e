// National files: through the browser, and by command on the same data.

import path from "node:path";

import type { Page } from "@playwright/test";

import { filesIn } from "../files";
import { entry, send, sent } from "../imports-page";
import { query } from "../postgres";
import { expect, open, test } from "../test";

test.use({ where: "own" });

/** Long enough for a machine that is ten times slower; how long it took is printed. */
const patience = 600_000;

interface Made {
  kind: string;
  file: string;
  rows: number;
}

/** Says how many rows a table's page counts. */
async function rowsOnPage(page: Page, table: string): Promise<string> {
  await open(page, `/tables/${table}`);
  const total = await page.getByRole("navigation", { name: "Pages of the list" }).innerText();
  return /of ([\d,]+) rows/.exec(total)?.[1] ?? total;
}

test("802,816 USPS rows and 905 workbooks, by the browser and by the command", async ({ page, installation }) => {
  test.setTimeout(patience);
  const { server } = installation;
  const folder = path.join(server.data, "..", "national");
  const times: string[] = [];
  const timed = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    const begin = performance.now();
    const done = await test.step(what, work);
    times.push(`${((performance.now() - begin) / 1_000).toFixed(1).padStart(7)} s  ${what}`);
    return done;
  };

  const demo = await timed("making the files", () => server.command("demo", "files", folder, "--scale", "national", "--json"));
  expect(demo.code, demo.stderr).toBe(0);
  const made: Made[] = JSON.parse(demo.stdout);
  const files = filesIn(folder).filter((file) => made.some((one) => path.basename(one.file) === path.basename(file) && /usps-3d|ups-zones/.test(one.kind)));
  expect(files).toHaveLength(1 + 905);
  const usps = made.find(({ kind }) => kind === "usps-3d")!;
  expect(usps.rows).toBe(802_816);

  await open(page, "/imports");
  await timed("through the browser, 906 files at once, from the button to the last success", async () => {
    await send(page, files);
    const zones = sent(page).getByRole("list", { name: "UPS zones" }).getByRole("listitem");
    await expect(zones).toHaveCount(1, { timeout: patience });
    await expect(zones).toContainText(/Succeeded.*1,[\d,]+ rows published, 0 rows rejected/s, { timeout: patience });
    await expect(entry(page, path.basename(usps.file))).toContainText(/Succeeded.*802,816 rows published, 0 rows rejected/s, { timeout: patience });
  });
  const tables = { usps_3d: await rowsOnPage(page, "usps_3d"), ups_zones: await rowsOnPage(page, "ups_zones") };
  expect(tables.usps_3d).toBe("802,816");
  expect(tables.ups_zones).toBe(Number(query(server, "handled_data", "SELECT count(*) FROM workspace.ups_zones")).toLocaleString("en-US"));

  // A page deep in it, sorted and filtered.
  await timed("a filtered, sorted page of 802,816 rows", () => open(page, "/tables/usps_3d?filter.origin_zip3=286&sort=-pri&page=2"));
  await expect(page.getByRole("table", { name: "Rows of workspace.usps_3d" }).getByRole("row")).toHaveCount(1 + 50);

  // The run of 905 files tells of all of them.
  await open(page, "/imports?kind=ups-zones");
  await page.getByRole("link", { name: /\.xlsx? and 904 more$/ }).click();
  await expect(page.getByRole("region", { name: "Files" })).toContainText(/The first 100 of 905 files, [\d.]+ MB together/);

  // The same files by command, beside the running server: their bytes are live, so that has to be said.
  const refused = await server.command("import", ...files);
  expect(refused.code).toBe(1);
  expect(refused.stdout).toContain("live");
  const again = await timed("by the command, the same files", () => server.command("import", "--same-bytes", ...files));
  expect(again.stdout + again.stderr).toContain("802,816 rows in workspace.usps_3d, 0 rows rejected");
  expect(again.code, again.stderr).toBe(0);
  expect(await rowsOnPage(page, "usps_3d")).toBe(tables.usps_3d);
  expect(await rowsOnPage(page, "ups_zones")).toBe(tables.ups_zones);
  console.log(`National scale:\n${times.join("\n")}`);
});
