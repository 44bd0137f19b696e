// Transit: from one place to another in how many days, with where each figure comes from; by the page, by its address and by programs.

import fs from "node:fs";
import path from "node:path";

import type { Locator, Page } from "@playwright/test";

import { axe } from "../axe";
import { filesIn } from "../files";
import type { Server } from "../server";
import { expect, type Installation, open, test } from "../test";

/** A ZIP with a file of measured days, one of an area far away, one in Alaska, and an area with a chart of its own. */
interface Codes {
  measured: string;
  far: string;
  island: string;
}

/** Imports the demo files and derives everything from them. */
async function derive(server: Server): Promise<Codes> {
  const folder = path.join(server.data, "..", "demo");
  for (const words of [["demo", "files", folder], ["import", folder], ["transform", "run"]]) {
    const ended = await server.command(...words);
    expect(ended.code, ended.stderr).toBe(0);
  }
  const name = filesIn(folder).find((file) => /28\d{3}(_Outbound)?\.csv$/.test(file))!;
  const rows = fs.readFileSync(name, "utf8").trim().split("\n").map((line) => line.split(","));
  const zips = fs.readFileSync(path.join(folder, "uszips.csv"), "utf8");
  // Listed, so that it has a name.
  const to = (prefix: string) => rows.find((row) => row[1]!.startsWith(prefix) && zips.includes(`"${row[1]}"`))![1]!;
  return { measured: rows[0]![0]!, far: to("92"), island: to("995") };
}

/** What the files' names and days are is not the same for every installation: it is asked for once. */
const derived = new WeakMap<Installation, Promise<Codes>>();

function codesOf(installation: Installation): Promise<Codes> {
  const codes = derived.get(installation) ?? derive(installation.server);
  derived.set(installation, codes);
  return codes;
}

const form = (page: Page): Locator => page.getByRole("form", { name: "Look a transit time up" });
const services = (page: Page, carrier: string): Locator => page.getByRole("table", { name: `Services of ${carrier}` });
const service = (page: Page, carrier: string, code: string): Locator =>
  services(page, carrier).getByRole("row").filter({ has: page.getByText(code, { exact: true }) });

