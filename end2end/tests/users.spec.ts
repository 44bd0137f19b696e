// Users from the first day to the last, and what administrators do for them.

import type { Browser, BrowserContext, Page } from "@playwright/test";

import { axe } from "../axe";
import type { Server } from "../server";
import { expect, fillIn, type Installation, open, ready, signIn, test } from "../test";

/** A user whom nobody else has, created by the server function that the page uses. */
async function invite(page: Page, name: string, role = "viewer"): Promise<{ id: string; email: string; link: string }> {
  const email = `${name.toLowerCase()}-${process.hrtime.bigint()}@example.com`;
  const answer = await page.request.post("/api/users/create", { form: { email, name, "roles[]": role } });
  expect(answer.status(), await answer.text()).toBe(200);
  const { user_id, path } = await answer.json();
  return { id: user_id, email, link: path };
}

const password = "four words nobody says together";

/** Somebody in a browser of their own. */
async function elsewhere(browser: Browser, server: Server, options = {}): Promise<{ context: BrowserContext; page: Page }> {
  // Otherwise it has the cookies of whoever the test is.
  const context = await browser.newContext({ baseURL: server.address, storageState: { cookies: [], origins: [] }, ...options });
  return { context, page: await context.newPage() };
}

/** Creates a user who has set a password and is signed in, in a browser of their own. */
async function arrived(page: Page, browser: Browser, installation: Installation, name: string, role = "viewer") {
  const user = await invite(page, name, role);
  const other = await elsewhere(browser, installation.server);
  const set = await other.page.request.post("/api/set-password", { form: { token: new URL(user.link, installation.server.address).searchParams.get("token")!, password } });
  expect(set.status(), await set.text()).toBe(200);
  await signIn(other.page, { email: user.email, password });
  return { ...user, ...other };
}

/** Goes to something by the keyboard and presses it. */
async function press(page: Page, role: "link" | "button" | "checkbox", name: string | RegExp, key = "Enter"): Promise<void> {
  const target = page.getByRole("main").getByRole(role, { name });
  await target.focus();
  await expect(target).toBeFocused();
  await page.keyboard.press(key);
}

/** Opens what a first button hides, by the keyboard. */
async function unfold(page: Page, words: string): Promise<void> {
  const summary = page.getByRole("main").locator("summary", { hasText: new RegExp(`^${words}$`) });
  await summary.focus();
  await page.keyboard.press("Enter");
}

