// The audit: who has done what, as administrators look through it, take it with them, and find it on the pages of things.

import fs from "node:fs";
import path from "node:path";

import type { APIRequestContext, Browser, Locator, Page } from "@playwright/test";

import { importFiles } from "../arrange";
import { axe } from "../axe";
import { usZips } from "../files";
import { query } from "../postgres";
import type { Person, Server } from "../server";
import { expect, fillIn, open, ready, signIn, test } from "../test";

/** Rows of a page. */
const pageSize = 50;
/** Rows that can be leafed through. */
const leafed = 10_000;

/** A name that nothing else in the audit has. */
function unique(name: string): string {
  return `${name}-${process.hrtime.bigint()}`;
}

/** The rows, as they stand in the table: not those of the tables that they open to. */
function rows(page: Page, table = "The audit"): Locator {
  return page.getByRole("group", { name: table, exact: true }).locator(":scope > table > tbody > tr");
}

/** The rows of an action. */
function rowsOf(page: Page, action: string, table?: string): Locator {
  return rows(page, table).filter({ has: page.locator("summary", { hasText: new RegExp(`^${action}$`) }) });
}

/** Opens what a row opens to, by the keyboard. */
async function unfold(page: Page, row: Locator): Promise<Locator> {
  await row.locator("summary").focus();
  await page.keyboard.press("Enter");
  const details = row.locator("details");
  await expect(details).toHaveAttribute("open");
  return details;
}

/** What stands beside a word in the facts of an opened row. */
function fact(details: Locator, name: string): Locator {
  return details.locator(".fact").filter({ has: details.page().locator("dt", { hasText: new RegExp(`^${name}$`) }) }).locator("dd");
}

/** What happened, as the page asks for it. */
async function found(request: APIRequestContext, parameters: Record<string, string>): Promise<{ id: number; resource_id: string | null }[]> {
  const params = Object.fromEntries(Object.entries({ page: "1", ...parameters }).map(([name, value]) => [`query[${name}]`, value]));
  const answer = await request.get("/api/audit/list", { params });
  expect(answer.status(), await answer.text()).toBe(200);
  return (await answer.json()).page.rows;
}

/** Everything at once in a browser of somebody's own. */
async function elsewhere(browser: Browser, server: Server, person?: Person): Promise<Page> {
  const context = await browser.newContext({ baseURL: server.address, storageState: { cookies: [], origins: [] } });
  const page = await context.newPage();
  if (person) {
    await signIn(page, person);
  }
  return page;
}

/** Rows of the past under one name, a minute after each other: every second tells of a user, every third is an edit. */
function arrange(server: Server, actor: string, count: number): void {
  query(
    server,
    "handled_primary",
    `INSERT INTO config.audit (at, actor, action, resource, resource_id, before, after, address, request_id)
     SELECT timestamptz '2026-02-01 00:00Z' + n * interval '1 minute', '${actor}', CASE n % 3 WHEN 0 THEN 'edit' ELSE 'create' END,
       CASE n % 2 WHEN 0 THEN 'user' ELSE 'role' END, 'thing-' || n % 10, CASE n % 3 WHEN 0 THEN jsonb_build_object('name', 'old ' || n) END,
       jsonb_build_object('name', 'new ' || n), '192.0.2.' || n % 200, 'request-' || n
     FROM generate_series(1, ${count}) AS n`,
  );
}