/** Looks a pair up, turns it round and reads where a figure comes from: by links and a form, with scripts or without. */
async function goThrough(page: Page, { measured, far, island }: Codes): Promise<void> {
  await page.goto("/transit");
  await expect(page.getByText("Type where a parcel comes from and where it goes to")).toBeVisible();
  await form(page).getByLabel("From").fill(measured);
  await form(page).getByLabel("To").fill(far);
  await form(page).getByRole("button", { name: "Look up" }).click();
  await expect(page).toHaveURL(`/transit?from=${measured}&to=${far}`);
  await expect(form(page).getByLabel("From")).toHaveValue(measured);
  await expect(page.getByText(/\d miles as the crow flies/)).toBeVisible();

  // The quickest first, and what is not offered last.
  const days = async (carrier: string) =>
    (await services(page, carrier).locator("tbody td:first-child").allInnerTexts()).map((text) => parseInt(text, 10) || 99);
  for (const [carrier, count] of [["UPS", 6], ["USPS", 8]] as const) {
    await expect(services(page, carrier).locator("tbody tr")).toHaveCount(count);
    const found = await days(carrier);
    expect(found).toEqual([...found].sort((one, other) => one - other));
  }

  // Measured between these very ZIPs, and the file that says so.
  const ground = service(page, "UPS", "GND");
  await expect(ground.getByText("The carrier's time in transit between these very ZIPs.")).toBeHidden();
  await ground.getByText("Measured", { exact: true }).click();
  await expect(ground.getByText("The carrier's time in transit between these very ZIPs.")).toBeVisible();
  await expect(ground.getByText(new RegExp(`Days from ${measured}(_Outbound)?\\.csv, imported .* by system:`))).toBeVisible();
  await expect(ground.getByRole("link", { name: /^run / }).first()).toHaveAttribute("href", /^\/imports\/runs\//);
  const air = service(page, "UPS", "NDA");
  await air.getByText("Estimated", { exact: true }).click();
  await expect(air.getByText(/Air zones carry their days in the first digit: 1\d\d\./)).toBeVisible();

  await page.getByRole("link", { name: "Swap" }).click();
  await expect(page).toHaveURL(`/transit?from=${far}&to=${measured}`);
  await expect(form(page).getByLabel("To")).toHaveValue(measured);
  await page.goBack();
  await expect(form(page).getByLabel("From")).toHaveValue(measured);

  // The grid of Alaska, and an area that nobody knows.
  await page.goto(`/transit?from=606&to=${island}`);
  await expect(service(page, "UPS", "GND")).toContainText(/Days unknown/);
  await expect(service(page, "UPS", "NDA")).toContainText("1 day");
  await expect(service(page, "UPS", "3DS")).toContainText("No service");
  await page.goto("/transit?from=001&to=999");
  await expect(page.getByText("No carrier is known to go from the area 001 to the area 999.")).toBeVisible();
}

test.describe("an installation without a matrix", () => {
  test.use({ where: "empty" });

  test("says what to do first", async ({ page }) => {
    for (const address of ["/transit", "/transit?from=94105&to=10001"]) {
      await open(page, address);
      await expect(page.getByText("The delivery matrix has never been made")).toBeVisible();
      await expect(page.getByRole("main").getByRole("link", { name: "Import USPS standards or UPS zone charts" })).toHaveAttribute("href", "/imports");
    }
    expect(await axe(page)).toEqual([]);
  });

  test("what is no code is explained beside its field", async ({ page, noise }) => {
    noise.expectStatus(422);
    const answer = await page.goto("/transit?from=1234&to=New+York");
    expect(answer?.status()).toBe(422);
    await page.locator("body[data-hydrated]").waitFor();
    const [from, to] = [form(page).getByLabel("From"), form(page).getByLabel("To")];
    await expect(from).toHaveAccessibleDescription("1234 has only 4 of 5 digits: leading zeros were lost, as spreadsheets do. Write 01234.");
    await expect(to).toHaveAccessibleDescription("“New York” is neither a ZIP (five digits) nor a ZIP3 (its first three).");
    await expect(to).toHaveValue("New York");
    expect(await axe(page)).toEqual([]);
    // Mended, with the page live: the sentences go.
    await from.fill("01234");
    await to.fill("100");
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL("/transit?from=01234&to=100");
    await expect(from).toHaveAccessibleDescription("");
  });
});

test.describe("an installation with demo files", () => {
  test.use({ where: "own" });
  test.describe.configure({ timeout: 240_000 });

  test("a pair is looked up, turned round and explained; the keyboard does it, and axe objects to nothing", async ({ page, installation }) => {
    const codes = await codesOf(installation);
    await goThrough(page, codes);

    await open(page, "/transit");
    await page.getByLabel("From").focus();
    await page.keyboard.type(codes.measured);
    await page.keyboard.press("Tab");
    await page.keyboard.type(codes.far);
    await page.keyboard.press("Enter");
    await expect(services(page, "UPS")).toBeVisible();
    const summary = service(page, "UPS", "GND").locator("summary");
    await summary.focus();
    await page.keyboard.press("Enter");
    await expect(page.getByText("The carrier's time in transit between these very ZIPs.")).toBeVisible();
    for (const width of [360, 1440]) {
      await page.setViewportSize({ width, height: 800 });
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await axe(page), `${width} ${colorScheme}`).toEqual([]);
        await page.screenshot({ path: path.join(test.info().project.outputDir, "screens", `transit-${colorScheme}-${width}.png`), fullPage: true });
      }
      expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), `${width}`).toBe(0);
    }

    // Something has changed since.
    const folder = path.join(installation.server.data, "..", "demo");
    const standards = filesIn(folder).find((file) => /3D_Base/.test(file))!;
    const newer = path.join(folder, "3D_Base_Service_Standard_Directory_04012025.csv");
    fs.writeFileSync(newer, `${fs.readFileSync(standards, "utf8")}\n`);
    const ended = await installation.server.command("import", newer);
    expect(ended.code, ended.stderr).toBe(0);
    await page.reload();
    await expect(page.getByText(/These figures are from before workspace\.usps_3d \(run .*\) changed\./)).toBeVisible();
    expect(await axe(page)).toEqual([]);

    // The command says the same, and how it ended.
    const said = await installation.server.command("transit", codes.measured, codes.far);
    expect(said.code, said.stderr).toBe(0);
    expect(said.stdout).toContain("measured between these very ZIPs");
    expect((await installation.server.command("transit", "001", "999")).code).toBe(1);
    expect((await installation.server.command("transit", "1234", "999")).stderr).toContain("leading zeros were lost");
  });

  test("programs ask for JSON", async ({ page, installation, playwright }) => {
    const { measured, far } = await codesOf(installation);
    const headers = { accept: "application/json" };
    const answer = await page.request.get(`/api/transit?from=${measured}&to=${far}`, { headers });
    expect(answer.status()).toBe(200);
    expect(answer.headers()["content-type"]).toContain("application/json");
    const { carriers, matrix } = await answer.json();
    expect(matrix.freshness).toBe("current");
    const ground = carriers[0].services.find((found: { service: string }) => found.service === "GND");
    expect(ground).toMatchObject({ source: "measured", days_hold_for: "zips", days_from: [{ relation: "workspace.ups_ground" }] });
    const refused = await page.request.get("/api/transit?from=1234&to=100", { headers });
    expect(refused.status()).toBe(422);
    expect(await refused.json()).toMatchObject({ error: "invalid", fields: [{ field: "from" }] });
    expect((await page.request.get("/api/transit?from=100", { headers })).status()).toBe(422);
    const stranger = await playwright.request.newContext({ baseURL: installation.server.address, storageState: { cookies: [], origins: [] } });
    expect((await stranger.get(`/api/transit?from=${measured}&to=${far}`, { headers })).status()).toBe(401);
    await stranger.dispose();
  });

  test.describe("scripts do not run", () => {
    test.use({ javaScriptEnabled: false });
    test("the same by links and the form", async ({ page, installation }) => goThrough(page, await codesOf(installation)));
  });
});
