import { expect, fillIn, open, ready, test } from "../test";

test.use({ who: "nobody" });

const wrong = "The e-mail address or the password is wrong.";

test("a wrong password says so, keeps the e-mail address and signs nobody in", async ({ page, context, installation, noise }) => {
  noise.expectStatus(422);
  await open(page, "/sign-in");
  const answer = page.waitForResponse((response) => response.url().endsWith("/api/sign-in"));
  await fillIn(page, { email: installation.server.administrator.email, password: "not the password" });
  expect((await answer).status()).toBe(422);
  await expect(page.getByRole("alert")).toHaveText(wrong);
  await expect(page.getByLabel("E-mail address")).toHaveValue(installation.server.administrator.email);
  await expect(page).toHaveURL("/sign-in");
  expect(await context.cookies()).toEqual([]);
});

test("an unknown address is answered like a wrong password", async ({ page, noise }) => {
  noise.expectStatus(422);
  await open(page, "/sign-in");
  await fillIn(page, { email: "nobody@example.com", password: "not the password" });
  await expect(page.getByText(wrong)).toBeVisible();
});

test("a page that needs somebody leads to the sign-in page and from there back", async ({ page, context, installation }) => {
  await open(page, "/imports?state=failed&sort=-rows");
  await expect(page).toHaveURL(({ pathname, searchParams }) => pathname === "/sign-in" && searchParams.get("next") === "/imports?state=failed&sort=-rows");
  await fillIn(page, installation.server.administrator);
  await expect(page).toHaveURL("/imports?state=failed&sort=-rows");
  await expect(page.getByRole("heading", { level: 1, name: "Imports" })).toBeVisible();
  const session = (await context.cookies()).find((cookie) => cookie.name === "__Host-session");
  expect(session).toMatchObject({ httpOnly: true, secure: true, sameSite: "Lax", path: "/" });
});

for (const path of ["/", "/imports", "/imports/runs/none", "/tables", "/tables/us_zips", "/transformations", "/transformations/runs/none", "/exports"]) {
  test(`nobody sees ${path} without signing in`, async ({ request }) => {
    const answer = await request.get(path, { maxRedirects: 0 });
    expect(answer.status()).toBe(302);
    const { pathname, searchParams } = new URL(answer.headers().location!, "http://localhost");
    expect([pathname, searchParams.get("next")]).toEqual(["/sign-in", path === "/" ? null : path]);
  });
}

for (const next of ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/api/sign-out"]) {
  test(`signing in does not go on to ${next}`, async ({ page, installation }) => {
    await open(page, `/sign-in?next=${encodeURIComponent(next)}`);
    await fillIn(page, installation.server.administrator);
    await expect(page).toHaveURL("/");
    await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  });
}

test("signing out ends the session, also for a copy of its cookie", async ({ page, context, installation }) => {
  await open(page, "/sign-in?next=/exports");
  await fillIn(page, installation.server.administrator);
  await expect(page.getByRole("heading", { level: 1, name: "Exports" })).toBeVisible();
  await ready(page);
  const stolen = await context.cookies();
  await page.getByLabel(/^Account of /).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL("/sign-in");
  expect((await context.cookies()).filter((cookie) => cookie.name === "__Host-session")).toEqual([]);

  await context.addCookies(stolen);
  await open(page, "/exports");
  await expect(page).toHaveURL("/sign-in?next=%2Fexports");
  const download = await context.request.get("/api/exports/zip3-reference.json");
  expect(download.status()).toBe(401);
});

test("a session that ends while a page is open leads to the sign-in page at the next step", async ({ page, context, installation, noise }) => {
  noise.expectStatus(401);
  await open(page, "/sign-in");
  await fillIn(page, installation.server.administrator);
  await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  await ready(page);
  await context.clearCookies({ name: "__Host-session" });
  await page.getByRole("navigation", { name: "Main", exact: true }).getByRole("link", { name: "Exports" }).click();
  await expect(page).toHaveURL("/sign-in?next=%2Fexports");
});