/** Goes on by Tab until something has the focus. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(async () => {
    await page.keyboard.press("Tab");
    await expect(target).toBeFocused({ timeout: 1 });
  }).toPass({ intervals: [0] });
}

test("what was done stands there, the latest first, and each row opens to what was changed and how it was asked for", async ({ page, browser, installation }) => {
  const { server } = installation;
  const person = await server.createUser(unique("petra"), "viewer");
  const id = query(server, "handled_primary", `SELECT id FROM config.users WHERE email = '${person.email}'`);

  // Somebody mistypes, signs in and tries a page that is not theirs.
  const other = await elsewhere(browser, server);
  await open(other, "/sign-in");
  await fillIn(other, { ...person, password: "not the password" });
  await expect(other.getByRole("alert")).toBeVisible();
  await fillIn(other, person);
  await expect(other.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  const refused = await other.goto("/users");
  expect(refused?.status()).toBe(403);
  await other.context().close();
  // Nobody waits for this row.
  await expect.poll(async () => (await found(page.request, { person: id, action: "permission-denied" })).length).toBe(1);

  // The administrator imports a file and gives them another role.
  const [run] = await importFiles(page.request, usZips(`${unique("audited")}.csv`));
  expect(run).toMatchObject({ state: "succeeded" });
  const { version } = await (await page.request.get("/api/users/get", { params: { id } })).json();
  const edited = await page.request.post("/api/users/edit", {
    form: { id, version: String(version), email: person.email, name: "Petra Ávila", "roles[]": "data_analyst" },
  });
  expect(edited.status(), await edited.text()).toBe(200);
  const requestId = edited.headers()["x-request-id"]!;

  await open(page, "/");
  const link = page.getByRole("navigation", { name: "Main", exact: true }).getByRole("link", { name: "Audit" });
  await link.focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/audit");
  await expect(page.getByRole("heading", { level: 1, name: "Audit" })).toBeVisible();
  await expect(link).toHaveAttribute("aria-current", "page");
  await expect(rows(page)).not.toHaveCount(0);
  const moments = await rows(page).locator(":scope > td:first-child time").evaluateAll((times) => times.map((time) => time.getAttribute("datetime")!));
  expect(moments).toEqual([...moments].sort().reverse());
  const order = await rows(page).locator("summary").allTextContents();
  expect(order[0]).toBe("edit");
  const places = ["edit", "import", "permission-denied", "sign-in", "sign-in-refused"].map((action) => order.indexOf(action));
  expect(places).toEqual([...places].sort((one, another) => one - another));
  expect(places).not.toContain(-1);

  // The edit: before and after, who, from where, and the request that the log knows, too.
  const edit = rowsOf(page, "edit").first();
  await expect(edit).toContainText(server.administrator.email);
  await expect(edit.getByRole("link", { name: `Everything about user ${id}` })).toBeVisible();
  const details = await unfold(page, edit);
  const changes = details.getByRole("table", { name: "What was changed" });
  await expect(changes.getByRole("row", { name: /^roles/ }).getByRole("cell")).toHaveText(["roles", "viewer", "data_analyst"]);
  await expect(changes.getByRole("row", { name: /^name/ }).getByRole("cell").last()).toHaveText("Petra Ávila");
  await expect(fact(details, "From")).toHaveText("127.0.0.1");
  await expect(fact(details, "Request")).toHaveText(requestId);
  await expect(fact(details, "Row")).toHaveText(/^[\d,]+, (not sealed yet|in seal [\d,]+)$/);
  await page.keyboard.press("Enter");
  await expect(edit.locator("details")).not.toHaveAttribute("open");

  // The refusals: whose they are, and never what was typed for a password.
  const denied = rowsOf(page, "permission-denied").first();
  await expect(denied).toContainText(person.email);
  await expect(denied).toContainText("users:read");
  await expect(rowsOf(page, "sign-in-refused").first()).toContainText(person.email);
  const told = query(server, "handled_primary", "SELECT count(*) FROM config.audit a WHERE a::text LIKE '%not the password%'");
  expect(told).toBe("0");
  await expect(rowsOf(page, "import").first()).toContainText(run!.id);
});

test("the filters stand in the address, as a sentence whose parts can be taken away, and lead through all pages", async ({ page, installation }) => {
  const actor = `${unique("leafer")}@example.com`;
  arrange(installation.server, actor, 120);
  const person = actor.split("@")[0]!;
  const pages = page.getByRole("navigation", { name: "Pages of the list" });
  const chips = page.locator(".chips");

  await open(page, "/audit");
  await page.getByLabel("Person").focus();
  await page.keyboard.type(person);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(`/audit?person=${person}`);
  await expect(pages).toContainText(`1–${pageSize} of 120 rows`);
  await expect(rows(page)).toHaveCount(pageSize);
  await expect(rows(page).first()).toContainText("thing-0");
  await expect(pages.getByRole("link", { name: "Previous" })).toBeHidden();

  // Page by page, by the keyboard, and back by the browser.
  await tabTo(page, pages.getByRole("link", { name: "Next" }));
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(`/audit?person=${person}&page=2`);
  await expect(pages).toContainText("51–100 of 120 rows");
  await pages.getByRole("link", { name: "Next" }).click();
  await expect(pages).toContainText("101–120 of 120 rows");
  await expect(rows(page)).toHaveCount(20);
  await expect(pages.getByRole("link", { name: "Next" })).toBeHidden();
  await page.goBack();
  await expect(pages).toContainText("51–100 of 120 rows");

  // More filters begin at the first page again. Each field offers what there is.
  await expect(page.locator("#audit-actions option[value='edit']")).toHaveCount(1);
  await expect(page.locator("#audit-resources option[value='role']")).toHaveCount(1);
  await page.getByLabel("Thing", { exact: true }).fill("user");
  await page.getByLabel("Action", { exact: true }).fill("edit");
  await page.getByLabel("From (UTC)").fill("2026-02-01");
  await page.getByLabel("To (UTC)").fill("2026-02-01");
  await page.getByRole("button", { name: "Filter" }).focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(`/audit?person=${person}&resource=user&action=edit&since=2026-02-01&until=2026-02-01`);
  await expect(pages).toContainText("20 rows");
  await expect(rowsOf(page, "edit")).toHaveCount(20);
  await expect(chips).toHaveText(/^\s*Showing rows\s*by \S+\s*of the action edit\s*about a user\s*from 2026-02-01\s*to 2026-02-01\s*$/);

  // One part after the other goes, by the keyboard; the fields follow.
  const remove = async (words: string) => {
    await chips.getByRole("link", { name: `Remove the filter: rows ${words}` }).focus();
    await page.keyboard.press("Enter");
  };
  await remove("of the action edit");
  await expect(page).toHaveURL(`/audit?person=${person}&resource=user&since=2026-02-01&until=2026-02-01`);
  await expect(page.getByLabel("Action", { exact: true })).toHaveValue("");
  await expect(pages).toContainText("1–50 of 60 rows");
  await remove("about a user");
  await remove("from 2026-02-01");
  await remove("to 2026-02-01");
  await expect(page).toHaveURL(`/audit?person=${person}`);
  await expect(pages).toContainText("1–50 of 120 rows");

  // All that happened to one thing.
  await rows(page).first().getByRole("link", { name: "Everything about user thing-0" }).click();
  await expect(page).toHaveURL("/audit?resource=user&id=thing-0");
  await expect(page.getByLabel("Its identifier")).toHaveValue("thing-0");
  await expect(page.getByLabel("Person")).toHaveValue("");

  // A time in which nothing was done; the way back to everything.
  await open(page, `/audit?person=${person}&until=2026-01-01`);
  await expect(page.getByText("No row fits")).toBeVisible();
  await expect(page.getByLabel("To (UTC)")).toHaveValue("2026-01-01");
  await page.getByRole("link", { name: "Show the whole audit" }).click();
  await expect(page).toHaveURL("/audit");
  await expect(chips).toBeHidden();
});

test("more than can be leafed through is said to be, and is in the file", async ({ page, installation }) => {
  const actor = `${unique("busy")}@example.com`;
  arrange(installation.server, actor, leafed + 30);
  await open(page, `/audit?person=${actor}&page=200`);
  const pages = page.getByRole("navigation", { name: "Pages of the list" });
  await expect(pages).toContainText("9,951–10,000 of 10,000 rows");
  await expect(pages.getByRole("link", { name: "Next" })).toBeHidden();
  await expect(page.getByText("These are the latest 10,000 rows.")).toBeVisible();
  // A page that there is not is the last one that there is.
  await open(page, `/audit?person=${actor}&page=999`);
  await expect(pages).toContainText("9,951–10,000 of 10,000 rows");

  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Download as CSV" }).click()]);
  expect(file.suggestedFilename()).toBe("audit.csv");
  const lines = fs.readFileSync(await file.path(), "utf8").trimEnd().split(/\r?\n/);
  expect(lines).toHaveLength(1 + leafed + 30);
  expect(lines[0]).toBe("row,at,user_id,actor,on_behalf_of,action,resource,resource_id,before,after,address,request_id,seal");
  expect(lines[1]).toContain(`,${actor},,`);
  // That it was taken stands in the audit the next time, with what was asked for.
  await open(page, "/audit?resource=audit&action=download");
  const details = await unfold(page, rows(page).first());
  await expect(details.getByRole("table", { name: "What was changed" })).toContainText(actor);
});

test("whoever may read the audit and not take it has no button for that, and is refused the file", async ({ page, browser, installation }) => {
  const { server } = installation;
  const manager = await elsewhere(browser, server, await server.createUser(unique("mara"), "operations_manager"));
  await open(manager, "/audit");
  await expect(rows(manager)).not.toHaveCount(0);
  await expect(manager.getByRole("link", { name: "Download as CSV" })).toBeHidden();
  const refused = await manager.goto("/api/audit.csv");
  expect(refused?.status()).toBe(403);
  await expect(manager.locator("body")).toContainText("You need the permission audit:export for this.");
  const api = await manager.request.get("/api/audit.csv");
  expect([api.status(), await api.json()]).toMatchObject([403, { error: "forbidden", permission: "audit:export" }]);
  await manager.context().close();
  expect(await (await page.request.get("/api/audit.csv?resource=none")).text()).toMatch(/^row,at,[^\n]*\n$/);
});

test.describe("a viewer", () => {
  test.use({ who: "viewer" });

  test("finds neither the page, nor its data, nor the file, nor the timeline of a run", async ({ page, browser, installation, noise }) => {
    noise.expectStatus(403);
    await open(page, "/");
    await expect(page.getByRole("navigation", { name: "Main", exact: true }).getByRole("link", { name: "Imports" })).toBeVisible();
    await expect(page.getByRole("link", { name: "Audit", exact: true })).toHaveCount(0);
    const answer = await page.goto("/audit");
    expect(answer?.status()).toBe(403);
    await expect(page.getByRole("heading", { level: 1, name: "You may not see this page" })).toBeVisible();
    await expect(page.getByRole("alert")).toContainText("You need the permission audit:read for this.");
    await ready(page);
    await expect(page.getByRole("heading", { level: 1, name: "You may not see this page" })).toBeVisible();
    expect(await axe(page)).toEqual([]);
    for (const [address, permission] of [
      ["/api/audit/list?query[page]=1", "audit:read"],
      ["/api/audit/timeline?resource=run&id=any", "audit:read"],
      ["/api/audit.csv", "audit:export"],
    ] as const) {
      const refused = await page.request.get(address);
      expect(refused.status(), address).toBe(403);
      expect(await refused.json(), address).toMatchObject({ error: "forbidden", permission });
    }

    const administrator = await browser.newContext({ baseURL: installation.server.address, storageState: await installation.stateOf("administrator") });
    const [run] = await importFiles(administrator.request, usZips());
    await administrator.close();
    await open(page, `/imports/runs/${run!.id}`);
    await expect(page.getByRole("heading", { level: 1, name: "Import of uszips.csv" })).toBeVisible();
    await expect(page.getByRole("heading", { name: "What happened to it" })).toBeHidden();
  });
});

test("a run and a user tell on their own pages what happened to them", async ({ page, installation }) => {
  const { server } = installation;
  const [run] = await importFiles(page.request, usZips());
  await open(page, `/imports/runs/${run!.id}`);
  const section = page.getByRole("region", { name: "What happened to it" });
  await expect(rowsOf(page, "import", "What happened to it")).toHaveCount(1);
  const details = await unfold(page, rowsOf(page, "import", "What happened to it"));
  await expect(fact(details, "From")).toHaveText("127.0.0.1");
  expect(await axe(page)).toEqual([]);
  const all = section.getByRole("link", { name: "Look at it in the audit" });
  await all.focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(`/audit?resource=run&id=${run!.id}`);
  await expect(rowsOf(page, "import")).toHaveCount(1);

  const person = await server.createUser(unique("quirin"), "viewer");
  const id = query(server, "handled_primary", `SELECT id FROM config.users WHERE email = '${person.email}'`);
  await open(page, `/users/${id}`);
  await expect(rows(page, "What happened to it").locator("summary")).toHaveText(["create"]);
  // What is done on the page itself stands there at once.
  const disabled = page.getByRole("main").locator("summary", { hasText: /^Disable/ });
  await disabled.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("main").getByRole("button", { name: /^Disable/ }).click();
  await expect(rows(page, "What happened to it").locator("summary")).toHaveText(["disable", "create"]);
});

/** The filters, a row and the pages, by plain links and forms. */
async function byLinksAndForms(page: Page, server: Server): Promise<void> {
  const actor = `${unique("plain")}@example.com`;
  arrange(server, actor, 120);
  await page.goto("/audit");
  await expect(page.getByRole("heading", { level: 1, name: "Audit" })).toBeVisible();
  await page.getByLabel("Person").fill(actor);
  await page.getByLabel("From (UTC)").fill("2026-02-01");
  await page.getByLabel("From (UTC)").press("Enter");
  await expect(page).toHaveURL(/\/audit\?person=plain-/);
  const pages = page.getByRole("navigation", { name: "Pages of the list" });
  await expect(pages).toContainText("1–50 of 120 rows");
  await pages.getByRole("link", { name: "Next" }).click();
  await expect(pages).toContainText("51–100 of 120 rows");
  await expect(page.getByLabel("Person")).toHaveValue(actor);
  await expect(page.getByLabel("From (UTC)")).toHaveValue("2026-02-01");
  // Times as the server writes them: it knows no zone but UTC.
  await expect(rows(page).first().locator("time").first()).toHaveText(/^2026-02-01 \d\d:\d\d UTC$/);
  const details = await unfold(page, rowsOf(page, "edit").first());
  await expect(details.getByRole("table", { name: "What was changed" })).toContainText("old 69");
  await expect(fact(details, "Request")).toHaveText("request-69");
  await page.getByRole("link", { name: "Remove the filter: rows from 2026-02-01" }).click();
  await expect(page).toHaveURL(`/audit?person=${actor}`);
  await page.getByLabel("Action", { exact: true }).fill("edit");
  await page.getByRole("button", { name: "Filter" }).click();
  await expect(pages).toContainText("40 rows");
  const href = await page.getByRole("link", { name: "Download as CSV" }).getAttribute("href");
  const file = await page.request.get(href!);
  expect((await file.text()).trimEnd().split(/\r?\n/)).toHaveLength(1 + 40);
}