test("a user from the first day to the last, by the keyboard", async ({ page, browser, installation }) => {
  const { server } = installation;
  const email = `ana-${process.hrtime.bigint()}@example.com`;
  await open(page, "/users");
  await press(page, "link", "Add a user");
  await expect(page.getByRole("heading", { level: 1, name: "Add a user" })).toBeVisible();
  await page.getByLabel("E-mail address").focus();
  await page.keyboard.type(email);
  await page.keyboard.press("Tab");
  await page.keyboard.type("Ana Núñez");
  await press(page, "checkbox", "Viewer", "Space");
  await press(page, "button", "Add the user");

  const panel = page.getByRole("group", { name: "A link for Ana Núñez" });
  await expect(panel).toBeFocused();
  const link = (await page.getByLabel("The link").textContent())!;
  expect(link).toMatch(new RegExp(`^${server.address}/set-password\\?token=\\S+$`));
  expect(page.url()).toBe(`${server.address}/users/new`);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await press(page, "button", "Copy the link");
  await expect(panel.getByText("Copied")).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(link);

  // The link, in another browser.
  const ana = await elsewhere(browser, server);
  await open(ana.page, link);
  await expect(ana.page.getByText("Ana Núñez")).toBeVisible();
  expect(await axe(ana.page)).toEqual([]);
  await ana.page.getByLabel("New password", { exact: true }).focus();
  await ana.page.keyboard.type("too short");
  await ana.page.keyboard.press("Enter");
  await expect(ana.page.getByRole("alert")).toContainText("9 characters");
  await ana.page.getByLabel("New password", { exact: true }).fill(password);
  await ana.page.keyboard.press("Enter");
  await expect(ana.page).toHaveURL(/\/sign-in/);
  await expect(ana.page.getByText(/password is set/)).toBeVisible();
  await ready(ana.page);
  await fillIn(ana.page, { email, password });
  await expect(ana.page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  const navigation = ana.page.getByRole("navigation", { name: "Main", exact: true });
  await expect(navigation.getByRole("link", { name: "Users" })).toBeHidden();
  const again = await elsewhere(browser, server);
  expect((await again.page.goto(link))?.status()).toBe(404);
  await expect(again.page.getByRole("heading", { name: "This link does not work" })).toBeVisible();
  await again.context.close();

  // More roles, another name: at once, everywhere.
  await press(page, "link", "Open the page of Ana Núñez");
  await expect(page.getByRole("heading", { level: 1, name: "Ana Núñez" })).toBeVisible();
  await ready(page);
  await expect(page.locator("[id='imports:areas']")).toContainText("No");
  await press(page, "checkbox", "Operations manager", "Space");
  await page.getByLabel("Name", { exact: true }).focus();
  await page.keyboard.press("End");
  await page.keyboard.type(" Pérez");
  await press(page, "button", "Save the changes");
  await expect(page.getByRole("status").getByText("The changes are saved.")).toBeVisible();
  await expect(page.getByRole("heading", { level: 1, name: "Ana Núñez Pérez" })).toBeVisible();
  await expect(page.locator("[id='imports:areas']")).toContainText("Yes through Operations manager");
  await expect(page.locator("[id='imports:read']")).toContainText("through Operations manager, Viewer");
  await open(ana.page, "/");
  await expect(navigation.getByRole("link", { name: "Users" })).toBeVisible();

  // Disabled: thrown out, and kept out.
  await unfold(page, "Disable");
  await press(page, "button", "Disable the user");
  await expect(page.getByText("The user is disabled and signed out everywhere.")).toBeVisible();
  await expect(page.getByRole("main").locator("dl").getByText("Disabled", { exact: true }).first()).toBeVisible();
  await expect(async () => {
    expect((await ana.context.request.get("/api/exports/list")).status()).toBe(401);
  }).toPass({ timeout: 1_000 });
  await navigation.getByRole("link", { name: "Exports" }).click();
  await expect(ana.page).toHaveURL("/sign-in?next=%2Fexports");
  await ready(ana.page);
  await fillIn(ana.page, { email, password });
  await expect(ana.page.getByText("The e-mail address or the password is wrong.")).toBeVisible();
  await press(page, "button", "Enable the user");
  await expect(page.getByText("The user is enabled and may sign in again.")).toBeVisible();
  await fillIn(ana.page, { email, password });
  await expect(ana.page.getByRole("heading", { level: 1, name: "Exports" })).toBeVisible();
  await ana.context.close();

  // The record tells it all; whoever did something cannot be deleted.
  await expect(page.getByRole("region", { name: "What happened to it" })).toContainText("disable");
  await expect(page.getByRole("main").locator("summary", { hasText: /^Delete$/ })).toBeHidden();
});

test("who has never done anything can be deleted, and only after a second step", async ({ page, noise }) => {
  noise.expectStatus(404);
  const { id } = await invite(page, "Mistake");
  await open(page, `/users/${id}`);
  await expect(page.getByRole("button", { name: "Delete the user" })).toBeHidden();
  await unfold(page, "Delete");
  await press(page, "button", "Delete the user");
  await expect(page).toHaveURL("/users?done=deleted");
  await expect(page.getByText("The user is deleted.")).toBeVisible();
  expect((await page.goto(`/users/${id}`))?.status()).toBe(404);
});

test("two who edit the same user: the second sees what is so now, and what was typed stays", async ({ page, noise }) => {
  noise.expectStatus(409);
  const { id, email } = await invite(page, "Cleo");
  await open(page, `/users/${id}`);
  await page.getByLabel("Name", { exact: true }).fill("Cleo the second");
  const quicker = await page.request.post("/api/users/edit", { form: { id, version: 1, email, name: "Cleo the first", "roles[]": "warehouse_staff" } });
  expect(quicker.status(), await quicker.text()).toBe(200);
  await page.getByRole("button", { name: "Save the changes" }).click();
  await expect(page.getByRole("alert")).toContainText("Somebody else has changed this user meanwhile.");
  await expect(page.getByText("Saved now: Cleo the first")).toBeVisible();
  await expect(page.getByText("Saved now: Warehouse staff")).toBeVisible();
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue("Cleo the second");
  await expect(page.getByLabel("Viewer")).toBeChecked();
  await page.getByRole("button", { name: "Save the changes" }).click();
  await expect(page.getByText("The changes are saved.")).toBeVisible();
  await expect(page.getByRole("heading", { level: 1, name: "Cleo the second" })).toBeVisible();
});

test("a session that an administrator ends throws its browser out, and no other", async ({ page, browser, installation }) => {
  const first = await arrived(page, browser, installation, "Dora");
  const second = await elsewhere(browser, installation.server, { userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0" });
  await signIn(second.page, { email: first.email, password });
  await open(page, `/users/${first.id}`);
  const sessions = page.getByRole("table", { name: "Sessions" });
  await expect(sessions.getByRole("row")).toHaveCount(1 + 2);
  await press(page, "button", "Sign out: Firefox on Linux");
  await expect(page.getByText("The user is signed out there.")).toBeVisible();
  await expect(sessions.getByRole("row")).toHaveCount(1 + 1);
  await expect(async () => {
    expect((await second.context.request.get("/api/exports/list")).status()).toBe(401);
  }).toPass({ timeout: 1_000 });
  expect((await first.context.request.get("/api/exports/list")).status()).toBe(200);
  await open(second.page, "/exports");
  await expect(second.page).toHaveURL("/sign-in?next=%2Fexports");
  await press(page, "button", "Sign out everywhere");
  await expect(page.getByText("Signed in nowhere")).toBeVisible();
  await open(first.page, "/exports");
  await expect(first.page).toHaveURL("/sign-in?next=%2Fexports");
  await first.context.close();
  await second.context.close();
});

test("looking as another user: a banner on every page, no accounts and no security, and the way back", async ({ page, installation, noise }) => {
  noise.expectStatus(403);
  noise.expectStatus(409);
  // A session of its own: the one that other tests share stays as it is.
  await page.context().clearCookies();
  await signIn(page, installation.server.administrator);
  const { id, email } = await invite(page, "Esme");
  await open(page, `/users/${id}`);
  await press(page, "button", "Look as this user");
  await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  const banner = page.getByText(/^You look as Esme \(/);
  await expect(banner).toHaveText(new RegExp(`^You look as Esme \\(${email}\\) until \\d\\d:\\d\\d( UTC)?\\. What you do is recorded under your own name\\.$`));
  await ready(page);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await axe(page)).toEqual([]);
  }
  await page.getByRole("navigation", { name: "Main", exact: true }).getByRole("link", { name: "Exports" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Exports" })).toBeVisible();
  await expect(banner).toBeVisible();
  await expect(page.getByRole("navigation", { name: "Main", exact: true }).getByRole("link", { name: "Users" })).toBeHidden();
  expect((await page.goto("/users"))?.status()).toBe(403);
  expect((await page.goto("/account"))?.status()).toBe(409);
  await expect(banner).toBeVisible();
  expect((await page.request.post("/api/account/password", { form: { present: "x", password } })).status()).toBe(409);
  await ready(page);
  await press(page, "button", "Stop");
  await expect(page).toHaveURL(`/users/${id}`);
  await expect(banner).toBeHidden();
  await expect(page.getByRole("region", { name: "What happened to it" })).toContainText("impersonate");
});

test("nobody acts on somebody who may do more", async ({ page, browser, installation }) => {
  const manager = await arrived(page, browser, installation, "Frida", "operations_manager");
  const { rows } = await (await page.request.get("/api/users/list?query[text]=admin%40localhost&query[sort]=name&query[page]=1")).json();
  await open(manager.page, `/users/${rows[0].id}`);
  await expect(manager.page.getByText("This user may do more than you: you can look, and change nothing.")).toBeVisible();
  await expect(manager.page.getByRole("main").getByRole("button")).toHaveCount(0);
  await expect(manager.page.getByRole("main").locator("summary.btn")).toHaveCount(0);
  await manager.context.close();
});

test.describe("a list of ten thousand", () => {
  test.use({ where: "full" });

  test("is filtered, sorted and gone through by its address", async ({ page }) => {
    await open(page, "/users");
    const rows = page.getByRole("table", { name: "Users" }).getByRole("row");
    await expect(rows).toHaveCount(1 + 50);
    await expect(page.getByText(/1–50 of 10,00\d users/)).toBeVisible();
    const filter = page.getByRole("form", { name: "Filter the users" });
    await filter.getByLabel("Name or address").fill("Núñez");
    await filter.getByLabel("Role").selectOption("Data analyst");
    await filter.getByLabel("State").selectOption("Disabled");
    await filter.getByRole("button", { name: "Filter" }).click();
    await expect(page).toHaveURL(({ searchParams }) => searchParams.get("text") === "Núñez" && searchParams.get("role") === "data_analyst" && searchParams.get("state") === "disabled");
    await expect(page.getByText(/1–50 of 9\d users/)).toBeVisible();
    await expect(rows.nth(1)).toContainText("Disabled");
    await page.getByRole("link", { name: "Next" }).click();
    await expect(page).toHaveURL(({ searchParams }) => searchParams.get("page") === "2" && searchParams.get("state") === "disabled");
    await page.getByRole("link", { name: "Remove the filter: users who are disabled" }).click();
    await expect(page).toHaveURL(({ searchParams }) => searchParams.get("state") === null && searchParams.get("page") === null);
    await page.getByRole("link", { name: "Last signed in" }).click();
    await expect(page).toHaveURL(/sort=-seen/);
    await open(page, "/users?text=nobody+is+called+so");
    await page.getByRole("link", { name: "Show all users" }).click();
    await expect(page).toHaveURL("/users");
  });
});

/** The whole way by plain links and forms. */
async function wholeWay(page: Page, browser: Browser, installation: Installation): Promise<void> {
  const email = `gil-${process.hrtime.bigint()}@example.com`;
  await page.goto("/users");
  await page.getByRole("link", { name: "Add a user" }).click();
  await page.getByLabel("E-mail address").fill("admin@localhost");
  await page.getByLabel("Name", { exact: true }).fill("Gil");
  await page.getByLabel("Viewer").check();
  await page.getByRole("button", { name: "Add the user" }).click();
  await expect(page).toHaveURL(/\/users\/new\?.*error=/);
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue("Gil");
  await expect(page.getByLabel("Viewer")).toBeChecked();
  await page.getByLabel("E-mail address").fill(email);
  await page.getByRole("button", { name: "Add the user" }).click();

  // The link is shown once; neither the address nor what is left of the cookie has it.
  const link = (await page.getByLabel("The link").textContent())!;
  expect(link).toMatch(new RegExp(`^${installation.server.address}/set-password\\?token=\\S+$`));
  const secret = new URL(link).searchParams.get("token")!;
  expect(page.url()).not.toContain(secret);
  expect((await page.context().cookies()).map(({ name }) => name)).not.toContain("__Host-link");
  await page.reload();
  await expect(page.getByLabel("The link")).toBeHidden();
  expect(installation.server.logged()).not.toContain(secret);

  const gil = await elsewhere(browser, installation.server, { javaScriptEnabled: false });
  const shown = await gil.page.goto(link);
  expect(shown?.headers()["referrer-policy"]).toBe("no-referrer");
  await gil.page.getByLabel("New password", { exact: true }).fill("too short");
  await gil.page.getByRole("button", { name: "Set the password" }).click();
  await expect(gil.page.getByRole("alert")).toContainText("9 characters");
  await gil.page.getByLabel("New password", { exact: true }).fill(password);
  await gil.page.getByRole("button", { name: "Set the password" }).click();
  await expect(gil.page).toHaveURL(/\/sign-in/);
  await fillIn(gil.page, { email, password });
  await expect(gil.page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();

  // Editing, and somebody who is quicker.
  await page.goto("/users");
  await page.getByLabel("Name or address").fill(email);
  await page.getByRole("button", { name: "Filter" }).click();
  await page.getByRole("link", { name: "Gil", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Gil" })).toBeVisible();
  const id = new URL(page.url()).pathname.split("/").at(-1)!;
  await page.getByLabel("Data analyst").check();
  await page.getByRole("button", { name: "Save the changes" }).click();
  await expect(page.getByText("The changes are saved.")).toBeVisible();
  await expect(page.locator("[id='imports:areas']")).toContainText("Yes through Data analyst");
  const quicker = await page.request.post("/api/users/edit", { form: { id, version: 2, email, name: "Gil the first", "roles[]": "viewer" } });
  expect(quicker.status(), await quicker.text()).toBe(200);
  await page.getByLabel("Name", { exact: true }).fill("Gil the second");
  await page.getByRole("button", { name: "Save the changes" }).click();
  await expect(page.getByText("Saved now: Gil the first")).toBeVisible();
  await expect(page.getByText("Saved now: Viewer")).toBeVisible();
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue("Gil the second");
  await page.getByRole("button", { name: "Save the changes" }).click();
  await expect(page.getByText("The changes are saved.")).toBeVisible();

  // A password link, a session ended, disabled in two steps and enabled.
  await page.getByRole("button", { name: "Make a password link" }).click();
  await expect(page.getByLabel("The link")).toHaveText(/\/set-password\?token=\S+$/);
  await page.getByRole("button", { name: /^Sign out: / }).first().click();
  await expect(page.getByText("The user is signed out there.")).toBeVisible();
  await gil.page.goto("/exports");
  await expect(gil.page).toHaveURL("/sign-in?next=%2Fexports");
  await page.locator("summary", { hasText: /^Disable$/ }).click();
  await page.getByRole("button", { name: "Disable the user" }).click();
  await expect(page.getByText("The user is disabled and signed out everywhere.")).toBeVisible();
  await page.getByRole("button", { name: "Enable the user" }).click();
  await expect(page.getByText("The user is enabled and may sign in again.")).toBeVisible();
  await gil.context.close();
}

test.describe("scripts do not run", () => {
  test.use({ javaScriptEnabled: false });
  test("the whole way by links and forms", async ({ page, browser, installation }) => wholeWay(page, browser, installation));
});

test("the WASM does not arrive: the whole way by links and forms", async ({ page, browser, installation, noise }) => {
  noise.expect(/^request failed: GET \S+\.wasm: net::ERR_FAILED$/, /^console error: Failed to load resource: net::ERR_FAILED/, /^uncaught: Failed to fetch$/);
  await page.route("**/*.wasm", (route) => route.abort());
  await wholeWay(page, browser, installation);
});