test.describe("scripts do not run", () => {
  test.use({ javaScriptEnabled: false });

  test("filters, rows and pages work by links and forms", async ({ page, installation }) => byLinksAndForms(page, installation.server));
});

test("the WASM does not arrive: filters, rows and pages work by links and forms", async ({ page, installation, noise }) => {
  noise.expect(/^request failed: GET \S+\.wasm: net::ERR_FAILED$/, /^console error: Failed to load resource: net::ERR_FAILED/, /^uncaught: Failed to fetch$/);
  await page.route("**/*.wasm", (route) => route.abort());
  await byLinksAndForms(page, installation.server);
});

/** Rows that are hard to show: long names and addresses, many fields, deep values, none at all. */
function arrangeHardRows(server: Server, actor: string): void {
  const longName = "María-Fernanda Domínguez-Etxeberria y Ruiz de la Peña Añaños";
  const before = { email: actor, name: longName, roles: ["viewer", "data_analyst", "warehouse_staff"] };
  const after = { ...before, roles: ["operations_manager"], note: "Línea uno\nLínea dos", columns: { zip: { width: 5, "leading zeros": true }, "population density": [1, 2.5, null] } };
  const json = (value: unknown) => `'${JSON.stringify(value)}'`;
  query(
    server,
    "handled_primary",
    `INSERT INTO config.audit (user_id, actor, on_behalf_of, action, resource, resource_id, before, after, address, request_id) VALUES
     ('person-1', '${actor}', NULL, 'sign-in-throttled', 'session', NULL, NULL, NULL, '2001:0db8:85a3:08d3:1319:8a2e:0370:7344', '0199f1b2-5c6d-7e8f-9a0b-1c2d3e4f5a6b'),
     (NULL, '${actor}', NULL, 'transformation-succeeded', 'run', '0199f1b2-5c6d-7e8f-9a0b-1c2d3e4f5a6b', NULL, '{"rows": 33120}', NULL, NULL),
     ('person-1', '${actor}', 'ana.nunez@operations.example.com', 'download', 'table', 'ups_zones_and_a_name_that_never_ends_${"x".repeat(60)}', NULL, '"everything"', '192.0.2.17', 'r-1'),
     ('person-1', '${actor}', 'ana.nunez@operations.example.com', 'edit', 'user', '0199f1b2-5c6d-7e8f-9a0b-1c2d3e4f5a6b', ${json(before)}, ${json(after)},
      '2001:0db8:85a3:08d3:1319:8a2e:0370:7344', '0199f1b2-5c6d-7e8f-9a0b-1c2d3e4f5a6b-${"0123456789".repeat(6)}')`,
  );
}

/** A picture in both colours and widths, what axe says of each, and whether it is wider than the screen. */
async function look(page: Page, name: string): Promise<void> {
  const folder = path.join(test.info().project.outputDir, "screens");
  fs.mkdirSync(folder, { recursive: true });
  const wrong: Record<string, string[]> = {};
  for (const width of [360, 768, 1440]) {
    await page.setViewportSize({ width, height: 800 });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      const picture = `${name}-${colorScheme}-${width}`;
      await page.screenshot({ path: path.join(folder, `${picture}.png`), fullPage: true });
      const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      const objections = [...(beyond > 0 ? [`${beyond} px wider than the screen`] : []), ...(await axe(page))];
      if (objections.length > 0) {
        wrong[picture] = objections;
      }
    }
  }
  expect(wrong).toEqual({});
}

test("how it looks: rows that are hard to show, open and closed, many, and none", async ({ page, installation }) => {
  test.slow();
  const { server } = installation;
  const actor = `maria-fernanda.dominguez-${unique("etxeberria")}@operations.example.com`;
  arrange(server, actor, 12);
  arrangeHardRows(server, actor);
  await open(page, `/audit?person=${actor}`);
  await expect(rows(page)).toHaveCount(16);
  // A row is a line, whatever is in it.
  for (const width of [360, 768, 1440]) {
    await page.setViewportSize({ width, height: 800 });
    const heights = await rows(page).evaluateAll((all) => all.map((row) => row.getBoundingClientRect().height));
    expect(Math.max(...heights), `${heights} at ${width}`).toBeLessThan(36);
  }
  await look(page, "audit-many");
  for (const action of ["edit", "download", "sign-in-throttled"]) {
    await unfold(page, rowsOf(page, action).first());
  }
  // What a row opens to is as wide as the table, and no wider.
  for (const width of [360, 768, 1440]) {
    await page.setViewportSize({ width, height: 800 });
    const group = (await page.getByRole("group", { name: "The audit", exact: true }).boundingBox())!;
    const body = (await rowsOf(page, "edit").first().locator(".audit-body").boundingBox())!;
    expect(body.x - group.x, `at ${width}`).toBeGreaterThan(4);
    expect(body.x - group.x, `at ${width}`).toBeLessThan(16);
    expect(Math.abs(group.width - body.width - 2 * (body.x - group.x)), `at ${width}`).toBeLessThan(2);
  }
  await look(page, "audit-open");
  await open(page, `/audit?person=${actor}&resource=user&action=edit&since=2026-01-01&until=2026-01-02`);
  await expect(page.getByText("No row fits")).toBeVisible();
  await look(page, "audit-none-fits");
  await open(page, "/audit");
  await look(page, "audit-everything");
});
